"""The unrolled computation graph as data: nodes, edges, where they stand, and in which order they are computed.

Time steps count from 1, as in the formulas; layers from 1, the one nearest the input first; direction 0 reads the
sequence forwards, 1 backwards. A network of two parts is an encoder, which counts the source's steps, and a decoder,
which is what all other networks are: it begins in the states in which the encoder's forward half ends. Knows no
drawing.
"""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, replace
from itertools import product

from rnnviz.cells import CELLS
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import task_of
from rnnviz.tasks.task import Task


@dataclass(frozen=True)
class Node:
    """One quantity at one time step: kind "x", "h" (with its c, if it has one), "y", "loss", "h_0", the zero start, or
    "ctx", what attention makes of the source.

    step: 1..T; a start stands before the first step its direction reads, at 0 or T + 1. layer, direction: of "h" and
    "h_0" alone, else 0. encoder: whether it is the encoder's; then step is one of the source's, 1..S.
    """

    kind: str
    step: int
    layer: int = 0
    direction: int = 0
    encoder: bool = False


@dataclass(frozen=True)
class Edge:
    """What flows from one node to another, and the matrix it meets; one matrix is the same at every step.

    matrix: "W_ih" (from x_t, a context, or the layer below), "W_hh" (from the step before), "W_hy" (to the answer), or
    "" (to the loss; and what is handed on past all matrices: c, or the h of a cell whose gates do not see it). Of
    attention, "query" is what asks, and "a_ts" the weight with which a source state goes into a context. layer,
    direction: whose matrix, 0 where it is no cell's.
    """

    source: Node
    target: Node
    matrix: str
    layer: int = 0
    direction: int = 0


@dataclass(frozen=True)
class Graph:
    """The graph of one experiment: every node and edge, in the order in which a forward pass computes them.

    source_steps, source_directions: S, and in how many directions the encoder reads; 0 where there is none.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    steps: int
    num_layers: int
    directions: int
    source_steps: int = 0
    source_directions: int = 0

    @property
    def looks(self) -> bool:
        """Whether there is attention."""
        return any(node.kind == "ctx" for node in self.nodes)

    @property
    def rows(self) -> int:
        """In how many rows the nodes stand."""
        return self.num_layers * self._per_layer + 3 + self.looks

    @property
    def _per_layer(self) -> int:
        return max(self.directions, self.source_directions)

    def row(self, node: Node) -> int:
        """Return the row a node stands in: inputs at 0, then layer by layer, the contexts, the answers, the losses on
        top. Of two parts, a layer of the decoder stands beside what it begins in: the encoder's forward half."""
        last = self.rows - 1
        rows = {"x": 0, "ctx": last - 2, "y": last - 1, "loss": last}
        return rows.get(node.kind, 1 + (node.layer - 1) * self._per_layer + node.direction)

    def middle(self, *, encoder: bool = False) -> list[int]:
        """Return the rows of one part's cells."""
        directions = self.source_directions if encoder else self.directions
        return [self.row(Node("h", 1, layer, d)) for layer in range(1, self.num_layers + 1) for d in range(directions)]

    def place(self, node: Node) -> tuple[int, int]:
        """Return (column, row) in the node's part: one column per time step, which all lie on one another when the
        graph is folded. The encoder's stand left of the others."""
        return node.step, self.row(node)


def unroll(experiment: Experiment) -> Graph:
    """Return the graph of the experiment's probe sequence. Raises ValueError if there is no such experiment."""
    task = task_of(experiment)
    directions, L, T = 1 + experiment.bidirectional, experiment.num_layers, task.steps
    source = task.probe.source if task.source_vocabulary else None
    S, both = (0, 0) if source is None else (len(source), experiment.encoder_directions)
    encoder = tuple(_encoder_nodes(L, S, both)) if S else ()
    nodes = (*encoder, *_nodes(experiment, task, directions))
    there = set(nodes)
    edges = (edge for node in nodes for edge in _edges_into(node, experiment, both if node.encoder else directions, S))
    begun = (_begun(edge, there, S) for edge in edges)
    kept = tuple(edge for edge in begun if edge.source in there)
    return Graph(nodes, kept, T, L, directions, S, both)


def _begun(edge: Edge, there: Container[Node], S: int) -> Edge:
    """Return an edge from the step before the first, or after the last, as one from what its part begins in."""
    source = edge.source
    if source.kind != "h" or source in there:
        return edge
    if S and not source.encoder:
        return replace(edge, source=replace(source, step=S, encoder=True))
    return replace(edge, source=replace(source, kind="h_0"))


def _encoder_nodes(num_layers: int, S: int, directions: int) -> Iterator[Node]:
    for node in _starts(num_layers, S, directions):
        yield replace(node, encoder=True)
    for node in _cells(num_layers, S, directions, lambda t: iter([Node("x", t)]), lambda t: iter(())):
        yield replace(node, encoder=True)


def _nodes(experiment: Experiment, task: Task, directions: int) -> Iterator[Node]:
    """Yield the nodes of all but the encoder, in the order of a forward pass."""
    marked, looks = task.marked(task.asked), bool(task.source_vocabulary) and experiment.attention

    def read(t: int) -> Iterator[Node]:
        if task.given[t - 1]:
            yield Node("x", t)
        if looks == "additive":
            yield Node("ctx", t)

    def answer(t: int) -> Iterator[Node]:
        if looks == "dot":
            yield Node("ctx", t)
        if task.asked[t - 1]:
            yield Node("y", t)
        if marked[t - 1]:
            yield Node("loss", t)

    if not task.source_vocabulary:
        yield from _starts(experiment.num_layers, task.steps, directions)
    yield from _cells(experiment.num_layers, task.steps, directions, read, answer)


def _starts(num_layers: int, T: int, directions: int) -> Iterator[Node]:
    for layer in range(1, num_layers + 1):
        for direction in range(directions):
            yield Node("h_0", (T + 1) * direction, layer, direction)


def _cells(
    num_layers: int,
    T: int,
    directions: int,
    read: Callable[[int], Iterator[Node]],
    answer: Callable[[int], Iterator[Node]],
) -> Iterator[Node]:
    """Yield the nodes of one part in the order of a forward pass.

    In one direction, all of a step can be computed before the next; a second one has to have read the whole sequence
    before anything above it can be.
    """
    steps, layers = range(1, T + 1), range(1, num_layers + 1)
    if directions == 1:
        for t in steps:
            yield from read(t)
            yield from (Node("h", t, layer) for layer in layers)
            yield from answer(t)
        return
    for t in steps:
        yield from read(t)
    for layer in layers:
        yield from (Node("h", t, layer, 0) for t in steps)
        yield from (Node("h", t, layer, 1) for t in reversed(steps))
    for t in steps:
        yield from answer(t)


def _edges_into(node: Node, experiment: Experiment, directions: int, S: int) -> Iterator[Edge]:
    """Yield what a node is computed from; sources that are not in the graph have to be dropped.

    directions: of the node's part. S: how many source steps there are to look at.
    """
    t, layer, L = node.step, node.layer, experiment.num_layers
    match node.kind:
        case "h":
            below = [Node("x", t)]
            if experiment.attention == "additive" and not node.encoder:
                below.append(Node("ctx", t))
            if layer > 1:
                below = [Node("h", t, layer - 1, d) for d in range(directions)]
            for source in below:
                yield Edge(replace(source, encoder=node.encoder), node, "W_ih", layer, node.direction)
            before = replace(node, step=t + 1 if node.direction else t - 1)
            cell = CELLS[experiment.cell]
            if cell.from_hidden:
                yield Edge(before, node, "W_hh", layer, node.direction)
            if cell.has_c or not cell.from_hidden:
                yield Edge(before, node, "", layer, node.direction)
        case "ctx":
            yield Edge(Node("h", t - 1 if experiment.attention == "additive" else t, L), node, "query")
            for s, d in product(range(1, S + 1), range(experiment.encoder_directions)):
                yield Edge(Node("h", s, L, d, encoder=True), node, "a_ts")
        case "y":
            for d in range(directions):
                yield Edge(Node("h", t, L, d), node, "W_hy")
            yield Edge(Node("ctx", t), node, "W_hy")
        case "loss":
            yield Edge(Node("y", t), node, "")
