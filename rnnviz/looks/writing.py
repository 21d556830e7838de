"""What a network that says the next token writes, as it is now."""

import numpy as np

from rnnviz.looks.subject import Subject
from rnnviz.model.writing import Writer
from rnnviz.snapshot import Writing
from rnnviz.wanted import Wanted


def writing(subject: Subject, wanted: Wanted) -> Writing | None:
    """Return what is wanted to be written; None where the network reads both ways, or does not say the next token.

    A line's random numbers are those of the experiment's seed and the training step: whoever looks on, it is the same.
    """
    draft, step = wanted.draft, subject.progress.step
    if draft is None or not subject.task.says_next or subject.model.directions == 2:
        return None
    prompt = np.array([token for token in draft.prompt if 0 <= token < subject.task.inputs], np.int64)
    if not len(prompt):
        prompt = subject.examples.probe.inputs[: draft.begin, 0]
    writer = Writer(subject.model, prompt.tolist(), draft.length)
    outputs, line = writer.outputs, None
    if draft.after is not None and not 0 <= draft.after <= step < draft.after + draft.every:
        random = np.random.default_rng([subject.task.experiment.seed, step])
        line = np.array([*writer.write(draft.length, draft.temperature, draft.top_k, random)])
    return Writing(draft, prompt, outputs, line)
