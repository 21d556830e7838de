"""How often a network is right: of all that is held out, and by how far back what decides was read."""

import numpy as np
import torch

from rnnviz.looks.subject import Subject
from rnnviz.snapshot import Distances
from rnnviz.wanted import Wanted


@torch.no_grad()
def right_of_all(subject: Subject) -> float | None:
    """Return the share of right answers, of two sequences those right in full; None if the task is no classification.

    Takes one batch after another of all there is, which may be much more than the validation batch.
    """
    if not subject.task.classes:
        return None
    right = count = 0
    for batch in subject.task.test:
        outputs, targets, _ends = subject.criterion.answers(subject.model, batch)
        answers = subject.criterion.right(outputs, targets)
        right, count = right + int(answers.sum()), count + answers.numel()
    return right / count


def distances(subject: Subject, wanted: Wanted) -> Distances | None:
    """Return how often the answers of the validation batch are right, by distance; None where the task has none."""
    if not subject.task.by_distance:
        return None
    outputs, targets = subject.validated
    right = (outputs.argmax(-1) == targets)[-1].numpy()  # (B,)
    at, which, counts = np.unique(
        subject.task.distances(subject.examples.validation), return_inverse=True, return_counts=True
    )
    return Distances(at, np.bincount(which, weights=right) / counts, counts)
