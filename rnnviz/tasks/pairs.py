"""Pairs: tasks of two sequences, a source that is read, and a target that is written afterwards, token by token."""

import math
import unicodedata
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from itertools import chain
from types import MappingProxyType
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from rnnviz.language import N_, BadValue, Message
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Baseline
from rnnviz.tasks.counting import tally
from rnnviz.tasks.form import UNEQUAL
from rnnviz.tasks.task import CHANCE, NOTHING, PROBE, STREAM, TRAINING, VALIDATED, VALIDATION, Batch, Task
from rnnviz.tasks.tokens import written

END, BEGIN = "<end>", "<begin>"
"""What is written when all is said; and what is read before anything is written."""
EXAMINED, AT_ONCE = 500, 250_000
"""Pairs with which it is tested, and of how many pairs of a source and a target token at once."""
COUNTED, PRIOR = 2000, 0.5
"""Pairs in which the baselines count, and what they add to every count (Krichevsky and Trofimov 1981)."""
TYPED = 60
"""How many tokens of a typed source are read at the most."""

Pair = tuple[Sequence[int], Sequence[int]]
"""Tokens of a source, and of its target without END."""


class Pairs(Task):
    """A source of up to S tokens, and a target of up to T with END, as `sizes` says.

    The decoder reads the target's tokens, each one a step after it was to be written: first of all BEGIN (teacher
    forcing, Williams and Zipser 1989). Its classes are the target's vocabulary without BEGIN; END is the last of them.
    """

    suggested = MappingProxyType(
        {
            "embedding_size": 32,
            "attention": "additive",
            "bidirectional_encoder": True,
            "batch_size": 32,
            "learning_rate": 0.005,
            "clip_norm": 1.0,
        }
    )
    form = UNEQUAL
    has_length = False
    own_settings = ("attention", "bidirectional_encoder")
    refused = ("bidirectional", "truncation", "dropout", "loss_at")
    baselines = MappingProxyType(
        {
            **CHANCE,
            "step": N_("saying the commonest token"),
            "before": N_("going by the token before"),
        }
    )
    target_vocabulary: ClassVar[tuple[str, ...]]
    """What may be written, without END and BEGIN."""
    between = ""
    asks: ClassVar[Message]
    """What of its sources a visitor may type, in a sentence."""

    def __init__(self, experiment: Experiment):
        """Raises BadValue for what two networks can't be trained with."""
        super().__init__(experiment)
        for name in self.refused:
            usual, setting = Experiment.DEFAULTS[name], Experiment.SETTINGS[name]
            if getattr(experiment, name) != usual:
                raise BadValue(
                    N_(
                        "“{setting}” means nothing to a task of two sequences: set it back to “{value}”.",
                        setting=setting.label,
                        value=setting.words(usual),
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
        """Return which source token each token of the right target, without END, is made of, counted from 0; NOTHING
        where that can't be said of one alone."""

    @abstractmethod
    def right(self, source: Sequence[int]) -> tuple[int, ...] | None:
        """Return the target that belongs to a source, without END; None where there is none."""

    @abstractmethod
    def source_tokens(self, text: str) -> list[tuple[str, int]]:
        """Return what a typed source is read as, piece by piece as written, each with its token, NOTHING for what is
        not in the vocabulary; TYPED pieces at the most."""

    def source_text(self, source: Sequence[int]) -> str:
        """Return a source as a text, which `source_tokens` reads as these tokens again."""
        return "".join(str(self.source_vocabulary[token]) for token in source)

    def batch(self, pairs: Sequence[Pair]) -> Batch:
        """Return pairs side by side."""
        read, written = np.array([(len(source), len(target)) for source, target in pairs]).T  # (B,) each
        S, T = read.max(), written.max() + 1
        source = np.full((S, len(pairs)), NOTHING)
        inputs = np.full((T, len(pairs)), self.end)
        targets = np.full((T, len(pairs)), NOTHING)
        source.T[np.arange(S) >= S - read[:, None]] = list(chain.from_iterable(source for source, _ in pairs))
        inputs[0] = self.begin
        targets.T[np.arange(T) < written[:, None]] = list(chain.from_iterable(target for _, target in pairs))
        targets[written, np.arange(len(pairs))] = self.end
        inputs[1:] = np.where(targets[:-1] == NOTHING, self.end, targets[:-1])
        return Batch(inputs, targets, np.ones(T, bool), source=source)

    def origins_of(self, batch: Batch) -> npt.NDArray[np.int64]:
        """Return what `origins` says of each target of a batch, (T, B): NOTHING at END and after it."""
        assert batch.source is not None
        found = np.full(batch.targets.shape, NOTHING, np.int64)
        for source, target, column in zip(batch.source.T, batch.targets.T, found.T, strict=True):
            written = target[: int((target >= 0).sum()) - 1]
            column[: len(written)] = self.origins(source[source >= 0].tolist(), written.tolist())
        return found

    def measured(self, batch: Batch) -> tuple[Baseline, ...]:
        """See Task.measured: what was counted in pairs that are trained on, of these very pairs. As of a network, the
        accuracy is the share of targets that are right in full."""
        random, C, asked = self.generator(VALIDATION, 2), self.outputs, batch.targets != NOTHING
        seen = self.batch([*self.drawn(random, COUNTED, held_out=False), self.long(random)])
        found = [
            Baseline("chance", self.baselines["chance"], math.log(C), float((float(C) ** -asked.sum(0, float)).mean()))
        ]
        for name in ("step", "before"):
            keys, counted = self._known_of(name, batch), seen.targets != NOTHING
            table = tally(self._known_of(name, seen)[counted], seen.targets[counted], C, more=PRIOR)
            chances = table[keys]  # (T, B, C)
            right = np.take_along_axis(chances, batch.targets[..., None], -1)[..., 0]
            full = ((chances.argmax(-1) == batch.targets) | ~asked).all(0)
            found.append(Baseline(name, self.baselines[name], float(-np.log(right[asked]).mean()), float(full.mean())))
        return tuple(found)

    def _known_of(self, baseline: str, batch: Batch) -> npt.NDArray[np.int64]:
        """Return as numbers what a baseline knows of each token that is to be written, (T, B)."""
        steps = np.broadcast_to(np.arange(len(batch.targets))[:, None], batch.targets.shape)
        return steps if baseline == "step" else batch.inputs * self.steps + steps

    def code(self) -> list[str]:
        """See Task.code; batch(step) returns the sources besides, and -1 stands where there is nothing."""
        return [
            "\n".join(
                [written("SOURCE", [*map(str, self.source_vocabulary)]), written("TARGET", self.known(self.experiment))]
            ),
            *self.drawing(),
            f'''
            def batch(step):
                """Return the sources, (S, B), what is read while writing, and what is to be written, (T, B) both, by
                their places in SOURCE and TARGET. -1 is nothing: shorter ones have ended."""
                pairs = drawn({STREAM})
                S, T = max(len(source) for source, _ in pairs), max(len(target) for _, target in pairs) + 1
                sources, targets = torch.full((S, BATCH_SIZE), -1), torch.full((T, BATCH_SIZE), -1)
                for b, (source, target) in enumerate(pairs):
                    sources[: len(source), b] = torch.tensor([SOURCE.index(token) for token in source])
                    written = [TARGET.index(token) for token in [*target, "{END}"]]
                    targets[: len(written), b] = torch.tensor(written)
                inputs = targets.roll(1, 0)
                inputs[inputs < 0] = TARGET.index("{END}")
                inputs[0] = TARGET.index("{BEGIN}")
                return sources, inputs, targets
            ''',
        ]

    def drawing(self) -> list[str]:
        """Return paragraphs of a script that end in `drawn(random)`, which returns the pairs of a training step, as
        tokens of SOURCE and TARGET."""
        raise NotImplementedError

    def training_batch(self, step: int) -> Batch:
        """See Task.training_batch."""
        return self.batch(self.drawn(self.generator(TRAINING, step), self.experiment.batch_size, held_out=False))

    @property
    def validation(self) -> Batch:
        """Pairs that are held out, drawn for it alone."""
        return self.batch(self.drawn(self.generator(VALIDATION), VALIDATED, held_out=True))

    @property
    def test(self) -> Iterator[Batch]:
        """Other pairs that are held out: one batch, or several where they are long."""
        pairs = self.drawn(self.generator(VALIDATION, 1), EXAMINED, held_out=True)
        size = max(1, AT_ONCE // math.prod(self.sizes(self.experiment)))
        for start in range(0, EXAMINED, size):
            yield self.batch(pairs[start : start + size])

    @property
    def probe(self) -> Batch:
        """A pair that is held out, with a target as long as any."""
        return self.batch([self.long(self.generator(PROBE))])


def tidied(text: str) -> str:
    """Return a typed text with one blank between words, and the wide digits and marks of Chinese keyboards as any."""
    return " ".join(unicodedata.normalize("NFKC", text[: 4 * TYPED]).split())
