"""Padded: which of two letters came first, in sequences of unequal lengths."""

from types import MappingProxyType

import numpy as np

from rnnviz.language import N_
from rnnviz.tasks.form import MANY_TO_ONE
from rnnviz.tasks.task import CHANCE, STREAM, Batch, Drawn


class Padded(Drawn):
    """Letters at random, as many as there are time steps or fewer; before them stands padding."""

    sentence = N_("Letters of a sequence of any length are read, and at its end it is asked which of two came first.")
    suggested = MappingProxyType({"seq_len": 6, "batch_size": 8, "embedding_size": 4})
    form = MANY_TO_ONE
    baselines = CHANCE
    padding = 0
    vocabulary = (N_("padding"), "a", "b")
    classes = ("a", "b")
    inputs, outputs = 3, 2

    def draw(self, random: np.random.Generator, B: int) -> Batch:
        """See Drawn.draw."""
        letters = random.integers(1, 3, (self.steps, B))
        starts = random.integers(0, self.steps, B)
        padding = np.arange(self.steps)[:, None] < starts
        targets = np.zeros_like(letters)
        targets[-1] = letters[starts, np.arange(B)] - 1
        return Batch(np.where(padding, 0, letters), targets, self.asked, padding)

    def code(self) -> list[str]:
        """See Task.code."""
        return [
            f'''
            def batch(step):
                """Return letters, (T, B), with 0 before the first of a sequence, and which came first."""
                random = {STREAM}
                letters = random.integers(1, 3, (SEQ_LEN, BATCH_SIZE))
                starts = random.integers(0, SEQ_LEN, BATCH_SIZE)
                first = letters[starts, np.arange(BATCH_SIZE)] - 1
                letters[np.arange(SEQ_LEN)[:, None] < starts] = 0
                return torch.from_numpy(letters), torch.from_numpy(first)
            '''
        ]
