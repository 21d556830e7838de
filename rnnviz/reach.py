"""What is said of a sequence of words: how much of the gradient the first of them gets, what padding does to h_T."""

import math
from collections.abc import Sequence

import numpy as np

from rnnviz.language import N_, Message, Rounded, Text, counted, short
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Array, Indices, Padding, Snapshot
from rnnviz.tasks import task_of


def about_reach(snapshot: Snapshot, experiment: Experiment) -> Text:
    """Say how much of the last word's gradient the first word gets, as the network is now; "" without two words. Of two
    sequences it is the source's."""
    tokens, task = snapshot.trace.tokens, task_of(experiment)
    if snapshot.trace.source and snapshot.flow.source:
        return _about_source(snapshot.trace.source.tokens, snapshot.flow.source.inputs, task.source_vocabulary)
    if tokens is None or not task.vocabulary:
        return ""
    read = np.flatnonzero((tokens >= 0) & (tokens != (-1 if task.padding is None else task.padding)))
    norms = snapshot.flow.inputs[read]
    if not _comparable(norms):
        return ""
    return counted(
        "Now “{first}”, one word back, gets {ratio} of the gradient of “{last}”, the last word: {small} against "
        "{large}, the norms of dL/dx_t.",
        "Now “{first}”, {n} words back, gets {ratio} of the gradient of “{last}”, the last word: {small} against "
        "{large}, the norms of dL/dx_t.",
        int(read[-1] - read[0]),
        first=task.vocabulary[tokens[read[0]]],
        last=task.vocabulary[tokens[read[-1]]],
        ratio=Rounded(float(norms[0] / norms[-1]), 2),
        small=Rounded(float(norms[0]), 2),
        large=Rounded(float(norms[-1]), 2),
    )


def _comparable(norms: Array) -> bool:
    return len(norms) > 1 and bool(np.isfinite(norms[[0, -1]]).all() and norms[-1] > 0)


def _about_source(tokens: Indices, norms: Array, names: Sequence[Text]) -> Text:
    if not _comparable(norms):
        return ""
    return N_(
        "Now “{first}”, the first of the source, gets {ratio} of the gradient of “{last}”, its last: {small} against "
        "{large}, the norms of dL/dx_s.",
        first=names[tokens[0]],
        last=names[tokens[-1]],
        ratio=Rounded(float(norms[0] / norms[-1]), 2),
        small=Rounded(float(norms[0]), 2),
        large=Rounded(float(norms[-1]), 2),
    )


def told_distance(distance: float, longest: int) -> Text:
    """Return a memory's horizon in words; longest: the longest distance at which it was measured."""
    if math.isnan(distance):
        return N_("exploded")
    return f"> {longest}" if math.isinf(distance) else short(distance, 3)


def about_padding(padding: Padding, experiment: Experiment) -> Message:
    """Say what padding does to h_T, or would do."""
    share = Rounded(100 * padding.moved, 3)
    if experiment.mask_padding:
        return counted(
            "One step of padding is skipped. Read like a word, it would move h_T by {share} % of its length.",
            "{n} steps of padding are skipped. Read like words, they would move h_T by {share} % of its length.",
            padding.steps,
            share=share,
        )
    return counted(
        "One step of padding is read like a word. Skipped, it would leave another h_T: the difference is {share} % "
        "of that one's length.",
        "{n} steps of padding are read like words. Skipped, they would leave another h_T: the difference is {share} % "
        "of that one's length.",
        padding.steps,
        share=share,
    )
