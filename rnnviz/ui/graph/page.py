"""The unrolled graph: its page's controls, the component that draws it, and what that is sent of each frame."""

import dataclasses
import math
from functools import lru_cache
from typing import Any

import streamlit as st
from latex2mathml.converter import convert

from rnnviz.cells import CELLS
from rnnviz.cells.equations import equations, vectors
from rnnviz.export.script import script
from rnnviz.graph.shapes import TEXTBOOK, Sizes, sizes
from rnnviz.graph.unrolled import Graph, unroll
from rnnviz.language import N_, Text, _, counted, listed, say, template
from rnnviz.runs.messages import Frame
from rnnviz.runs.run import Run
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.labels import Labels
from rnnviz.settings.link import Link
from rnnviz.snapshot import Inside, Opened, Part, Snapshot, Trace
from rnnviz.tasks import TASKS, task_of
from rnnviz.tasks.form import FORMS
from rnnviz.ui import scripts
from rnnviz.ui.graph.texts import texts
from rnnviz.ui.live.frames import Asked, feed, frames_route, plain, warnings
from rnnviz.ui.shell import address, controls, page
from rnnviz.ui.shell.glossary import glossary
from rnnviz.wanted import Wanted

PATH = "/live/graph"
NEEDS: frozenset[Part] = frozenset({"trace", "gradients", "flow"})
"""What has to be seen of a network for its graph to have values."""
MOST_UNITS = 32
"""How many units of a vector are drawn, and so sent with every frame."""

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
            "units": {"x": shown.I, "h": shown.H, "y": shown.O},
            "cell": say(cell.label),
            "states": cell.states,
            "wiring": cell.wiring.drawn(drawn.nonlinearity),
            "called": {block.name: block.called or "h" for block in cell.sums},
            **_formulas(drawn),
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
    """Return a graph as JSON has it: nodes [kind, layer, direction, column, row], edges by the nodes' positions."""
    position = {node: i for i, node in enumerate(unrolled.nodes)}
    nodes = [[n.kind, n.layer, n.direction, *unrolled.place(n)] for n in unrolled.nodes]
    edges = [[position[e.source], position[e.target], e.matrix, e.layer, e.direction] for e in unrolled.edges]
    cells = unrolled.num_layers * unrolled.directions
    return {
        "nodes": nodes,
        "edges": edges,
        "steps": unrolled.steps,
        "layers": unrolled.num_layers,
        "directions": unrolled.directions,
        "rows": cells + 3,
        "middle": list(range(1, cells + 1)),
    }


def _changed(sizes: Sizes) -> str:
    """Say what the last change of a setting did to the number of parameters."""
    before: Sizes | None = st.session_state.get("sizes")
    if before and before != sizes:
        changed = [name for name in (*"TBHLDIOV", "cell") if getattr(before, name) != getattr(sizes, name)]
        changes = [
            N_(
                "{what} {before} → {after}",
                what=N_("cell") if name == "cell" else name,
                before=getattr(before, name),
                after=getattr(sizes, name),
            )
            for name in changed
        ]
        after = sizes.parameters()
        st.session_state["sizes_changed"] = (
            counted(
                "Changed {changes}: still one parameter.",
                "Changed {changes}: still {n} parameters.",
                after,
                changes=listed(changes),
            )
            if before.parameters() == after
            else counted(
                "Changed {changes}: from {before} to one parameter.",
                "Changed {changes}: from {before} to {n} parameters.",
                after,
                changes=listed(changes),
                before=before.parameters(),
            )
        )
    st.session_state["sizes"] = sizes
    return say(st.session_state.get("sizes_changed", ""))


def _formulas(experiment: Experiment) -> dict[str, Any]:
    """Return every cell's equations, and the names of its values, as MathML, by "layer-direction", counted from 0."""
    cells = {
        f"{layer}-{direction}": (experiment, layer + 1, direction)
        for layer in range(experiment.num_layers)
        for direction in range(1 + experiment.bidirectional)
    }
    lines = {
        cell: [
            {"name": e.name, "does": say(e.does), "letters": mathml(e.letters), "numbers": mathml(e.numbers)}
            for e in equations(*which)
        ]
        for cell, which in cells.items()
    }
    named = {cell: [[name, mathml(latex)] for name, latex in vectors(*which)] for cell, which in cells.items()}
    return {"equations": lines, "vectors": named}


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
        "words": warnings(frame, run) | {"read": "", "at_once": _at_once(snapshot) if snapshot else ""},
    }
    if snapshot is None or not snapshot.parts.keys() >= NEEDS:  # of a network that failed it may be less
        return message
    opened = snapshot.parts.get("inside")
    if opened:
        message["words"]["read"] = say(read_by(opened.opened, snapshot.trace, frame.orders.experiment))
    return message | {
        "step": snapshot.step,
        "said": plain(said(snapshot.trace, frame.orders.experiment)),
        "values": plain(values(snapshot)),
        "inside": plain(inside(opened)) if opened else None,
    }


def said(trace: Trace, experiment: Experiment) -> dict[str, list[Text]]:
    """Return the word of each time step, "" where there is none: which is read, and which is found most probable."""
    task, found = task_of(experiment), {}
    if trace.tokens is not None and task.vocabulary:
        found["x"] = [task.vocabulary[token] if token >= 0 else "" for token in trace.tokens]
    if task.classes:
        found["y"] = [task.classes[row.argmax()] for row in trace.outputs]
    return found


def read_by(opened: Opened, trace: Trace, experiment: Experiment) -> Text:
    """Say which row of the embedding an opened cell reads, and where it is skipped; "" where it reads no words."""
    task = task_of(experiment)
    if trace.tokens is None or not task.vocabulary:
        return ""
    token, t = int(trace.tokens[opened.step]), opened.step + 1
    if experiment.mask_padding and token == task.padding:
        return N_("Step {t} is padding and is skipped: whatever these sums come to, its state stays 0.", t=t)
    if opened.layer:
        return ""
    if token < 0:
        return N_("At step {t} nothing is read: x_t is 0.", t=t)
    if experiment.embedding_size:
        sentence = template("At step {t}, x_t is row {token} of the embedding, “{word}”; rows count from 0.")
    else:
        sentence = template("At step {t}, x_t is one-hot, “{word}”: a 1 at place {token}, counted from 0, else 0.")
    return sentence.given(t=t, token=token, word=task.vocabulary[token])


def _at_once(snapshot: Snapshot) -> str:
    """Say, of an opened cell whose steps can all be computed at once, that this gives the same numbers."""
    opened = snapshot.parts.get("inside")
    T = len(snapshot.trace.losses) if opened else 0
    if opened is None or opened.at_once is None or T < 2:
        return ""
    rounds = counted(
        "The time steps, T = {T}, were also computed all at once, by a parallel scan in one round: the same h_t, to a "
        "largest difference of {difference}.",
        "The time steps, T = {T}, were also computed all at once, by a parallel scan in {n} rounds: the same h_t, to a "
        "largest difference of {difference}.",
        math.ceil(math.log2(T)),
        T=T,
        difference=opened.at_once,
    )
    return say(rounds)


def values(snapshot: Snapshot) -> dict[str, Any]:
    """Return arrays by name: those of the nodes, up to MOST_UNITS units each, and the norms of the gradients."""
    trace, flow = snapshot.trace, snapshot.flow
    found = {
        "x": trace.inputs[:, :MOST_UNITS],
        "h": trace.hidden[..., :MOST_UNITS],
        "c": trace.cell[..., :MOST_UNITS] if trace.cell is not None else None,
        "y": trace.outputs[:, :MOST_UNITS],
        "loss": trace.losses[:, None],
        "output": flow.output,
        "readout": flow.readout,
        "input": flow.input,
        "inputs": flow.inputs,
        "before": flow.before,
        "cell": flow.cell,
        "total": snapshot.gradients.hidden_norms,
    }
    return {name: array for name, array in found.items() if array is not None}


def inside(opened: Inside) -> dict[str, Any]:
    """Return the values inside the opened cell by the names of the places in the equations, and the unit's weights."""
    found = {"opened": list(dataclasses.astuple(opened.opened)), "x": opened.x, "h_before": opened.h_before}
    if opened.c_before is not None:
        found["c_before"] = opened.c_before
    for part in ("values", "weights_x", "weights_h"):
        found |= {f"{part}.{name}": array for name, array in getattr(opened, part).items()}
    return found


PAGE = page.Page(
    title=N_("Unrolled graph"),
    icon=":material/account_tree:",
    help=N_("The same network, unrolled in time, with its values and what happens inside a cell."),
    modules=("graph/unrolled.js",),
    routes=(frames_route(PATH, render, wanted),),
)
