"""Work that is done piece by piece, so that others can be seen to meanwhile, and how large a piece may be."""

from collections.abc import Generator
from typing import TypeVar

import numpy as np

from rnnviz.snapshot import Indices

BYTES = 16_000_000
"""How much the gradients of one wide pass may take; what is more goes back one group after another."""

Result = TypeVar("Result")
Pieces = Generator[None, None, Result]
"""Work that is done piece by piece, each well below a tenth of a second."""


def outcome(pieces: Pieces[Result]) -> Result:
    """Do all the pieces, and return what they come to."""
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            return end.value


def evenly(count: int, most: int) -> Indices:
    """Return indices below `count`, `most` of them at the most, evenly spread from the first to the last."""
    return np.linspace(0, count - 1, min(count, most)).round().astype(int)
