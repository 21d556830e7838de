"""What is seen of the probe: the way forwards, the gradient on its way back, and the inside of one cell."""

import numpy as np
import torch

from rnnviz.looks.subject import Subject
from rnnviz.snapshot import Array, Flow, Gradients, Inside, Padding, Source, Trace
from rnnviz.wanted import Wanted


def trace(subject: Subject, wanted: Wanted) -> Trace:
    """Return what the network computed on the way forwards."""
    probe, outputs, recording = subject.examples.probe, subject.outputs, subject.recording
    answers = probe.targets[probe.mask, 0]
    if classes := subject.task.classes:
        outputs, named = _softmax(outputs), answers
        answers = np.zeros((len(named), len(classes)), outputs.dtype)
        answers[np.arange(len(named)), named] = 1
    targets = np.full_like(outputs, np.nan)
    targets[probe.mask] = answers
    return Trace(
        inputs=recording.inputs,
        tokens=probe.inputs[:, 0] if subject.task.vocabulary else None,
        hidden=recording.hidden,
        cell=recording.cell,
        gates=recording.gates,
        outputs=outputs,
        targets=targets,
        losses=subject.losses,
        source=source(subject),
        attention=recording.look.weights[:, 0] if recording.look else None,
    )


@np.errstate(all="ignore")  # a network may diverge; whoever reads the answers says so
def _softmax(y: Array) -> Array:
    likely = np.exp(y - y.max(axis=-1, keepdims=True))
    return likely / likely.sum(axis=-1, keepdims=True)


def source(subject: Subject) -> Source | None:
    """Return the probe's source as the encoder reads it; None of one sequence."""
    read, tokens = subject.recording.source, subject.examples.probe.source
    if read is None or tokens is None:
        return None
    return Source(tokens[:, 0], read.hidden, read.hidden_gradient, read.inputs, read.cell)


def gradients(subject: Subject, wanted: Wanted) -> Gradients:
    """Return the gradient that reaches each state and each sum."""
    return Gradients(
        hidden=subject.recording.hidden_gradient,
        preactivations=subject.recording.preactivation_gradients,
        norm=subject.progress.norm,
        clipped_norm=subject.progress.clipped_norm,
    )


def flow(subject: Subject, wanted: Wanted) -> Flow:
    """Return how large the gradient is on every edge of the unrolled graph."""
    return subject.recording.flow(subject.output_gradient)


def inside(subject: Subject, wanted: Wanted) -> Inside | None:
    """Return every value of the opened cell; None where there is no such cell, step or unit."""
    return subject.recording.inside(wanted.opened) if wanted.opened else None


@torch.no_grad()
def padding(subject: Subject, wanted: Wanted) -> Padding | None:
    """Return what padding does to h_T; None where there is none."""
    probe, model = subject.examples.probe, subject.model
    if probe.padding is None or not probe.padding.any():
        return None
    x, there = model.read(subject.criterion.inputs(probe)), torch.from_numpy(probe.padding)
    read, skipped = (model.hidden(x, padding=skips)[0][-1] for skips in (None, there))
    return Padding(int(there.sum()), ((read - skipped).norm() / skipped.norm()).item())
