"""What a task is: the data a network learns from, and what is known of it without a network."""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from rnnviz.language import N_, Message, Text
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.labels import Labels
from rnnviz.snapshot import Baseline
from rnnviz.tasks.form import EQUAL, Form
from rnnviz.tasks.held_out import HeldOut
from rnnviz.tasks.typed import LONGEST, typed

Mask = npt.NDArray[np.bool_]
"""Which of a sequence's time steps are meant, (T,)."""

TRAINING, VALIDATION, PROBE, DROPOUT = range(4)
"""The streams of random numbers an experiment draws from, so that what it trains on and is tested on differ."""

NOTHING = -1
"""The token of a step at which none is read."""

VALIDATED = 64
"""Sequences of the validation batch of a task that draws them."""

STREAM = f"np.random.default_rng([SEED, {TRAINING}, step])"
"""The random numbers of training step `step`, in an exported script."""
COLUMNS = 119
"""How wide a line of a script may be."""

MEAN = MappingProxyType({"mean": N_("always saying the mean")})
MEAN_OR_REPEAT = MappingProxyType({**MEAN, "repeat": N_("repeating the last value")})
CHANCE = MappingProxyType({"chance": N_("guessing")})
"""The baselines a task may have: name, and what it does."""


@dataclass(frozen=True, eq=False)
class Batch:
    """B sequences side by side, time first.

    inputs: (T, B, I) float32; or tokens, (T, B) int64, numbers in the task's vocabulary, NOTHING where none is read.
    targets: (T, B, O) float32, or class numbers (T, B) int64 for a classification.
    mask: (T,) bool, the time steps at which an answer is asked; at the others, targets mean nothing.
    padding: (T, B) bool, where the shorter of the sequences, which end together, have not begun; None if all are of one
    length.
    source: (S, B) int64, tokens of the source vocabulary, of a task of two sequences: NOTHING where a shorter one has
    not begun, since all of them end together. Then inputs are what is read while writing, and targets what is to be
    written, NOTHING where a shorter one has ended.
    """

    inputs: npt.NDArray[Any]
    targets: npt.NDArray[Any]
    mask: Mask
    padding: npt.NDArray[np.bool_] | None = None
    source: npt.NDArray[np.int64] | None = None

    def first(self, count: int) -> "Batch":
        """Return the first sequences alone."""
        return self.some(slice(count))

    def some(self, which: slice) -> "Batch":
        """Return some of the sequences alone."""
        padding = None if self.padding is None else self.padding[:, which]
        source = None if self.source is None else self.source[:, which]
        return Batch(self.inputs[:, which], self.targets[:, which], self.mask, padding, source)


class Task(ABC):
    """A task, built for one Experiment. Batch k is a pure function of the experiment (its seed) and k.

    Raises ValueError, in a sentence that says what is allowed, where the experiment does not fit the data.
    """

    sentence: ClassVar[Message]
    """What the network sees and what it is asked, in one sentence."""
    suggested: ClassVar[Mapping[str, Any]]
    """Settings with which it learns well, where they differ from the defaults."""
    form: ClassVar[Form]
    """At how many time steps inputs are given, and at how many answers are asked."""
    inputs: int = 1
    """How many numbers a step reads; of tokens, how many there are in the vocabulary."""
    outputs: int = 1
    classes: tuple[Text, ...] | None = None
    """The answers' names if the task is a classification (cross-entropy), else None (mean squared error)."""
    has_length: ClassVar[bool] = True
    """Whether `seq_len` says how long a sequence is, where the form leaves that open."""
    shortest: ClassVar[int] = 2
    """The least seq_len with which there is something to learn."""
    by_heart: ClassVar[bool] = False
    """Whether there is one sequence alone, so that the network is tested on what it was trained on."""
    consecutive: ClassVar[bool] = False
    """Whether batch k+1 goes on where batch k ended, so that the state may be carried."""
    vocabulary: tuple[Text, ...] | None = None
    """What each token says, where a step reads one token or nothing."""
    source_vocabulary: tuple[Text, ...] = ()
    """What each token of the source says, in a task of two sequences: one is read, then another is written."""
    between: str = " "
    """What stands between tokens where they are written as a text: a blank between words, nothing between letters."""
    padding: ClassVar[int | None] = None
    """The token that stands where a sequence has not begun (`Batch.padding`), and nowhere else; None without any."""
    unknown: int | None = None
    """The token of a word that is not in the vocabulary, if there is one."""
    features: ClassVar[tuple[Message, ...]] = ()
    """What each input column is, where a step reads one or a few numbers."""
    mark: ClassVar[int | None] = None
    """Which input column marks the steps that matter with a 1, if one does."""
    pixels: ClassVar[tuple[int, int] | None] = None
    """Rows and columns of the frame that a step's inputs are, in reading order, if they are one."""
    forecasts: ClassVar[bool] = False
    """Whether there is a series to forecast (`held_out`)."""
    differences: ClassVar[bool] = False
    """Whether it can learn changes instead of values, as `difference` asks."""
    own_settings: ClassVar[tuple[str, ...]] = ()
    """Settings that mean something to this task alone, or to few."""
    refused: ClassVar[tuple[str, ...]] = ()
    """Settings that mean nothing to it: with other values than their defaults there is no such task."""
    baselines: Mapping[str, Message] = MEAN
    """What a network has to beat: name, and what it does. "chance" for classes, which every task draws equally often,
    so that the most frequent one is right no more often; "repeat" where the value before is an input."""
    mean_answer: float = 0.0
    """Of all answers it trains on that are marked, where they are numbers."""
    usual: ClassVar[str] = ""
    """The phrase it reads where a visitor has typed none."""
    unit: ClassVar[Text] = ""
    """What the series counts ("passengers"), for sentences."""

    remark: Text = ""
    """What has to be known of its losses where they are told."""
    tested: ClassVar[int | None] = None
    """How many sequences are held out (`test`), where the validation batch is but a part of them."""
    imports: ClassVar[tuple[str, ...]] = ()
    """What `code` imports besides torch and NumPy, all of it Python's own: lines of the script, in order."""
    in_bits: ClassVar[Message | None] = None
    """What its losses are called in bits ("bits per character"), where they are told so."""
    good: ClassVar[float] = 0.5
    """The part of the best baseline's loss that has to be gone before a network is called healthy."""
    gap: ClassVar[float] = 10.0
    """Once the validation loss, beside the training loss, is this many times what it was when training began, what was
    learned does not carry over. It matters where the network is not good all the same: many times nothing is little."""
    by_distance: ClassVar[bool] = False
    """Whether what decides stands at several distances from the answer, which `distances` tells."""
    standardised: ClassVar[bool] = False
    """Whether the network reads and says its values in terms of the training part's mean and standard deviation."""

    def __init__(self, experiment: Experiment):
        self.experiment = experiment
        self.vocabulary = self.known(experiment)
        if self.vocabulary:
            self.inputs = len(self.vocabulary)

    @classmethod
    def known(cls, experiment: Experiment) -> tuple[Text, ...] | None:
        """Return the vocabulary, which may depend on a visitor's own words. Raises BadValue where they don't do."""
        return cls.vocabulary

    @classmethod
    def reads_tokens(cls) -> bool:
        """Say whether a step reads a token; cheap, where `known` may have to read the data."""
        return cls.vocabulary is not None or cls.known.__func__ is not Task.known.__func__

    @classmethod
    def columns(cls, experiment: Experiment) -> int:
        """Return how many numbers the cells read at each step: of a token, those of its embedding, or all of a one-hot
        vector. Raises BadValue as `known` does."""
        known = cls.known(experiment)
        return (experiment.embedding_size or len(known)) if known else cls.inputs

    @classmethod
    def answer_size(cls, experiment: Experiment) -> int:
        """Return how many numbers are said at each step, O. Raises BadValue as `known` does."""
        return cls.outputs

    @classmethod
    def told(cls, loss: npt.ArrayLike) -> Any:
        """Return a loss, or an array of them, in the unit in which it is told: `in_bits`, or as it is."""
        return np.divide(loss, math.log(2)) if cls.in_bits else loss

    @classmethod
    def labels(cls, experiment: Experiment) -> Labels:
        """Return what the series, and the values its forecast shows, are called."""
        return Labels()

    def generator(self, stream: int, step: int = 0) -> np.random.Generator:
        """Return the random numbers of one batch: a fresh generator, seeded by the experiment, the stream and step."""
        return np.random.default_rng([self.experiment.seed, stream, step])

    @classmethod
    def length(cls, experiment: Experiment) -> int:
        """Return how many time steps T a training sequence and the probe have. Raises BadValue as `known` does."""
        return cls.form.steps(experiment.seq_len)

    @classmethod
    def longest(cls, experiment: Experiment) -> int:
        """Return the longest seq_len the data allow."""
        return 500

    def repeated(self, inputs: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return the answers that say the last value again, (..., O), of inputs (..., I)."""
        return inputs[..., : self.outputs]

    def marked(self, asked: Mask) -> Mask:
        """Return which of the answers that are asked, (T,), are marked: all, or with `loss_at` the last alone."""
        marked = asked.copy()
        if self.experiment.loss_at == "last":
            marked[: np.flatnonzero(asked)[-1]] = False
        return marked

    @property
    def leaves_some(self) -> bool:
        """Whether answers are asked in training that are not marked."""
        return bool((self.asked & ~self.marked(self.asked)).any())

    def measured(self, batch: Batch) -> tuple[Baseline, ...]:
        """Return what the baselines come to in the marked answers of `batch`."""
        if self.classes:
            count = len(self.classes)
            return tuple(Baseline(name, words, math.log(count), 1 / count) for name, words in self.baselines.items())
        steps = self.marked(batch.mask)
        said = {"mean": self.mean_answer, "repeat": self.repeated(batch.inputs[steps])}
        right = batch.targets[steps].astype(np.float64)
        return tuple(
            Baseline(name, words, float(np.mean((said[name] - right) ** 2))) for name, words in self.baselines.items()
        )

    def distances(self, batch: Batch) -> npt.NDArray[np.integer]:
        """Return how many steps stand between what decides each sequence and its answer, (B,), where `by_distance`."""
        raise NotImplementedError

    @property
    def steps(self) -> int:
        """The number of time steps T of a training sequence and of the probe."""
        return self.length(self.experiment)

    @property
    def given(self) -> Mask:
        """At which time steps of those an input is given, (T,); at the others all inputs are 0."""
        return np.arange(self.steps) < (1 if self.form.one_input else self.steps)

    @property
    def asked(self) -> Mask:
        """At which time steps of those an answer is asked, (T,): the mask of a training batch.

        Which of them are marked, `marked` says. A probe may leave out answers that were trained on.
        """
        return np.arange(self.steps) >= (self.steps - 1 if self.form.one_answer else 0)

    @property
    def decisive(self) -> Mask:
        """At which time steps of those what is read has a say in an answer, (T,)."""
        return self.given

    @abstractmethod
    def training_batch(self, step: int) -> Batch:
        """Return the batch of training step `step`, counted from 0, of experiment.batch_size sequences."""

    @property
    @abstractmethod
    def validation(self) -> Batch:
        """A fixed batch the network is never trained on; longer than seq_len where it warms up before it is asked."""

    @property
    def test(self) -> Iterator[Batch]:
        """All that is held out, batch by batch."""
        yield self.validation

    @property
    @abstractmethod
    def probe(self) -> Batch:
        """One fixed sequence (B = 1), never trained on: the one in the pictures."""

    @abstractmethod
    def code(self) -> list[str]:
        """Return the data as paragraphs of Python for a script that imports torch, NumPy (np) and `imports`.

        They may use the settings in capitals (SEED, SEQ_LEN, BATCH_SIZE), and end in `batch(step)`, which returns the
        inputs of a training step, (T, B, I) or tokens (T, B), and the targets of the answers that are marked, the last
        ones of a sequence; where that is one alone, they have no axis for it. What is padding, `padding` tells. This
        class is the original, and says why; there stands what of it a training batch needs.
        """

    @property
    def each(self) -> str:
        """Which step's answer is marked, in a script: "each", or "the last"."""
        return "the last" if self.leaves_some else "each"

    @property
    def says_next(self) -> bool:
        """Whether each answer is the token that is read next."""
        return self.form is EQUAL and self.classes is not None and self.classes == self.vocabulary

    def tokens_of(self, text: str) -> list[tuple[str, int]]:
        """Return what a text is read as, word by word as written, each with its token: see `typed`."""
        return typed(text, self.vocabulary or (), NOTHING if self.unknown is None else self.unknown)

    def joined(self, tokens: Sequence[int]) -> str:
        """Return tokens as a text, which `tokens_of` reads as these tokens again."""
        names = self.vocabulary or ()
        return self.between.join(str(names[token]) for token in tokens)

    def framed(self, tokens: Sequence[int]) -> Batch:
        """Return a text as a batch of one sequence, cut where it is too long; its answer is asked at the end."""
        most = LONGEST if self.padding is None else self.steps
        read = np.array([token if token < self.inputs else NOTHING for token in tokens], np.int64)[-most:, None]
        before = np.arange(most - len(read) if self.padding is not None else 0)
        read = np.append(np.full((len(before), 1), self.padding or 0), read, axis=0)
        end = np.arange(len(read)) == len(read) - 1
        return Batch(read, np.zeros_like(read), end, np.arange(len(read))[:, None] < len(before))

    @property
    def held_out(self) -> HeldOut | None:
        """The series to forecast, where the task has one; its last value is the last there is."""
        return None

    def ahead(self, steps: int) -> npt.NDArray[np.float32]:
        """Return what is known of the inputs of so many steps after those of `held_out`, (steps, I); the column
        `feedback` is the network's to fill."""
        return np.zeros((steps, self.inputs), np.float32)


class Drawn(Task):
    """A task that draws its sequences at random: for training, for validation and as a probe from separate streams."""

    @abstractmethod
    def draw(self, random: np.random.Generator, B: int) -> Batch:
        """Return B sequences."""

    def training_batch(self, step: int) -> Batch:
        """See Task.training_batch."""
        return self.draw(self.generator(TRAINING, step), self.experiment.batch_size)

    @property
    def validation(self) -> Batch:
        """Sequences drawn for it alone; short ones of few letters or words are those of the training too."""
        return self.draw(self.generator(VALIDATION), VALIDATED)

    @property
    def probe(self) -> Batch:
        """See Task.probe."""
        return self.draw(self.generator(PROBE), 1)
