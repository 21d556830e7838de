"""Races in worker processes: every lane as it is alone, whoever looks and whatever ends."""

import os
import signal
from dataclasses import replace

import loops
import numpy as np
import pytest
from trained import assert_same
from watching import PATIENCE, SMALL, obeyed, paused, wait_until, watch

from rnnviz import Experiment, Trainer
from rnnviz.runs.messages import Beginning, Frame, Orders, Request
from rnnviz.runs.run import Run
from rnnviz.runs.running import Running
from rnnviz.snapshot import Lens
from rnnviz.wanted import WHOLE, Wanted

pytestmark = pytest.mark.slow

OTHERS = (replace(SMALL, cell="gru"), replace(SMALL, cell="lstm", hidden_size=5))
WILD = replace(SMALL, nonlinearity="relu", learning_rate=10.0, optimizer="sgd", num_layers=2)
TOGETHER = Wanted(WHOLE, together=True)


def seen(run: Run, wanted: Wanted = TOGETHER) -> Frame:
    frame = loops.run(run.next_frame(-1, PATIENCE, wanted))
    assert frame
    return frame


def trained(experiment: Experiment, steps: int) -> Trainer:
    trainer = Trainer(experiment)
    trainer.step(steps)
    return trainer


def stepped(run: Run, to: int) -> None:
    while run.orders.steps < to:
        run.step()
    obeyed(run, step=to)


def raced(pool) -> Run:
    run = paused(pool)
    run.order(others=OTHERS)
    obeyed(run, step=0)
    return run


def test_all_lanes_are_seen_each_as_it_is_alone(pool):
    run = raced(pool)
    stepped(run, 4)
    frame = seen(run)
    assert [lane.problem for lane in frame.lanes] == [None] * 3
    for lane, experiment in zip(frame.lanes, run.orders.experiments, strict=True):
        assert_same(lane.snapshot, trained(experiment, 4).snapshot())
    assert all(lane.seconds > 0 for lane in frame.lanes)
    assert seen(run, Wanted(WHOLE)).lanes == ()
    assert frame.moments == (0, 1, 2, 3, 4)
    past = seen(run, replace(TOGETHER, at=2))
    assert_same(past.lanes[2].snapshot, trained(OTHERS[1], 2).snapshot())
    assert [lane.seconds for lane in past.lanes] == pytest.approx([lane.seconds / 2 for lane in frame.lanes])


def test_the_memory_of_each_is_its_own_whatever_is_made_of_the_first(pool):
    run = raced(pool)
    stepped(run, 3)
    memories = Wanted(frozenset({"memory"}), together=True)
    for wanted in (memories, replace(memories, lens=Lens(layer=3)), memories):
        for lane, experiment in zip(seen(run, wanted).lanes, run.orders.experiments, strict=True):
            expected = trained(experiment, 3).snapshot(lens=Lens()).analysis.memory
            np.testing.assert_array_equal(lane.snapshot.memory.norm, expected.norm)
    past = seen(run, replace(memories, at=1)).lanes[2].snapshot.memory
    np.testing.assert_array_equal(past.norm, trained(OTHERS[1], 1).snapshot(lens=Lens()).analysis.memory.norm)


def test_other_lanes_are_other_networks_and_start_anew(pool):
    run = raced(pool)
    stepped(run, 2)
    start = run.orders.start
    run.order(others=(*OTHERS, replace(SMALL, hidden_size=9)))
    assert run.orders.start == start + 1
    obeyed(run, step=0)
    assert len(seen(run).lanes) == 4
    run.order(others=(OTHERS[0], replace(OTHERS[1], learning_rate=0.5), run.orders.others[2]))
    assert run.orders.start == start + 1  # live: it goes on


def test_the_first_goes_on_alone_as_it_is(pool):
    run = raced(pool)
    stepped(run, 3)
    start = run.orders.start
    run.order(others=())
    assert run.orders.start == start
    assert not run.adjusted
    assert_same(obeyed(run, step=3).snapshot, trained(SMALL, 3).snapshot())
    stepped(run, 5)
    assert_same(obeyed(run, step=5).snapshot, trained(SMALL, 5).snapshot())
    assert_same(seen(run, Wanted(WHOLE, at=2)).snapshot, trained(SMALL, 2).snapshot())
    assert seen(run).lanes[1:] == ()
    wait_until(lambda: run.checkpoint and (run.checkpoint.step, run.checkpoint.others) == (5, ()))
    run.order(others=OTHERS)
    assert run.orders.start == start + 1


def test_of_those_left_behind_nothing_is_kept():
    running = Running(0, Orders(SMALL, OTHERS, playing=False), Beginning(), lambda message: None)
    while not running.race:
        running.turn()
    assert set(running.good) == {0, 1, 2}
    running.obey(Orders(SMALL, playing=False))
    while len(running.race.trainers) > 1:
        running.turn()
    assert set(running.good) == {0}


def killed_after(run: Run, step: int) -> int:
    """Kill the worker once there is a checkpoint of this training step; return its process."""
    stepped(run, step)
    wait_until(lambda: run.checkpoint and run.checkpoint.step == step)
    assert run.worker
    dead = run.worker.process.pid
    os.kill(dead, signal.SIGKILL)
    return dead


def test_the_first_goes_on_alone_from_a_checkpoint_of_all(pool):
    run = raced(pool)
    dead = killed_after(run, 3)
    run.order(others=())
    assert run.orders.steps == 3
    wait_until(lambda: run.worker and run.worker.process.pid != dead)
    stepped(run, 4)
    assert_same(obeyed(run, step=4).snapshot, trained(SMALL, 4).snapshot())
    assert_same(seen(run, Wanted(WHOLE, at=1)).snapshot, trained(SMALL, 1).snapshot())


def test_a_first_that_has_diverged_stands_still_alone(pool):
    run = pool.open(WILD)
    run.order(others=OTHERS[:1])
    while not (problem := seen(run).lanes[0].problem):
        watch(run, lambda frame: True)
    assert not run.stopped
    start = run.orders.start
    run.order(others=())
    assert watch(run, lambda frame: frame.problem).problem == problem
    assert run.orders.start == start
    assert run.stopped


def test_a_race_goes_on_from_its_checkpoint_when_its_worker_dies(pool):
    run = raced(pool)
    dead = killed_after(run, 3)
    wait_until(lambda: run.worker and run.worker.process.pid != dead)
    stepped(run, 5)
    for lane, experiment in zip(seen(run).lanes, run.orders.experiments, strict=True):
        assert_same(lane.snapshot, trained(experiment, 5).snapshot())
    past = seen(run, replace(TOGETHER, at=1))
    assert_same(past.lanes[1].snapshot, trained(OTHERS[0], 1).snapshot())


def test_one_that_diverges_is_told_and_the_others_go_on(pool):
    run = pool.open(WILD)
    run.order(others=OTHERS[:1])
    frame = watch(run, lambda frame: frame.snapshot and len(frame.lanes or ()) == 0 and run.reached >= 0)
    assert not frame.problem
    while not (problem := seen(run).lanes[0].problem):
        watch(run, lambda frame: True)
    assert problem.quantity in ("loss", "gradient")
    before = seen(run).lanes[1].snapshot.step
    while seen(run).lanes[1].snapshot.step < before + 20:
        pass
    assert not seen(run).problem
    for lane in (0, 1):
        snapshot = seen(run).lanes[lane].snapshot
        assert all(np.isfinite(values).all() for values in (snapshot.trace.hidden, snapshot.gradients.hidden))
    told = [seen(run, replace(TOGETHER, at=problem.step + more)).lanes[0].problem for more in (-1, 0)]
    assert told == [None, problem]
    stands = seen(run).lanes[0].snapshot
    assert stands.step < problem.step
    assert_same(seen(run).lanes[0].snapshot, stands)


def test_by_time_a_moment_is_named_by_the_first_one_s_step_and_shows_all_at_equal_seconds(pool):
    slow = replace(SMALL, cell="gru", hidden_size=32, num_layers=2)
    run = pool.open(slow)
    run.reset(others=(SMALL,), by_time=True, playing=False, until=40)
    frame = obeyed(run, step=40)
    assert run.reached == frame.moments[-1] == 40
    now = seen(run, replace(TOGETHER, at=40))
    assert not now.past
    assert now.lanes[1].snapshot.step > 40
    past = seen(run, replace(TOGETHER, at=20))
    assert past.past
    first, second = past.lanes
    assert first.snapshot.step == 20 < second.snapshot.step < now.lanes[1].snapshot.step
    assert second.seconds == pytest.approx(first.seconds, abs=1.5 * second.seconds / second.snapshot.step)


def test_a_visitor_s_data_does_not_travel_back():
    own = Experiment(task="series", series=tuple(map(float, range(60))), hidden_size=4)
    orders = Orders(own, (replace(own, cell="gru"),), playing=False)
    sent = []
    running = Running(0, orders, Beginning(), sent.append)
    running.ask(Request(0, -1, TOGETHER))
    while not sent:
        running.turn()
    (frame,) = sent
    assert not any(experiment.series for experiment in frame.orders.experiments)
    assert frame.orders.filled(orders) == orders
