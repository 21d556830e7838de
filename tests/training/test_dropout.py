"""Dropout in training, against steps by torch.nn with the same inputs left out."""

import numpy as np
import pytest
import torch
from built import read
from torch import nn

from rnnviz.settings.experiment import Experiment
from rnnviz.tasks.task import DROPOUT
from rnnviz.training.trainer import Trainer


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_training_leaves_out_other_inputs_at_each_step(cell):
    experiment = Experiment(task="recall", cell=cell, seq_len=6, batch_size=4, hidden_size=5, dropout=0.3, seed=2)
    trainer = Trainer(experiment, torch.float64)
    task, (recurrent, readout) = trainer.task, trainer.model.to_torch()
    optimizer = torch.optim.Adam([*recurrent.parameters(), *readout.parameters()], lr=experiment.learning_rate)
    for step in range(3):
        trainer.step()
        batch = task.training_batch(step)
        kept = np.random.default_rng([2, DROPOUT, step]).random((4, task.inputs), dtype=np.float32) >= 0.3
        hidden, _ = recurrent(read(task, batch) * torch.from_numpy(kept) / 0.7)
        loss = nn.functional.cross_entropy(readout(hidden[-1]), torch.from_numpy(batch.targets[-1]))
        assert trainer.loss == pytest.approx(loss.item(), abs=1e-10)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def test_nothing_is_left_out_when_it_is_looked_at():
    with_dropout, without = (Trainer(Experiment(task="recall", dropout=dropout)) for dropout in (0.5, 0.0))
    np.testing.assert_array_equal(with_dropout.snapshot().trace.hidden, without.snapshot().trace.hidden)
    assert with_dropout.validation_loss == without.validation_loss
