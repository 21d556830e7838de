"""What a network makes of a text, word by word."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from rnnviz.snapshot.arrays import Array, Indices

Reference = Literal["unknown", "zero", "mean"]
"""What a word's importance compares it with: the unknown word; or where there is none, zeros if words are one-hot
vectors, else the mean of all embeddings."""


@dataclass(frozen=True)
class Passages:
    """What is to be read: up to two texts as tokens, the probe if there are none.

    layer, direction, unit: of which unit the values are wanted; what does not exist is moved. share: whether dh_T/dh_t
    is, which takes longer than all else. step: after which step the answer is judged, the last if None. All are
    counted from 0.
    """

    texts: tuple[tuple[int, ...], ...] = ()
    layer: int = 0
    direction: int = 0
    unit: int = 0
    share: bool = False
    step: int | None = None


@dataclass(frozen=True, eq=False)
class Passage:
    """What a network makes of one text, at each of its T steps; an array is (T,) if not said otherwise.

    tokens: NOTHING where none is read. padding: where the text has not begun. at: the step whose answer is judged.
    logit: z, of two classes y[1] - y[0], of more the answer's y minus the mean of all. importance: dz/dx_t times what
    the word's x_t is more than `reference`'s; NaN where no word is read. norm: of dL/dx_t, L being the probe's loss, or
    -log p of the answer where nobody knows the right one. unit: the wanted unit's h_t. share: the Frobenius norm of
    dh_T/dh_t; None if not wanted. surprise: -log2 p of each token before it was read, in bits; NaN where nothing was
    said of it; None where the network does not say the next token. answers: the softmax of what the read-out makes of
    each h_t, (T, C). alone: what the answer at `at` would be had the padding not been read, (C,), and moved: by what
    part of its length h_T would be another; None where no padding is read.
    """

    tokens: Indices
    padding: npt.NDArray[np.bool_]
    at: int
    logit: float
    importance: Array
    norm: Array
    unit: Array
    share: Array | None
    surprise: Array | None
    answers: Array
    alone: Array | None
    moved: float

    @property
    def answer(self) -> int:
        """The likeliest class at the step that is judged."""
        return int(self.answers[self.at].argmax())


@dataclass(frozen=True, eq=False)
class Reading:
    """What a network makes of the texts it was asked to read, or of the probe."""

    asked: Passages
    passages: tuple[Passage, ...]
    reference: Reference
