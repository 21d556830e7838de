"""A race from many seeds: each network of it is the one that is trained alone."""

import math
from dataclasses import replace

import pytest
from swept import finished, threads

from rnnviz import Experiment, Race, Trainer
from rnnviz.language import BadValue
from rnnviz.sweeps.engine import Sweep
from rnnviz.sweeps.race import POINTS, SEEDS, Seeds, train

FIRST = Experiment(task="recall", seq_len=6, hidden_size=8, batch_size=8, seed=3)
LANES = FIRST, replace(FIRST, cell="lstm"), replace(FIRST, cell="gru", learning_rate=0.05)
WILD = replace(FIRST, task="adding", nonlinearity="relu", optimizer="sgd", learning_rate=10.0, clip_norm=0.0)


def test_each_network_is_to_the_last_bit_the_one_trained_alone():
    seeds = Seeds(LANES, 2, 120)
    jobs = {job.key: job for job in seeds.jobs}
    assert list(jobs) == [(lane, seed) for seed in range(2) for lane in range(3)]
    assert all(job.cost > 0 for job in jobs.values())
    for (lane, seed), job in jobs.items():
        trained = train(*job.args)
        trainer = Trainer(replace(LANES[lane], seed=3 + seed))
        losses = [trainer.validation_loss]
        for step in trained.at[1:]:
            trainer.step(step - trainer.steps)
            losses.append(trainer.validation_loss)
        assert trained.losses == tuple(losses)
        assert (trained.steps, trained.at[0], trained.at[-1], len(trained.at)) == (120, 0, 120, POINTS + 1)
        assert (trained.accuracy, trained.diverged) == (trainer.accuracy, False)
        assert trained.baseline == trainer.snapshot().baseline


def test_it_is_the_race_of_the_page():
    race = Race(LANES)
    race.step(60)
    for trainer, experiment in zip(race.trainers, LANES, strict=True):
        assert train(experiment, 60).losses[-1] == trainer.validation_loss


def test_after_the_last_seed_comes_the_first():
    last = replace(FIRST, seed=SEEDS - 1)
    assert [job.args[0].seed for job in Seeds((last,), 3, 1).jobs] == [SEEDS - 1, 0, 1]
    with pytest.raises(BadValue):
        replace(FIRST, seed=SEEDS)


def test_fewer_steps_than_points_are_each_measured_once():
    assert train(FIRST, 7).at == (*range(8),)


def test_a_network_that_diverges_says_where_it_stood():
    trained = train(WILD, 400)
    assert trained.diverged
    assert 0 < trained.steps < 400
    assert trained.at[-1] == trained.steps
    assert trained.accuracy is None or math.isfinite(trained.losses[-1])


@pytest.mark.slow
def test_a_sweep_of_them_comes_to_an_end():
    engine = threads()
    try:
        sweep = finished(Sweep(Seeds(LANES, 2, 10).jobs, engine, in_order=True))
        assert (sweep.done, sweep.failed, set(sweep.results)) == (
            6,
            {},
            {(lane, seed) for lane in range(3) for seed in range(2)},
        )
    finally:
        engine.close()
