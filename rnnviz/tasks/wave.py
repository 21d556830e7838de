"""The wave: read how fast once, then say sin(omega t) at every step, with nothing more to read."""

from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from rnnviz.language import N_
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks.form import ONE_TO_MANY
from rnnviz.tasks.task import PROBE, TRAINING, VALIDATION, Batch, Task

SLOWEST, FASTEST = 0.3, 0.6
"""omega, in radians a step: periods of some 21 and of 10 steps."""


class Wave(Task):
    """omega at step 1, zeros after it; y_t = sin(omega t), t = 1..T, of variance about 1/2."""

    sentence = N_(
        "At the first step the network reads a speed ω, and nothing after it; at every step t it says sin(ω t). "
        "Always answering 0 gives an error of about 1/2: only far below that does it keep time."
    )
    suggested = MappingProxyType({"batch_size": 32, "learning_rate": 0.01, "clip_norm": 1.0})
    form = ONE_TO_MANY
    features = (N_("speed ω"),)

    def __init__(self, experiment: Experiment):
        super().__init__(experiment)
        # of sin(omega t) over the speeds, by its integral, and over the steps that are marked
        t = np.arange(1, self.steps + 1)[self.marked(self.asked)]
        self.mean_answer = float(np.mean((np.cos(SLOWEST * t) - np.cos(FASTEST * t)) / ((FASTEST - SLOWEST) * t)))

    def training_batch(self, step: int) -> Batch:
        """See Task.training_batch."""
        return self._waves(self._draw(TRAINING, step, self.experiment.batch_size))

    @property
    def validation(self) -> Batch:
        """See Task.validation."""
        return self._waves(self._draw(VALIDATION, 0, 64))

    @property
    def probe(self) -> Batch:
        """See Task.probe."""
        return self._waves(self._draw(PROBE, 0, 1))

    def _draw(self, stream: int, step: int, B: int) -> npt.NDArray[np.float64]:
        return self.generator(stream, step).uniform(SLOWEST, FASTEST, B)

    def _waves(self, omega: npt.NDArray[np.float64]) -> Batch:
        T = self.steps
        inputs = np.zeros((T, len(omega), 1), dtype=np.float32)
        inputs[0, :, 0] = omega
        t = np.arange(1, T + 1)
        return Batch(inputs, np.sin(t[:, None] * omega)[..., None].astype(np.float32), self.asked)
