"""Parity: bits in, and at every step whether so far the ones are even or odd in number."""

from types import MappingProxyType

import numpy as np

from rnnviz.language import N_
from rnnviz.tasks.form import EQUAL
from rnnviz.tasks.task import CHANCE, STREAM, Batch, Drawn


class Parity(Drawn):
    """Bits, 0 and 1 equally often; their sum so far, modulo 2."""

    sentence = N_("At every step the network reads a bit and says whether the ones so far are even or odd in number.")
    suggested = MappingProxyType({"seq_len": 5, "batch_size": 32})
    form = EQUAL
    baselines = CHANCE
    vocabulary = ("0", "1")
    classes = (N_("even"), N_("odd"))
    inputs = outputs = 2

    def draw(self, random: np.random.Generator, B: int) -> Batch:
        """See Drawn.draw."""
        bits = random.integers(0, 2, (self.steps, B))
        return Batch(bits, bits.cumsum(axis=0) % 2, self.asked)

    def code(self) -> list[str]:
        """See Task.code."""
        return [
            f'''
            def batch(step):
                """Return bits, (T, B), and whether at {self.each} step the ones are odd in number."""
                bits = {STREAM}.integers(0, 2, (SEQ_LEN, BATCH_SIZE))
                odd = bits.cumsum(axis=0) % 2
                return torch.from_numpy(bits), torch.from_numpy(odd{"[-1]" if self.leaves_some else ""})
            '''
        ]
