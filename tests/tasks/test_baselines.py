"""The baselines of the tasks: by their closed forms, and by answering one by one."""

import math

import numpy as np
import pytest

from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import TASKS
from rnnviz.tasks.airline import PASSENGERS
from rnnviz.training.trainer import Trainer

SERIES = tuple(float(value) for value in np.random.default_rng(7).normal(size=200).cumsum())


def build(name: str, **settings):
    return TASKS[name](Experiment(task=name, series=SERIES, **{**TASKS[name].suggested, **settings}))


NUMBERS = [name for name in TASKS if not build(name).classes]
REPEAT = ["sine", "airline", "video", "series"]


def losses(name: str, **settings) -> dict[str, float]:
    """The baselines' losses on the validation batch, by name."""
    task = build(name, **settings)
    return {baseline.name: baseline.loss for baseline in task.measured(task.validation)}


def marked_answers(task, batch):
    """The step, the sequence and the right answer of every answer that is marked."""
    T, B = batch.inputs.shape[:2]
    for t in range(T):
        if batch.mask[t] and (task.experiment.loss_at == "every" or t == T - 1):
            yield from ((t, b, batch.targets[t, b]) for b in range(B))


@pytest.mark.parametrize("name", TASKS)
def test_every_task_names_what_there_is_to_beat(name):
    expected = ["chance"] if TASKS[name].classes else ["mean", "repeat"] if name in REPEAT else ["mean"]
    own = {"order": ["bag", "last"], "languages": ["chance", "bag"], "reviews": ["chance", "bag"]}
    own |= {two: ["chance", "step", "before"] for two in TASKS if TASKS[two].source_vocabulary}
    expected = ["frequent", "bigram"] if TASKS[name].in_bits else own.get(name, expected)
    assert [baseline.name for baseline in build(name).measured(build(name).validation)] == expected
    assert all(words and not str(words).endswith(".") for words in TASKS[name].baselines.values())


@pytest.mark.parametrize("loss_at", ["every", "last"])
@pytest.mark.parametrize("name", NUMBERS)
def test_baselines_are_what_answering_one_by_one_errs(name, loss_at):
    task = build(name, loss_at=loss_at)
    batch, found = task.validation, losses(name, loss_at=loss_at)
    answers = list(marked_answers(task, batch))
    mean = np.mean([np.mean((task.mean_answer - right) ** 2) for _t, _b, right in answers])
    assert found["mean"] == pytest.approx(mean, rel=1e-5)
    if name in REPEAT:
        last = [np.mean((batch.inputs[t, b, : task.outputs] - right) ** 2) for t, b, right in answers]
        assert found["repeat"] == pytest.approx(np.mean(last), rel=1e-5)


@pytest.mark.parametrize("loss_at", ["every", "last"])
@pytest.mark.parametrize("name", [name for name in NUMBERS if name not in ("airline", "series")])
def test_the_mean_is_that_of_the_answers_it_trains_on(name, loss_at):
    task = build(name, loss_at=loss_at, batch_size=100)
    means = []
    for step in range(100):
        batch = task.training_batch(step)
        marked = batch.targets[-1:] if loss_at == "last" else batch.targets[batch.mask]
        means += marked.astype(float).mean(axis=(0, 2)).tolist()  # of each sequence
    error = float(np.std(means)) / math.sqrt(len(means))
    assert float(np.mean(means)) == pytest.approx(task.mean_answer, abs=4 * error + 1e-6)


def test_the_mean_of_a_series_is_that_of_its_training_part():
    found, validation = losses("airline"), build("airline").validation
    passengers = validation.targets * PASSENGERS[:100].std() + PASSENGERS[:100].mean()
    error = np.mean((passengers - PASSENGERS[:100].mean()) ** 2) / PASSENGERS[:100].var()
    assert found["mean"] == pytest.approx(error, rel=1e-5)


def test_closed_forms():
    samples = {name: [losses(name, seed=seed) for seed in range(40)] for name in ("adding", "wave", "video")}
    mean = {name: np.mean([found["mean"] for found in of_seeds]) for name, of_seeds in samples.items()}
    # (X + Y - 1)^2 of two uniform numbers has mean 1/6 and variance 7/180: four standard errors of 40 x 64.
    assert mean["adding"] == pytest.approx(1 / 6, abs=4 * math.sqrt(7 / 180 / 2560))
    assert mean["wave"] == pytest.approx(1 / 2, rel=0.1)
    assert mean["video"] == pytest.approx(1 / 8, rel=0.02)  # of (1 + cos) / 2 about 1/2
    repeated = np.mean([found["repeat"] for found in samples["video"]])
    assert repeated == pytest.approx((1 - (math.sin(0.5) - math.sin(0.1)) / 0.4) / 4, rel=0.05)
    assert losses("square")["mean"] == pytest.approx(4 / 45, rel=0.01)
    # A whole period, at any phase: sin has mean square 1/2, and a step of pi/20 the chord 2 sin(pi/40).
    assert losses("sine")["mean"] == pytest.approx(1 / 2, rel=1e-6)
    assert losses("sine")["repeat"] == pytest.approx((2 * math.sin(math.pi / 40)) ** 2 / 2, rel=1e-5)


@pytest.mark.parametrize("name", ["recall", "reversal"])
def test_guessing_is_right_one_time_in_four_and_classes_come_equally_often(name):
    task = build(name, batch_size=128)
    [chance] = task.measured(task.validation)
    assert (chance.loss, chance.accuracy) == (pytest.approx(math.log(4)), 0.25)
    counts = np.zeros(4)
    for step in range(100):
        batch = task.training_batch(step)
        counts += np.bincount(batch.targets[task.marked(batch.mask)].ravel(), minlength=4)
    # Each share has variance 3/16 a draw; the letters of a reversal are drawn apart too.
    assert counts / counts.sum() == pytest.approx(0.25, abs=4 * math.sqrt(3 / 16 / counts.sum()))


@pytest.mark.parametrize("settings", [{}, {"task": "recall"}, {"hidden_size": 128, "num_layers": 4, "seq_len": 500}])
def test_a_snapshot_carries_those_of_the_batch_the_network_is_validated_on(settings):
    trainer = Trainer(Experiment(**settings))
    snapshot = trainer.snapshot()
    assert snapshot.baselines == trainer.task.measured(trainer.examples.validation)
    assert snapshot.baseline.loss == min(baseline.loss for baseline in snapshot.baselines)
