"""Every verdict of every task and cell, over five seeds and a thousand training steps: is what is said true?

`python -m benchmarks.verdicts` trains all of them, in two processes, with the settings that suit the task, and reads
the diagnosis every ten steps. It counts two lies: "healthy" of a network whose newest weights a baseline beats, by the
validation loss, the share of right answers or the forecast; and "overfitting" where the validation loss is less than
5 % of the best baseline's. Beside them stand how often each verdict was given at the steps of REPORTED, and how often
it changed. Words choose some of it: `python -m benchmarks.verdicts sine airline gru`; "last" and "difference" set the
loss to the last step only, and learn the changes, where there is such a choice.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is loaded

import itertools
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
import torch

from benchmarks.table import Row, at_most, report
from rnnviz.cells import CELLS
from rnnviz.diagnosis import KINDS, diagnose
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Snapshot
from rnnviz.tasks import TASKS
from rnnviz.training.trainer import Diverged, Trainer

SEEDS, STEPS, EVERY = range(5), 1000, 10
REPORTED = 50, 150, 400, 1000
LITTLE = 0.05
"""The part of a baseline's error below which a gap does not matter."""


@dataclass(frozen=True)
class Said:
    """A verdict, at a training step, and whether it is one of the two lies."""

    step: int
    kind: str
    healthy_but_beaten: bool
    overfitting_of_little: bool


def a_series() -> tuple[float, ...]:
    """Return a series as visitors bring: a trend, a season and noise."""
    n = np.arange(300)
    return tuple((0.3 * n + 10 * np.sin(n / 6) + np.random.default_rng(0).normal(0, 2, n.size)).tolist())


def judged(snapshot: Snapshot, experiment: Experiment) -> Said:
    """Return what is said of a snapshot, held against its own numbers."""
    kind, loss, forecast = diagnose(snapshot, experiment).kind, snapshot.validation_loss, snapshot.forecast
    beaten = any(not loss < base.loss for base in snapshot.baselines)
    if forecast:
        beaten |= not forecast.rmse(forecast.one_step) < forecast.rmse(forecast.repeat_last)
    if snapshot.accuracy is not None:
        beaten |= not snapshot.accuracy > max(base.accuracy or 0 for base in snapshot.baselines)
    little = loss < LITTLE * snapshot.baseline.loss
    return Said(snapshot.step, kind, kind == "healthy" and beaten, kind == "overfitting" and little)


def verdicts(experiment: Experiment) -> list[Said]:
    """Train, and return the verdicts of every ten steps; until it diverges, if it does."""
    torch.set_num_threads(1)
    trainer, said = Trainer(experiment), []
    try:
        while trainer.steps < STEPS:
            trainer.step(EVERY)
            said.append(judged(trainer.snapshot(), experiment))
    except Diverged:
        pass
    return said


def experiments(words: list[str]) -> list[Experiment]:
    """Return those that `words` choose."""
    last, difference = "last" in words, "difference" in words
    names = [name for name in TASKS if name in words] or [
        name
        for name, task in TASKS.items()
        if not (last and task.form.one_answer) and not (difference and not task.differences)
    ]
    cells = [cell for cell in CELLS if cell in words] or CELLS
    chosen = {"loss_at": "last" if last else "every", "difference": difference}
    return [
        Experiment(
            **{**TASKS[name].suggested, **chosen, "task": name, "cell": cell, "seed": seed},
            series=a_series() if name == "series" else (),
        )
        for name, cell, seed in itertools.product(names, cells, SEEDS)
    ]


def counts(kinds: list[str]) -> str:
    """Say how often each verdict was given."""
    found = Counter(kinds)
    return ", ".join(f"{found[kind]} {kind}" for kind in KINDS if found[kind])


def changes(runs: list[list[Said]]) -> str:
    """Say how often a verdict was another ten steps before, and then the very one again within 50 steps, in a run."""
    changed, back = 0, 0
    for run in runs:
        kinds = [said.kind for said in run]
        changed += sum(one != other for one, other in itertools.pairwise(kinds))
        for i in range(1, len(kinds)):
            back += kinds[i] != kinds[i - 1] and kinds[i] in kinds[max(0, i - 5) : i - 1]
    return f"{changed / len(runs):.1f}, {back / len(runs):.1f} of them back"


def main() -> int:
    load = os.getloadavg()
    chosen = experiments(sys.argv[1:])
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        found = list(pool.map(verdicts, chosen))
    by_label: dict[str, list[list[Said]]] = {}
    for experiment, run in zip(chosen, found, strict=True):
        by_label.setdefault(f"{experiment.task}: {experiment.cell}", []).append(run)
    rows = []
    for label, runs in by_label.items():
        for step in REPORTED:
            kinds = [said.kind for run in runs for said in run if said.step == step]
            rows.append(Row(f"{label}, step {step}", "", counts(kinds)))
        rows.append(Row(f"{label}, changes of verdict a run", "", changes(runs)))
    everything = [said for run in found for said in run]
    beaten, little = (
        sum(getattr(said, lie) for said in everything) for lie in ("healthy_but_beaten", "overfitting_of_little")
    )
    rows += [
        Row("trainings, and verdicts read", "", f"{len(found)}, {len(everything)}"),
        at_most('"healthy" beside a baseline that is better', 0, beaten),
        at_most('"overfitting" at less than 5 % of the baseline\'s error', 0, little),
    ]
    report(rows, load)
    return 0 if beaten == little == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
