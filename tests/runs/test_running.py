"""What a frame shows: what it is asked to look into, and why there is nothing to see."""

import asyncio
from dataclasses import replace
from typing import Any

import loops
import numpy as np
import pytest
from trained import assert_same
from watching import PATIENCE, SMALL, at, paused, step, watch

from rnnviz import Diverged, Experiment, Trainer
from rnnviz.looks.pieces import outcome
from rnnviz.runs.looking import looked
from rnnviz.runs.messages import Beginning, Frame, Request
from rnnviz.runs.running import Running
from rnnviz.settings.labels import Labels
from rnnviz.snapshot import Lens, Opened, Passages, Unseen
from rnnviz.wanted import WHOLE, Wanted

pytestmark = pytest.mark.slow


def test_a_frame_looks_into_the_cell_that_is_asked_for(pool):
    run = paused(pool, SMALL)
    step(run, 2)
    assert run.frame
    for opened in (Opened(0, 0, 1, 2), Opened(0, 0, 3, 0)):
        frame = loops.run(run.next_frame(-1, PATIENCE, Wanted(WHOLE, opened)))
        assert frame
        assert frame.snapshot
        assert frame.snapshot.inside
        assert frame.snapshot.inside.opened == opened
        assert at(frame) == 2
        values = frame.snapshot.inside.values["h"]
        np.testing.assert_array_equal(values, frame.snapshot.trace.hidden[0, 0, opened.step])


def test_a_frame_has_the_analysis_that_is_asked_for(pool):
    run = paused(pool, SMALL)
    step(run, 2)
    trainer = Trainer(SMALL)
    trainer.step(2)
    for lens in (Lens(step=1), Lens(step=3)):
        frame = loops.run(run.next_frame(-1, PATIENCE, Wanted(WHOLE, lens=lens)))
        assert frame
        assert frame.snapshot
        assert frame.snapshot.analysis
        found, expected = frame.snapshot.analysis, trainer.snapshot(lens=lens).analysis
        assert found.asked == found.lens == lens
        for name in ("memory", "shares", "factors"):
            for field, array in vars(getattr(expected, name)).items():
                np.testing.assert_array_equal(getattr(getattr(found, name), field), array)
    frame = loops.run(run.next_frame(-1, PATIENCE, Wanted(WHOLE)))
    assert frame
    assert frame.snapshot
    assert frame.snapshot.parts.keys() == WHOLE


def test_a_visitors_data_travel_with_the_orders_alone(pool):
    experiment = replace(SMALL, task="series", series=tuple(map(float, range(60))), labels=Labels("rain"))
    run = paused(pool, experiment)
    step(run, 2)
    sent: list[Any] = []
    running = Running(1, run.orders, Beginning(), sent.append)
    running.ask(Request(1, 0))
    while not sent:
        running.turn()
    assert sent[0].orders.experiment.series == ()
    assert (kept := running.checkpoint())
    assert kept.orders.experiment.series == ()
    assert run.frame
    assert run.frame.orders == run.orders
    assert run.frame.orders.experiment == experiment
    run.order(experiment=replace(experiment, learning_rate=0.5))
    before = run.orders.bare
    assert before.filled(replace(run.orders, playing=True)) == run.orders


def test_what_was_asked_of_a_network_of_words_is_not_asked_of_one_of_numbers():
    seen = outcome(looked(Trainer(SMALL).subject(), Wanted(WHOLE, reading=Passages(), search=1), None))
    assert_same(seen, Trainer(SMALL).snapshot())


def test_a_frame_s_forecast_goes_on_as_far_as_is_asked(pool):
    experiment = Experiment(task="airline", seq_len=12, hidden_size=4)
    run = paused(pool, experiment)
    step(run, 2)
    trainer = Trainer(experiment)
    trainer.step(2)
    for beyond in (7, 0):
        frame = loops.run(run.next_frame(-1, PATIENCE, Wanted(WHOLE, beyond=beyond)))
        assert frame
        assert frame.wanted.beyond == beyond
        assert frame.snapshot
        assert frame.snapshot.forecast
        expected = trainer.snapshot(beyond=beyond).forecast
        assert expected
        np.testing.assert_array_equal(frame.snapshot.forecast.beyond, expected.beyond)


def test_several_pages_look_at_one_run_each_at_what_it_wants(pool):
    run = paused(pool, SMALL)
    step(run, 2)
    pages = [Wanted(frozenset({"trace", "gradients"}), lens=Lens()), Wanted(frozenset({"trace", "flow"}), beyond=3)]

    async def ask(seen: int, patience: float) -> list[Frame | None]:
        return await asyncio.gather(*(run.next_frame(seen, patience, wanted) for wanted in pages))

    frames = loops.run(ask(-1, PATIENCE))
    for frame, wanted in zip(frames, pages, strict=True):
        assert frame
        assert frame.wanted == wanted
        assert frame.snapshot
        assert frame.snapshot.parts.keys() == wanted.parts
        assert run.shown(wanted) is frame  # neither drives out the other: nothing is made anew while it is paused
        with pytest.raises(Unseen, match="forecast"):
            _ = frame.snapshot.forecast
    newest = frames[0]
    assert newest
    assert loops.run(ask(newest.version, 0.4)) == [None, None]
    assert not run.requests


def test_the_first_frame_of_a_new_network_does_not_wait_for_its_analysis(pool):
    run = paused(pool, SMALL)
    frames = []
    for seed in (0, 5):
        run.order(experiment=replace(SMALL, seed=seed))
        frames += [loops.run(run.next_frame(-1, PATIENCE, Wanted(WHOLE, lens=Lens()))) for _ in range(2)]
    assert [frame.orders.experiment.seed for frame in frames] == [0, 0, 5, 5]
    assert ["analysis" in frame.snapshot.parts for frame in frames[2:]] == [False, True]


def test_a_diverging_network_stops_and_says_at_which_step(pool):
    wild = Experiment(optimizer="sgd", learning_rate=10.0, nonlinearity="relu", seq_len=50)
    trainer = Trainer(wild)
    with pytest.raises(Diverged) as stop:
        trainer.step(1000)
    run = pool.open(wild)
    frame = watch(run, lambda frame: frame.problem)
    assert frame.problem
    assert (frame.problem.step, frame.problem.quantity) == (stop.value.step, stop.value.quantity)
    assert at(frame) < stop.value.step
    assert frame.snapshot
    assert np.isfinite(frame.snapshot.trace.hidden).all()  # the last good pictures
    assert run.stopped
    assert not frame.playing

    run.order(experiment=SMALL)
    watch(run, lambda frame: frame.orders == run.orders and at(frame) > 0)
    assert not run.stopped


def test_an_experiment_that_fits_no_data_is_a_sentence(pool):
    run = pool.open(Experiment(task="series", series=(1.0, 2.0)))
    frame = watch(run, lambda frame: frame.problem)
    assert frame.snapshot is None
    assert frame.problem
    assert frame.problem.sentence


def test_what_no_share_can_hold_is_a_sentence(pool):
    large = Experiment(hidden_size=128, num_layers=4, bidirectional=True, seq_len=500, batch_size=128)
    frame = watch(pool.open(large), lambda frame: frame.problem)
    assert frame.problem
    assert "batch size of at most" in str(frame.problem.sentence)


def test_a_frame_of_the_past_is_what_there_was_to_see_then_while_training_goes_on(pool):
    run = paused(pool, SMALL)
    then = replace(Wanted(WHOLE), lens=Lens())
    trainer = Trainer(SMALL)
    trainer.step(3)
    seen = trainer.snapshot().showing(analysis=trainer.snapshot(lens=Lens()).analysis)
    step(run, 3)
    run.order(playing=True, pace=20.0)  # so slowly that every step's moment is still kept
    watch(run, lambda frame: at(frame) > 10)
    for _ in range(2):  # of an analysis the first time, and again while it rests from one of now
        past = loops.run(run.next_frame(-1, PATIENCE, replace(then, at=3)))
        assert past
        assert (past.past, past.playing, past.moments[:2]) == (True, True, (0, 1))
        assert past.reached > 10
        assert past.reached <= run.reached
        assert past.snapshot
        assert_same(past.snapshot, seen)
        now = loops.run(run.next_frame(-1, PATIENCE, then))
        assert now
        assert not now.past
        assert now.snapshot
        assert at(now) == now.reached
        assert now.snapshot.analysis.step > 3
    run.reset()
    assert run.reached == 0


def test_a_second_moment_is_seen_beside_the_first(pool):
    run = paused(pool, SMALL)
    step(run, 5)
    trainer = Trainer(SMALL)
    trainer.step(5)
    for now in (1, 4, None):
        frame = loops.run(run.next_frame(-1, PATIENCE, Wanted(WHOLE, at=now, then=2)))
        assert frame
        assert frame.snapshot
        assert frame.then
        assert frame.snapshot.step == (5 if now is None else now)
        assert_same(frame.then, trainer.snapshot(at=2))


def test_a_moment_is_looked_at_after_the_network_has_stopped(pool):
    diverging = replace(SMALL, learning_rate=10.0, optimizer="sgd", clip_norm=0.0, task="airline")
    trainer = Trainer(diverging)
    with pytest.raises(Diverged):
        trainer.step(10_000)
    run = pool.open(diverging)
    watch(run, lambda frame: frame.problem)
    past = loops.run(run.next_frame(-1, PATIENCE, Wanted(WHOLE, at=0)))
    assert past
    assert past.past
    assert past.problem
    assert past.snapshot
    assert_same(past.snapshot, Trainer(diverging).snapshot())
