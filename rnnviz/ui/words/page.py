"""The page of words: what the network reads as text, in panels, each of which is a module of its own."""

import streamlit as st

from rnnviz.language import N_, _, say
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.link import Link
from rnnviz.settings.view import View
from rnnviz.tasks import TASKS
from rnnviz.ui.shell import controls, page
from rnnviz.ui.shell.address import chosen
from rnnviz.ui.words import embedding, reading, tints, writing

PANELS = (reading.show, writing.show, embedding.show)
"""What the page shows of a network that reads words, from top to bottom: each is called with the visit and the view."""


def show(title: str, sentence: str) -> None:
    """Show the whole page."""
    page.show("words", title, sentence, _choose, _draw)


def _choose(visit: page.Visit) -> View:
    if not TASKS[visit.experiment.task].reads_tokens():
        return chosen(View)
    return controls.choose_tint(visit.experiment, tints.available(visit.experiment))


def _draw(visit: page.Visit, view: View) -> None:
    if not TASKS[visit.experiment.task].reads_tokens():
        return _offer()
    for panel in PANELS:
        panel(visit, view)


def _offer() -> None:
    """Say that this network reads numbers, and offer the tasks whose networks read words, unless one is chosen."""
    if TASKS[chosen(Experiment).task].reads_tokens():
        st.info(
            _("The network before reads numbers: there are words here once the settings at the side can be trained.")
        )
        return
    st.info(_("This network reads numbers, so there are no words to show. These tasks read words or letters:"))
    names = Experiment.SETTINGS["task"].options  # pyright: ignore[reportAttributeAccessIssue]
    link = chosen(Link)
    if link.hides("task"):
        return
    with st.container(horizontal=True, key="offered"):
        for name in filter(lambda name: TASKS[name].reads_tokens(), TASKS):
            st.button(
                say(names[name]),
                key=f"take_{name}",
                on_click=controls.take_task,
                args=(name,),
                disabled=link.locks("task"),
            )


PAGE = page.Page(
    title=N_("Words"),
    icon=":material/match_word:",
    help=N_("What the network reads as text: which words decide, and what it answers after each."),
    modules=("words/words.js", "words/writing.js", "live/live.js"),
    routes=(reading.BOARD.route, writing.BOARD.route, embedding.BOARD.route),
)
