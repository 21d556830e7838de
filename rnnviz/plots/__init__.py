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
from rnnviz.scene import Scene

SCORE: dict[str, Picture] = {p.name: p for p in (INPUT, PREDICTION, STATES_PICTURE, GRADIENTS)}
"""Those over the time steps, from top to bottom: see score.py."""

PICTURES: dict[str, Picture] = SCORE | {p.name: p for p in (LOSS, FORECAST)}
"""The bench's."""

LAB: dict[str, Picture] = {
    p.name: p for p in (GRADIENTS, MEMORY, SHARES, DISTANCE, FACTORS, DERIVATIVE, JACOBIAN, TRAINING)
}
"""The gradient lab's."""


def key(scene: Scene) -> Hashable:
    """Return what the figures depend on beside their arrays: while it stays equal, sending the arrays is enough."""
    shape = scene.snapshot.trace.hidden.shape
    foretold = scene.snapshot.forecast
    forecast = foretold and (len(foretold.truth), foretold.start, len(foretold.beyond))
    asked = int(np.isfinite(scene.snapshot.trace.targets).sum())
    reads = crc32(scene.snapshot.trace.inputs.tobytes())
    what = (
        scene.experiment.task,
        scene.experiment.loss_at,
        scene.experiment.cell,
        scene.snapshot.baseline.words,
        reads,
        hash(scene.experiment.labels),
    )
    return (*what, shape, asked, forecast, scene.view.scale, scene.view.states, scene.view.layer, scene.view.direction)


def lab_key(scene: Scene) -> Hashable:
    """Do for LAB what `key` does for PICTURES."""
    what = (
        scene.experiment.task,
        scene.experiment.loss_at,
        scene.experiment.cell,
        scene.experiment.nonlinearity,
        scene.snapshot.trace.hidden.shape,
    )
    return (*what, scene.snapshot.analysis and scene.snapshot.analysis.lens)


__all__ = ["LAB", "PICTURES", "SCORE", "Arrays", "Picture", "available_states", "key", "lab_key", "shown_states"]
