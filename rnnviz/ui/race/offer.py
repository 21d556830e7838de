"""The ready races on the page: the button behind which they stand, and what is said of the one that is on."""

import streamlit as st

from rnnviz.language import N_, _, say, sentences
from rnnviz.runs.run import Run
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.link import Link
from rnnviz.settings.view import View
from rnnviz.ui.live.board import scene_of
from rnnviz.ui.race.ready import READY, Ready
from rnnviz.ui.shell import controls, lanes, reader, run
from rnnviz.ui.shell.address import chosen
from rnnviz.ui.shell.page import Visit
from rnnviz.ui.shell.whole import whole


def button() -> None:
    """Show a button behind which the ready races stand."""
    link = chosen(Link)
    if link.hides(*Experiment.SETTINGS):
        return
    with st.popover(
        _("Ready races"),
        icon=":material/playlist_play:",
        help=_("Questions of the textbooks, one click each: what to watch is said before, what happened after."),
        disabled=link.locks(*Experiment.SETTINGS),
        key=f"ready_races_{st.session_state.get('races_taken', 0)}",  # another one once a race is taken: it begins shut
    ):
        for name, race in READY.items():
            st.button(say(race.label), key=f"ready_{name}", on_click=_take, args=(race,), width="stretch")


@whole
def _take(race: Ready) -> None:
    """Take a ready race, from its start, and let it train."""
    st.session_state["races_taken"] = st.session_state.get("races_taken", 0) + 1
    controls.take({**race.settings, "fair": "width"})
    lanes.choose(tuple(map(dict, race.others)))
    run.start()


def tell(visit: Visit, view: View) -> None:
    """Say of a ready race that is on what to watch; once it has made its steps, what happened here."""
    race = next((race for race in READY.values() if race.is_on(visit.run.orders.experiments)), None)
    if race:
        st.fragment(reader.heard(_tell), run_every=2.0)(visit.run, race, view)


def _tell(run: Run, race: Ready, view: View) -> None:
    frame = run.frame if run.frame and run.frame.orders.start == run.orders.start else None
    made = max((lane.snapshot.step for lane in frame.lanes), default=0) if frame else 0  # any of them may have stopped
    if not (frame and frame.snapshot and made >= race.steps):
        later = N_("What happened here is told at training step {step}.", step=race.steps)
        st.info(say(sentences(race.watch, later)))
        return
    st.info(say(race.watch))
    st.success(say(race.answer(scene_of(frame, frame.snapshot, view).lanes)))
