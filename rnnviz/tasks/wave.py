"""The wave: read how fast once, then say sin(omega t) at every step, with nothing more to read."""

from types import MappingProxyType

import numpy as np

from rnnviz.language import N_
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks.form import ONE_TO_MANY
from rnnviz.tasks.task import STREAM, Batch, Drawn

SLOWEST, FASTEST = 0.3, 0.6
"""omega, in radians a step: periods of some 21 and of 10 steps."""


class Wave(Drawn):
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

    def draw(self, random: np.random.Generator, B: int) -> Batch:
        """See Drawn.draw."""
        T, omega = self.steps, random.uniform(SLOWEST, FASTEST, B)
        inputs = np.zeros((T, B, 1), dtype=np.float32)
        inputs[0, :, 0] = omega
        t = np.arange(1, T + 1)
        return Batch(inputs, np.sin(t[:, None] * omega)[..., None].astype(np.float32), self.asked)

    def code(self) -> list[str]:
        """See Task.code."""
        t = "SEQ_LEN" if self.leaves_some else "np.arange(1, SEQ_LEN + 1)[:, None]"
        return [
            f'''
            def batch(step):
                """Return omega, then zeros, (T, B, 1), and what to say at {self.each} step t: sin(omega t)."""
                random = {STREAM}
                omega = random.uniform({SLOWEST}, {FASTEST}, BATCH_SIZE)  # radians a step
                inputs = np.zeros((SEQ_LEN, BATCH_SIZE, 1), dtype=np.float32)
                inputs[0, :, 0] = omega
                t = {t}
                return torch.from_numpy(inputs), torch.from_numpy(np.sin(t * omega)[..., None].astype(np.float32))
            '''
        ]
