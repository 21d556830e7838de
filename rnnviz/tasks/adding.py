"""The adding problem (Hochreiter and Schmidhuber 1997): hold one number until a second one comes, far later."""

from types import MappingProxyType

import numpy as np

from rnnviz.language import N_
from rnnviz.tasks.form import MANY_TO_ONE
from rnnviz.tasks.task import STREAM, Batch, Drawn


class Adding(Drawn):
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

    def draw(self, random: np.random.Generator, B: int) -> Batch:
        """See Drawn.draw."""
        T, streams = self.experiment.seq_len, np.arange(B)
        first, second = random.integers(0, T // 2, B), random.integers(T // 2, T, B)
        inputs = np.zeros((T, B, 2), dtype=np.float32)
        inputs[..., 0] = values = random.random((T, B), dtype=np.float32)
        inputs[first, streams, 1] = inputs[second, streams, 1] = 1
        targets = np.zeros((T, B, 1), dtype=np.float32)
        targets[-1, :, 0] = values[first, streams] + values[second, streams]
        return Batch(inputs, targets, self.asked)

    def code(self) -> list[str]:
        """See Task.code."""
        return [
            f'''
            def batch(step):
                """Return numbers and marks, (T, B, 2), and what to say at the end: the sum of the marked numbers."""
                random = {STREAM}
                first = random.integers(0, SEQ_LEN // 2, BATCH_SIZE)  # where the marks are, one in each half
                second = random.integers(SEQ_LEN // 2, SEQ_LEN, BATCH_SIZE)
                numbers = random.random((SEQ_LEN, BATCH_SIZE), dtype=np.float32)
                marks, streams = np.zeros_like(numbers), np.arange(BATCH_SIZE)
                marks[first, streams] = marks[second, streams] = 1
                sums = numbers[first, streams] + numbers[second, streams]
                return torch.from_numpy(np.stack([numbers, marks], axis=-1)), torch.from_numpy(sums[:, None])
            '''
        ]
