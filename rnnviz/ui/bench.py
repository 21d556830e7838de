"""The bench: settings in the sidebar, the transport, and the live pictures of one run."""

import streamlit as st

from rnnviz.experiment import Experiment
from rnnviz.text import _
from rnnviz.ui import address, controls, live, run


def show() -> None:
    """Show the whole bench."""
    address.adopt("bench")
    with st.sidebar:
        experiment = controls.experiment(run.adjust)
    handle = run.follow(experiment)
    if handle:
        if not experiment.same_network(address.chosen(Experiment, series=experiment.series)):
            st.warning(_("The settings at the side can't be trained as they stand: the pictures show another network."))
        stopped = handle.stopped
        run.transport(handle, stopped)
        view = controls.view(experiment)
        address.publish("bench")
        live.BENCH.show(handle, view, stopped)
