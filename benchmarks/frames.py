"""Frames a second that one worker renders for each page, of all there is to see beside what its pictures need.

`python -m benchmarks.frames` trains one run, looks at it after every training step and pickles what goes over the
pipe to the server, both ways in turns, in one process on one thread. Counted is the time of looking and pickling, in
seconds of the processor, so that whatever else the machine does matters less. Early, while every step is recorded in
the history, and late, when few are.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is loaded

import pickle
import statistics
import time
from dataclasses import replace

import torch

from benchmarks.table import at_least, report
from rnnviz.looks.look import look
from rnnviz.looks.subject import Subject
from rnnviz.plots.needs import wanted
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.training.trainer import Trainer
from rnnviz.ui.bench.page import BOARD
from rnnviz.ui.graph.seen import NEEDS
from rnnviz.wanted import WHOLE, Wanted

BAR = 1.3
TURNS = 150
LATE = 2000
"""Training steps after which few are recorded in the history."""


def page(name: str, experiment: Experiment) -> Wanted:
    """Return what a page wants."""
    if name == "bench":
        return wanted(BOARD.pictures, View(), experiment, BOARD.needs)
    return Wanted(NEEDS)


def seconds(subject: Subject, what: Wanted) -> float:
    """Return what a frame takes of the processor."""
    began = time.thread_time()
    pickle.dumps(look(subject, what), protocol=pickle.HIGHEST_PROTOCOL)
    return time.thread_time() - began


def measured(experiment: Experiment, name: str, late: bool) -> tuple[float, float]:
    """Return frames a second of all there is to see, each time looked at anew, and of what the page wants."""
    trainer, what = Trainer(experiment), page(name, experiment)
    everything = replace(what, needs=WHOLE)
    trainer.step(LATE if late else 1)
    spent = []
    for _ in range(TURNS):
        trainer.step()
        anew = trainer.past(trainer.moment())
        if not late:
            _ = anew.measured  # the validation loss is in the history already
        spent.append((seconds(anew, everything), seconds(trainer.subject(), what)))
    whole, needed = (statistics.median(times) for times in zip(*spent, strict=True))
    return 1 / whole, 1 / needed


def main() -> None:
    torch.set_num_threads(1)
    load, rows = os.getloadavg(), []
    for name in ("bench", "graph"):
        for cell in ("rnn", "gru", "lstm"):
            for late in (False, True):
                whole, needed = measured(Experiment(cell=cell), name, late)
                when = f"after {LATE:,} steps" if late else "while every step is recorded"
                what = f"{name}, {cell}, {when}: {needed:.0f} frames/s, of {whole:.0f} with all there is"
                rows.append(at_least(what, BAR, needed / whole, "x"))
    report(rows, load)


if __name__ == "__main__":
    main()
