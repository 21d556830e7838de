"""Moment: a network as it was after one training step, as it travels and is kept."""

from dataclasses import dataclass

from rnnviz.snapshot import Array

BUDGET = 15_000_000
"""Bytes of weights that are kept of one visitor's training, in a worker and once more in the server, which has to give
them to another worker: 30 MB together. Of an LSTM of 64 units it is two hundred moments; a class of thirty, all with
such networks, takes 900 MB of the machine."""
MOST = 256
"""How many are kept of a network however small: as many as a slider can tell apart."""


def most_kept(size: int, budget: int = BUDGET) -> int:
    """Return how many moments are kept at the most, each of `size` bytes, within a budget of bytes."""
    return min(MOST, budget // size)


@dataclass(frozen=True)
class Progress:
    """How far a training has come: the numbers of its training step `step`, counted from 1.

    loss: before that step's update. norm, clipped_norm: as in Gradients. All three are NaN before the first step.
    stride: the history then held every so many steps; 0 if none is kept.
    """

    step: int
    loss: float
    norm: float
    clipped_norm: float
    stride: int


@dataclass(frozen=True, eq=False)
class Moment:
    """A network as it was after one training step: from its weights, (P,) in the order of the model's parameters, all
    that is to be seen of it can be computed again."""

    progress: Progress
    weights: Array
