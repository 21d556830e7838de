"""Sweeps on a real Dask cluster of worker processes, one of which is killed in the middle."""

import os
import signal
import time
from typing import Any

import pytest
from distributed import LocalCluster
from swept import claimed, comparison, finished

from rnnviz.sweeps.engine import SCHEDULER, Engine, Sweep
from rnnviz.sweeps.learning import Plan, learn

pytestmark = pytest.mark.slow

PATIENCE = 60.0


def test_a_killed_worker_loses_no_result(monkeypatch):
    plan = Plan("recall", ("rnn", "gru"), (4, 6), seeds=2, steps=60)
    settings: Any = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    cluster: Any
    with LocalCluster(**settings) as cluster:
        monkeypatch.setenv(SCHEDULER, cluster.scheduler_address)
        engine = Engine()
        try:
            sweep = Sweep(plan.jobs, engine)
            victim = next(iter(cluster.workers.values()))
            end = time.monotonic() + PATIENCE
            while sweep.done < 2 and sweep.running:
                sweep.touch()
                assert time.monotonic() < end, "waited in vain"
                sweep.wait(0.02)
            assert sweep.running
            pid = victim.process.pid
            os.kill(pid, signal.SIGKILL)
            while not sweep.wait(0.5):
                sweep.touch()
                assert time.monotonic() < end, "waited in vain"
        finally:
            engine.close()
    assert (sweep.failed, sweep.problem) == ({}, "")
    assert sweep.results == {job.key: learn(*job.args) for job in plan.jobs}


def test_the_claim_is_measured_on_a_cluster(monkeypatch):
    settings: Any = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": None}
    cluster: Any
    with LocalCluster(**settings) as cluster:
        monkeypatch.setenv(SCHEDULER, cluster.scheduler_address)
        engine = Engine()
        try:
            sweep = finished(Sweep(comparison().jobs, engine))
        finally:
            engine.close()
    assert (sweep.failed, sweep.problem) == ({}, "")
    assert claimed(sweep.results) == claimed({job.key: job.function(*job.args) for job in comparison().jobs})
