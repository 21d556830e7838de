"""The square: one number in, its square out, at once."""

from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from rnnviz.language import N_
from rnnviz.tasks.form import ONE_TO_ONE
from rnnviz.tasks.task import PROBE, TRAINING, Batch, Task

HALFWAY = np.float32(2**-24)
"""Training draws multiples of 2^-23: numbers so much above those are never trained on."""


class Square(Task):
    """x uniform in [-1, 1], y = x^2, in sequences of one step: h_0 being 0, a perceptron with one hidden layer."""

    sentence = N_(
        "The network reads one number x between -1 and 1 and says its square, at once. One tanh unit only rises or "
        "only falls, and x² does both: it takes two or more. Always answering 1/3 gives an error of 0.089."
    )
    suggested = MappingProxyType({"hidden_size": 8, "batch_size": 16, "learning_rate": 0.05})
    form = ONE_TO_ONE
    mean_answer = 1 / 3
    features = (N_("x"),)

    def training_batch(self, step: int) -> Batch:
        """See Task.training_batch."""
        return self._squares(_draw(self.generator(TRAINING, step), self.experiment.batch_size))

    @property
    def validation(self) -> Batch:
        """64 numbers, spread evenly."""
        return self._squares(np.linspace(-1, 1, 64, endpoint=False, dtype=np.float32) + HALFWAY)

    @property
    def probe(self) -> Batch:
        """See Task.probe."""
        return self._squares(_draw(self.generator(PROBE), 1) + HALFWAY)

    def _squares(self, x: npt.NDArray[np.float32]) -> Batch:
        x = x[None, :, None]  # (T = 1, B, I = 1)
        return Batch(x, x * x, self.asked)


def _draw(random: np.random.Generator, count: int) -> npt.NDArray[np.float32]:
    return 2 * random.random(count, dtype=np.float32) - 1
