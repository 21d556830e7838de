"""What a sweep asks other processes to do. The server hands these functions over by name, and never loads torch."""

import contextlib
import math
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from rnnviz.runs.machine import THREADS, keep_memory
from rnnviz.settings.experiment import Experiment

HIDDEN_SIZE, BATCH_SIZE = 32, 32
"""Of every network a learning sweep trains."""
SECONDS = {"rnn": (0.65e-3, 10e-6), "gru": (0.7e-3, 37e-6), "lstm": (0.8e-3, 28e-6)}
"""What one training step of a plan's network takes on an ordinary core: so much, and so much more a time step."""


@dataclass(frozen=True)
class Job:
    """Call `function(*args)` in another process. key: hashable, names its result. cost: time it takes, in any unit."""

    key: Any
    function: Callable[..., Any]
    args: tuple[Any, ...] = ()
    cost: float = 1.0


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
        from rnnviz.tasks import TASKS  # loads NumPy: not before `initialise` has set its threads

        fixed = {"task": self.task, "hidden_size": HIDDEN_SIZE, "batch_size": BATCH_SIZE}
        return Experiment(**dict(TASKS[self.task].suggested) | fixed | {"cell": cell, "seq_len": length, "seed": seed})

    @property
    def jobs(self) -> list[Job]:
        """The trainings; their keys are (cell, length, seed), their results Learned, their costs seconds of a core."""
        return [
            Job((cell, length, seed), learn, (self.experiment(cell, length, seed), self.steps), cost)
            for cell in self.cells
            for length in self.lengths
            for cost in [self.steps * (SECONDS[cell][0] + SECONDS[cell][1] * length)]
            for seed in range(self.seeds)
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


def initialise(lifeline: Connection) -> None:
    """Prepare a process for jobs: one thread each, behind the server and the live networks.

    The process ends when the other end of `lifeline` is closed, be it because the server was killed.
    """
    os.nice(10)
    os.environ.update(dict.fromkeys(THREADS, "1"))  # before NumPy is loaded
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the server's whole group; the server ends the others
    keep_memory()
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    import torch

    torch.set_num_threads(1)


def _end_with(lifeline: Connection) -> None:
    with contextlib.suppress(EOFError, OSError):
        lifeline.recv()
    os._exit(1)
