"""Moment: a network as it was after one training step, as it travels and is kept."""

from dataclasses import dataclass

from rnnviz.snapshot import Array


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
