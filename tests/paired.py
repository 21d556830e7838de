"""Tasks of two sequences built for tests, and pairs drawn of them."""

import numpy as np
from built import build

from rnnviz.tasks.pairs import Pair, Pairs


def pairs(name: str, **settings) -> Pairs:
    task = build(name, **settings)
    assert isinstance(task, Pairs)
    return task


def drawn(name: str, seed: int, B: int, *, held_out: bool, **settings) -> list[Pair]:
    return pairs(name, **settings).drawn(np.random.default_rng(seed), B, held_out=held_out)


def said(name: str, text: str) -> list[str] | None:
    """What is right for a typed source, token by token."""
    task = pairs(name)
    right = task.right([token for _piece, token in task.source_tokens(text)])
    return None if right is None else [task.known(task.experiment)[token] for token in right]
