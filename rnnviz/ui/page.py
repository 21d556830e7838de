"""How every page of the visitor's run begins: address, settings at the side, the run and its transport."""

import streamlit as st

from rnnviz.experiment import Experiment
from rnnviz.text import _
from rnnviz.ui import address, controls, run, sharing
from rnnviz.workers.run import Run


def begin(name: str) -> tuple[Experiment, Run, bool] | None:
    """Show the settings and the transport; return what is trained, the run, and whether it has stopped by itself.

    None, after saying why, if the server is full.
    """
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
    run.transport(handle, stopped, share=lambda: sharing.button(name, handle))
    run.progress(handle)
    return experiment, handle, stopped
