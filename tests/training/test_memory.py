"""What a visitor's weights take of a worker: how often each is held, and that the past is let go of."""

import gc
import tracemalloc
from dataclasses import replace

import pytest
from torch import Tensor

from rnnviz import cost
from rnnviz.settings.experiment import Experiment
from rnnviz.training.trainer import Trainer

pytestmark = pytest.mark.slow

READING = {"task": "reviews", "cell": "lstm", "seq_len": 2, "batch_size": 1}
LARGE = {
    "deep": {"cell": "lstm", "hidden_size": 128, "num_layers": 4, "bidirectional": True, "seq_len": 5, "batch_size": 1},
    "wide": READING | {"vocabulary_size": 2_600, "hidden_size": 128, "embedding_size": 0},
    "embedding": READING | {"vocabulary_size": 10_000, "hidden_size": 64, "embedding_size": 100},
}
"""Networks of over a million weights, beside which all else they keep is small."""


@pytest.fixture
def tracing():
    yield tracemalloc.start
    tracemalloc.stop()


@pytest.mark.parametrize("name", LARGE)
def test_a_weight_is_held_no_more_often_than_is_said(name, tracing):
    experiment = Experiment(**LARGE[name])
    assert not cost.too_big(experiment)
    trains_and_is_looked_at(Trainer(replace(experiment, hidden_size=2)))  # what comes with the first is there
    tracing()
    before, each = held(), 4 * cost.weights(experiment)
    trainer = Trainer(experiment)
    good = trains_and_is_looked_at(trainer)
    now = held()
    trainer.snapshot(at=0)
    assert held() - before <= 16 * each  # see MOST_WEIGHTS
    assert held() - now <= 2.6 * each  # the weights; these as the loops read them, and those that meet h once more
    trainer.snapshot()
    assert held() - now <= 0.1 * each
    assert good.weights.nbytes == each


def trains_and_is_looked_at(trainer):
    """Do as a worker does, and return the moment that it keeps besides."""
    trainer.step(3)
    trainer.snapshot(at=0)
    trainer.snapshot()
    return trainer.moment()


def held() -> int:
    """Return how many bytes Python and NumPy hold of what was asked for while tracing, and torch in all."""
    gc.collect()
    storages = [thing.untyped_storage() for thing in gc.get_objects() if issubclass(type(thing), Tensor)]
    return tracemalloc.get_traced_memory()[0] + sum({s.data_ptr(): s.nbytes() for s in storages}.values())
