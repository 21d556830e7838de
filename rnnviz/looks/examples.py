"""Examples: what a network is shown while it is looked at, and never trained on."""

from dataclasses import dataclass

from rnnviz.snapshot import Baseline
from rnnviz.tasks.task import Batch, HeldOut, Task

VALIDATION_VALUES = 2_000_000
"""How many values of h_t and y_t one validation may compute."""


@dataclass(frozen=True, eq=False)
class Examples:
    """The batch a network is validated on, with what there is to beat on it; the probe; and the series to forecast."""

    validation: Batch
    baselines: tuple[Baseline, ...]
    probe: Batch
    held_out: HeldOut | None

    @classmethod
    def of(cls, task: Task) -> "Examples":
        """Return those of a task."""
        validation = _affordable(task)
        return cls(validation, task.measured(validation), task.probe, task.held_out)


def _affordable(task: Task) -> Batch:
    """Return the validation batch, or as much of it as a large network gets through in a fraction of a second."""
    batch, experiment = task.validation, task.experiment
    states = experiment.hidden_size * experiment.num_layers * (1 + experiment.bidirectional)
    count = max(VALIDATION_VALUES // (len(batch.mask) * (states + task.outputs)), 4)
    return batch.first(count)
