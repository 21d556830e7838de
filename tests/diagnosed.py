"""Diagnoses of gradients and losses that are known."""

import numpy as np
from made_up import a_snapshot

from rnnviz.diagnosis import Diagnosis, diagnose
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import TASKS

FALLING, FLAT = np.geomspace(1, 0.01, 100), np.ones(100)


def of(experiment: Experiment, first: float, last: float = 1e-2, losses=FALLING, **how) -> Diagnosis:
    """Diagnose gradients that go evenly from `first` at step 1 to `last` at the last step."""
    T = TASKS[experiment.task].length(experiment)
    shape = (experiment.num_layers, 1 + experiment.bidirectional, T)
    norms = np.broadcast_to(np.linspace(first, last, T), shape)
    return diagnose(a_snapshot(experiment, norms=norms, losses=losses, **how), experiment)
