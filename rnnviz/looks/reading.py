"""What a network makes of a text: which words decide, what a unit says, and the answer as it runs."""

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from rnnviz.looks.memory import remembering
from rnnviz.looks.pieces import Pieces, outcome
from rnnviz.looks.subject import Subject
from rnnviz.model.network import SequenceModel
from rnnviz.snapshot import Array, Passage, Passages, Reading
from rnnviz.snapshot.reading import Reference
from rnnviz.tasks.task import Batch, Task
from rnnviz.wanted import Wanted


def reading(subject: Subject, wanted: Wanted) -> Reading:
    """Return what the network makes of the wanted texts. Raises ValueError where the task has no tokens or classes, or
    has two sequences."""
    assert wanted.reading
    return outcome(reading_of(subject, wanted.reading))


def reading_of(subject: Subject, asked: Passages) -> Pieces[Reading]:
    """Do what `reading` does piece by piece."""
    task = subject.task
    if not (task.vocabulary and task.classes):
        raise ValueError("there are no words to read, or no classes to answer with")
    if task.source_vocabulary:
        raise ValueError("a network of two sequences reads no text alone: it writes another")
    name, reference = compared_with(subject.model, task)
    passages = []
    for batch in [task.framed(text) for text in asked.texts] or [subject.examples.probe]:
        passage = yield from _read(subject, batch, asked, reference)
        passages.append(passage)
        yield
    return Reading(asked, tuple(passages), name)


def compared_with(model: SequenceModel, task: Task) -> tuple[Reference, Tensor]:
    """Return what a word's x_t is compared with, and its name: (I,)."""
    if task.unknown is not None:
        return "unknown", model.read(torch.tensor([[task.unknown]]))[0, 0].detach()
    if model.embedding:
        return "mean", model.embedding.weight.detach().mean(0)
    return "zero", model.readout.weight.new_zeros(model.inputs)


def _read(subject: Subject, batch: Batch, asked: Passages, reference: Tensor) -> Pieces[Passage]:
    model, criterion = subject.model, subject.criterion
    inputs, skipped = criterion.inputs(batch), criterion.padding(batch)
    padding = np.zeros(len(inputs), bool) if batch.padding is None else batch.padding[:, 0]
    at = len(inputs) - 1 if asked.step is None else min(asked.step, len(inputs) - 1)
    # two equal sequences, so that one way back brings dz/dx of the first and dL/dx of the second
    x = model.read(inputs.repeat(1, 2)).detach().requires_grad_()
    tapes = []
    hidden, _ = model.hidden(x, tapes=tapes, padding=None if skipped is None else skipped.repeat(1, 2))
    outputs = model.readout(hidden)  # (T, 2, C)
    logit = logit_of(outputs[at, 0])
    known = batch is subject.examples.probe
    loss = subject.probe_loss(outputs[:, 1:]) if known else -outputs[at, 1].log_softmax(-1).max()
    (gradient,) = torch.autograd.grad(logit + loss, x)
    to_logit, to_loss = gradient.unbind(1)  # (T, I)
    importance = (to_logit * (x.detach()[:, 0] - reference)).sum(-1)
    importance[inputs[:, 0] < 0] = math.nan
    said = outputs.detach()[:, 0]
    L, D = len(tapes) // model.directions, model.directions
    which = min(asked.layer, L - 1) * D + min(asked.direction, D - 1)
    tape = tapes[which]
    yield
    share = None
    if asked.share:
        _outputs, recording = model.record(inputs, skipped)
        remembered = yield from remembering(recording.tapes[which], 1)
        share = remembered.norm
    alone, moved = _alone(model, inputs, padding, hidden[-1, 0].detach(), at) if skipped is None else (None, math.nan)
    return Passage(
        tokens=batch.inputs[:, 0],
        padding=padding,
        at=at,
        logit=logit.item(),
        importance=importance.numpy(),
        norm=to_loss.norm(dim=-1).numpy(),
        unit=tape.hidden[:, 0, min(asked.unit, tape.W.shape[1] - 1)],
        share=share,
        surprise=_surprise(said, inputs[:, 0]) if subject.task.says_next else None,
        answers=said.softmax(-1).numpy(),
        alone=alone,
        moved=moved,
    )


def logit_of(y: Tensor) -> Tensor:
    """Return z of what is said, y (C,): of two classes how much more the second is said than the first, of more how
    much more the answer is than all in the mean."""
    return y[1] - y[0] if len(y) == 2 else y.max() - y.mean()


def _surprise(said: Tensor, tokens: Tensor) -> Array:
    """Return -log2 p of each token, (T,), of what was said the step before, (T, C)."""
    losses = functional.cross_entropy(said[:-1], tokens[1:].clamp(0), reduction="none") / math.log(2)
    losses[tokens[1:] < 0] = math.nan
    return np.append(math.nan, losses.numpy())


@torch.no_grad()
def _alone(
    model: SequenceModel, inputs: Tensor, padding: np.ndarray, last: Tensor, at: int
) -> tuple[Array | None, float]:
    """Return what is answered if the padding is not read, (C,), and by what part of its length h_T is another then."""
    begin = int(padding.sum())
    if not 0 < begin <= at:
        return None, math.nan
    hidden, _ = model.hidden(model.read(inputs[begin:]))
    difference = (last - hidden[-1, 0]).norm() / hidden[-1, 0].norm()
    return model.readout(hidden)[at - begin, 0].softmax(-1).numpy(), difference.item()
