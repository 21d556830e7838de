"""A race run from many seeds: every network of it trained for as many steps. The server never loads torch for it."""

import dataclasses
import math
from dataclasses import dataclass

from rnnviz import cost
from rnnviz.runs.machine import keep_memory
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Baseline, to_beat
from rnnviz.sweeps.job import Job

SEEDS = 2**31
"""How many seeds there are: after the last comes the first."""
POINTS = 50
"""At how many training steps the validation loss is measured, evenly spread, beside step 0."""


@dataclass(frozen=True)
class Trained:
    """One network, trained for `steps` steps, fewer than were asked for if it diverged then.

    at: the training steps at which the validation loss was measured, 0 and the last among them; losses: that loss, as
    the network's criterion has it; baseline: what there is to beat. accuracy: None where the task is no
    classification. diverged: whether the next training step could not be made.
    """

    steps: int
    at: tuple[int, ...]
    losses: tuple[float, ...]
    baseline: Baseline
    accuracy: float | None
    diverged: bool


@dataclass(frozen=True)
class Seeds:
    """The networks of a race, each trained for `steps` steps from its own seed and the `seeds` - 1 that follow it."""

    experiments: tuple[Experiment, ...]
    seeds: int
    steps: int

    def trained(self, lane: int, seed: int) -> Experiment:
        """Return one of the trainings. lane, seed: both counted from 0."""
        experiment = self.experiments[lane]
        return dataclasses.replace(experiment, seed=(experiment.seed + seed) % SEEDS)

    @property
    def jobs(self) -> list[Job]:
        """The trainings, seed by seed; their keys are (lane, seed), their results Trained, their costs seconds of a
        core."""
        return [
            Job((lane, seed), train, (experiment, self.steps), cost.training(experiment, self.steps + POINTS))
            for seed in range(self.seeds)
            for lane in range(len(self.experiments))
            for experiment in [self.trained(lane, seed)]
        ]


def train(experiment: Experiment, steps: int) -> Trained:
    """Train for `steps` steps and return how it went. Raises ValueError as Trainer does."""
    from rnnviz.training.trainer import Diverged, Trainer

    keep_memory()  # a cluster's processes know no `initialise`
    trainer = Trainer(experiment, keeps_history=False)
    at, losses = [0], [trainer.validation_loss]
    diverged = False
    for point in range(1, POINTS + 1):
        try:
            trainer.step(point * steps // POINTS - trainer.steps)
        except Diverged:
            diverged = True
        if trainer.steps > at[-1]:
            at.append(trainer.steps)
            losses.append(trainer.validation_loss)
        if diverged:
            break
    return Trained(
        steps=trainer.steps,
        at=tuple(at),
        losses=tuple(losses),
        baseline=to_beat(trainer.baselines),
        accuracy=trainer.accuracy if math.isfinite(losses[-1]) else None,
        diverged=diverged or not math.isfinite(losses[-1]),
    )
