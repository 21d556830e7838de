"""The bench: settings in the sidebar, the transport, and the live pictures of one run."""

import streamlit as st

from rnnviz.ui import address, controls, live, run


def show() -> None:
    """Show the whole bench."""
    address.adopt()
    with st.sidebar:
        experiment = controls.experiment()
    handle = run.follow(experiment)
    if handle:
        run.transport(handle)
        view = controls.view(experiment)
        address.publish()
        live.pictures(handle, view)
