"""Truncated BPTT against states detached in torch, and where its cuts are to be seen."""

from typing import Any

import numpy as np
import pytest
import torch
from textbook import relative
from torch import nn

from rnnviz.looks.shares import shares
from rnnviz.settings.experiment import Experiment
from rnnviz.training.trainer import Trainer


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("k", [1, 3, 7, 20])
def test_truncation_is_a_detached_state_in_torch(cell, layers, k):
    settings: dict[str, Any] = {"task": "sine", "cell": cell, "num_layers": layers, "seq_len": 10, "hidden_size": 4}
    trainer = Trainer(Experiment(truncation=k, **settings), torch.float64)
    recurrent, readout = trainer.model.to_torch()
    batch = trainer.task.training_batch(0)
    x, targets = torch.from_numpy(batch.inputs).double(), torch.from_numpy(batch.targets).double()
    outputs, state = [], None
    for window in x.split(k):
        hidden, state = recurrent(window, state)
        state = tuple(part.detach() for part in state) if cell == "lstm" else state.detach()
        outputs.append(readout(hidden))
    nn.functional.mse_loss(torch.cat(outputs), targets).backward()
    trainer.step()
    theirs = torch.cat([p.grad.flatten() for p in [*recurrent.parameters(), *readout.parameters()]])  # type: ignore
    assert relative(trainer._vector.grad, theirs) <= 1e-10
    # the recorded pass, of which the pictures are made, is cut in the same places
    trainer = Trainer(Experiment(truncation=k, **settings), torch.float64)
    snapshot = trainer.snapshot()
    (norms, _) = shares(trainer.subject().recording, np.arange(10), layers - 1)
    allowed = np.arange(10)[:, None] // k == np.arange(10) // k
    there = np.nan_to_num(norms.norms)
    assert (there[~allowed] == 0).all()
    assert (there[allowed & np.tri(10, k=0, dtype=bool)][1:] > 0).any() or k == 1
    assert np.isfinite(snapshot.gradients.hidden).all()


def test_truncation_at_the_last_step_leaves_nothing_before_its_window():
    trainer = Trainer(Experiment(task="recall", seq_len=12, truncation=5))
    norms = trainer.snapshot().gradients.hidden_norms[0, 0]
    assert (norms[:10] == 0).all()
    assert (norms[10:] > 0).all()


def test_truncation_needs_one_direction():
    with pytest.raises(ValueError, match="one way"):
        Trainer(Experiment(truncation=5, bidirectional=True))
