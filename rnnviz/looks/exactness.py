"""How much of what is held out a network of two parts writes right: by the source's length, and by the place in it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from rnnviz import cost
from rnnviz.looks.subject import Subject
from rnnviz.snapshot import Exactness, Indices
from rnnviz.tasks.pairs import Pair, Pairs
from rnnviz.tasks.task import NOTHING, Batch
from rnnviz.wanted import Wanted


def exactness(subject: Subject, wanted: Wanted) -> Exactness | None:
    """Return it for the validation batch; None of one sequence."""
    examples = subject.examples
    if examples.origins is None:
        return None
    outputs, targets = subject.validated
    right = outputs.argmax(-1) == targets
    return exactness_of(examples.validation, examples.origins, right)


def examined(subject: Subject, pairs: Sequence[Pair]) -> Exactness:
    """Return it for any pairs, no more of which are computed side by side than a training step may keep."""
    task = subject.task
    assert isinstance(task, Pairs)
    batch = task.batch(pairs)
    at_once = max(1, cost.MOST_VALUES // cost.values(replace(task.experiment, batch_size=1)))
    right = []
    for start in range(0, len(pairs), at_once):
        outputs, targets = subject.passes.answers(batch.some(slice(start, start + at_once)))
        right.append(outputs.argmax(-1) == targets)
    return exactness_of(batch, task.origins_of(batch), np.concatenate(right, axis=1))


def exactness_of(batch: Batch, origins: Indices, right: npt.NDArray[np.bool_]) -> Exactness:
    """Return it for a batch whose tokens are right or not, (T, B), each after the right ones before it.

    In full a target is right if all of its tokens are: then it is written so greedily too. origins: (T, B), as in
    Examples. A token counts for the place it is made of whatever becomes of the others.
    """
    assert batch.source is not None
    asked = batch.targets != NOTHING
    lengths, which, counts = np.unique((batch.source >= 0).sum(0), return_inverse=True, return_counts=True)
    exact = np.bincount(which, weights=(right | ~asked).all(0)) / counts
    made = origins >= 0
    positions, where, tokens = np.unique(origins[made], return_inverse=True, return_counts=True)
    return Exactness(
        lengths=lengths,
        counts=counts,
        exact=exact,
        positions=positions + 1,
        asked=tokens,
        right=np.bincount(where, weights=right[made]) / np.maximum(tokens, 1),
    )
