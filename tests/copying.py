"""A task of two sequences, made up: as small as one can be."""

import numpy as np

from rnnviz.language import N_
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks.pairs import Pair, Pairs
from rnnviz.tasks.task import NOTHING
from rnnviz.tasks.typed import typed


class Copy(Pairs):
    """Two letters, to be written again."""

    source_vocabulary = target_vocabulary = ("A", "B", "C")
    asks = N_("Letters.")

    @classmethod
    def sizes(cls, experiment: Experiment) -> tuple[int, int]:
        return 2, 3

    def drawn(self, random: np.random.Generator, B: int, *, held_out: bool) -> list[Pair]:
        return [self.long(random)] * B

    def long(self, random: np.random.Generator) -> Pair:
        return [0, 1], [0, 1]

    def origins(self, source, target):
        return [*range(len(target))]

    def right(self, source):
        return tuple(source)

    def source_tokens(self, text: str) -> list[tuple[str, int]]:
        return typed(text, self.source_vocabulary, NOTHING)

    def code(self) -> list[str]:
        raise NotImplementedError
