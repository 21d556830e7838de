"""What a page without live pictures says while the process that trains starts."""

import streamlit as st

from rnnviz.language import say
from rnnviz.runs.run import Run
from rnnviz.ui.shell import reader


def show(run: Run) -> None:
    """Say how far the kernels are compiled, every second anew, until they are."""
    starting = run.starting
    st.fragment(reader.heard(_show), run_every=1.0 if starting else None)(run, starting)


def _show(run: Run, was_starting: bool) -> None:
    if was_starting and not run.starting:
        st.rerun()
    if run.starting and (notice := run.notice):
        st.warning(say(notice))
