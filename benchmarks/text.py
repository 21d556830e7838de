"""Reading and writing a text: our Trainer against a bare torch loop on the same batches, and what a character costs.

`python -m benchmarks.text` runs both in turns, in one process on one thread, and prints the medians. Ours takes a
snapshot ten times a second, as a watched page does; the bare loop reads one-hot vectors or an embedding, as ours does,
and carries the state.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is loaded

import statistics
import sys
import time
from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional

from benchmarks.table import Row, at_least, at_most, report
from benchmarks.training import in_turns
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import TASKS
from rnnviz.training.trainer import Trainer

CELLS, BAR = ("rnn", "gru", "lstm"), 1.2
"""Training steps against bare torch's; the LSTM, which trains on torch's own fused kernel, does not reach it."""
SLOWEST = 0.4
"""Milliseconds a character."""
WARM_UP, WRITTEN = 2000, 2000


def experiment(cell: str, **settings) -> Experiment:
    return Experiment(task="text", cell=cell, **{**TASKS["text"].suggested, **settings})


def bare(trainer: Trainer) -> Callable[[], None]:
    """Return one training step of the loop anybody would write."""
    task, settings, state, step = trainer.task, trainer.experiment, None, 0
    recurrent, readout = trainer.model.to_torch()
    embedding = nn.Embedding(task.inputs, settings.embedding_size) if settings.embedding_size else None
    modules = nn.ModuleList([recurrent, readout, *([embedding] if embedding else [])])
    optimizer = torch.optim.Adam(modules.parameters(), lr=settings.learning_rate)
    criterion = nn.CrossEntropyLoss()

    def train() -> None:
        nonlocal state, step
        batch = task.training_batch(step)
        inputs, targets = torch.from_numpy(batch.inputs), torch.from_numpy(batch.targets)
        x = embedding(inputs) if embedding else functional.one_hot(inputs, task.inputs).float()
        hidden, state = recurrent(x, state)
        state = tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()
        loss = criterion(readout(hidden).flatten(0, 1), targets.flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(modules.parameters(), settings.clip_norm)
        optimizer.step()
        step += 1

    return train


def training(cell: str, **settings) -> Row:
    """Compare the two, in turns."""
    trainer = Trainer(experiment(cell, **settings))
    ratios = [own / torchs for torchs, own in in_turns(bare(trainer), trainer, WARM_UP)]
    how = "embedding of 32" if settings else "one-hot"
    return at_least(f"{cell}, {how}: training steps/s against bare torch's", BAR, statistics.median(ratios), "x")


def writing(cell: str) -> Row:
    """Measure what a character costs."""
    trainer = Trainer(experiment(cell))
    trainer.step(20)
    trainer.generate("Alice ", 100)
    began = time.thread_time()
    trainer.generate("Alice ", WRITTEN, temperature=0.7, top_k=20)
    return at_most(f"{cell}: a character", SLOWEST, 1000 * (time.thread_time() - began) / WRITTEN, " ms")


def main() -> int:
    torch.set_num_threads(1)
    load = os.getloadavg()
    rows = [training(cell, **settings) for settings in ({}, {"embedding_size": 32}) for cell in CELLS]
    rows += [writing(cell) for cell in CELLS]
    report(rows, load)
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
