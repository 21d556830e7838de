"""The square: one number in, its square out, at once."""

from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from rnnviz.language import N_
from rnnviz.tasks.form import ONE_TO_ONE
from rnnviz.tasks.task import PROBE, STREAM, VALIDATED, Batch, Drawn

HALFWAY = np.float32(2**-24)
"""Training draws multiples of 2^-23: numbers so much above those are never trained on."""


class Square(Drawn):
    """x uniform in [-1, 1], y = x^2, in sequences of one step: h_0 being 0, a perceptron with one hidden layer."""

    sentence = N_(
        "The network reads one number x between -1 and 1 and says its square, at once. One tanh unit only rises or "
        "only falls, and x² does both: it takes two or more. Always answering 1/3 gives an error of 0.089."
    )
    suggested = MappingProxyType({"hidden_size": 8, "batch_size": 16, "learning_rate": 0.05})
    form = ONE_TO_ONE
    mean_answer = 1 / 3
    features = (N_("x"),)

    def draw(self, random: np.random.Generator, B: int) -> Batch:
        """See Drawn.draw."""
        return self._squares(_numbers(random, B))

    @property
    def validation(self) -> Batch:
        """Numbers spread evenly."""
        return self._squares(np.linspace(-1, 1, VALIDATED, endpoint=False, dtype=np.float32) + HALFWAY)

    @property
    def probe(self) -> Batch:
        """See Task.probe."""
        return self._squares(_numbers(self.generator(PROBE), 1) + HALFWAY)

    def _squares(self, x: npt.NDArray[np.float32]) -> Batch:
        x = x[None, :, None]  # (T = 1, B, I = 1)
        return Batch(x, x * x, self.asked)

    def code(self) -> list[str]:
        """See Task.code."""
        return [
            f'''
            def batch(step):
                """Return numbers x from -1 to 1, one a sequence, (1, B, 1), and their squares."""
                random = {STREAM}
                x = torch.from_numpy(2 * random.random((1, BATCH_SIZE, 1), dtype=np.float32) - 1)
                return x, x[-1] ** 2
            '''
        ]


def _numbers(random: np.random.Generator, count: int) -> npt.NDArray[np.float32]:
    return 2 * random.random(count, dtype=np.float32) - 1
