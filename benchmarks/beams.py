"""What beam search finds on networks that are half trained: mean log-probability and exact match by its width.

`python -m benchmarks.beams`. Greedy decoding is a width of 1. A network is half trained when its greedy exact match on
the validation batch first reaches 0.3.
"""

import os
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch

from benchmarks.table import Row, at_least, report
from rnnviz.looks.decoding import pair_of, rules_of
from rnnviz.model.decoder import Decoder
from rnnviz.model.decoding import beam_search, greedy
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import TASKS
from rnnviz.tasks.pairs import Pairs
from rnnviz.training.trainer import Trainer

TASKS_TRIED = ("numbers", "dates", "translate", "reverse")
WIDTHS = (1, 2, 4, 8, 12)
INPUTS, APART, HALF, MOST = 200, 10, 0.3, 2000


def half_trained(name: str) -> Trainer:
    trainer = Trainer(Experiment(task=name, **TASKS[name].suggested), keeps_history=False)
    while (trainer.subject().measured[1] or 0) < HALF and trainer.steps < MOST:
        trainer.step(APART)
    return trainer


def searched(trainer: Trainer, width: int, *, normalised: bool = False) -> Iterator[tuple[float, bool]]:
    """Yield for each input the log-probability of the best that is found, and whether it is right.

    The one is measured again with the output forced: rounding depends on how many are computed side by side.
    """
    task = trainer.task
    assert isinstance(task, Pairs)
    batch = next(iter(task.test))
    for b in range(INPUTS):
        source, target = pair_of(batch, b)
        rules = rules_of(task, tuple(target[:-1]))
        decoder = Decoder(trainer.model, source, rules.longest, width)
        best = beam_search(decoder, rules, width, normalised=normalised)[0][0][0].tokens.tolist()
        forced = replace(rules, forced=tuple(best))
        line = greedy(Decoder(trainer.model, source, rules.longest), forced)
        yield line.log_probability, best == target


def measure(name: str) -> list[Row]:
    trainer, rows, before = half_trained(name), [], -np.inf
    for width in WIDTHS:
        mean, exact = np.mean([*searched(trainer, width)], axis=0)
        exact_normalised = np.mean([*searched(trainer, width, normalised=True)], axis=0)[1]
        what = f"{name}, step {trainer.steps}, width {width}: mean log-probability"
        rows += [
            at_least(what, before, mean),
            Row("  exact match; with length normalisation", "", f"{exact:.3f}; {exact_normalised:.3f}"),
        ]
        before = mean
    return rows


def main() -> int:
    torch.set_num_threads(1)
    load = os.getloadavg()
    rows = [row for name in TASKS_TRIED for row in measure(name)]
    report(rows, load)
    return any(row.met is False for row in rows)


if __name__ == "__main__":
    raise SystemExit(main())
