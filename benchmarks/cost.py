"""What nothing interrupts in a worker, of the largest networks a server takes, and what was estimated of them."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is loaded, as in the worker processes

import torch

from benchmarks.table import Row, at_most, report
from rnnviz.cells import CELLS
from rnnviz.cost import MOST_SECONDS, seconds, too_big
from rnnviz.looks.analysis import analysing
from rnnviz.runs.machine import keep_memory
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Lens
from rnnviz.training.trainer import Trainer

LARGEST = Experiment(task="sine", hidden_size=128, num_layers=4, bidirectional=True, seq_len=500)


def measure() -> list[Row]:
    """Time what nothing interrupts, in this process, for the largest networks; and what was estimated of them."""
    torch.set_num_threads(1)
    keep_memory()

    def quickest(work: Callable[[], Any]) -> float:
        """Time a piece of work; that of an iterator is its longest step."""
        times = []
        for _round in range(3):
            marks, made = [time.thread_time()], work()
            for _piece in made if hasattr(made, "__next__") else ():
                marks.append(time.thread_time())
            marks.append(time.thread_time())
            times.append(max(after - before for before, after in pairwise(marks)))
        return min(times)

    rows = []
    for cell in CELLS:
        large = max(n for n in range(1, 129) if not too_big(replace(LARGEST, cell=cell, batch_size=n)))
        experiment = replace(LARGEST, cell=cell, batch_size=large)
        trainer = Trainer(experiment)
        bare = Trainer(experiment, keeps_history=False)
        bare.step()
        update, step = quickest(bare.pieces), quickest(trainer.pieces)
        look = quickest(trainer.snapshot)
        analysis = quickest(lambda: analysing(trainer.subject(), Lens()))  # noqa: B023
        who = f"largest {cell}, batch size {large}"
        rows += [
            at_most(f"{who}: longest piece of work", 0.5, max(update, step, look, analysis), " s"),
            Row(
                "one change of the weights; part of a step; snapshot; part of an analysis",
                "",
                f"{update:.2f}, {step:.2f}, {look:.2f}, {analysis:.2f} s",
            ),
            at_most("one change of the weights, of what is estimated", 1.5, update / seconds(experiment)),
            at_most("what is estimated", MOST_SECONDS, seconds(experiment), " s"),
        ]
    return rows


if __name__ == "__main__":
    load = os.getloadavg()
    report(measure(), load)
