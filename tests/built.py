"""Tasks built for tests, their batches compared, and what networks learn of them."""

import numpy as np
import torch
from torch import Tensor

from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import TASKS
from rnnviz.tasks.held_out import HeldOut
from rnnviz.tasks.task import NOTHING, Batch, Task
from rnnviz.training.trainer import Trainer

SERIES = tuple(float(value) for value in np.random.default_rng(7).normal(size=1000).cumsum())


def build(name, **settings):
    return TASKS[name](Experiment(task=name, series=SERIES, **settings))


def held_out(task) -> HeldOut:
    assert task.held_out is not None
    return task.held_out


def same(a: Batch, b: Batch):
    if a.source is not None and not np.array_equal(a.source, [] if b.source is None else b.source):
        return False
    return np.array_equal(a.inputs, b.inputs) and np.array_equal(a.targets, b.targets)


def sequences(batch: Batch):
    """Each sequence of a batch, inputs and targets, as bytes; of two sequences the source."""
    if batch.source is not None:
        return {column[column != NOTHING].tobytes() for column in batch.source.T}
    return {batch.inputs[:, b].tobytes() + batch.targets[:, b].tobytes() for b in range(batch.inputs.shape[1])}


def read(task: Task, batch: Batch) -> Tensor:
    """What the cells read of a batch, (T, B, I) in float64: its numbers, or a one-hot vector for each token."""
    if not task.vocabulary:
        return torch.from_numpy(batch.inputs).double()
    places = torch.arange(len(task.vocabulary))
    return (torch.from_numpy(batch.inputs)[..., None] == places).double()


def learned(name, cell, steps, **settings):
    """Loss and accuracy of the validation batch, after so many steps with the settings the task suggests."""
    trainer = Trainer(Experiment(task=name, cell=cell, **{**TASKS[name].suggested, **settings}))
    trainer.step(steps)
    snapshot = trainer.snapshot()
    return snapshot.validation_loss, snapshot.accuracy
