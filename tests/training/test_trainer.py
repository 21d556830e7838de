"""The trainer beside plain PyTorch scripts, and that what is looked at or interrupted changes nothing."""

import math

import numpy as np
import pytest
import torch
from torch import nn
from trained import CELLS, assert_same, losses, same_bits, weights

from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import TASKS
from rnnviz.training.trainer import Trainer


def plain_script(cell: str, steps: int, seed: int = 0, carry: bool = True) -> list[float]:
    """Row 1 of the list of what is taught, as anybody would write it with torch.nn."""
    found = []
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        recurrent = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[cell](1, 32)
        readout = nn.Linear(32, 1)
        optimizer = torch.optim.Adam([*recurrent.parameters(), *readout.parameters()], lr=0.01)
        criterion = nn.MSELoss()
        state = None
        for k in range(steps):
            x = np.sin(np.linspace(k * np.pi, (k + 1) * np.pi, 21)).astype(np.float32)
            inputs = torch.from_numpy(x[:-1]).view(20, 1, 1)
            targets = torch.from_numpy(x[1:]).view(20, 1, 1)
            hidden, state = recurrent(inputs, state)
            state = tuple(part.detach() for part in state) if cell == "lstm" else state.detach()
            state = state if carry else None
            loss = criterion(readout(hidden), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            found.append(loss.item())
    return found


@pytest.mark.slow
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("carry", [True, False])
def test_row_1_is_the_plain_script(cell, carry):
    trainer = Trainer(Experiment(cell=cell, carry_state=carry, seed=3))
    script = plain_script(cell, 100, seed=3, carry=carry)
    assert script[-1] < script[0] / 2
    np.testing.assert_allclose(losses(trainer, 100), script, rtol=0, atol=1e-5)


def test_the_default_experiment_is_row_1():
    np.testing.assert_allclose(losses(Trainer(Experiment()), 100), plain_script("rnn", 100), rtol=0, atol=1e-5)


SETTINGS = [
    {"cell": "rnn", "clip_norm": 0.05},
    {"cell": "gru", "num_layers": 2, "bidirectional": True, "batch_size": 3},
    {"cell": "lstm", "num_layers": 2, "loss_at": "last", "optimizer": "sgd"},
    {"cell": "lstm", "task": "recall", "batch_size": 4},
    {"cell": "gru", "task": "reverse", "attention": "additive", "bidirectional_encoder": True, "batch_size": 4},
    {"cell": "lstm", "task": "numbers", "attention": "dot", "embedding_size": 4, "num_layers": 2},
]


@pytest.mark.slow
@pytest.mark.parametrize("settings", SETTINGS)
def test_the_same_experiment_gives_the_same_bits(settings):
    one, other = (Trainer(Experiment(**settings)) for _ in range(2))
    one.step(15)
    for _ in range(15):
        other.step()
    assert same_bits(one, other)
    different = Trainer(Experiment(**settings, seed=1))
    different.step(15)
    assert not same_bits(one, different)


@pytest.mark.slow
@pytest.mark.parametrize("settings", SETTINGS)
def test_looking_changes_nothing(settings):
    watched, unwatched = (Trainer(Experiment(**settings)) for _ in range(2))
    unwatched.step(20)
    watched.snapshot()
    for _ in range(10):
        watched.step(2)
        watched.snapshot()
        watched.checkpoint()
    assert same_bits(watched, unwatched)
    histories = [trainer.snapshot().history for trainer in (watched, unwatched)]
    for name in ("step", "loss", "validation"):
        np.testing.assert_array_equal(*(getattr(history, name) for history in histories))


@pytest.mark.slow
@pytest.mark.parametrize("settings", SETTINGS)
def test_it_goes_on_from_a_checkpoint_bit_for_bit(settings):
    experiment = Experiment(**settings)
    whole, before = Trainer(experiment), Trainer(experiment)
    whole.step(20)
    before.step(12)
    after = Trainer(experiment)
    after.step(3)  # which is forgotten
    after.restore(before.checkpoint())
    assert same_bits(after, before)
    assert_same(after.snapshot(), before.snapshot())
    after.step(8)
    assert same_bits(after, whole)
    assert_same(after.snapshot(), whole.snapshot())


def test_a_checkpoint_is_small_and_restores_the_training_not_the_settings():
    trainer = Trainer(Experiment(batch_size=128, seq_len=500))
    trainer.step(2)
    assert len(trainer.checkpoint()) < 100_000
    slower = Trainer(Experiment(batch_size=128, seq_len=500, learning_rate=1e-5))
    slower.restore(trainer.checkpoint())
    before = weights(slower)
    slower.step()
    moved = max((a - b).abs().max().item() for a, b in zip(weights(slower), before, strict=True))
    assert 0 < moved < 1e-4


def test_live_settings_act_on_a_running_network():
    trainer = Trainer(Experiment())
    trainer.step(5)
    trainer.adjust(Experiment(learning_rate=1e-5, clip_norm=0.001))
    before = weights(trainer)
    trainer.step()
    assert max((a - b).abs().max().item() for a, b in zip(weights(trainer), before, strict=True)) < 2e-5
    assert trainer.snapshot().gradients.clipped_norm == pytest.approx(0.001, rel=1e-2)
    with pytest.raises(ValueError, match="new Trainer"):
        trainer.adjust(Experiment(hidden_size=33))
    assert trainer.experiment == Experiment(learning_rate=1e-5, clip_norm=0.001)


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
@pytest.mark.parametrize("cell", CELLS)
def test_every_task_trains_on_every_cell(cell, optimizer):
    for task in TASKS:
        series = tuple(np.sin(np.arange(50.0)).tolist())
        trainer = Trainer(Experiment(task=task, cell=cell, optimizer=optimizer, seq_len=8, series=series))
        trainer.step(2)
        assert math.isfinite(trainer.snapshot().validation_loss)


def test_training_learns():
    trainer = Trainer(Experiment(task="recall", cell="gru", seq_len=5, batch_size=32))
    before = trainer.snapshot()
    trainer.step(150)
    after = trainer.snapshot()
    assert before.accuracy is not None
    assert after.accuracy is not None
    assert before.accuracy < 0.6 < 0.95 < after.accuracy
    assert after.validation_loss < before.validation_loss / 2
