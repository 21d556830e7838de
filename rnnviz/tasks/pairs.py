"""Pairs: tasks of two sequences, a source that is read, and a target that is written afterwards, token by token."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import ClassVar

import numpy as np

from rnnviz.language import N_, BadValue, Message
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks.form import UNEQUAL
from rnnviz.tasks.task import NOTHING, PROBE, TRAINING, VALIDATED, VALIDATION, Batch, Task

END, BEGIN = "<end>", "<begin>"
"""What is written when all is said; and what is read before anything is written."""

REFUSED = ("bidirectional", "truncation", "dropout", "loss_at")
"""Settings of one network that reads one sequence."""
EXAMINED = 500
"""Pairs of the batch with which it is tested."""

Pair = tuple[Sequence[int], Sequence[int]]
"""Tokens of a source, and of its target without END."""


class Pairs(Task):
    """A source of up to S tokens, and a target of up to T with END, as `sizes` says.

    The decoder reads the target's tokens, each one a step after it was to be written: first of all BEGIN (teacher
    forcing, Williams and Zipser 1989). Its classes are the target's vocabulary without BEGIN; END is the last of them.
    """

    form = UNEQUAL
    has_length = False
    own_settings = ("attention", "bidirectional_encoder")
    target_vocabulary: ClassVar[tuple[str, ...]]
    """What may be written, without END and BEGIN."""
    between = ""
    source_between: ClassVar[str] = ""
    """What stands between the source's tokens where they are written as a text, as `between` between the target's."""
    asks: ClassVar[Message]
    """What of its sources a visitor may type, in a sentence."""

    def __init__(self, experiment: Experiment):
        """Raises BadValue for what two networks can't be trained with."""
        super().__init__(experiment)
        for name in REFUSED:
            if getattr(experiment, name) != Experiment.DEFAULTS[name]:
                raise BadValue(
                    N_(
                        "“{setting}” means nothing to a task of two sequences: leave it as it is by itself.",
                        setting=Experiment.SETTINGS[name].label,
                    )
                )
        self.classes = self.known(experiment)[:-1]
        self.outputs = len(self.classes)

    @classmethod
    def known(cls, experiment: Experiment) -> tuple[str, ...]:
        """See Task.known: the target's tokens, END and BEGIN."""
        return (*cls.target_vocabulary, END, BEGIN)

    @classmethod
    def answer_size(cls, experiment: Experiment) -> int:
        """See Task.answer_size."""
        return len(cls.known(experiment)) - 1

    @classmethod
    @abstractmethod
    def sizes(cls, experiment: Experiment) -> tuple[int, int]:
        """Return S and T: how many tokens the longest source has, and the longest target with END."""

    @classmethod
    def length(cls, experiment: Experiment) -> int:
        """See Task.length: T."""
        return cls.sizes(experiment)[1]

    @property
    def end(self) -> int:
        """The token END."""
        return self.outputs - 1

    @property
    def begin(self) -> int:
        """The token BEGIN."""
        return self.outputs

    @abstractmethod
    def drawn(self, random: np.random.Generator, B: int, *, held_out: bool) -> list[Pair]:
        """Return B pairs, of those that are held out, or of the others."""

    @abstractmethod
    def long(self, random: np.random.Generator) -> Pair:
        """Return a pair that is held out, whose target has T tokens with END."""

    @abstractmethod
    def origins(self, source: Sequence[int], target: Sequence[int]) -> list[int]:
        """Return which source token each token of a target, without END, is made of, counted from 0; NOTHING where that
        can't be said of one alone."""

    @abstractmethod
    def right(self, source: Sequence[int]) -> tuple[int, ...] | None:
        """Return the target that belongs to a source, without END; None where there is none."""

    @abstractmethod
    def source_tokens(self, text: str) -> list[tuple[str, int]]:
        """Return what a typed source is read as, piece by piece as written, each with its token, NOTHING for what is
        not in the vocabulary."""

    def batch(self, pairs: Sequence[Pair]) -> Batch:
        """Return pairs side by side."""
        S, T = max(len(source) for source, _ in pairs), max(len(target) for _, target in pairs) + 1
        source = np.full((S, len(pairs)), NOTHING, np.int64)
        inputs = np.full((T, len(pairs)), self.end, np.int64)
        targets = np.full((T, len(pairs)), NOTHING, np.int64)
        inputs[0] = self.begin
        for b, (read, written) in enumerate(pairs):
            source[S - len(read) :, b] = read
            inputs[1 : len(written) + 1, b] = targets[: len(written), b] = written
            targets[len(written), b] = self.end
        return Batch(inputs, targets, np.ones(T, bool), source=source)

    def training_batch(self, step: int) -> Batch:
        """See Task.training_batch."""
        return self.batch(self.drawn(self.generator(TRAINING, step), self.experiment.batch_size, held_out=False))

    @property
    def validation(self) -> Batch:
        """Pairs that are held out, drawn for it alone."""
        return self.batch(self.drawn(self.generator(VALIDATION), VALIDATED, held_out=True))

    @property
    def test(self) -> Iterator[Batch]:
        """More of them: one batch of other pairs that are held out."""
        yield self.batch(self.drawn(self.generator(VALIDATION, 1), EXAMINED, held_out=True))

    @property
    def probe(self) -> Batch:
        """A pair that is held out, with a target as long as any."""
        return self.batch([self.long(self.generator(PROBE))])
