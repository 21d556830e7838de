"""How runs are spread over the workers, and who has to go when the server is full: with workers that only listen."""

import gc
import math
import queue
import threading
import time
import weakref
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from rnnviz.runs import pool as pools
from rnnviz.runs.messages import Beginning, Checkpoint, Command, Forget, Frame, Leave, Left, Orders, Unknown
from rnnviz.runs.pool import PoolFull, WorkerPool
from rnnviz.runs.run import WATCHED, Run
from rnnviz.settings.experiment import Experiment


class Listening:
    """A worker without a process: `sent` is what it was told, `replies` what it says."""

    started = True
    doubtful = False
    preparing: int | None = None
    successor: "Listening | None" = None

    def __init__(self, failures: int = 0):
        self.pulse = SimpleNamespace(in_hand=-1)
        self.runs: weakref.WeakSet[Run] = weakref.WeakSet()
        self.sent: list[Any] = []
        self.replies: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def send(self, message: Any):
        self.sent.append(message)

    def messages(self):
        return iter(self.replies.get, None)

    def look(self): ...
    def end(self, patience: float = 0.0): ...

    def leave(self):
        self.replies.put(None)


@pytest.fixture
def pool(monkeypatch):
    monkeypatch.setattr(pools, "Worker", Listening)
    monkeypatch.setattr(pools, "BALANCE", 1e9)  # the tests do it
    workers = WorkerPool(2)
    yield workers
    workers.close()


def looks_like(run: Run, *, share: float = 0.5, longest: float = 0.0, pace: float = float("inf")) -> Run:
    """Let a run have been seen to train, with these costs."""
    run.frame = SimpleNamespace(  # pyright: ignore[reportAttributeAccessIssue]
        version=1,
        reached=1,
        playing=True,
        orders=Orders(run.orders.experiment, pace=pace),
        share=share,
        longest=longest,
    )
    run.moved_at = -1e9
    return run


def wait_until(condition: Callable[[], object]):
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def spread(pool: WorkerPool) -> list[int]:
    return sorted(len(worker.runs) for worker in pool._workers)


def test_a_newcomer_goes_where_there_is_least_to_bear(pool):
    slow = looks_like(pool.open(Experiment()), longest=0.5)
    others = [looks_like(pool.open(Experiment())) for _ in range(4)]
    assert slow.worker
    assert len(slow.worker.runs) == 1
    assert all(run.worker is not slow.worker for run in others)
    paced = [looks_like(pool.open(Experiment()), share=0.01, pace=5.0) for _ in range(3)]
    assert [run.worker for run in paced] == [others[0].worker] * 3


def test_runs_that_nobody_looks_at_weigh_nothing_but_are_spread(pool):
    kept = [pool.open(Experiment()) for _ in range(6)]
    for run in kept:
        run.asked -= WATCHED + 1
        assert run.weight == 0
    more = [pool.open(Experiment()) for _ in range(6)]
    assert spread(pool) == [6, 6]
    assert more


def test_a_run_moves_from_the_worker_with_most_to_bear_and_takes_its_checkpoint_along(pool):
    runs = [looks_like(pool.open(Experiment())) for _ in range(4)]
    busy, free = pool._workers
    for run in runs:
        if run.worker is free:
            free.runs.discard(run)
            run.worker = busy
            busy.runs.add(run)
    pool._balance()
    (moving,) = [run for run in runs if run.leaving]
    assert busy.sent[-1] == Leave(moving.number)
    moving.order(pace=7.0)
    assert busy.sent[-1] == Leave(moving.number)  # it hears no more of a run that leaves
    kept = Checkpoint(moving.number, moving.orders, 40, 0, b"weights")
    busy.replies.put(Left(moving.number, kept))
    wait_until(lambda: moving.worker is free)
    assert not moving.notice  # nothing was lost
    command = free.sent[-1]
    assert isinstance(command, Command)
    assert (command.run, command.orders.pace) == (moving.number, 7.0)
    assert command.beginning
    assert command.beginning.checkpoint
    assert (command.beginning.checkpoint.step, command.beginning.checkpoint.data) == (40, b"weights")
    pool._balance()
    (other,) = [run for run in runs if run.leaving]  # not the one that has just come
    busy.replies.put(Left(other.number, None))
    wait_until(lambda: spread(pool) == [2, 2])
    pool._balance()
    assert not any(run.leaving for run in runs)


def test_a_worker_is_told_where_a_run_begins_until_it_is_heard_to_have_it(pool):
    run = pool.open(Experiment())
    worker, other = run.worker, next(worker for worker in pool._workers if worker is not run.worker)
    run.order(pace=1.0)
    frame = Frame(run.number, 5, run.orders, None, True, 0.0, None)
    worker.replies.put(frame)
    wait_until(lambda: run.frame)
    kept = Checkpoint(run.number, run.orders, 40, 0, b"weights")
    worker.replies.put(kept)
    wait_until(lambda: run.checkpoint)
    run.order(pace=2.0)
    worker.replies.put(Unknown(run.number))
    wait_until(lambda: len(worker.sent) == 4)
    worker.replies.put(None)  # it ends
    wait_until(lambda: other.sent)
    anew, going_on = Beginning(), Beginning(run.checkpoint, 5)
    assert [(told.orders.pace, told.beginning) for told in (*worker.sent, *other.sent)] == [
        *((math.inf, anew), (1.0, anew)),
        *((2.0, None), (2.0, going_on)),
        (2.0, going_on),
    ]


def test_runs_that_are_spread_evenly_stay(pool):
    runs = [looks_like(pool.open(Experiment())) for _ in range(5)]
    pool._balance()
    assert not any(run.leaving for run in runs)


def test_when_full_the_run_nobody_asks_for_goes_first(pool, monkeypatch):
    monkeypatch.setattr(pools, "MOST_RUNS", 3)
    watched, longer, long = (pool.open(Experiment()) for _ in range(3))
    long.asked -= WATCHED + 1
    longer.asked -= WATCHED + 2
    worker = longer.worker
    newcomer = pool.open(Experiment())
    assert pool.find(longer.token) is None
    assert Forget(longer.number) in worker.sent
    longer.order(playing=False)  # its session may still hold it, and press its buttons
    assert [pool.find(run.token) for run in (watched, long, newcomer)] == [watched, long, newcomer]
    newest = pool.open(Experiment())
    assert pool.find(long.token) is None
    with pytest.raises(PoolFull, match="Try again"):
        pool.open(Experiment())
    assert newest.watched


def test_a_run_its_session_has_dropped_leaves_its_worker(pool):
    run = pool.open(Experiment())
    number, worker = run.number, run.worker
    del run
    wait_until(lambda: gc.collect() >= 0 and Forget(number) in worker.sent)
    assert Leave(number) not in worker.sent  # nobody would read what it hands back


def test_a_worker_in_doubt_has_a_successor_which_takes_its_runs_or_goes(pool):
    runs = [pool.open(Experiment()) for _ in range(4)]
    doubted, other = pool._workers
    doubted.doubtful = True
    pool._doubt(doubted)
    first = doubted.successor
    pool._doubt(doubted)
    assert doubted.successor is first
    doubted.doubtful = False
    pool._doubt(doubted)
    assert doubted.successor is None
    doubted.doubtful = True
    pool._doubt(doubted)
    heir, orphans = doubted.successor, list(doubted.runs)
    doubted.replies.put(None)  # it ends
    wait_until(lambda: all(run.worker is heir for run in orphans))
    assert pool._workers == [other, heir]
    assert runs


@pytest.fixture
def scarce(pool, monkeypatch) -> list[OSError]:
    """What is raised, one after the other, where another worker is to be started."""
    refusals: list[OSError] = []

    class Scarce(Listening):
        def __init__(self, failures: int = 0):
            if refusals:
                raise refusals.pop()
            super().__init__(failures)

    monkeypatch.setattr(pools, "Worker", Scarce)
    return refusals


@pytest.mark.slow
def test_where_no_successor_can_be_started_the_next_look_tries_again(pool, scarce):
    scarce.append(OSError("no memory"))
    doubted = pool._workers[0]
    doubted.doubtful = True
    wait_until(lambda: doubted.successor)  # by the thread that looks
    assert not scarce


def test_where_no_worker_can_be_started_another_try_is_made_and_its_runs_go_on(pool, scarce, caplog):
    runs = [pool.open(Experiment()) for _ in range(2)]
    gone = pool._workers
    scarce += [OSError("no process")] * 4
    for worker in gone:
        worker.replies.put(None)
    wait_until(lambda: len(pool._workers) == 2 and not set(pool._workers) & set(gone))
    wait_until(lambda: all(run.worker in pool._workers for run in runs))
    assert not scarce
    assert "no process" in caplog.text


def test_after_however_many_failures_the_pause_has_its_bounds():
    assert pools._pause(0) == 0
    assert pools._pause(1) == pools.FIRST_WAIT
    assert pools._pause(2) == 2 * pools.FIRST_WAIT
    assert pools._pause(5000) == pools.LONGEST_WAIT


def test_nobody_waits_for_a_successor_to_start(pool, monkeypatch):
    starting, opened = threading.Event(), threading.Event()

    class Slow(Listening):
        def __init__(self, failures: int = 0):
            starting.set()
            assert opened.wait(20)
            super().__init__(failures)

    monkeypatch.setattr(pools, "Worker", Slow)
    doubted = pool._workers[0]
    doubted.doubtful = True
    assert starting.wait(20)
    visitor = threading.Thread(target=lambda: pool.open(Experiment()), daemon=True)
    visitor.start()
    visitor.join(10)
    came = not visitor.is_alive()
    opened.set()
    assert came
    wait_until(lambda: doubted.successor)
