"""Sweeps on a real Dask cluster of worker processes, one of which is killed in the middle."""

import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest
from distributed import LocalCluster
from swept import claimed, comparison, finished

from rnnviz.sweeps.engine import SCHEDULER, Engine, Sweep
from rnnviz.sweeps.learning import Plan, learn

pytestmark = pytest.mark.slow

PATIENCE = 60.0


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two workers, for both tests: each of them loads torch."""
    settings: Any = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    started: Any
    with LocalCluster(**settings) as started:
        yield started


@pytest.fixture
def engine(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv(SCHEDULER, cluster.scheduler_address)
    engine = Engine()
    yield engine
    engine.close()


def test_the_claim_is_measured_on_a_cluster(engine):
    sweep = finished(Sweep(comparison().jobs, engine))
    assert (sweep.failed, sweep.problem) == ({}, "")
    assert claimed(sweep.results) == claimed({job.key: job.function(*job.args) for job in comparison().jobs})


def test_a_killed_worker_loses_no_result(cluster, engine):
    plan = Plan("recall", ("rnn", "gru"), (4, 6), seeds=2, steps=60)
    sweep = Sweep(plan.jobs, engine)
    victim = next(iter(cluster.workers.values()))
    end = time.monotonic() + PATIENCE
    while sweep.done < 2 and sweep.running:
        sweep.touch()
        assert time.monotonic() < end, "waited in vain"
        sweep.wait(0.02)
    assert sweep.running
    os.kill(victim.process.pid, signal.SIGKILL)
    while not sweep.wait(0.5):
        sweep.touch()
        assert time.monotonic() < end, "waited in vain"
    assert (sweep.failed, sweep.problem) == ({}, "")
    assert sweep.results == {job.key: learn(*job.args) for job in plan.jobs}
