"""Languages: of two countries the last one named decides which language is spoken, however long ago that was."""

from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from rnnviz.language import N_, BadValue
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Baseline
from rnnviz.tasks.counting import judged, tally
from rnnviz.tasks.form import MANY_TO_ONE
from rnnviz.tasks.task import CHANCE, PROBE, STREAM, VALIDATION, Batch, Drawn, Mask
from rnnviz.tasks.tokens import written

LANGUAGES = {
    "China": "Chinese",
    "France": "French",
    "Spain": "Spanish",
    "Greece": "Greek",
    "Japan": "Japanese",
    "Russia": "Russian",
    "Italy": "Italian",
    "Poland": "Polish",
}
"""The countries, and the language that is spoken in each."""
FILLERS = ("I", "was", "in", "then", "moved", "and", "so", "also", "there", "long")
"""Words that say nothing about the answer, drawn at random."""
ASKED = "speak"
"""The last word, at which the answer is asked."""
PAD = "·"
"""What stands before a sentence that is shorter than others."""
VOCABULARY = (*LANGUAGES, *FILLERS, ASKED, PAD)
QUESTION, PADDING = len(VOCABULARY) - 2, len(VOCABULARY) - 1
Ints = npt.NDArray[np.integer]
PARTS = 5
"""A sentence is held out if the numbers of its words, padding apart, add up to a multiple of this."""
DISTANCES = 31
"""At how many distances it is tested."""


class Languages(Drawn):
    """Sentences of up to seq_len words: a country, another one, and the question, with other words before and between.

    Of seq_len words the last country stands up to three quarters from the question.
    """

    sentence = N_(
        "The network reads sentences of different lengths that name two countries and end in “speak”: the last country "
        "named decides the language, however many words ago it was. One sentence in five is held out. Some cells "
        "remember over more words than others."
    )
    suggested = MappingProxyType(
        {
            "hidden_size": 32,
            "seq_len": 40,
            "batch_size": 32,
            "learning_rate": 0.01,
            "clip_norm": 1.0,
            "mask_padding": True,
        }
    )
    vocabulary = VOCABULARY
    classes = tuple(LANGUAGES.values())
    inputs, outputs = len(VOCABULARY), len(LANGUAGES)
    form = MANY_TO_ONE
    padding = PADDING
    by_distance = True
    shortest = 4  # an opening word, two countries, and the question
    own_settings = ("mask_padding",)
    baselines = MappingProxyType({**CHANCE, "bag": N_("going by a bag of the words")})

    def __init__(self, experiment: Experiment):
        super().__init__(experiment)
        if self.steps < self.shortest:
            raise BadValue(
                N_(
                    "A sentence names two countries, and ends in “speak”: choose a sequence length of {least} or more.",
                    least=self.shortest,
                )
            )
        self.farthest = min(3 * self.steps // 4, self.steps - self.shortest)
        """The most words between the last country and the question."""

    def draw(self, random: np.random.Generator, B: int) -> Batch:
        """See Drawn.draw."""
        last, distance = random.integers(0, self.outputs, B), random.integers(0, self.farthest + 1, B)
        first = (last + random.integers(1, self.outputs, B)) % self.outputs
        return self._written(first, last, distance, random.integers(1, PARTS, B), random)

    @property
    def validation(self) -> Batch:
        """Of each distance, or some where these are many, eight pairs of countries, either one the last."""
        distances = np.unique(np.linspace(0, self.farthest, DISTANCES).astype(int))
        one, other = (np.arange(self.outputs) + np.array([[0], [1]])) % self.outputs
        first, last = np.ravel([one, other], "F"), np.ravel([other, one], "F")  # (16,)
        pairs, at = np.arange(len(last)).repeat(len(distances)), np.tile(distances, len(last))
        return self._written(first[pairs], last[pairs], at, np.zeros_like(at), self.generator(VALIDATION))

    @property
    def decisive(self) -> Mask:
        """See Task.decisive: the last country."""
        return np.arange(self.steps) == self.steps - 2 - self.distances(self.probe)[0]

    @property
    def probe(self) -> Batch:
        """A sentence that is held out, its last country halfway between the nearest and the farthest."""
        random = self.generator(PROBE)
        first, last = random.permutation(self.outputs)[:2, None]
        return self._written(first, last, np.array([self.farthest // 2]), np.zeros(1, np.int64), random)

    def _written(self, first: Ints, last: Ints, distance: Ints, part: Ints, random: np.random.Generator) -> Batch:
        """Return sentences that name these countries, the last so many words before the question; (B,) each.

        part: what remains of the sum of a sentence's numbers divided by PARTS; the word it opens with sees to that.
        """
        T, streams = self.steps, np.arange(len(last))
        words = random.integers(self.outputs, QUESTION, (T, len(last)))
        others = random.integers(0, T - 3 - distance)  # words beside these and the opening one
        start, at = T - 4 - distance - others, T - 2 - distance
        padding = np.arange(T)[:, None] < start
        before = T - 3 - distance - random.integers(0, others + 1)  # where the first country stands
        words[before, streams] = first
        words[-1] = QUESTION
        words[at, streams], words[start, streams] = last, 0
        rest = part - words.sum(axis=0, where=~padding) - self.outputs
        words[start, streams] = self.outputs + rest % PARTS + PARTS * random.integers(0, 2, len(last))
        words[padding] = PADDING
        targets = np.zeros(words.shape, dtype=np.int64)
        targets[-1] = last
        return Batch(words, targets, self.asked, padding)

    def distances(self, batch: Batch) -> npt.NDArray[np.integer]:
        """See Task.distances."""
        return (batch.inputs < self.outputs)[-2::-1].argmax(axis=0)

    def measured(self, batch: Batch) -> tuple[Baseline, ...]:
        """See Task.measured; the best that can be said of these very sentences by who knows the countries alone."""
        [chance] = super().measured(batch)[:1]
        named = (batch.inputs[..., None] == np.arange(self.outputs)).any(axis=0)  # (B, C)
        keys, answers = np.unique(named, axis=0, return_inverse=True)[1].ravel(), batch.targets[-1]
        return chance, judged("bag", self.baselines["bag"], tally(keys, answers, self.outputs), keys, answers)

    def code(self) -> list[str]:
        """See Task.code."""
        C = self.outputs
        return [
            written("WORDS", VOCABULARY),
            f'''
            def batch(step):
                """Return words, (T, B), by their places in WORDS, and what to say at the end: the last country."""
                random, streams = {STREAM}, np.arange(BATCH_SIZE)
                last = random.integers(0, {C}, BATCH_SIZE)
                distance = random.integers(0, {self.farthest + 1}, BATCH_SIZE)  # words between it and the end
                first = (last + random.integers(1, {C}, BATCH_SIZE)) % {C}
                part = random.integers(1, {PARTS}, BATCH_SIZE)  # sentences of part 0 are held out
                words = random.integers({C}, {QUESTION}, (SEQ_LEN, BATCH_SIZE))
                others = random.integers(0, SEQ_LEN - 3 - distance)
                start, at = SEQ_LEN - 4 - distance - others, SEQ_LEN - 2 - distance
                padding = np.arange(SEQ_LEN)[:, None] < start
                before = SEQ_LEN - 3 - distance - random.integers(0, others + 1)
                words[before, streams] = first
                words[-1] = {QUESTION}
                words[at, streams], words[start, streams] = last, 0
                rest = part - words.sum(axis=0, where=~padding) - {C}
                words[start, streams] = {C} + rest % {PARTS} + {PARTS} * random.integers(0, 2, BATCH_SIZE)
                words[padding] = {PADDING}
                return torch.from_numpy(words), torch.from_numpy(last)
            ''',
        ]
