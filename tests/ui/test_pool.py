"""What belongs to the whole server: no visitor can take it away."""

import streamlit as st

from rnnviz.settings.experiment import Experiment
from rnnviz.ui.shell.run import pool
from rnnviz.ui.shell.sweeping import engine


def test_clearing_streamlits_caches_as_any_browser_may_ask_ends_nobodys_training():
    workers, sweeps = pool(), engine()
    run = workers.open(Experiment())
    pids = workers.pids()
    st.cache_resource.clear()
    st.cache_data.clear()
    assert pool() is workers
    assert engine() is sweeps
    assert pool().pids() == pids
    assert pool().find(run.token) is run
