"""What a network that says the next token writes, and what it might go on with."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rnnviz.language import N_, BadValue
from rnnviz.snapshot.arrays import Array, Indices

HOTTEST = 5.0
"""The highest temperature."""


@dataclass(frozen=True)
class Draft:
    """What is to be written.

    prompt: tokens that are read first; if there are none, the `begin` first of the probe. temperature, top_k: see
    `chances`. length: how many tokens a line has. after: the training step of the newest line there is; another is
    written `every` steps later, or at once where there is none, -1, or it is of a later step; none if it is None.
    """

    prompt: tuple[int, ...] = ()
    temperature: float = 1.0
    top_k: int = 0
    begin: int = 12
    length: int = 60
    after: int | None = -1
    every: int = 50


@dataclass(frozen=True, eq=False)
class Writing:
    """What was written, and where it might go on.

    prompt: the tokens that were read, (N,). outputs: y_N, what is said of the next, (V,). line: what was written after
    them, (draft.length,); None where none was due.
    """

    asked: Draft
    prompt: Indices
    outputs: Array
    line: Indices | None


def chances(outputs: Array, temperature: float, top_k: int = 0) -> npt.NDArray[np.float64]:
    """Return how likely each token is to be written, (V,), of what is said of it, y (V,): softmax(y / temperature).

    top_k: of how many tokens, the likeliest, one is drawn; 0 for all. At temperature 0 the likeliest is certain. Of
    equal ones the first counts as likelier. Raises BadValue for what is out of bounds.
    """
    if not 0 <= temperature <= HOTTEST:
        raise BadValue(N_("The temperature has to be a number from 0 to {most}.", most=HOTTEST))
    if top_k < 0:
        raise BadValue(N_("The number of likeliest tokens to choose from has to be 0, for all, or more."))
    order = np.argsort(-outputs, kind="stable")
    kept = order[: (top_k or len(order)) if temperature else 1]
    likely, y = np.zeros(len(outputs)), outputs[kept].astype(np.float64)
    weights = np.exp((y - y[0]) / (temperature or 1))
    likely[kept] = weights / weights.sum()
    return likely
