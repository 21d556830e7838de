"""The engine that runs the jobs of a sweep: order, results as they come, stop, what breaks."""

import operator
import threading
import time
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import Any

from swept import PATIENCE, finished, threads, wait_until

from rnnviz.language import N_, BadValue
from rnnviz.sweeps.engine import MOST_BREAKS, Backend, Engine, Sweep
from rnnviz.sweeps.job import Job


class ByHand(Executor):
    """An executor whose jobs end when the test says so."""

    def __init__(self):
        self.calls: list[tuple[Any, ...]] = []
        self.futures: list[Future[Any]] = []

    def submit(self, fn, /, *args, **kwargs):
        self.calls.append(args)
        self.futures.append(Future())
        return self.futures[-1]

    def engine(self, slots: int = 2) -> Engine:
        return Engine(lambda: Backend(self, slots, lambda: None))

    def submitted(self, count: int) -> list[Future[Any]]:
        wait_until(lambda: len(self.futures) >= count)
        return self.futures


def sums(count: int) -> list[Job]:
    return [Job(n, operator.add, (n, n), cost=n + 1) for n in range(count)]


def sweep_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "sweep"]


def test_every_job_is_done_and_no_thread_stays():
    sweep = finished(Sweep(sums(20), threads()))
    assert sweep.results == {n: 2 * n for n in range(20)}
    assert (sweep.done, sweep.total, sweep.failed, sweep.problem) == (20, 20, {}, "")
    wait_until(lambda: not sweep_threads())


def test_an_empty_sweep_is_over_at_once():
    assert finished(Sweep([], threads())).results == {}


def test_the_costliest_come_first_and_no_more_than_can_run():
    hand = ByHand()
    sweep = Sweep(sums(6), hand.engine())
    for n in range(6):
        hand.submitted(min(n + 2, 6))[n].set_result("done")
    finished(sweep)
    assert [args[0] for args in hand.calls] == [5, 4, 3, 2, 1, 0]

    hand = ByHand()
    sweep = Sweep(sums(6), hand.engine(slots=3))
    hand.submitted(3)[1].set_result("done")
    hand.submitted(4)
    wait_until(lambda: sweep.done == 1)
    assert len(hand.futures) == 4
    sweep.stop()


def test_results_appear_as_they_come():
    hand = ByHand()
    sweep = Sweep(sums(3), hand.engine())
    hand.submitted(2)[1].set_result("first")
    wait_until(lambda: sweep.done == 1)
    assert sweep.results == {1: "first"}
    assert sweep.running
    sweep.stop()


def test_the_time_left_goes_by_the_cost_done():
    hand = ByHand()
    sweep = Sweep([Job(n, operator.neg, (n,), cost=cost) for n, cost in enumerate((30, 10, 10))], hand.engine(1))
    assert sweep.seconds_left is None
    began = time.monotonic()
    time.sleep(0.2)  # what the first job takes
    hand.submitted(1)[0].set_result(0)
    wait_until(lambda: sweep.done == 1)
    took = time.monotonic() - began
    assert sweep.seconds_left is not None
    assert 0 < sweep.seconds_left <= took  # 30 of 50 are done, and it is not known how far the next is
    sweep.stop()


def test_stop_keeps_the_results_and_cancels_what_has_not_begun():
    hand = ByHand()
    sweep = Sweep(sums(6), hand.engine())
    hand.submitted(2)[0].set_result("kept")
    wait_until(lambda: sweep.done == 1)
    hand.submitted(3)
    sweep.stop()
    assert not sweep.running
    wait_until(lambda: not sweep_threads())
    assert sweep.results == {5: "kept"}
    assert sweep.problem == ""
    assert all(future.cancelled() for future in hand.futures[1:])
    assert len(hand.futures) == 3


def test_a_sweep_nobody_looks_at_ends():
    hand = ByHand()
    sweep = Sweep(sums(6), hand.engine(), lease=0.2)
    end = time.monotonic() + 0.5
    while time.monotonic() < end:
        sweep.touch()
        assert not sweep.wait(0.02)
    assert sweep.wait(PATIENCE)
    assert "looked" in str(sweep.problem)
    wait_until(lambda: not sweep_threads())


def refused():
    raise BadValue(N_("too large"))


def test_a_job_that_raises_stops_no_other():
    jobs = [Job("root", refused), Job("ratio", operator.truediv, (1, 0)), *sums(4)]
    sweep = finished(Sweep(jobs, threads()))
    assert sweep.results == {n: 2 * n for n in range(4)}
    assert sweep.failed["root"] == N_("too large")
    assert "no fault of yours" in str(sweep.failed["ratio"])
    assert sweep.done == sweep.total == 6


def test_an_executor_that_keeps_breaking_is_given_up():
    starts = []

    class Broken(Executor):
        def submit(self, fn, /, *args, **kwargs):
            raise BrokenExecutor

    def start() -> Backend:
        starts.append(1)
        return Backend(Broken(), 1, lambda: None)

    sweep = finished(Sweep(sums(3), Engine(start)))
    assert "keep ending" in str(sweep.problem)
    assert len(starts) == MOST_BREAKS + 1


def test_what_was_lost_with_a_broken_executor_is_done_again():
    hands = [ByHand(), ByHand()]
    backends = [Backend(hand, 2, lambda: None) for hand in hands]
    sweep = Sweep(sums(3), Engine(iter(backends).__next__))
    before = hands[0].submitted(2)
    before[0].set_result("kept")
    before = hands[0].submitted(3)
    wait_until(lambda: sweep.done == 1)
    for future in before[1:]:
        future.set_exception(BrokenExecutor())
    for future in hands[1].submitted(2):
        future.set_result("again")
    assert finished(sweep).results == {2: "kept", 1: "again", 0: "again"}
    assert len(hands[1].futures) == 2


def test_a_closed_engine_runs_nothing():
    engine = threads()
    engine.close()
    assert finished(Sweep(sums(3), engine)).problem == N_("The server is closing.")
