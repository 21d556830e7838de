"""What belongs to the whole server: no visitor can take it away."""

from collections.abc import Iterator

import pytest
import streamlit as st

from rnnviz.runs.pool import WorkerPool
from rnnviz.settings.experiment import Experiment
from rnnviz.ui.shell.run import WORKERS, pool
from rnnviz.ui.shell.sweeping import engine


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkerPool]:
    """The server's, one of them; the other tests of the page have none."""
    monkeypatch.setenv(WORKERS, "1")
    pool.cache_clear()
    yield pool()
    pool().close()
    pool.cache_clear()


def test_clearing_streamlits_caches_as_any_browser_may_ask_ends_nobodys_training(workers):
    sweeps = engine()
    run = workers.open(Experiment())
    [pid] = workers.pids()
    st.cache_resource.clear()
    st.cache_data.clear()
    assert pool() is workers
    assert engine() is sweeps
    assert pool().pids() == [pid]
    assert pool().find(run.token) is run
