"""Row 13: film reviews with the setting of Keras' tutorials, and with the one that suits the task here.

`python -m benchmarks.reviews` trains, on one thread, row 13's network for four epochs with three seeds and each of the
usual cells, and counts all 5,000 reviews that are held out after every epoch; then the suggested network, with an LSTM,
until it is right of 80 % of them, in seconds of one core; and compares the training steps a second of both networks
with those of the same in bare torch.nn, without dropout, whose batch is made beforehand. Words choose: "row13",
"suggested", "speed", and the cells.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is loaded

import statistics
import sys
import time
from collections.abc import Callable

import torch
from torch import nn

from benchmarks.table import Row, at_least, at_most, report
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import TASKS, imdb
from rnnviz.training.trainer import Trainer

SEEDS, EPOCHS = range(3), 4
BARS = {"rnn": (0.79, 0.80), "gru": (0.83, 0.83), "lstm": (0.83, 0.83)}
"""The best validation accuracy of the epochs: of each seed, and in the mean."""
ROW_13 = {
    "vocabulary_size": 10_000,
    "seq_len": 80,
    "embedding_size": 100,
    "num_layers": 2,
    "hidden_size": 64,
    "dropout": 0.2,
    "initialisation": "keras",
    "learning_rate": 0.001,
    "batch_size": 128,
}
KERAS_LSTM = {"forget_bias": 1.0}
"""Keras starts an LSTM so (`unit_forget_bias`)."""
REACHED, SECONDS, EVERY, MOST = 0.80, 8.0, 20, 1500
"""The suggested network's bar, in at most so many seconds of a core; after how many steps each it is looked at."""

ROUNDS, TURN = 9, 12
"""Of the comparison with torch: how many turns each has, and how many training steps are one."""


def epochs(cell: str, seed: int) -> tuple[list[float], float]:
    """Return the accuracy on all that is held out after each epoch of row 13, and the seconds of a core it took."""
    settings = {"task": "reviews", "cell": cell, "seed": seed, **ROW_13, **(KERAS_LSTM if cell == "lstm" else {})}
    trainer = Trainer(Experiment(**settings), keeps_history=False)
    found, spent = [], 0.0
    for epoch in range(1, EPOCHS + 1):
        began = time.process_time()
        trainer.step(round(epoch * imdb.TRAINING / ROW_13["batch_size"]) - trainer.steps)
        spent += time.process_time() - began
        found.append(trainer.accuracy or 0.0)
        print(f"{cell} seed {seed} epoch {epoch}: {found[-1]:.4f}, {spent:.0f} s", flush=True)
    return found, spent


def until(seed: int) -> tuple[float, int]:
    """Return the seconds of a core, and the steps, after which the suggested network is good enough; what it takes to
    look at it is not counted."""
    settings = {"task": "reviews", "cell": "lstm", "seed": seed, **TASKS["reviews"].suggested}
    trainer, spent = Trainer(Experiment(**settings)), 0.0
    while trainer.steps < MOST:
        began = time.process_time()
        trainer.step(EVERY)
        spent += time.process_time() - began
        if (trainer.accuracy or 0.0) >= REACHED:
            return spent, trainer.steps
    return float("inf"), MOST


def bare(experiment: Experiment) -> Callable[[], None]:
    """Return a training step as anybody would write it."""
    trainer = Trainer(experiment, keeps_history=False)
    batch = trainer.task.training_batch(0)
    tokens, liked = torch.from_numpy(batch.inputs), torch.from_numpy(batch.targets[-1])
    embedding = nn.Embedding(trainer.task.inputs, experiment.embedding_size)
    recurrent, readout = trainer.model.to_torch()
    parameters = [*embedding.parameters(), *recurrent.parameters(), *readout.parameters()]
    optimizer, criterion = torch.optim.Adam(parameters, lr=experiment.learning_rate), nn.CrossEntropyLoss()

    def step() -> None:
        hidden, _ = recurrent(embedding(tokens))
        loss = criterion(readout(hidden[-1]), liked)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def seconds_of(step: Callable[[], None]) -> float:
    """Return the seconds of a core that a training step takes."""
    began = time.process_time()
    for _ in range(TURN):
        step()
    return (time.process_time() - began) / TURN


def speeds(cell: str) -> list[Row]:
    """Compare the suggested network and row 13's with torch's, in turns; in the first steps, and without the curves,
    which the first steps have the most of."""
    rows = []
    for name, settings in {"suggested": TASKS["reviews"].suggested, "row 13": {**ROW_13, "dropout": 0.0}}.items():
        experiment = Experiment(**{"task": "reviews", "cell": cell, **settings})
        steps = [bare(experiment), Trainer(experiment, keeps_history=False).step, Trainer(experiment).step]
        taken = [[seconds_of(step) for step in steps] for _ in range(ROUNDS + 1)][1:]
        torchs, ours, curves = (statistics.median(each) for each in zip(*taken, strict=True))
        rows += [
            at_least(f"{name}, {cell}: steps/s, of torch.nn's {1 / torchs:.0f}", 1.0, torchs / ours, "x"),
            Row(f"{name}, {cell}: with the curves of the first {ROUNDS * TURN} steps", "", f"{torchs / curves:.2f}x"),
        ]
    return rows


def main() -> int:
    load, words = os.getloadavg(), sys.argv[1:]
    torch.set_num_threads(1)
    rows: list[Row] = []
    parts = {"row13", "suggested", "speed"} & {*words} or {"row13", "suggested", "speed"}
    cells = [cell for cell in BARS if cell in words] or BARS
    for cell in cells if "speed" in parts else ():
        rows += speeds(cell)
    for cell in cells if "row13" in parts else ():
        runs = [epochs(cell, seed) for seed in SEEDS]
        best = [max(found) for found, _spent in runs]
        each, mean = BARS[cell]
        by_epoch = ", ".join(
            f"{statistics.mean(found):.3f}" for found in zip(*(found for found, _ in runs), strict=True)
        )
        rows += [
            Row(f"row 13, {cell}: by epoch, mean of {len(SEEDS)} seeds", "", by_epoch),
            Row(
                f"row 13, {cell}: seconds of a core for an epoch",
                "",
                f"{sum(s for _, s in runs) / len(runs) / EPOCHS:.1f}",
            ),
            at_least(f"row 13, {cell}: best epoch, the worst seed", each, min(best)),
            at_least(f"row 13, {cell}: best epoch, mean", mean, statistics.mean(best)),
        ]
    for seed in SEEDS if "suggested" in parts else ():
        seconds, steps = until(seed)
        rows.append(at_most(f"suggested, lstm, seed {seed}: to {REACHED} ({steps} steps)", SECONDS, seconds, " s"))
    report(rows, load)
    return 0 if all(row.met is not False for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
