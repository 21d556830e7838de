"""What was learned: the curves of a run, what there is to beat, and what is said of data it was not trained on."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from rnnviz.language import Message
from rnnviz.snapshot.arrays import Array, Indices


@dataclass(frozen=True, eq=False)
class Lows:
    """When the validation loss was lower than ever before: arrays of one length M, of all that was measured.

    since: the training step at which it was measured the time before; 0 if never.
    """

    step: Indices
    since: Indices
    loss: Array


@dataclass(frozen=True, eq=False)
class History:
    """The run so far, thinned evenly: arrays of one length N. validation is NaN where it was not measured.

    norm: as in Gradients, before clipping. lows: not thinned, so that what was first seen at a training step stays so.
    """

    step: Indices
    loss: Array
    validation: Array
    norm: Array
    lows: Lows


@dataclass(frozen=True, eq=False)
class Forecast:
    """One-step and free-running forecasts of a held-out series, in the series' own units; arrays of length N.

    The network first reads `start` true values to warm up; from index `start` on, free_running is fed with its
    own output, while one_step is given the true previous value at every step, and repeat_last is that value.
    free_running is NaN before `start`. All errors are root mean squares over index `start` and after.
    beyond: (M,), the values that follow the last of them: the network has read all N and goes on with its own output.
    There is no truth to compare them with.
    """

    start: int
    truth: Array
    one_step: Array
    free_running: Array
    repeat_last: Array
    beyond: Array

    def rmse(self, forecast: Array) -> float:
        """Root mean square error of `forecast` (N,) against the truth, in the series' units."""
        error = forecast[self.start :] - self.truth[self.start :]
        return float(np.sqrt(np.mean(np.square(error, dtype=np.float64))))


@dataclass(frozen=True)
class Baseline:
    """What one way to answer without a network comes to, on the batch the network is validated on.

    name: "mean", "repeat", "chance" or what else the task has. words: what it does ("always saying the mean").
    loss: as the network's, a mean squared error or a cross-entropy. accuracy: the share of right answers it can count
    on, None where the task is no classification.
    """

    name: str
    words: Message
    loss: float
    accuracy: float | None = None


def to_beat(baselines: Iterable[Baseline]) -> Baseline:
    """Return the best of one or more baselines: what is not better than this has learned nothing of use. One that is
    never wrong can't be beaten, and tells nothing."""
    return min(baselines, key=lambda baseline: (baseline.loss <= 0, baseline.loss))


@dataclass(frozen=True, eq=False)
class Distances:
    """How often the network is right where what decides was read so many steps before the answer.

    distances: (N,), rising. right: (N,), the share of right answers, from 0 to 1. counts: (N,), of how many sequences
    of the validation batch.
    """

    distances: Indices
    right: Array
    counts: Indices


@dataclass(frozen=True, eq=False)
class Curve:
    """What a network of one input and one output says where there is a single time step, over all inputs.

    inputs, targets, outputs: of the validation batch, (N,), by rising input.
    """

    inputs: Array
    targets: Array
    outputs: Array
