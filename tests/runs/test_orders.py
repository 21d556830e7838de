"""What a run is told to do: play, pause, step, reset, go to a step, take other settings."""

import time
from dataclasses import replace

import pytest
from watching import SMALL, at, losses, nothing_new, obeyed, paused, step, undisturbed, watch

from rnnviz import Experiment, Trainer
from rnnviz.runs.run import Run

pytestmark = pytest.mark.slow


def test_a_run_trains_by_itself_and_gives_frames(pool):
    run = pool.open(SMALL)
    first = watch(run, lambda frame: at(frame) > 0)
    later = watch(run, lambda frame: at(frame) > at(first))
    assert later.version > first.version
    assert later.playing
    assert later.problem is None
    assert watch(run, lambda frame: frame.steps_per_second > 0)


def test_the_pace_is_kept(pool):
    run = pool.open(SMALL)
    run.order(pace=10.0)
    first = obeyed(run)
    began = time.monotonic()
    last = watch(run, lambda frame: at(frame) >= at(first) + 15)
    assert time.monotonic() - began > 0.9 * (at(last) - at(first) - 1) / 10


def test_a_step_pauses_and_is_exactly_one(pool):
    run = pool.open(SMALL)
    watch(run, lambda frame: at(frame) > 0)
    run.order(playing=False)
    before = obeyed(run)
    run.step()
    after = obeyed(run)
    assert at(after) == at(before) + 1
    assert not after.playing
    assert nothing_new(run, after)


def test_a_step_while_playing_pauses(pool):
    run = pool.open(SMALL)
    watch(run, lambda frame: at(frame) > 0)
    run.step()
    frame = obeyed(run)
    assert not frame.playing
    assert nothing_new(run, frame)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_reset_gives_the_same_losses_to_the_last_bit(pool, cell):
    experiment = Experiment(task="adding", cell=cell, hidden_size=8, batch_size=4)
    run = paused(pool, experiment)
    first = step(run, 20)
    run.reset()
    assert at(obeyed(run)) == 0
    assert losses(step(run, 20)) == losses(first) == undisturbed(experiment, 20)


@pytest.mark.parametrize("playing", [False, True])
def test_a_run_goes_to_a_step_first_with_the_numbers_of_a_run_stepped_there(pool, playing):
    run = pool.open(SMALL)
    run.reset(playing=playing, until=40, pace=5.0)
    frame = watch(run, lambda frame: frame.orders == run.orders and at(frame) >= 40 + playing)
    assert frame.playing == playing
    assert playing or nothing_new(run, frame)
    assert playing or run.reached == at(frame) == 40
    assert losses(frame) == undisturbed(SMALL, at(frame))


@pytest.mark.parametrize("act", [Run.step, lambda run: run.order(playing=False, until=0)])
def test_a_run_on_its_way_to_a_step_can_be_stopped(pool, act):
    run = pool.open(SMALL)
    run.reset(playing=False, until=10**6)
    assert watch(run, lambda frame: frame.orders == run.orders and at(frame) > 0).playing
    act(run)
    frame = obeyed(run)
    assert not frame.playing
    assert 0 < at(frame) < 10**6


def test_a_new_network_goes_nowhere_first(pool):
    run = pool.open(SMALL)
    run.reset(playing=False, until=5)
    obeyed(run, step=5)
    run.order(experiment=replace(SMALL, seed=1))
    assert nothing_new(run, obeyed(run, step=0))


def test_a_changed_experiment_starts_a_new_network(pool):
    run = paused(pool)
    step(run, 5)
    other = Experiment(cell="gru", hidden_size=5)
    run.order(experiment=other)
    frame = obeyed(run)
    assert at(frame) == 0
    assert frame.snapshot
    assert frame.snapshot.trace.hidden.shape[-1] == 5
    assert losses(step(run, 5)) == undisturbed(other, 5)


def test_the_learning_rate_acts_on_the_running_network(pool):
    run = paused(pool)
    step(run, 5)
    slower = Experiment(hidden_size=8, learning_rate=0.001)
    run.order(experiment=slower)
    frame = step(run, 5)
    trainer = Trainer(SMALL)
    trainer.step(5)
    trainer.adjust(slower)
    trainer.step(5)
    assert losses(frame) == trainer.snapshot().history.loss.tobytes()
    assert losses(frame) != undisturbed(SMALL, 10)


def test_runs_do_not_disturb_one_another(pool):
    experiments = [Experiment(hidden_size=8, seed=seed, cell=cell) for seed in (1, 2) for cell in ("rnn", "lstm")]
    runs = [paused(pool, experiment) for experiment in experiments]
    for _ in range(10):
        for run in runs:
            run.step()
    for run, experiment in zip(runs, experiments, strict=True):
        assert losses(obeyed(run, step=10)) == undisturbed(experiment, 10)
