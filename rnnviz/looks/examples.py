"""Examples: what a network is shown while it is looked at, and never trained on."""

import math
from dataclasses import dataclass

from rnnviz.snapshot import Baseline, Indices
from rnnviz.tasks.held_out import HeldOut
from rnnviz.tasks.pairs import Pairs
from rnnviz.tasks.task import Batch, Task

VALIDATION_VALUES = 2_000_000
"""How many values of h_t, y_t and looks at a source one validation may compute."""
VALIDATION_INPUTS = 8_000_000
"""How many numbers it may read, where words are one-hot vectors."""
SMALL = 250_000
"""Of how many values a validation is so quick that it may come after every training step."""


@dataclass(frozen=True, eq=False)
class Examples:
    """The batch a network is validated on, with what there is to beat on it; the probe; and the series to forecast."""

    validation: Batch
    baselines: tuple[Baseline, ...]
    probe: Batch
    held_out: HeldOut | None
    origins: Indices | None = None
    """Which source token, counted from 0, each answer of the validation batch is made of, (T, B), NOTHING where that
    can't be said; None of one sequence."""
    apart: int = 1
    """How many training steps have to lie between two validations for the curve, so that these take about a sixth of
    the time: a power of two, as the thinned curve's steps are."""

    @property
    def count(self) -> int:
        """How many sequences the network is validated on."""
        return self.validation.inputs.shape[1]

    @classmethod
    def of(cls, task: Task) -> "Examples":
        """Return those of a task."""
        validation = _affordable(task)
        origins = task.origins_of(validation) if isinstance(task, Pairs) else None
        apart = _apart(task, validation)
        return cls(validation, task.measured(validation), task.probe, task.held_out, origins, apart)


def _affordable(task: Task) -> Batch:
    """Return the validation batch, or as much of it as a large network gets through in a fraction of a second."""
    batch = task.validation
    T, read = len(batch.mask), task.columns(task.experiment)
    return batch.first(max(min(VALIDATION_VALUES // (T * _computed(task)), VALIDATION_INPUTS // (T * read)), 4))


def _computed(task: Task) -> int:
    """Return how many values of h_t and y_t one step of a sequence has; of two sequences, with its part of the source's
    h_s, and what it looks at."""
    experiment = task.experiment
    states = experiment.hidden_size * experiment.num_layers
    if not isinstance(task, Pairs):
        return states * (1 + experiment.bidirectional) + task.outputs
    S, T = task.sizes(experiment)
    looked = {"none": 0, "dot": S, "additive": S * experiment.hidden_size}[experiment.attention]
    return states * (T + S * experiment.encoder_directions) // T + looked + task.outputs


def _apart(task: Task, validation: Batch) -> int:
    T, B = validation.mask.size, validation.inputs.shape[1]
    if T * B * _computed(task) <= SMALL:
        return 1
    # A training step goes forwards and back, which takes some three times as long as going forwards.
    steps = T * B / (task.steps * task.experiment.batch_size) / 3
    return 2 ** max(0, math.ceil(math.log2(6 * steps)))
