"""What nothing interrupts in a worker, of the largest networks a server takes, and how well it was estimated.

Also estimated are the usual networks: those that suit each task, of every cell, at their sizes and at the page's own.
"""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise, product
from statistics import median, quantiles
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is loaded, as in the worker processes

import torch

from benchmarks.table import Row, at_least, at_most, report
from rnnviz.cells import CELLS
from rnnviz.cost import seconds, too_big
from rnnviz.looks.analysis import analysing
from rnnviz.runs.machine import keep_memory
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Lens
from rnnviz.tasks import TASKS
from rnnviz.training.trainer import Trainer

LARGEST = Experiment(task="sine", hidden_size=128, num_layers=4, bidirectional=True, seq_len=500)
OF_TWO = Experiment(task="reverse", hidden_size=128, num_layers=4, embedding_size=64, seq_len=40)
OTHERS = {
    "GRU of one layer": replace(LARGEST, cell="gru", num_layers=1, bidirectional=False),
    "LSTM of 32 units": replace(LARGEST, cell="lstm", hidden_size=32, num_layers=2),
    **{f"two parts, {kind} attention": replace(OF_TWO, attention=kind) for kind in ("additive", "dot")},
}
APART, SHARE = 1.5, 0.9
"""The factor by which an estimate may be off, and the part of the usual networks of which it has to be no more."""
TURN = 0.02
"""Seconds for which a usual network is trained at a time."""


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


def largest() -> Iterator[Row]:
    """Time what nothing interrupts, in this process, for the largest networks; and what was estimated of them."""
    asked = {f"largest {cell}": replace(LARGEST, cell=cell) for cell in CELLS} | OTHERS
    for who, shape in asked.items():
        experiment = next(larger for n in range(128, 0, -1) if not too_big(larger := replace(shape, batch_size=n)))
        trainer = Trainer(experiment)
        bare = Trainer(experiment, keeps_history=False)
        bare.step()
        update, step = quickest(bare.pieces), quickest(trainer.pieces)
        look = quickest(trainer.snapshot)
        analysis = quickest(lambda: analysing(trainer.subject(), Lens()))  # noqa: B023
        said = f"{who}, batch size {experiment.batch_size}"
        yield at_most(f"{said}: longest piece of work", 0.5, max(update, step, look, analysis), " s")
        yield Row(
            "one change of the weights; part of a step; snapshot; part of an analysis",
            "",
            f"{update:.2f}, {step:.2f}, {look:.2f}, {analysis:.2f} s",
        )
        off = update / seconds(experiment)
        yield at_most(f"estimated: {seconds(experiment):.2f} s, off by a factor of", APART, max(off, 1 / off))


def usual() -> Iterator[Row]:
    """Compare the estimates of the usual networks with the quickest of several turns of each."""
    shapes = [Experiment(), *(Experiment(task=task, **TASKS[task].suggested) for task in TASKS if task != "series")]
    ratios = []
    for shape, cell in product(shapes, CELLS):
        experiment = replace(shape, cell=cell)
        trainer, times = Trainer(experiment, keeps_history=False), []
        trainer.step(2)
        count = max(1, round(TURN / seconds(experiment)))
        for _turn in range(5):
            began = time.thread_time()
            trainer.step(count)
            times.append((time.thread_time() - began) / count)
        ratios.append(min(times) / seconds(experiment))
    right = [1 / APART <= ratio <= APART for ratio in ratios]
    what = f"{len(ratios)} usual networks: estimated within a factor of {APART:g}"
    yield at_least(what, 100 * SHARE, 100 * sum(right) / len(right), " %")
    low, *_, high = quantiles(ratios, n=20)
    yield Row("their times beside the estimates: 5 %, median, 95 %", "", f"{low:.2f}, {median(ratios):.2f}, {high:.2f}")


def main() -> None:
    """Measure both on one thread, with the memory of a worker."""
    load = os.getloadavg()
    torch.set_num_threads(1)
    keep_memory()
    report([*largest(), *usual()], load)


if __name__ == "__main__":
    main()
