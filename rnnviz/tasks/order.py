"""Order: phrases of the same characters, which mean opposite things in another order."""

from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from rnnviz.language import N_
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Baseline
from rnnviz.tasks.counting import judged, tally
from rnnviz.tasks.form import MANY_TO_ONE
from rnnviz.tasks.task import TRAINING, VALIDATION, Batch, Task

GOOD, BAD = "好善美福乐富强安喜胜明甜", "坏恶丑祸哀贫弱危悲败暗苦"
"""Good, kind, beautiful, fortune, joy, rich, strong, safe, glad, victory, bright, sweet; and the opposite of each."""
PATTERNS = ("从{}变{}", "由{}转{}", "{1}自{0}来")
"""From X become Y; out of X turn to Y; Y comes from X."""
JOINTS = "从变由转自来"
CHARACTERS = JOINTS + GOOD + BAD
PAIRS = tuple(good + bad for good in GOOD for bad in BAD)
"""The first is that of the textbooks' own phrases, 从好变坏 and 从坏变好."""
HELD_OUT = round(0.3 * len(PAIRS))
"""How many pairs stand in no phrase that is trained on; the textbooks' own is one of them."""

Tokens = npt.NDArray[np.int64]


class Order(Task):
    """A good and a bad character in one of three patterns: do things get better or worse?"""

    sentence = N_(
        "The network reads four characters, such as 从好变坏 (from good to bad) or 从坏变好 (from bad to good), and "
        "says at the end whether things get better or worse. Both are made of the same characters: only the order "
        "tells. In 由X转Y (X turns to Y) and Y自X来 (Y comes from X) too, so that the last character is not enough. Of "
        "all pairs of a good and a bad character, 30 % are held out."
    )
    suggested = MappingProxyType({"hidden_size": 16, "batch_size": 32, "learning_rate": 0.01})
    form = MANY_TO_ONE
    has_length = False
    vocabulary, between = tuple(CHARACTERS), ""
    classes = (N_("better"), N_("worse"))
    inputs, outputs = len(vocabulary), len(classes)
    baselines = MappingProxyType(
        {
            "bag": N_("going by a bag of the characters"),
            "last": N_("going by the last character"),
        }
    )

    def __init__(self, experiment: Experiment):
        super().__init__(experiment)
        others = 1 + self.generator(VALIDATION).permutation(len(PAIRS) - 1)
        self._held_out = _phrases([PAIRS[0], *(PAIRS[n] for n in others[: HELD_OUT - 1])])
        self._training = _phrases([PAIRS[n] for n in others[HELD_OUT - 1 :]])

    @classmethod
    def length(cls, experiment: Experiment) -> int:
        """See Task.length."""
        return 4

    def training_batch(self, step: int) -> Batch:
        """Phrases of pairs that are not held out, any as often as any other."""
        count = self._training[0].shape[1]
        return self._batch(
            self._training, self.generator(TRAINING, step).integers(count, size=self.experiment.batch_size)
        )

    @property
    def validation(self) -> Batch:
        """All phrases of the pairs that are held out."""
        return self._batch(self._held_out, np.arange(self._held_out[0].shape[1]))

    @property
    def probe(self) -> Batch:
        """从好变坏."""
        return self._batch(self._held_out, np.zeros(1, np.int64))

    def _batch(self, phrases: tuple[Tokens, Tokens], which: npt.NDArray[np.integer]) -> Batch:
        tokens, answers = phrases
        targets = np.zeros((4, len(which)), np.int64)
        targets[-1] = answers[which]
        return Batch(tokens.take(which, axis=1), targets, self.asked)

    def measured(self, batch: Batch) -> tuple[Baseline, ...]:
        """See Task.measured: the best that can be said of these very phrases by who sees that much of each alone."""
        answers = batch.targets[-1]
        bags = np.unique(np.sort(batch.inputs, axis=0), axis=1, return_inverse=True)[1].ravel()
        seen = {"bag": bags, "last": batch.inputs[-1]}
        return tuple(
            judged(name, words, tally(seen[name], answers, self.outputs), seen[name], answers)
            for name, words in self.baselines.items()
        )

    def code(self) -> list[str]:
        """See Task.code."""
        patterns = ", ".join(f'"{pattern}"' for pattern in PATTERNS)
        return [
            f"""
            GOOD, BAD = "{GOOD}", "{BAD}"
            CHARACTERS = "{JOINTS}" + GOOD + BAD
            PATTERNS = [{patterns}]  # from X become Y; out of X turn to Y; Y comes from X
            """,
            f"""
            # 30 % of the pairs of a good and a bad character are held out.
            pairs = [good + bad for good in GOOD for bad in BAD]
            others = 1 + np.random.default_rng([SEED, {VALIDATION}, 0]).permutation(len(pairs) - 1)
            phrases, answers = [], []
            for n in others[{HELD_OUT - 1}:]:
                for answer, (start, end) in [(1, pairs[n]), (0, pairs[n][::-1])]:  # 0: it gets better, 1: worse
                    for pattern in PATTERNS:
                        phrases.append([CHARACTERS.index(character) for character in pattern.format(start, end)])
                        answers.append(answer)
            tokens, answers = np.array(phrases).T, np.array(answers)  # (4, N), (N,)
            """,
            f'''
            def batch(step):
                """Return phrases, (4, B), by their characters' places, and whether it gets better (0) or worse (1)."""
                random = np.random.default_rng([SEED, {TRAINING}, step])
                which = random.integers(len(answers), size=BATCH_SIZE)
                return torch.from_numpy(tokens[:, which]), torch.from_numpy(answers[which])
            ''',
        ]


def _phrases(pairs: list[str]) -> tuple[Tokens, Tokens]:
    """Return all phrases of these pairs, (4, N), and which way they go, (N,): 0 is better."""
    written, answers = [], []
    for pair in pairs:
        for answer, (start, end) in ((1, pair), (0, pair[::-1])):
            written += [pattern.format(start, end) for pattern in PATTERNS]
            answers += [answer] * len(PATTERNS)
    tokens = np.array([[CHARACTERS.index(character) for character in phrase] for phrase in written])
    return np.ascontiguousarray(tokens.T), np.array(answers)
