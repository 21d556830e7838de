"""Writing: a network that says the next token reads its own."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch

from rnnviz.language import N_, BadValue
from rnnviz.model.continuation import Continuation
from rnnviz.model.network import SequenceModel
from rnnviz.snapshot import Array
from rnnviz.snapshot.writing import chances


def reads_both_ways() -> BadValue:
    """Return why a bidirectional network can't write."""
    return BadValue(
        N_(
            "A bidirectional network can't write: its backward half begins at the end of a text, which is not there "
            "while it is written. Switch off Bidirectional."
        )
    )


class Writer:
    """Goes on after some tokens, which it reads from a zero state. There is room for `length` more.

    outputs: what it says of the next token, (V,). Raises BadValue for a bidirectional network.
    """

    @torch.no_grad()
    def __init__(self, model: SequenceModel, tokens: Sequence[int], length: int):
        if model.directions == 2:
            raise reads_both_ways()
        outputs, recording = model.record(torch.tensor(tokens)[:, None])
        self.outputs: Array = outputs[-1, 0].numpy()
        self._read = (model.embedding.weight.detach() if model.embedding else torch.eye(model.inputs)).numpy()
        self._continuation = Continuation(model, recording, len(tokens), length)

    def write(self, length: int, temperature: float, top_k: int, random: np.random.Generator) -> Iterator[int]:
        """Draw tokens, each of the `chances` of what it says, and read them."""
        for _ in range(length):
            likely = chances(self.outputs, temperature, top_k)
            token = min(int(likely.cumsum().searchsorted(random.random(), "right")), int(likely.nonzero()[0][-1]))
            self.outputs = self._continuation.step(self._read[token])
            yield token
