"""A network as its graph is drawn: nodes, edges, sizes, what its cells compute; the same for all its snapshots."""

import dataclasses
from functools import lru_cache
from typing import Any

from latex2mathml.converter import convert

from rnnviz.cells import CELLS
from rnnviz.cells.equations import equations, vectors
from rnnviz.graph.shapes import Sizes, sizes
from rnnviz.graph.unrolled import Graph, unroll
from rnnviz.language import say
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.labels import Labels
from rnnviz.tasks import task_of
from rnnviz.ui.graph.seen import MOST_UNITS
from rnnviz.ui.graph.texts import texts
from rnnviz.ui.pairs.behind import equations as attention


def described(experiment: Experiment, shown: Sizes | None = None, drawn: Graph | None = None) -> dict[str, Any]:
    """Return what is drawn and said of an experiment's network, or of one of other sizes; drawn: a part of its graph,
    if that is not all."""
    shown = shown or sizes(experiment)
    cell = CELLS[shown.cell]
    return {
        "key": structure(experiment),
        "graph": as_lists(drawn or unroll(experiment)),
        "units": _units(shown),
        "cell": say(cell.label),
        "states": cell.states,
        "wiring": cell.wiring.drawn(experiment.nonlinearity),
        "called": {block.name: block.called or "h" for block in cell.sums},
        **_formulas(experiment, shown),
        "standardised": task_of(experiment).standardised,
        "marks": MOST_UNITS,
        "text": texts(shown, MOST_UNITS),
    }


def structure(experiment: Experiment) -> str:
    """Say which network the graph is of: the same for all experiments that differ in live settings alone."""
    live = {name: Experiment.DEFAULTS[name] for name, declared in Experiment.SETTINGS.items() if declared.live}
    return format(hash(dataclasses.replace(experiment, **live, labels=Labels())), "x")


def as_lists(unrolled: Graph) -> dict[str, Any]:
    """Return a graph as JSON has it: nodes [kind, layer, direction, column, row], and 1 of an encoder; edges by the
    nodes' positions."""
    position = {node: i for i, node in enumerate(unrolled.nodes)}
    nodes = [[n.kind, n.layer, n.direction, *unrolled.place(n)] + [1] * n.encoder for n in unrolled.nodes]
    edges = [[position[e.source], position[e.target], e.matrix, e.layer, e.direction] for e in unrolled.edges]
    source = {
        "steps": unrolled.source_steps,
        "directions": unrolled.source_directions,
        "middle": unrolled.middle(encoder=True),
    }
    return {
        "nodes": nodes,
        "edges": edges,
        "steps": unrolled.steps,
        "layers": unrolled.num_layers,
        "directions": unrolled.directions,
        "rows": unrolled.rows,
        "middle": unrolled.middle(),
        "source": source if unrolled.source_steps else None,
    }


def _units(sizes: Sizes) -> dict[str, int]:
    """Return how many numbers each kind of vector has."""
    found = {"x": sizes.I, "h": sizes.H, "y": sizes.O, "ctx": sizes.context}
    if sizes.source:
        found |= {"source.x": sizes.source.I, "source.h": sizes.H}
    return found


def _formulas(experiment: Experiment, sizes: Sizes) -> dict[str, Any]:
    """Return every cell's equations, and the names of its values, as MathML, by "layer-direction", counted from 0, of
    an encoder's cells "encoder-layer-direction"; and the equations of attention."""
    parts = {"": sizes.D} | ({"encoder-": sizes.source.D} if sizes.source else {})
    cells = {
        f"{part}{layer}-{direction}": (experiment, layer + 1, direction)
        for part, directions in parts.items()
        for layer in range(experiment.num_layers)
        for direction in range(directions)
    }
    lines = {
        cell: [
            {"name": e.name, "does": say(e.does), "letters": mathml(e.letters), "numbers": mathml(e.numbers)}
            for e in equations(*which)
        ]
        for cell, which in cells.items()
    }
    named = {cell: [[name, mathml(latex)] for name, latex in vectors(*which)] for cell, which in cells.items()}
    return {"equations": lines, "vectors": named, "attention": attention(experiment) if sizes.context else []}


@lru_cache(maxsize=500)
def mathml(latex: str) -> str:
    """Return LaTeX as the browser's own mathematics."""
    return convert(latex)
