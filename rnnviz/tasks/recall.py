"""Recall: one early word decides the answer, after a chosen distance."""

from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from rnnviz.language import N_
from rnnviz.tasks.form import MANY_TO_ONE
from rnnviz.tasks.task import CHANCE, PROBE, TRAINING, VALIDATION, Batch, Task

LANGUAGES = {"China": "Chinese", "France": "French", "Spain": "Spanish", "Greece": "Greek"}
"""Where somebody grew up, and the language spoken there: the first word, and the answer."""
FILLERS = ("then", "we", "moved", "often", "and", "so")
"""Words that say nothing about the answer, drawn at random to fill the distance."""
QUESTION = "speaks?"
"""The last word, at which the answer is asked."""


class Recall(Task):
    """A country, then words at random, then the question which language: its distance is seq_len - 1."""

    sentence = N_(
        "The first word is a country, the last asks which language is spoken there, and between them stand words that "
        "do not matter: the network has to remember the first. Guessing is right one time in four."
    )
    suggested = MappingProxyType({"seq_len": 10, "batch_size": 32, "learning_rate": 0.01, "clip_norm": 1.0})
    words = (*LANGUAGES, *FILLERS, QUESTION)
    classes = tuple(LANGUAGES.values())
    inputs = len(words)
    outputs = len(classes)
    form = MANY_TO_ONE
    baselines = CHANCE

    @property
    def decisive(self) -> npt.NDArray[np.bool_]:
        """See Task.decisive: the country."""
        return np.arange(self.steps) == 0

    def training_batch(self, step: int) -> Batch:
        """See Task.training_batch."""
        random = self.generator(TRAINING, step)
        return self._draw(random, random.integers(0, self.outputs, self.experiment.batch_size))

    @property
    def validation(self) -> Batch:
        """As many sequences of each country; short ones, of few words between, are those of the training too."""
        return self._draw(self.generator(VALIDATION), np.arange(64) % self.outputs)

    @property
    def probe(self) -> Batch:
        """See Task.probe."""
        random = self.generator(PROBE)
        return self._draw(random, random.integers(0, self.outputs, 1))

    def _draw(self, random: np.random.Generator, answers: np.ndarray) -> Batch:
        T, B = self.experiment.seq_len, len(answers)
        words = random.integers(len(LANGUAGES), self.inputs - 1, (T, B))
        words[0], words[-1] = answers, self.inputs - 1
        targets = np.zeros((T, B), dtype=np.int64)
        targets[-1] = answers
        return Batch(_ONE_HOT.take(words, axis=0), targets, self.asked)


_ONE_HOT = np.eye(Recall.inputs, dtype=np.float32)
