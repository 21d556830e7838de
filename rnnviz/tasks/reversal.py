"""Reversal: read letters first, then say the last of them backwards."""

from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from rnnviz.language import N_
from rnnviz.tasks.form import UNEQUAL
from rnnviz.tasks.task import CHANCE, PROBE, TRAINING, VALIDATION, Batch, Task


class Reversal(Task):
    """n letters in, one a step, then m answers, T = n + m and m a third of it: the last m letters, newest first."""

    sentence = N_(
        "The network reads letters, one a step, then nothing more: now it says the last of them backwards, for the "
        "last third of the steps. Guessing is right one time in four."
    )
    suggested = MappingProxyType({"seq_len": 12, "batch_size": 32, "learning_rate": 0.01, "clip_norm": 1.0})
    form = UNEQUAL
    baselines = CHANCE
    words = classes = ("A", "B", "C", "D")
    inputs = outputs = len(classes)

    @property
    def answers(self) -> int:
        """How many letters are asked, m: a third of the steps, at least one."""
        return max(1, self.steps // 3)

    @property
    def given(self) -> npt.NDArray[np.bool_]:
        """See Task.given."""
        return ~self.asked

    @property
    def asked(self) -> npt.NDArray[np.bool_]:
        """See Task.asked."""
        return np.arange(self.steps) >= self.steps - self.answers

    @property
    def decisive(self) -> npt.NDArray[np.bool_]:
        """See Task.decisive: the letters that are asked."""
        return self.given & (np.arange(self.steps) >= self.steps - 2 * self.answers)

    def training_batch(self, step: int) -> Batch:
        """See Task.training_batch."""
        return self._draw(self.generator(TRAINING, step), self.experiment.batch_size)

    @property
    def validation(self) -> Batch:
        """64 sequences drawn for it alone; short ones, of few letters, are those of the training too."""
        return self._draw(self.generator(VALIDATION), 64)

    @property
    def probe(self) -> Batch:
        """See Task.probe."""
        return self._draw(self.generator(PROBE), 1)

    def _draw(self, random: np.random.Generator, B: int) -> Batch:
        m = self.answers
        n = self.steps - m
        letters = random.integers(0, self.inputs, (n, B))
        targets = np.zeros((n + m, B), dtype=np.int64)
        targets[n:] = letters[::-1][:m]
        inputs = np.zeros((n + m, B, self.inputs), dtype=np.float32)
        inputs[:n] = _ONE_HOT.take(letters, axis=0)
        return Batch(inputs, targets, self.asked)


_ONE_HOT = np.eye(Reversal.inputs, dtype=np.float32)
