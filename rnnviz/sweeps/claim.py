"""What attention is worth: networks that differ in it alone, and how much each writes right of what is held out.

The server never loads torch for it.
"""

import contextlib
import dataclasses
from dataclasses import dataclass

from rnnviz import cost
from rnnviz.runs.machine import keep_memory
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Exactness
from rnnviz.sweeps.job import Job
from rnnviz.tasks import TASKS
from rnnviz.tasks.pairs import Pairs
from rnnviz.tasks.task import VALIDATION

EXAMINED = 2000
"""Pairs that are held out, of any length, and as many long ones, by which a network is measured."""


@dataclass(frozen=True, eq=False)
class Written:
    """How much a network writes right after `steps` training steps, fewer than were asked for if it diverged then.

    mixed: of pairs as the task draws them. long: of those with a target as long as any.
    """

    steps: int
    mixed: Exactness
    long: Exactness


@dataclass(frozen=True)
class Comparison:
    """Networks of one experiment, with every kind of attention and in every order of the answer, each from the seeds 0,
    1, ..., trained for `steps` steps."""

    experiment: Experiment
    seeds: int
    steps: int

    @property
    def orders(self) -> tuple[str, ...]:
        """In which orders the answer is written: all there are, where the task leaves that open."""
        open_ = "answer_order" in TASKS[self.experiment.task].own_settings
        return options("answer_order") if open_ else (self.experiment.answer_order,)

    def trained(self, order: str, attention: str, seed: int) -> Experiment:
        """Return one of the trainings. No encoder has a second direction, which there is with attention alone: so
        nothing else differs."""
        varied = {"answer_order": order, "attention": attention, "seed": seed, "bidirectional_encoder": False}
        return dataclasses.replace(self.experiment, **varied)

    @property
    def jobs(self) -> list[Job]:
        """The trainings; their keys are (order, attention, seed), their results Written, their costs seconds of a
        core."""
        # what is examined goes forwards alone, in a third of the time
        as_long = self.steps + 2 * EXAMINED / self.experiment.batch_size / 3
        return [
            Job((order, attention, seed), write, (experiment, self.steps), cost.training(experiment, as_long))
            for order in self.orders
            for attention in options("attention")
            for seed in range(self.seeds)
            for experiment in [self.trained(order, attention, seed)]
        ]


def options(setting: str) -> tuple[str, ...]:
    """Return what may be chosen of a setting."""
    return tuple(Experiment.SETTINGS[setting].options)  # pyright: ignore[reportAttributeAccessIssue]


def write(experiment: Experiment, steps: int) -> Written:
    """Train for `steps` steps and return how much is written right. Raises ValueError as Trainer does."""
    from rnnviz.looks.exactness import examined
    from rnnviz.training.trainer import Diverged, Trainer

    keep_memory()  # a cluster's processes know no `initialise`
    trainer = Trainer(experiment, keeps_history=False)
    with contextlib.suppress(Diverged):  # its weights are those before the step that can't be made
        trainer.step(steps)
    task, subject = trainer.task, trainer.subject()
    assert isinstance(task, Pairs)
    random = task.generator(VALIDATION, 3)
    mixed, long = task.drawn(random, EXAMINED, held_out=True), [task.long(random) for _ in range(EXAMINED)]
    return Written(trainer.steps, examined(subject, mixed), examined(subject, long))
