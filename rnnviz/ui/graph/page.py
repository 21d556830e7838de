"""The unrolled graph: its page's controls, the component that draws it, and what that is sent of each frame."""

import dataclasses
from functools import lru_cache
from typing import Any

import streamlit as st
from latex2mathml.converter import convert

from rnnviz.cells import CELLS
from rnnviz.cells.equations import equations, vectors
from rnnviz.export.script import script
from rnnviz.graph.shapes import TEXTBOOK, Sizes, sizes
from rnnviz.graph.unrolled import Graph, unroll
from rnnviz.language import N_, Text, _, counted, listed, say
from rnnviz.runs.messages import Frame
from rnnviz.runs.run import Run
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.labels import Labels
from rnnviz.settings.link import Link
from rnnviz.snapshot import Part
from rnnviz.tasks import TASKS, task_of
from rnnviz.tasks.form import FORMS
from rnnviz.ui import scripts
from rnnviz.ui.graph.seen import MOST_UNITS, at_once, inside, read_by, said, values
from rnnviz.ui.graph.texts import texts
from rnnviz.ui.live.frames import Asked, feed, frames_route, plain, warnings
from rnnviz.ui.pairs.behind import equations as attention
from rnnviz.ui.shell import address, controls, page
from rnnviz.ui.shell.glossary import glossary
from rnnviz.wanted import Wanted

PATH = "/live/graph"
SAID = {"cell": N_("cell"), "attention": N_("attention")}
"""How what a setting may change is called, if not by its letter."""
NEEDS: frozenset[Part] = frozenset({"trace", "gradients", "flow"})
"""What has to be seen of a network for its graph to have values."""

_COMPONENT = scripts.component("unrolled", "graph/unrolled.js", ("live/glossary.css", "graph/unrolled.css"))


def show(title: str, sentence: str) -> None:
    """Show the whole page."""
    page.show("graph", title, sentence, choose=lambda visit: _forms(visit.experiment), draw=_show)


def _show(visit: page.Visit, _chosen: None) -> None:
    experiment = visit.experiment
    place = st.container()
    example = st.toggle(
        _("The lessons' example: x [4, 80, 100], 64 units"),
        key="example",
        help=_("80 time steps of 4 sequences with 100 features each, through a plain cell of 64 units."),
    )
    with place:
        _draw(visit.run, experiment, visit.stopped, example)
    with st.expander(_("Show the code: this experiment in PyTorch")):
        st.caption(_("Runs by itself and gives the same losses; needs PyTorch and NumPy alone."))
        code = script(experiment)
        st.code(code, language="python")
        st.download_button(_("Download"), code, file_name="experiment.py", mime="text/x-python")


def _forms(experiment: Experiment) -> None:
    """Show which form of sequence task this is, and let another be chosen."""
    form, link = TASKS[experiment.task].form, address.chosen(Link)
    if link.hides("task"):
        return
    st.session_state["form"] = form.name
    st.segmented_control(
        _("Form of the task"),
        list(FORMS),
        key="form",
        required=True,
        format_func=lambda name: say(FORMS[name].label),
        help=_("How many inputs a sequence has, and how many answers. Choosing one takes a task of that form."),
        on_change=_take_form,
        disabled=link.locks("task"),
    )
    st.caption(say(form.sentence))


def _take_form() -> None:
    chosen = st.session_state["form"]
    controls.take_task(next(name for name, task in TASKS.items() if task.form.name == chosen))


def _draw(handle: Run, experiment: Experiment, stopped: bool, example: bool) -> None:
    drawn = experiment
    shown = sizes(experiment)
    if example:
        shown = TEXTBOOK
        drawn = Experiment(seq_len=shown.T, batch_size=shown.B, hidden_size=shown.H)
    key, cell = "example" if example else structure(experiment), CELLS[shown.cell]
    task = task_of(drawn)
    _COMPONENT(
        key="unrolled",
        data={
            **feed(handle, PATH, stopped),
            "key": key,
            "example": example,
            "graph": as_lists(unroll(drawn)),
            "units": _units(shown),
            "cell": say(cell.label),
            "states": cell.states,
            "wiring": cell.wiring.drawn(drawn.nonlinearity),
            "called": {block.name: block.called or "h" for block in cell.sums},
            **_formulas(drawn, shown),
            "shapes": {name: {"letters": s.letters, "sizes": s.sizes} for name, s in shown.shapes().items()},
            "parameters": plain(shown.formula()),
            "standardised": task.standardised,
            "changed": "" if example else _changed(shown),
            "marks": MOST_UNITS,
            "text": texts(shown, MOST_UNITS),
            "glossary": glossary(),
        },
        on_gone_change=lambda: None,
        on_stopped_change=lambda: None,
    )


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


def _changed(sizes: Sizes) -> str:
    """Say what the last change of a setting did to the number of parameters."""
    before: Sizes | None = st.session_state.get("sizes")
    if before and before != sizes:
        st.session_state["sizes_changed"] = _change(before, sizes)
    st.session_state["sizes"] = sizes
    return say(st.session_state.get("sizes_changed", ""))


def _change(before: Sizes, sizes: Sizes) -> Text:
    had, has = before.named, sizes.named
    changes = [
        N_("{what} {before} → {after}", what=SAID.get(name, name), before=had[name], after=has[name])
        for name in has
        if had.get(name, has[name]) != has[name]
    ]
    after = sizes.parameters()
    if not changes:
        return ""
    if before.parameters() == after:
        return counted(
            "Changed {changes}: still one parameter.",
            "Changed {changes}: still {n} parameters.",
            after,
            changes=listed(changes),
        )
    return counted(
        "Changed {changes}: from {before} to one parameter.",
        "Changed {changes}: from {before} to {n} parameters.",
        after,
        changes=listed(changes),
        before=before.parameters(),
    )


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


def wanted(asked: Asked, experiment: Experiment) -> Wanted:
    """Return what a frame has to show."""
    return Wanted(NEEDS, opened=asked.opened)


def render(frame: Frame, run: Run, asked: Asked) -> dict[str, Any]:
    """Return the values of every node and edge, and of the opened cell."""
    snapshot = frame.snapshot
    message: dict[str, Any] = {
        "seen": frame.version,
        "key": structure(frame.orders.experiment),
        "stopped": frame.problem is not None,
        "words": warnings(frame, run) | {"read": "", "at_once": at_once(snapshot) if snapshot else ""},
    }
    if snapshot is None or not snapshot.parts.keys() >= NEEDS:  # of a network that failed it may be less
        return message
    opened = snapshot.parts.get("inside")
    if opened:
        message["words"]["read"] = say(read_by(opened.opened, snapshot.trace, frame.orders.experiment))
    return message | {
        "step": snapshot.step,
        "said": plain(said(snapshot.trace, frame.orders.experiment)),
        "values": plain(values(snapshot, frame.orders.experiment)),
        "inside": plain(inside(opened)) if opened else None,
    }


PAGE = page.Page(
    title=N_("Unrolled graph"),
    icon=":material/account_tree:",
    help=N_("The same network, unrolled in time, with its values and what happens inside a cell."),
    modules=("graph/unrolled.js",),
    routes=(frames_route(PATH, render, wanted),),
)
