"""How often a network is right, of all that is held out."""

import torch

from rnnviz.looks.subject import Subject


@torch.no_grad()
def right_of_all(subject: Subject) -> float | None:
    """Return the share of right answers; None if the task is no classification.

    Takes one batch after another of all there is, which may be much more than the validation batch.
    """
    if not subject.task.classes:
        return None
    right = count = 0
    for batch in subject.task.test:
        outputs, targets, _ends = subject.criterion.answers(subject.model, batch)
        right += int((outputs.argmax(-1) == targets).sum())
        count += targets.numel()
    return right / count
