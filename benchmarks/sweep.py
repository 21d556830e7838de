"""The learning sweep: all its trainings on the server's process pool, against the same ones, one by one, in torch.nn.

`python -m benchmarks.sweep` runs both in turn, in one go, with nothing prepared: the pool's start, in which its
processes import torch, is part of the sweep's time. The bare loop starts from the same weights, draws the same batches
and takes the same score; it runs on one thread or on torch's default number of them, whichever a first trial of each
cell has shown to be faster (the trial is not counted).
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is loaded

import sys
import time

import torch
from torch import Tensor, nn

from benchmarks.table import Row, at_least, report
from rnnviz.settings.experiment import Experiment
from rnnviz.sweeps.engine import Engine, Sweep
from rnnviz.sweeps.learning import Plan
from rnnviz.tasks.task import Batch
from rnnviz.training.trainer import Trainer

PLAN = Plan("recall", ("rnn", "gru", "lstm"), (5, 10, 20, 40, 80, 160), seeds=5, steps=200)
BAR = 6.0
THREADS = 1, torch.get_num_threads()
TRIAL = 20, 40
"""Length and training steps by which the number of threads is chosen, after as many steps to warm up."""


def swept() -> tuple[float, Sweep]:
    """Return what the sweep took, in seconds, and the sweep."""
    start = time.perf_counter()
    engine = Engine()
    sweep = Sweep(PLAN.jobs, engine)
    while not sweep.wait(1.0):
        sweep.touch()
    taken = time.perf_counter() - start
    engine.close()
    return taken, sweep


def bare(experiment: Experiment, steps: int) -> float:
    """Train in the loop anybody would write, and return the share of right answers on the validation batch."""
    trainer = Trainer(experiment, keeps_history=False)
    task, (recurrent, readout) = trainer.task, trainer.model.to_torch()
    parameters = [*recurrent.parameters(), *readout.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=experiment.learning_rate)
    criterion = nn.CrossEntropyLoss()
    for step in range(steps):
        batch = task.training_batch(step)
        hidden, _ = recurrent(vectors(batch, task.inputs))
        loss = criterion(readout(hidden[-1]), torch.from_numpy(batch.targets[-1]))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, experiment.clip_norm)
        optimizer.step()
    validation = task.validation
    with torch.no_grad():
        hidden, _ = recurrent(vectors(validation, task.inputs))
        right = readout(hidden[-1]).argmax(-1) == torch.from_numpy(validation.targets[-1])
    return right.double().mean().item()


def vectors(batch: Batch, size: int) -> Tensor:
    """Return a batch's tokens (T, B) as one-hot vectors (T, B, size)."""
    return nn.functional.one_hot(torch.from_numpy(batch.inputs), size).float()


def timed_bare(experiment: Experiment, steps: int, threads: int) -> tuple[float, float]:
    """Return the seconds it takes, and the score."""
    torch.set_num_threads(threads)
    start = time.perf_counter()
    score = bare(experiment, steps)
    return time.perf_counter() - start, score


def best_threads(cell: str) -> int:
    """Return the number of threads with which the bare loop is faster."""
    length, steps = TRIAL
    experiment = PLAN.experiment(cell, length, 0)

    def trial(threads: int) -> float:
        timed_bare(experiment, steps, threads)
        return timed_bare(experiment, steps, threads)[0]

    return min(THREADS, key=trial)


def main() -> int:
    load = os.getloadavg()
    sweep_seconds, sweep = swept()
    bare_seconds, same = 0.0, 0
    for cell in PLAN.cells:
        of_cell, threads = 0.0, best_threads(cell)
        for length in PLAN.lengths:
            for seed in range(PLAN.seeds):
                seconds, score = timed_bare(PLAN.experiment(cell, length, seed), PLAN.steps, threads)
                of_cell += seconds
                same += score == sweep.results[cell, length, seed].score
        bare_seconds += of_cell
        print(f"{cell}: bare torch.nn took {of_cell:.1f} s, on {threads} thread(s)", flush=True)
    report(
        [
            Row(f"{sweep.total} trainings of {PLAN.steps} steps, lengths {PLAN.lengths}", "", f"{sweep.done} done"),
            Row("bare torch.nn, one by one", "", f"{bare_seconds:.1f} s"),
            Row("the sweep, with the start of its processes", "", f"{sweep_seconds:.1f} s"),
            Row("trainings that end with the very same score", "", f"{same} of {sweep.total}"),
            at_least("the sweep is faster", BAR, bare_seconds / sweep_seconds, "x"),
        ],
        load,
    )
    return 0 if bare_seconds / sweep_seconds >= BAR and sweep.done == sweep.total else 1


if __name__ == "__main__":
    sys.exit(main())
