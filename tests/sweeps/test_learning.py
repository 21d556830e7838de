"""The jobs of the learning sweep: what a network has learned, and which are planned."""

import numpy as np
import pytest

from rnnviz import Experiment, Trainer
from rnnviz.sweeps.learning import Learned, Plan, learn


@pytest.mark.parametrize("task", ["recall", "adding"])
def test_learning_is_training_by_hand(task):
    experiment = Plan(task, ("gru",), (6,), 2, 40).experiment("gru", 6, seed=1)
    trainer = Trainer(experiment)
    trainer.step(40)
    snapshot = trainer.snapshot()
    answers = trainer.task.validation.targets[-1]
    error = np.square(answers - 1).mean()  # of always saying 1, the mean of two numbers' sum
    score = max(0.0, 1 - snapshot.validation_loss / error) if snapshot.accuracy is None else snapshot.accuracy
    learned = learn(experiment, 40)
    assert learned.score == pytest.approx(score, rel=1e-6)
    assert learned == Learned(experiment, 40, learned.score, snapshot.validation_loss)
    assert 0 < learned.score <= 1


def test_a_network_that_diverges_has_learned_nothing():
    experiment = Experiment(task="adding", nonlinearity="relu", num_layers=2, optimizer="sgd", learning_rate=10.0)
    learned = learn(experiment, 500)
    assert learned.diverged
    assert learned.score == 0
    assert learned.steps < 500


def test_a_plan_is_every_cell_at_every_length_from_every_seed():
    plan = Plan("adding", ("rnn", "lstm"), (5, 160), seeds=3, steps=100)
    jobs = {job.key: job for job in plan.jobs}
    assert set(jobs) == {(cell, length, seed) for cell in ("rnn", "lstm") for length in (5, 160) for seed in range(3)}
    for (cell, length, seed), job in jobs.items():
        experiment, steps = job.args
        assert (experiment.task, experiment.cell, experiment.seq_len, experiment.seed) == ("adding", cell, length, seed)
        assert steps == 100
    assert jobs["rnn", 160, 0].cost > jobs["rnn", 5, 0].cost


def test_every_cell_can_be_planned():
    cells = tuple(Experiment.SETTINGS["cell"].options)  # pyright: ignore[reportAttributeAccessIssue]
    jobs = Plan("recall", cells, (5,), seeds=1, steps=100).jobs
    assert [job.key[0] for job in jobs] == list(cells)
    assert all(0 < job.cost < 10 for job in jobs)
