"""The unrolled graph: its page's controls, the component that draws it, and what that is sent of each frame."""

from typing import Any

import streamlit as st

from rnnviz.export.script import script
from rnnviz.graph.shapes import TEXTBOOK, Sizes, sizes
from rnnviz.language import N_, Text, _, counted, listed, say
from rnnviz.runs.messages import Frame
from rnnviz.runs.run import Run
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.link import Link
from rnnviz.tasks import TASKS
from rnnviz.tasks.form import FORMS
from rnnviz.ui import scripts
from rnnviz.ui.graph.described import described, structure
from rnnviz.ui.graph.seen import NEEDS, numbers, told
from rnnviz.ui.live.frames import Asked, feed, frames_route, warnings
from rnnviz.ui.shell import address, controls, page
from rnnviz.ui.shell.glossary import glossary
from rnnviz.ui.shell.whole import whole
from rnnviz.wanted import Wanted

PATH = "/live/graph"
SAID = {"cell": N_("cell"), "attention": N_("attention")}
"""How what a setting may change is called, if not by its letter."""

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


@whole
def _take_form() -> None:
    chosen = st.session_state["form"]
    controls.take_task(next(name for name, task in TASKS.items() if task.form.name == chosen))


def _draw(handle: Run, experiment: Experiment, stopped: bool, example: bool) -> None:
    drawn = experiment
    shown = sizes(experiment)
    if example:
        shown = TEXTBOOK
        drawn = Experiment(seq_len=shown.T, batch_size=shown.B, hidden_size=shown.H)
    _COMPONENT(
        key="unrolled",
        data={
            **feed(handle, PATH, stopped),
            **described(drawn, shown),
            **({"key": "example"} if example else {}),
            "example": example,
            "shapes": {name: {"letters": s.letters, "sizes": s.sizes} for name, s in shown.shapes().items()},
            "parameters": [(say(what), letters, count) for what, letters, count in shown.formula()],
            "changed": "" if example else _changed(shown),
            "glossary": glossary(),
        },
        on_gone_change=lambda: None,
        on_stopped_change=lambda: None,
    )


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


def wanted(asked: Asked, experiment: Experiment) -> Wanted:
    """Return what a frame has to show."""
    return Wanted(NEEDS, opened=asked.opened)


def render(frame: Frame, run: Run, asked: Asked) -> dict[str, Any]:
    """Return the values of every node and edge, and of the opened cell."""
    experiment, snapshot = frame.orders.experiment, frame.snapshot
    message: dict[str, Any] = {
        "seen": frame.version,
        "key": structure(experiment),
        "stopped": frame.problem is not None,
        "words": warnings(frame, run) | told(snapshot, experiment),
    }
    return message | (numbers(snapshot, experiment) if snapshot else {})


PAGE = page.Page(
    title=N_("Unrolled graph"),
    icon=":material/account_tree:",
    help=N_("The same network, unrolled in time, with its values and what happens inside a cell."),
    modules=("graph/unrolled.js",),
    routes=(frames_route(PATH, render, wanted),),
)
