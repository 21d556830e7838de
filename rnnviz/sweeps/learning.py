"""A learning sweep: which cell learns which length, told by a score. The server never loads torch for it."""

import math
from dataclasses import dataclass

from rnnviz import cost
from rnnviz.runs.machine import keep_memory
from rnnviz.settings.experiment import Experiment
from rnnviz.sweeps.job import Job
from rnnviz.tasks import TASKS

HIDDEN_SIZE, BATCH_SIZE = 32, 32
"""Of every network a learning sweep trains."""


@dataclass(frozen=True)
class Learned:
    """How well a network has learned its task after `steps` training steps.

    score: 1 is perfect. Of a classification the share of right answers, else 1 - MSE / that of the best baseline, at
    least 0, which is no better than that; both on the validation batch, and 0 if it diverged.
    loss: on the validation batch; NaN or infinite if it diverged, at the step after `steps` or at the last.
    """

    experiment: Experiment
    steps: int
    score: float
    loss: float

    @property
    def diverged(self) -> bool:
        """Whether loss or gradient stopped being a finite number."""
        return not math.isfinite(self.loss)


@dataclass(frozen=True)
class Plan:
    """A learning sweep: every cell at every length, each from the seeds 0, 1, ..., trained for `steps` steps."""

    task: str
    cells: tuple[str, ...]
    lengths: tuple[int, ...]
    seeds: int
    steps: int

    def experiment(self, cell: str, length: int, seed: int) -> Experiment:
        """Return one of the trainings, with the settings that suit the task."""
        fixed = {"task": self.task, "hidden_size": HIDDEN_SIZE, "batch_size": BATCH_SIZE}
        return Experiment(**dict(TASKS[self.task].suggested) | fixed | {"cell": cell, "seq_len": length, "seed": seed})

    @property
    def jobs(self) -> list[Job]:
        """The trainings; their keys are (cell, length, seed), their results Learned, their costs seconds of a core."""
        return [
            Job((cell, length, seed), learn, (experiment, self.steps), cost.training(experiment, self.steps))
            for cell in self.cells
            for length in self.lengths
            for seed in range(self.seeds)
            for experiment in [self.experiment(cell, length, seed)]
        ]


def learn(experiment: Experiment, steps: int) -> Learned:
    """Train for `steps` steps and return how well it went. Raises ValueError as Trainer does."""
    from rnnviz.training.trainer import Diverged, Trainer

    keep_memory()  # a cluster's processes know no `initialise`
    trainer = Trainer(experiment, keeps_history=False)
    try:
        trainer.step(steps)
        loss = trainer.validation_loss
    except Diverged:
        loss = math.nan
    if not math.isfinite(loss):
        return Learned(experiment, trainer.steps, 0.0, loss)
    accuracy = trainer.accuracy
    score = max(0.0, 1 - loss / min(base.loss for base in trainer.baselines)) if accuracy is None else accuracy
    return Learned(experiment, steps, score, loss)
