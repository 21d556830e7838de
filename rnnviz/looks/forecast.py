"""What a network says of a series it was never trained on: told every true value, and fed with what it said itself."""

import numpy as np

from rnnviz.looks.subject import Subject
from rnnviz.model.continuation import Continuation
from rnnviz.model.recording import Recording
from rnnviz.snapshot import Array, Curve, Forecast
from rnnviz.tasks.task import Batch
from rnnviz.wanted import Wanted


def forecast(subject: Subject, wanted: Wanted) -> Forecast | None:
    """Return the forecasts of the held-out series; None where there is none, or a network that reads backwards, which
    would have read the answer."""
    held_out = subject.examples.held_out
    if held_out is None or subject.model.directions == 2:
        return None
    N = len(held_out.inputs)
    outputs, recording, _back = subject.passes.record(
        Batch(held_out.inputs[:, None], held_out.targets[:, None, None], np.ones(N, bool))
    )
    one_step = outputs[:, 0, 0]
    start, truth, repeat_last = held_out.start, held_out.values(held_out.targets), held_out.repeat_last
    free = _free_running(subject, recording, start, held_out.inputs[start:], one_step[start - 1])
    ahead = subject.task.ahead(wanted.beyond)
    after = _free_running(subject, recording, len(truth), ahead, held_out.targets[-1])
    return Forecast(
        start,
        truth,
        held_out.values(one_step),
        np.concatenate([np.full(start, np.nan), held_out.summed(free, repeat_last[start])]),
        repeat_last,
        held_out.summed(after, truth[-1]),
    )


def _free_running(subject: Subject, recording: Recording, start: int, inputs: Array, before: float) -> Array:
    """Return the outputs (N,) of steps that go on after `start` of a recording: the first reads `before`, each other
    what the one before it said, beside what else `inputs` (N, I) hold."""
    assert subject.examples.held_out
    feedback = subject.examples.held_out.feedback
    continuation = Continuation(subject.model, recording, start, len(inputs))
    inputs, outputs = inputs.astype(recording.inputs.dtype), []
    with np.errstate(all="ignore"):
        for x in inputs:
            x[feedback] = before
            before = continuation.step(x)[0]
            outputs.append(before)
    return np.array(outputs)


def curve(subject: Subject, wanted: Wanted) -> Curve | None:
    """Return what the network says of all inputs of the validation batch; None where there are several time steps."""
    examples = subject.examples
    if len(examples.probe.mask) > 1:
        return None
    outputs, targets = subject.validated
    inputs = examples.validation.inputs[0, :, 0]
    order = inputs.argsort()
    return Curve(inputs[order], targets[0, order, 0], outputs[0, order, 0])
