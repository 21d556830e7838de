"""How long a run and its worker live."""

import gc
import time
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from watching import SMALL, at, wait_until, watch

from rnnviz.runs import running
from rnnviz.runs.pool import WorkerPool

pytestmark = pytest.mark.slow


def cpu_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


@pytest.fixture(scope="module")
def own() -> Iterator[WorkerPool]:
    """A pool of one worker, for these tests alone."""
    workers = WorkerPool(1)
    yield workers
    workers.close()


def test_a_run_nobody_asks_for_rests_and_goes_on_when_asked(own):
    run = own.open(SMALL)
    before = watch(run, lambda frame: at(frame) > 0)
    began = time.monotonic()
    [pid] = own.pids()
    spent = [(began, cpu_ticks(pid))]

    def rested():
        spent.append((time.monotonic(), cpu_ticks(pid)))
        window = [ticks for then, ticks in spent if then > spent[-1][0] - 1.0]
        return spent[-1][0] - began > 1.0 and window[-1] - window[0] <= 1

    wait_until(rested)
    assert time.monotonic() - began < running.LEASE + 4
    after = watch(run, lambda frame: at(frame) > at(before))
    assert after.orders == before.orders  # the same network, not a new one
    assert watch(run, lambda frame: at(frame) > at(after))


def test_a_dropped_run_is_forgotten(pool):
    run = pool.open(SMALL)
    watch(run, lambda frame: at(frame) > 0)
    token, gone = run.token, weakref.ref(run)
    assert pool.find(token) is run
    del run

    def forgotten():
        gc.collect()
        return gone() is None

    wait_until(forgotten)
    assert pool.find(token) is None


def test_tokens_cannot_be_guessed_and_belong_to_one_run(pool):
    one, other = pool.open(SMALL), pool.open(SMALL)
    assert one.token != other.token
    assert len(one.token) >= 20
    assert pool.find(one.token) is one
    assert pool.find("") is None


def test_closing_ends_the_processes(own):
    pids = own.pids()
    assert pids
    assert all(Path(f"/proc/{pid}").exists() for pid in pids)
    own.close()
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_a_visitor_is_told_that_the_kernels_are_compiled(pool):
    run = pool.open(SMALL)
    watch(run, lambda frame: at(frame) > 0)
    assert run.worker
    pulse, beats = run.worker.pulse, run.worker.pulse.beats
    pulse.prepare(0.4)
    assert run.notice is None  # it has started
    pulse._cells[0] = 0
    assert str(run.notice) == "Compiling what trains the networks, once on this machine: 40 %."
    pulse._cells[0] = beats
