"""How every page of the visitor's run begins: address, settings at the side, the run and its transport."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st
from starlette.routing import BaseRoute
from streamlit.delta_generator import DeltaGenerator

from rnnviz.language import Message, _
from rnnviz.runs.run import Run
from rnnviz.settings.experiment import Experiment
from rnnviz.ui.shell import address, controls, lanes, racing, readout, run, scrubber, sharing

Choice = TypeVar("Choice")


@dataclass(frozen=True)
class Page:
    """What the app has to know of a page. title, icon, help: of its entry in the menu.

    modules: those of its components, to be fetched early. routes: what feeds these, beside Streamlit's own.
    """

    title: Message
    icon: str
    help: Message
    modules: tuple[str, ...] = ()
    routes: tuple[BaseRoute, ...] = ()


@dataclass(frozen=True)
class Visit:
    """What every page begins with: what is trained, the run, and whether it has stopped by itself.

    head, bar: the rows of the title and of the transport, in which there is room for more.
    """

    experiment: Experiment
    run: Run
    stopped: bool
    head: DeltaGenerator
    bar: DeltaGenerator


def show(
    name: str,
    title: str,
    sentence: str,
    choose: Callable[[Visit], Choice],
    draw: Callable[[Visit, Choice], None],
    begin: Callable[[], None] = lambda: None,
) -> None:
    """Show a page: how it begins, what of its own there is to choose, and what it draws of that.

    Between the two its address is written, with all that was chosen: no page can forget it. begin: called once the
    address is read, before anything of it is trained.
    """
    if visit := _begin(name, title, sentence, begin):
        chosen = choose(visit)
        address.publish(name, visit.head)
        draw(visit, chosen)
        readout.show()


def _begin(name: str, title: str, sentence: str, begin: Callable[[], None]) -> Visit | None:
    """Show the page's title, the settings and the transport. None, after saying why, if the server is full.

    Beside the title stands `sentence`, what the page is; or, in its place, what is to be known first: nothing below
    moves then.
    """
    address.mend()
    address.adopt(name)
    begin()
    with st.sidebar:
        sharing.terms()
        experiment = controls.experiment(run.adjust)
    with st.container() if name == racing.PAGE.stem else st.sidebar:  # a refusal stands where it was asked for
        others = lanes.others(experiment)
    meant = experiment.same_network(address.chosen(Experiment, series=experiment.series, corpus=experiment.corpus))
    head = st.container(horizontal=True, vertical_alignment="center", gap="small", key="head")
    with head:
        st.title(title, width="content", anchor=False)
    handle = run.follow(experiment, meant, others=others, by_time=bool(others) and lanes.by_time())
    if not handle:
        return None
    with head:
        if not run.progress(handle):
            if meant:
                st.markdown(sentence, width="content")
            else:
                st.warning(_("The settings at the side can't be trained: the pictures show another network."))
            if others and name != racing.PAGE.stem:
                racing.note(1 + len(others))
    stopped = handle.stopped
    bar = run.transport(
        handle, stopped, scrub=lambda: scrubber.show(handle), share=lambda: sharing.button(name, handle)
    )
    return Visit(experiment, handle, stopped, head, bar)
