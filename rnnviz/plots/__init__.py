"""Data to Plotly figures: the pictures of a running network, by name and in the page's order."""

from collections.abc import Hashable
from zlib import crc32

import numpy as np

from rnnviz.plots.causes import DERIVATIVE, JACOBIAN
from rnnviz.plots.forecast import FORECAST
from rnnviz.plots.gradients import GRADIENTS
from rnnviz.plots.input import INPUT
from rnnviz.plots.loss import LOSS
from rnnviz.plots.memory import FACTORS, MEMORY
from rnnviz.plots.picture import Arrays, Picture
from rnnviz.plots.prediction import PREDICTION
from rnnviz.plots.shares import DISTANCE, SHARES, TRAINING
from rnnviz.plots.states import STATES_PICTURE, available_states, shown_states
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.snapshot import Snapshot

SCORE: dict[str, Picture] = {p.name: p for p in (INPUT, PREDICTION, STATES_PICTURE, GRADIENTS)}
"""Those over the time steps, from top to bottom: see score.py."""

PICTURES: dict[str, Picture] = SCORE | {p.name: p for p in (LOSS, FORECAST)}
"""The bench's."""

LAB: dict[str, Picture] = {
    p.name: p for p in (GRADIENTS, MEMORY, SHARES, DISTANCE, FACTORS, DERIVATIVE, JACOBIAN, TRAINING)
}
"""The gradient lab's."""


def key(snapshot: Snapshot, view: View, experiment: Experiment) -> Hashable:
    """Return what the figures depend on beside their arrays: while it stays equal, sending the arrays is enough."""
    shape = snapshot.trace.hidden.shape
    foretold = snapshot.forecast
    forecast = foretold and (len(foretold.truth), foretold.start, len(foretold.beyond))
    asked = int(np.isfinite(snapshot.trace.targets).sum())
    reads = crc32(snapshot.trace.inputs.tobytes())
    what = (
        experiment.task,
        experiment.loss_at,
        experiment.cell,
        snapshot.baseline.words,
        reads,
        hash(experiment.labels),
    )
    return (*what, shape, asked, forecast, view.scale, view.states, view.layer, view.direction)


def lab_key(snapshot: Snapshot, view: View, experiment: Experiment) -> Hashable:
    """Do for LAB what `key` does for PICTURES."""
    what = (experiment.task, experiment.loss_at, experiment.cell, experiment.nonlinearity, snapshot.trace.hidden.shape)
    return (*what, snapshot.analysis and snapshot.analysis.lens)


__all__ = ["LAB", "PICTURES", "SCORE", "Arrays", "Picture", "available_states", "key", "lab_key", "shown_states"]
