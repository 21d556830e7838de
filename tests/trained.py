"""What two trainings are compared by: weights, losses, snapshots."""

import dataclasses

import numpy as np
import torch
from built import read
from torch import Tensor

from rnnviz.training.trainer import Trainer

CELLS = ["rnn", "gru", "lstm"]


def weights(trainer: Trainer) -> list[Tensor]:
    return [parameter.detach().clone() for parameter in trainer.model.parameters()]


def same_bits(a: Trainer, b: Trainer) -> bool:
    pairs = zip(weights(a), weights(b), strict=True)
    return (a.steps, a.loss) == (b.steps, b.loss) and all(torch.equal(*pair) for pair in pairs)


def losses(trainer: Trainer, steps: int) -> list[float]:
    found = []
    for _ in range(steps):
        trainer.step()
        found.append(trainer.loss)
    return found


def assert_same(one, other):
    """Compare everything in two snapshots, to the last bit."""
    assert type(one) is type(other)
    if dataclasses.is_dataclass(one):
        one, other = vars(one), vars(other)
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        for name in one:
            assert_same(one[name], other[name])
    elif isinstance(one, tuple):
        for mine, theirs in zip(one, other, strict=True):
            assert_same(mine, theirs)
    else:
        np.testing.assert_array_equal(one, other)


def validation_outputs(trainer: Trainer) -> Tensor:
    recurrent, readout = trainer.model.to_torch()
    with torch.no_grad():
        return readout(recurrent(read(trainer.task, trainer.task.validation).to(readout.weight.dtype))[0])
