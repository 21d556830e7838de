"""The moments of a training: a snapshot of an older step is, to the last bit, the one that was to be had then."""

import itertools
from typing import Any

import numpy as np
import pytest
import torch
from trained import assert_same, losses

from rnnviz import moment
from rnnviz.cells import CELLS
from rnnviz.cost import MOST_WEIGHTS
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Lens, Opened
from rnnviz.training import history
from rnnviz.training.race import Race
from rnnviz.training.trainer import Trainer

SMALL: dict[str, Any] = {"hidden_size": 4, "seq_len": 6, "batch_size": 2}
NETWORKS: list[dict[str, Any]] = [
    *({"cell": cell} for cell in CELLS),
    {"cell": "gru", "num_layers": 2, "bidirectional": True, "loss_at": "last"},
    {"cell": "lstm", "carry_state": False, "truncation": 3, "optimizer": "sgd"},
    {"cell": "lstm", "task": "recall", "num_layers": 2},
    {"task": "airline", "difference": True, "clip_norm": 0.01},
    {"task": "adding", "bidirectional": True},
    {"task": "square"},
    {"task": "video", "cell": "gru"},
    {"task": "numbers", "cell": "gru", "attention": "additive", "bidirectional_encoder": True, "embedding_size": 3},
    {"task": "reverse", "cell": "lstm", "attention": "dot", "num_layers": 2},
    {"task": "dates"},
]


@pytest.mark.parametrize(
    ("network", "dtype"), list(zip(NETWORKS, itertools.cycle([torch.float32, torch.float64]), strict=False)), ids=str
)
def test_a_moment_is_seen_as_it_was_then(network, dtype, monkeypatch):
    """Every network in one of the two precisions: to the last bit is as much in either."""
    monkeypatch.setattr(history, "LIMIT", 8)  # so that the history is thinned meanwhile, and the moments too
    monkeypatch.setattr(moment, "MOST", 10)
    trainer = Trainer(Experiment(**{**SMALL, **network}), dtype)
    opened = Opened(0, 0, 0, 1)
    then = {}
    for step in (0, 8, 16, 24, 32, 40):
        trainer.step(step - trainer.steps)
        then[step] = trainer.snapshot(opened, beyond=3)
    assert trainer.moments == tuple(then)
    for step in reversed(trainer.moments):
        assert_same(trainer.snapshot(opened, beyond=3, at=step), then[step])
    sizes = {len(then[step].history.step) for step in trainer.moments}
    assert len(sizes) > 2  # of different lengths, and thinned differently


def test_looking_at_a_moment_leaves_the_training_alone():
    experiment = Experiment(**SMALL)
    watched, unwatched = Trainer(experiment), Trainer(experiment)
    found = []
    for _ in range(30):
        found += losses(watched, 1)
        watched.snapshot(at=watched.moments[len(watched.moments) // 2], lens=Lens())
    assert found == losses(unwatched, 30)
    assert_same(watched.snapshot(), unwatched.snapshot())


def test_the_gradients_of_a_moment_can_be_analysed():
    trainer = Trainer(Experiment(**SMALL))
    trainer.step(5)
    then = trainer.snapshot(lens=Lens(step=3))
    trainer.step(4)
    assert_same(trainer.snapshot(at=5, lens=Lens(step=3)), then)


@pytest.mark.parametrize("steps", [0, 1, 7, 100, 300])
def test_moments_are_the_first_the_newest_and_evenly_spread_between(steps, monkeypatch):
    trainer = Trainer(Experiment(task="square", hidden_size=1, batch_size=1))
    monkeypatch.setattr(moment, "MOST", 16)
    trainer = Trainer(trainer.experiment)
    trainer.step(steps)
    *kept, newest = trainer.moments
    assert newest == steps
    assert (trainer.moments[0], len(kept) <= 16) == (0, True)
    assert len(set(np.diff(kept))) <= 1
    assert steps < 16 or len(kept) >= 8


@pytest.mark.parametrize(("room", "fewest", "most"), [(0.5, 0, 0), (1, 1, 1), (3, 1, 3), (30, 15, 30)])
def test_the_weights_that_are_kept_stay_within_their_budget(room, fewest, most):
    experiment = Experiment(**SMALL)
    size = Trainer(experiment).moment().weights.nbytes
    trainer = Trainer(experiment, budget=int(room * size))
    for _ in range(100):
        trainer.step()
        assert len(trainer.kept()) <= most
    assert len(trainer.kept()) >= fewest
    assert trainer.moments[0] == (0 if most else 100)
    assert sum(moment.weights.nbytes for moment in trainer.kept()) <= room * size


def test_a_visitor_s_moments_take_32_mb_of_the_server_at_the_most():
    alone, together = Experiment(**SMALL), Race([Experiment(**SMALL, cell=cell) for cell in ("rnn", "lstm", "gru")])
    trainers = [[Trainer(alone)], together.trainers]
    assert 4 * MOST_WEIGHTS <= moment.BUDGET  # of the largest network that may be trained, step 0 is kept
    for lanes in trainers:
        budgets = [trainer._moments.budget for trainer in lanes]
        assert 2 * sum(budgets) <= 32e6  # a worker has them, and the server for when that ends


def test_a_step_that_is_not_kept_is_refused_with_those_that_are():
    trainer = Trainer(Experiment(**SMALL))
    trainer.step(3)
    with pytest.raises(ValueError, match="training step 7 is not kept; these are: 0, 1, 2, 3"):
        trainer.snapshot(at=7)
    bare = Trainer(Experiment(**SMALL), keeps_history=False)
    bare.step(3)
    assert bare.moments == (3,)
    with pytest.raises(ValueError, match="these are: 3"):
        bare.snapshot(at=0)


@pytest.mark.parametrize("apart", [False, True], ids=["whole", "moments beside it"])
@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_moments_survive_a_checkpoint(cell, apart, monkeypatch):
    monkeypatch.setattr(history, "LIMIT", 8)
    monkeypatch.setattr(moment, "MOST", 10)
    experiment = Experiment(cell=cell, **SMALL)
    before, after = Trainer(experiment), Trainer(experiment)
    before.step(37)
    if apart:
        after.restore(before.checkpoint(with_moments=False), before.kept())
    else:
        after.restore(before.checkpoint())
    assert after.moments == before.moments
    for step in before.moments:
        assert_same(after.snapshot(at=step), before.snapshot(at=step))
    for trainer in (before, after):
        trainer.step(30)
    assert after.moments == before.moments
    assert_same(after.snapshot(at=after.moments[1]), before.snapshot(at=before.moments[1]))
