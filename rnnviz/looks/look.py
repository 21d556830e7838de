"""Looking at a network: its numbers, and of all that could be seen what is wanted and no more."""

from collections.abc import Callable
from typing import Any

from rnnviz.looks.accuracy import distances
from rnnviz.looks.analysis import analysis
from rnnviz.looks.decoding import decoding, found
from rnnviz.looks.embedding import embedding
from rnnviz.looks.exactness import exactness
from rnnviz.looks.forecast import curve, forecast
from rnnviz.looks.memory import memory_of
from rnnviz.looks.paths import paths
from rnnviz.looks.pieces import outcome
from rnnviz.looks.probe import flow, gradients, inside, padding, trace
from rnnviz.looks.reading import reading
from rnnviz.looks.subject import Subject
from rnnviz.looks.writing import writing
from rnnviz.snapshot import Part, Snapshot
from rnnviz.wanted import Wanted

LOOKS: dict[Part, Callable[[Subject, Wanted], Any]] = {
    "trace": trace,
    "gradients": gradients,
    "flow": flow,
    "forecast": forecast,
    "curve": curve,
    "distances": distances,
    "inside": inside,
    "analysis": analysis,
    "memory": lambda subject, wanted: outcome(memory_of(subject)),
    "reading": reading,
    "writing": writing,
    "embedding": embedding,
    "padding": padding,
    "paths": paths,
    "exactness": exactness,
    "decoding": decoding,
    "found": found,
}
"""How each part of a snapshot is computed."""


def look(subject: Subject, wanted: Wanted) -> Snapshot:
    """Return the numbers of a network, and what is wanted of it."""
    (validation_loss, accuracy), parts = subject.measured, wanted.parts
    return Snapshot(
        step=subject.progress.step,
        loss=subject.progress.loss,
        validation_loss=validation_loss,
        accuracy=accuracy,
        validated=subject.examples.count,
        baselines=subject.examples.baselines,
        parameters=len(subject.passes.weights),
        history=subject.history(),
        parts={part: see(subject, wanted) for part, see in LOOKS.items() if part in parts},
    )
