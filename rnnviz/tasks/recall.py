"""Recall: one early word decides the answer, after a chosen distance."""

from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from rnnviz.language import N_
from rnnviz.tasks.form import MANY_TO_ONE
from rnnviz.tasks.task import CHANCE, STREAM, VALIDATED, VALIDATION, Batch, Drawn, Mask

LANGUAGES = {"China": "Chinese", "France": "French", "Spain": "Spanish", "Greece": "Greek"}
"""Where somebody grew up, and the language spoken there: the first word, and the answer."""
FILLERS = ("then", "we", "moved", "often", "and", "so")
"""Words that say nothing about the answer, drawn at random to fill the distance."""
QUESTION = "speaks?"
"""The last word, at which the answer is asked."""


class Recall(Drawn):
    """A country, then words at random, then the question which language: its distance is seq_len - 1."""

    sentence = N_(
        "The first word is a country, the last asks which language is spoken there, and between them stand words that "
        "do not matter: the network has to remember the first. Guessing is right one time in four."
    )
    suggested = MappingProxyType({"seq_len": 10, "batch_size": 32, "learning_rate": 0.01, "clip_norm": 1.0})
    vocabulary = (*LANGUAGES, *FILLERS, QUESTION)
    classes = tuple(LANGUAGES.values())
    inputs = len(vocabulary)
    outputs = len(classes)
    form = MANY_TO_ONE
    baselines = CHANCE

    @property
    def decisive(self) -> Mask:
        """See Task.decisive: the country."""
        return np.arange(self.steps) == 0

    def draw(self, random: np.random.Generator, B: int) -> Batch:
        """See Drawn.draw."""
        return self._after(random.integers(0, self.outputs, B), random)

    @property
    def validation(self) -> Batch:
        """As many sequences of each country; short ones, of few words between, are those of the training too."""
        return self._after(np.arange(VALIDATED) % self.outputs, self.generator(VALIDATION))

    def _after(self, answers: npt.NDArray[np.integer], random: np.random.Generator) -> Batch:
        """Return the sequences that begin with these countries, (B,)."""
        T, B = self.experiment.seq_len, len(answers)
        words = random.integers(len(LANGUAGES), self.inputs - 1, (T, B))
        words[0], words[-1] = answers, self.inputs - 1
        targets = np.zeros((T, B), dtype=np.int64)
        targets[-1] = answers
        return Batch(words, targets, self.asked)

    def code(self) -> list[str]:
        """See Task.code."""
        countries, question = len(LANGUAGES), self.inputs - 1
        words = ", ".join(f'"{word}"' for word in (*LANGUAGES, *FILLERS, QUESTION))
        return [
            f"WORDS = [{words}]",
            f'''
            def batch(step):
                """Return words, (T, B), by their places in WORDS, and what to say at the end: which one was first."""
                random = {STREAM}
                answers = random.integers(0, {countries}, BATCH_SIZE)
                words = random.integers({countries}, {question}, (SEQ_LEN, BATCH_SIZE))
                words[0], words[-1] = answers, {question}
                return torch.from_numpy(words), torch.from_numpy(answers)
            ''',
        ]
