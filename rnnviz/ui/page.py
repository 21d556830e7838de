"""How every page of the visitor's run begins: address, settings at the side, the run and its transport."""

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rnnviz.experiment import Experiment
from rnnviz.text import _
from rnnviz.ui import address, controls, run, sharing
from rnnviz.workers.run import Run


def head(title: str, sentence: str) -> None:
    """Show a page's title, and beside it, in a sentence, what the page is."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.title(title, width="content", anchor=False)
        st.markdown(sentence, width="content")


@dataclass(frozen=True)
class Visit:
    """What every page begins with: what is trained, the run, whether it has stopped by itself, and the row of the
    transport, in which there is room for more.
    """

    experiment: Experiment
    run: Run
    stopped: bool
    bar: DeltaGenerator


def begin(name: str) -> Visit | None:
    """Show the settings and the transport. None, after saying why, if the server is full."""
    address.mend()
    address.adopt(name)
    with st.sidebar:
        sharing.terms()
        experiment = controls.experiment(run.adjust)
    meant = experiment.same_network(address.chosen(Experiment, series=experiment.series))
    handle = run.follow(experiment, meant)
    if not handle:
        return None
    if not meant:
        st.warning(_("The settings at the side can't be trained as they stand: the pictures show another network."))
    stopped = handle.stopped
    bar = run.transport(handle, stopped, share=lambda: sharing.button(name, handle))
    run.progress(handle)
    return Visit(experiment, handle, stopped, bar)
