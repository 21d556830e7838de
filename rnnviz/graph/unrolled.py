"""The unrolled computation graph as data: nodes, edges, where they stand, and in which order they are computed.

Time steps count from 1, as in the formulas; layers from 1, the one nearest the input first; direction 0 reads the
sequence forwards, 1 backwards. Knows no drawing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from rnnviz.cells import CELLS
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import task_of
from rnnviz.tasks.task import Task


@dataclass(frozen=True)
class Node:
    """One quantity at one time step: kind "x", "h" (with its c, if it has one), "y", "loss", or "h_0", the zero start.

    step: 1..T; a start stands before the first step its direction reads, at 0 or T + 1. layer, direction: of "h" and
    "h_0" alone, else 0.
    """

    kind: str
    step: int
    layer: int = 0
    direction: int = 0


@dataclass(frozen=True)
class Edge:
    """What flows from one node to another, and the matrix it meets; one matrix is the same at every step.

    matrix: "W_ih" (from x_t or the layer below), "W_hh" (from the step before), "W_hy" (to the answer), or "" (to the
    loss; and what is handed on past all matrices: c, or the h of a cell whose gates do not see it). layer,
    direction: whose matrix, 0 for W_hy and to the loss.
    """

    source: Node
    target: Node
    matrix: str
    layer: int = 0
    direction: int = 0


@dataclass(frozen=True)
class Graph:
    """The graph of one experiment: every node and edge, in the order in which a forward pass computes them."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    steps: int
    num_layers: int
    directions: int

    def row(self, node: Node) -> int:
        """Return the row a node stands in: inputs at 0, then layer by layer, the answers, the losses on top."""
        cells = self.num_layers * self.directions
        rows = {"x": 0, "y": cells + 1, "loss": cells + 2}
        return rows.get(node.kind, 1 + (node.layer - 1) * self.directions + node.direction)

    def place(self, node: Node) -> tuple[int, int]:
        """Return (column, row): one column per time step, which all lie on one another when the graph is folded."""
        return node.step, self.row(node)


def unroll(experiment: Experiment) -> Graph:
    """Return the graph of the experiment's probe sequence. Raises ValueError if there is no such experiment."""
    task = task_of(experiment)
    directions = 1 + experiment.bidirectional
    nodes = tuple(_nodes(experiment, task, directions))
    there = set(nodes)
    edges = (edge for node in nodes for edge in _edges_into(node, experiment, task.steps, directions))
    kept = tuple(edge for edge in edges if edge.source in there)
    return Graph(nodes, kept, task.steps, experiment.num_layers, directions)


def _nodes(experiment: Experiment, task: Task, directions: int) -> Iterator[Node]:
    """Yield the nodes in the order of a forward pass.

    In one direction, all of a step can be computed before the next; a second one has to have read the whole sequence
    before anything above it can be.
    """
    T, layers = task.steps, range(1, experiment.num_layers + 1)
    marked = task.marked(task.asked)
    for layer in layers:
        for direction in range(directions):
            yield Node("h_0", (T + 1) * direction, layer, direction)

    def read(t: int) -> Iterator[Node]:
        if task.given[t - 1]:
            yield Node("x", t)

    def answer(t: int) -> Iterator[Node]:
        if task.asked[t - 1]:
            yield Node("y", t)
        if marked[t - 1]:
            yield Node("loss", t)

    steps = range(1, T + 1)
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


def _edges_into(node: Node, experiment: Experiment, T: int, directions: int) -> Iterator[Edge]:
    """Yield what a node is computed from; sources that are not in the graph have to be dropped."""
    t, layer, both = node.step, node.layer, range(directions)
    match node.kind:
        case "h":
            below = [Node("x", t)] if layer == 1 else [Node("h", t, layer - 1, d) for d in both]
            for source in below:
                yield Edge(source, node, "W_ih", layer, node.direction)
            before = t + 1 if node.direction else t - 1
            kind = "h" if 1 <= before <= T else "h_0"
            source = Node(kind, before, layer, node.direction)
            cell = CELLS[experiment.cell]
            if cell.from_hidden:
                yield Edge(source, node, "W_hh", layer, node.direction)
            if cell.has_c or not cell.from_hidden:
                yield Edge(source, node, "", layer, node.direction)
        case "y":
            for d in both:
                yield Edge(Node("h", t, experiment.num_layers, d), node, "W_hy")
        case "loss":
            yield Edge(Node("y", t), node, "")
