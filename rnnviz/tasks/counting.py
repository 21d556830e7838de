"""Tables that are counted: what can be said by who knows one thing alone of what was read, without any network."""

import numpy as np
import numpy.typing as npt

from rnnviz.language import Message
from rnnviz.snapshot import Baseline

Table = npt.NDArray[np.float64]
"""The probability of each of C answers after each of K keys, (K, C)."""


def tally(keys: npt.NDArray[np.integer], answers: npt.NDArray[np.integer], C: int, more: float = 0.0) -> Table:
    """Return how often each answer (N,) came with each key (N,), counted from 0, as a table.

    more: what is added to every count, so that no answer is impossible. A key that never came leaves all answers
    equally likely.
    """
    counts = np.full((int(keys.max(initial=0)) + 1, C), more)
    np.add.at(counts, (keys, answers), 1)
    total = counts.sum(axis=1, keepdims=True)
    return np.where(total > 0, counts / np.maximum(total, 1), 1 / C)


def judged(
    name: str, words: Message, table: Table, keys: npt.NDArray[np.integer], answers: npt.NDArray[np.integer]
) -> Baseline:
    """Return what a table comes to where the answers (N,) come with these keys (N,).

    Of several answers that are equally likely any may be said: each is right its share of the times.
    """
    said = table[keys]  # (N, C)
    right = said[np.arange(len(keys)), answers]
    likeliest = said.max(axis=1)
    share = (right == likeliest) / (said == likeliest[:, None]).sum(axis=1)
    with np.errstate(divide="ignore"):
        loss = -np.log(right).mean()
    return Baseline(name, words, abs(float(loss)), float(share.mean()))
