"""A worker's way of sharing its time, by a made-up clock where minutes have to pass."""

import queue
from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace

import pytest
from watching import SMALL, at

from rnnviz import Trainer
from rnnviz.runs import keeping, process, running
from rnnviz.runs.messages import Beginning, Command, Forget, Frame, Leave, Left, Orders, Request, Unknown
from rnnviz.training import race


class Days:
    """Messages that arrive at set seconds of a made-up clock, for a worker that lives by it."""

    def __init__(self, *arrivals: tuple[float, object]):
        self.now = self.stalled = 0.0
        self.arrivals = list(arrivals)

    def monotonic(self) -> float:
        self.now += 0.001  # whatever is done takes a little
        return self.now

    def thread_time(self) -> float:
        return self.now - self.stalled

    def get(self, timeout: float):
        if self.arrivals[0][0] <= self.now + timeout:
            self.now = max(self.now, self.arrivals[0][0])
            return self.arrivals.pop(0)[1]
        self.now += timeout
        raise queue.Empty

    def get_nowait(self):
        return self.get(0.0)


def live(monkeypatch, *arrivals: tuple[float, object]) -> list[tuple[float, object]]:
    """Serve these messages; return what was sent, and when. A step of the batch size 2 takes 0.3 s of that clock, and
    the first of the batch size 3 5 s, of which the processor works for others."""
    days, sent = Days(*arrivals, (1e3, None)), []

    class Slow(Trainer):
        def pieces(self):
            days.now += 0.3 * (self.experiment.batch_size == 2)
            if self.experiment.batch_size == 3 and not days.stalled:
                days.stalled = 5.0
                days.now += days.stalled
            return super().pieces()

    monkeypatch.setattr(race, "Trainer", Slow)
    for module in (process, running, keeping):
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=days.monotonic, thread_time=days.thread_time))
    process.serve(days, lambda message: sent.append((days.now, message)))  # pyright: ignore[reportArgumentType]
    return sent


def begin(run: int, orders: Orders) -> Command:
    """Tell of a new run."""
    return Command(run, orders, Beginning())


def test_on_its_way_to_a_step_a_run_hurries_and_then_keeps_its_pace(monkeypatch):
    orders = Orders(SMALL, until=50, pace=10.0)
    sent = live(monkeypatch, (0.0, begin(0, orders)), *((t, Request(0, -1)) for t in (0.0, 1.0, 2.0)))
    steps = [at(message) for _, message in sent if isinstance(message, Frame)]
    assert steps[1] >= 50  # at its pace it would be near 10
    assert steps[2] - steps[1] == pytest.approx(10, abs=2)


def test_who_had_to_wait_for_the_processor_does_not_wait_for_the_others_too(monkeypatch):
    late, other = Orders(replace(SMALL, batch_size=3)), Orders(SMALL)
    asked = [(t, Request(run, -1)) for t in (0.0, 4.0, 5.5, 6.0, 6.5) for run in (0, 1)]
    sent = live(monkeypatch, (0.0, begin(0, late)), (0.0, begin(1, other)), *asked)
    shown = [
        {message.run for when, message in sent if isinstance(message, Frame) and t < when < t + 0.5} for t in (5.5, 6)
    ]
    assert shown == [{0, 1}, {0, 1}]


def test_the_lease_ends_to_the_second(monkeypatch):
    slow = Orders(SMALL, pace=10.0)
    sent = live(monkeypatch, (0.0, begin(0, slow)), (0.0, Request(0, -1)), (20.0, Request(0, -1)))
    frames = [(when, message) for when, message in sent if isinstance(message, Frame)]
    steps = [at(frame) for _, frame in frames]
    assert frames[-1][0] == pytest.approx(20, abs=0.5)
    assert steps[-1] - steps[0] == pytest.approx(10 * running.LEASE, abs=2)


def test_a_run_to_be_forgotten_is_gone_and_one_to_leave_is_handed_back(monkeypatch):
    sent = live(
        monkeypatch,
        *[(0.0, begin(run, Orders(SMALL, playing=False))) for run in (0, 1)],
        (1.0, Forget(0)),
        (1.0, Leave(1)),
        (2.0, Request(0, -1)),
    )
    handed = [message for _, message in sent if isinstance(message, Left)]
    assert [(left.run, bool(left.checkpoint)) for left in handed] == [(1, True)]
    assert sent[-1][1] == Unknown(0)


def test_a_run_nobody_asked_for_in_minutes_is_unknown(monkeypatch):
    late = process.FORGET + 10
    paused = Orders(SMALL, playing=False)
    sent = live(monkeypatch, (0.0, begin(0, paused)), (0.0, Request(0, -1)), (late, Request(0, -1)))
    assert sent[-1][1] == Unknown(0)


def test_orders_for_a_run_it_does_not_have_begin_no_network_until_it_is_told_all_of_it(monkeypatch):
    orders = Orders(SMALL, playing=False, steps=1)
    sent = live(
        monkeypatch, (0.0, Command(0, orders)), (1.0, Request(0, -1)), (2.0, begin(0, orders)), (2.0, Request(0, -1))
    )
    first, second, *others = sent
    assert (first[1], second[1]) == (Unknown(0), Unknown(0))
    assert second[0] < 2
    assert at(next(message for _, message in others if isinstance(message, Frame))) == 1


@pytest.mark.slow
def test_two_runs_get_equal_shares(monkeypatch):
    commands = [(0.0, begin(run, Orders(SMALL))) for run in (0, 1)]
    requests = [(t, Request(run, -1)) for t in (0.0, 0.5) for run in (0, 1)]
    sent = live(monkeypatch, *commands, *requests)
    one, other = ([at(f) for _, f in sent if isinstance(f, Frame) and f.run == run][-1] for run in (0, 1))
    assert one == pytest.approx(other, rel=0.2)
    assert one > 10


@pytest.mark.slow
def test_a_slow_run_uses_no_more_time_than_each_of_its_neighbours(monkeypatch):
    commands = [(0.0, begin(run, Orders(replace(SMALL, batch_size=2 if run == 0 else 1)))) for run in range(4)]
    requests = [(t / 10, Request(run, -1)) for t in range(80) for run in range(4)]
    sent = live(monkeypatch, *commands, *requests)
    frames = [[(when, m) for when, m in sent if isinstance(m, Frame) and m.run == run] for run in range(4)]
    slow, *quick = ([when for when, _ in own if 2 < when < 8] for own in frames)
    steps = at(frames[0][-1][1])
    assert 0.6 * 8 / 0.3 / 4 < steps < 1.2 * 8 / 0.3 / 4  # a quarter of the time
    for own in quick:
        assert max(after - before for before, after in pairwise(own)) < 0.5  # a step of the slow run, and a turn each
        assert len(own) > 3 * 6
    assert len(slow) >= 3
