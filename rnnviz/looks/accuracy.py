"""How often a network is right: of all that is held out, and by how far back what decides was read."""

import numpy as np

from rnnviz.looks.subject import Subject
from rnnviz.snapshot import Distances
from rnnviz.wanted import Wanted


def right_of_all(subject: Subject) -> float | None:
    """Return the share of right answers, of two sequences those right in full; None if the task is no classification.

    Takes one batch after another of all there is, which may be much more than the validation batch.
    """
    if not subject.task.classes:
        return None
    right = count = 0
    for batch in subject.task.test:
        answers = subject.criterion.right(*subject.passes.answers(batch))
        right, count = right + int(answers.sum()), count + answers.size
    return right / count


def distances(subject: Subject, wanted: Wanted) -> Distances | None:
    """Return how often the answers of the validation batch are right, by distance; None where the task has none."""
    if not subject.task.by_distance:
        return None
    outputs, targets = subject.validated
    right = (outputs.argmax(-1) == targets)[-1]  # (B,)
    at, which, counts = np.unique(
        subject.task.distances(subject.examples.validation), return_inverse=True, return_counts=True
    )
    return Distances(at, np.bincount(which, weights=right) / counts, counts)
