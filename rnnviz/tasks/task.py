"""What a task is: the data a network learns from, and what is known of it without a network."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from rnnviz.experiment import Experiment
from rnnviz.tasks.form import Form

TRAINING, VALIDATION, PROBE = range(3)
"""The streams of random numbers a task draws from, so that what it trains on and what it is tested on differ."""


@dataclass(frozen=True, eq=False)
class Batch:
    """B sequences side by side, time first.

    inputs: (T, B, I) float32. targets: (T, B, O) float32, or class numbers (T, B) int64 for a classification.
    mask: (T,) bool, the time steps at which an answer is asked; at the others, targets mean nothing.
    """

    inputs: npt.NDArray[np.float32]
    targets: npt.NDArray[Any]
    mask: npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class HeldOut:
    """A series to forecast, for networks that read the value before and say the next.

    inputs: (N, I) float32; targets: (N,) float32, the next value, both in the network's normalised units. Input
    column `feedback` at step n+1 is the target of step n: a free-running forecast puts its own output there.
    The first `start` steps are the warm-up; a value v is `v * scale + offset` in the series' own units.
    """

    inputs: npt.NDArray[np.float32]
    targets: npt.NDArray[np.float32]
    start: int
    scale: float
    offset: float
    feedback: int = 0


class Task(ABC):
    """A task, built for one Experiment. Batch k is a pure function of the experiment (its seed) and k.

    Raises ValueError, in a sentence that says what is allowed, where the experiment does not fit the data.
    """

    sentence: ClassVar[str]
    """What the network sees and what it is asked, in one sentence."""
    suggested: ClassVar[Mapping[str, Any]]
    """Settings with which it learns well, where they differ from the defaults."""
    form: ClassVar[Form]
    """At how many time steps inputs are given, and at how many answers are asked."""
    inputs: ClassVar[int] = 1
    outputs: ClassVar[int] = 1
    classes: ClassVar[tuple[str, ...] | None] = None
    """The answers' names if the task is a classification (cross-entropy), else None (mean squared error)."""
    consecutive: ClassVar[bool] = False
    """Whether batch k+1 goes on where batch k ended, so that the state may be carried."""
    words: ClassVar[tuple[str, ...] | None] = None
    """What each input column says, where a step reads one word (one-hot) or nothing."""
    forecasts: ClassVar[bool] = False
    """Whether there is a series to forecast (`held_out`)."""
    unit: ClassVar[str] = ""
    """What the series counts ("passengers"), for sentences."""

    def __init__(self, experiment: Experiment):
        self.experiment = experiment

    def generator(self, stream: int, step: int = 0) -> np.random.Generator:
        """Return the random numbers of one batch: a fresh generator, seeded by the experiment, the stream and step."""
        return np.random.default_rng([self.experiment.seed, stream, step])

    @classmethod
    def longest(cls, experiment: Experiment) -> int:
        """Return the longest seq_len the data allow."""
        return 500

    @property
    def steps(self) -> int:
        """The number of time steps T of a training sequence and of the probe."""
        return self.form.steps(self.experiment.seq_len)

    @property
    def given(self) -> npt.NDArray[np.bool_]:
        """At which time steps of those an input is given, (T,); at the others all inputs are 0."""
        return np.arange(self.steps) < (1 if self.form.one_input else self.steps)

    @property
    def asked(self) -> npt.NDArray[np.bool_]:
        """At which time steps of those an answer is asked, (T,): the mask of a training batch.

        Which of them are marked, `loss_at` has a say in. A probe may leave out answers that were trained on.
        """
        return np.arange(self.steps) >= (self.steps - 1 if self.form.one_answer else 0)

    @abstractmethod
    def training_batch(self, step: int) -> Batch:
        """Return the batch of training step `step`, counted from 0, of experiment.batch_size sequences."""

    @property
    @abstractmethod
    def validation(self) -> Batch:
        """A fixed batch the network is never trained on; longer than seq_len where it warms up before it is asked."""

    @property
    @abstractmethod
    def probe(self) -> Batch:
        """One fixed sequence (B = 1), never trained on: the one in the pictures."""

    @property
    def held_out(self) -> HeldOut | None:
        """The series to forecast, where the task has one."""
        return None
