"""The adding problem (Hochreiter and Schmidhuber 1997): hold one number until a second one comes, far later."""

from types import MappingProxyType

import numpy as np

from rnnviz.language import N_
from rnnviz.tasks.form import MANY_TO_ONE
from rnnviz.tasks.task import PROBE, TRAINING, VALIDATION, Batch, Task


class Adding(Task):
    """Two numbers of a sequence are marked, one in each half; their sum is asked at the end.

    As in Le, Jaitly and Hinton (2015): values are uniform in [0, 1], so that always answering 1 errs by 1/6.
    """

    sentence = N_(
        "At every step the network reads a number and a mark; at the last step it says the sum of the two numbers "
        "that were marked. Always answering 1 gives an error of 1/6, or 0.167: only below that has it learned."
    )
    suggested = MappingProxyType({"seq_len": 10, "batch_size": 32, "learning_rate": 0.01, "clip_norm": 1.0})
    inputs = 2
    features = (N_("number"), N_("mark"))
    mark = 1
    form = MANY_TO_ONE
    mean_answer = 1.0

    def training_batch(self, step: int) -> Batch:
        """See Task.training_batch."""
        return self._draw(self.generator(TRAINING, step), self.experiment.batch_size)

    @property
    def validation(self) -> Batch:
        """See Task.validation."""
        return self._draw(self.generator(VALIDATION), 64)

    @property
    def probe(self) -> Batch:
        """See Task.probe."""
        return self._draw(self.generator(PROBE), 1)

    def _draw(self, random: np.random.Generator, B: int) -> Batch:
        T, streams = self.experiment.seq_len, np.arange(B)
        first, second = random.integers(0, T // 2, B), random.integers(T // 2, T, B)
        inputs = np.zeros((T, B, 2), dtype=np.float32)
        inputs[..., 0] = values = random.random((T, B), dtype=np.float32)
        inputs[first, streams, 1] = inputs[second, streams, 1] = 1
        targets = np.zeros((T, B, 1), dtype=np.float32)
        targets[-1, :, 0] = values[first, streams] + values[second, streams]
        return Batch(inputs, targets, self.asked)
