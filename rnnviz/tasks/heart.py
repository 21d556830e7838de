"""One sequence of tokens, learned by heart: what a visitor's word and a visitor's sentence have in common."""

from abc import abstractmethod
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from rnnviz.language import N_, BadValue, Message
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Baseline
from rnnviz.tasks.counting import judged, tally
from rnnviz.tasks.form import EQUAL
from rnnviz.tasks.task import NOTHING, Batch, Task
from rnnviz.tasks.tokens import numbered, written

FEWEST = 3
"""Tokens of a sequence: with two there is one answer alone."""


class ByHeart(Task):
    """T + 1 tokens, of which the first T are read, one a step, and each time the next is to be said."""

    form = EQUAL
    has_length = False
    by_heart = True
    own_settings = ("phrase",)
    suggested = MappingProxyType({"hidden_size": 16, "learning_rate": 0.01})
    baselines = MappingProxyType(
        {
            "frequent": N_("going by how often each comes"),
            "bigram": N_("going by the one before alone (bigram)"),
        }
    )
    too_short: ClassVar[Message]
    """What is said of a phrase of less than three tokens."""
    all_same: ClassVar[Message]
    """What is said where the same token follows whatever was read."""

    def __init__(self, experiment: Experiment):
        super().__init__(experiment)
        tokens = self._taken(experiment)
        self.classes = self.vocabulary = self.known(experiment)
        self.outputs = len(self.classes)
        self._sequence = np.array(numbered(tokens, self.classes))

    @staticmethod
    @abstractmethod
    def taken_apart(text: str) -> list[str]:
        """Return the tokens of a phrase to learn."""

    @abstractmethod
    def split(self, text: str) -> list[str]:
        """Return what a text is read as, whether it is in the vocabulary or not."""

    @classmethod
    def _taken(cls, experiment: Experiment) -> list[str]:
        """Return all tokens. Raises BadValue where they are too few, or leave nothing to learn."""
        tokens = cls.taken_apart(experiment.phrase or cls.usual)
        if len(tokens) < FEWEST:
            raise BadValue(cls.too_short)
        if len(set(tokens[1:])) == 1:
            raise BadValue(cls.all_same)
        return tokens

    @classmethod
    def known(cls, experiment: Experiment) -> tuple[str, ...]:
        """See Task.known: the tokens there are, in the order in which they come."""
        return tuple(dict.fromkeys(cls._taken(experiment)))

    @classmethod
    def answer_size(cls, experiment: Experiment) -> int:
        """See Task.answer_size."""
        return len(cls.known(experiment))

    @classmethod
    def length(cls, experiment: Experiment) -> int:
        """See Task.length: the last token is said, and never read."""
        return len(cls._taken(experiment)) - 1

    def training_batch(self, step: int) -> Batch:
        """See Task.training_batch: the same sequence, always."""
        return self._repeated(self.experiment.batch_size)

    @property
    def validation(self) -> Batch:
        """The sequence itself: there is no other to test it on."""
        return self._repeated(1)

    @property
    def probe(self) -> Batch:
        """See Task.probe."""
        return self._repeated(1)

    def _repeated(self, B: int) -> Batch:
        tokens = self._sequence[:, None].repeat(B, axis=1)  # (T + 1, B)
        return Batch(tokens[:-1], tokens[1:], self.asked)

    def measured(self, batch: Batch) -> tuple[Baseline, ...]:
        """See Task.measured: counted over the whole sequence, whichever answers are marked."""
        read, said = self._sequence[:-1], self._sequence[1:]
        marked = self.marked(self.asked)
        return tuple(
            judged(name, words, tally(keys, said, self.outputs), keys[marked], said[marked])
            for (name, words), keys in zip(self.baselines.items(), (np.zeros_like(read), read), strict=True)
        )

    def tokens_of(self, text: str) -> list[tuple[str, int]]:
        """See Task.tokens_of."""
        places = {name: n for n, name in enumerate(self.vocabulary or ())}
        return [(token, places.get(token, NOTHING)) for token in self.split(text)]

    def code(self) -> list[str]:
        """See Task.code."""
        which = "[-1]" if self.leaves_some else ""
        return [
            written("TOKENS", self._taken(self.experiment)),
            f'''
            def batch(step):
                """Return all but the last token, (T, B), by places in the vocabulary, and what follows {self.each}."""
                vocabulary = list(dict.fromkeys(TOKENS))
                tokens = np.array([vocabulary.index(token) for token in TOKENS])[:, None].repeat(BATCH_SIZE, axis=1)
                return torch.from_numpy(tokens[:-1]), torch.from_numpy(tokens[1:]{which})
            ''',
        ]
