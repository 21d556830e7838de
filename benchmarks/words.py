"""What the small tasks of words need until they are learned, and how fast they train beside bare torch.nn.

`python -m benchmarks.words` trains each with the settings it suggests and three seeds, on one thread. Seconds are
those of the processor that training took; what is measured in between is not counted.
"""

import math
import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is loaded

import statistics
import sys
import time
from collections.abc import Callable, Iterator

import torch
from torch import nn
from torch.nn import functional

from benchmarks.table import Row, at_least, at_most, report
from benchmarks.training import in_turns
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import TASKS
from rnnviz.training.trainer import Trainer

SEEDS = range(3)
LETTERS, ORDER = 150, 200
"""Training steps there are."""
SECONDS = 25.0
"""Of one core there are for the languages."""
FASTER = 1.5
"""How many times as fast as bare torch.nn the phrases have to train."""


def trainer(task: str, seed: int = 0, **settings) -> Trainer:
    return Trainer(Experiment(task=task, seed=seed, **(dict(TASKS[task].suggested) | settings)), keeps_history=False)


def letters(seed: int) -> int:
    """Return after how many steps every letter was certain first, one more than there are if none was."""
    trained = trainer("letters", seed, hidden_size=16)
    for step in range(1, LETTERS + 1):
        trained.step()
        trace = trained.snapshot().trace
        if (trace.outputs * trace.targets).sum(axis=1).min() > 0.99:
            return step
    return LETTERS + 1


def order(seed: int) -> int:
    """Return after how many steps all held-out phrases were right first, one more than there are if they never were."""
    trained = trainer("order", seed, hidden_size=16)
    for step in range(1, ORDER + 1):
        trained.step()
        if trained.accuracy == 1:
            return step
    return ORDER + 1


def languages(seed: int) -> tuple[float, float, float, float]:
    """Return the seconds it took, the accuracy then, in batches, alone, and at the worst distance."""
    trained, seconds, accuracy = trainer("languages", seed, cell="gru", hidden_size=32), 0.0, 0.0
    while accuracy < 0.99 and seconds < 2 * SECONDS:
        began = time.process_time()
        trained.step(50)
        seconds += time.process_time() - began
        accuracy = trained.accuracy or 0.0
    batch = trained.task.validation
    assert batch.padding is not None
    right = []
    with torch.no_grad():
        for tokens, padding, answer in zip(batch.inputs.T, batch.padding.T, batch.targets[-1], strict=True):
            outputs, _ends = trained.model(torch.from_numpy(tokens[~padding])[:, None])
            right.append(int(outputs[-1, 0].argmax() == answer))
    distances = trained.task.distances(batch).tolist()
    by_distance = [[r for r, d in zip(right, distances, strict=True) if d == at] for at in sorted({*distances})]
    return seconds, accuracy, statistics.mean(right), min(map(statistics.mean, by_distance))


def bare(ours: Trainer) -> Callable[[], None]:
    """Return one training step of the loop anybody would write, on batches made beforehand."""
    experiment, task = ours.experiment, ours.task
    batches = [task.training_batch(step) for step in range(100)]
    made = [(torch.from_numpy(batch.inputs), torch.from_numpy(batch.targets[-1])) for batch in batches]
    columns = experiment.embedding_size or task.inputs
    embedding = nn.Embedding(task.inputs, columns) if experiment.embedding_size else None
    recurrent, readout = nn.RNN(columns, experiment.hidden_size), nn.Linear(experiment.hidden_size, task.outputs)
    parameters = [*recurrent.parameters(), *readout.parameters(), *(embedding.parameters() if embedding else ())]
    optimizer, criterion = torch.optim.Adam(parameters, lr=experiment.learning_rate), nn.CrossEntropyLoss()

    def steps() -> Iterator[None]:
        while True:
            for tokens, answers in made:
                x = embedding(tokens) if embedding else functional.one_hot(tokens, task.inputs).float()
                hidden, _ = recurrent(x)
                loss = criterion(readout(hidden[-1]), answers)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                yield

    going = steps()
    return lambda: next(going)


def speed(embedding_size: int) -> float:
    """Return how many times as many steps a second the phrases train with, a snapshot every tenth of a second."""
    ours = Trainer(
        Experiment(task="order", embedding_size=embedding_size, **TASKS["order"].suggested)  # with its history
    )
    return statistics.median(own / torchs for torchs, own in in_turns(bare(ours), ours))


def main() -> int:
    torch.set_num_threads(1)
    load, rows = os.getloadavg(), list[Row]()
    for seed in SEEDS:
        rows.append(at_most(f"letters, seed {seed}: every letter > 0.99", LETTERS, letters(seed), " steps"))
    for seed in SEEDS:
        rows.append(at_most(f"order, seed {seed}: all held-out phrases", ORDER, order(seed), " steps"))
    task = trainer("order").task
    bag = task.measured(task.validation)[0]
    rows.append(Row("order: bag of characters", "50% exactly", f"{100 * (bag.accuracy or 0)}%", bag.accuracy == 0.5))
    for seed in SEEDS:
        seconds, together, alone, worst = languages(seed)
        rows.append(at_most(f"languages, seed {seed}: held-out >= 0.99", SECONDS, seconds, " s"))
        rows.append(
            Row("  in batches, and alone", "the same", f"{together:.4f}, {alone:.4f}", math.isclose(together, alone))
        )
        rows.append(Row("  at the worst distance", "", f"{worst:.3f}"))
    for embedding_size in (0, 8):
        what = f"order, embedding {embedding_size}: speed beside torch.nn"
        rows.append(at_least(what, FASTER, speed(embedding_size), "x"))
    report(rows, load)
    return 0 if all(row.met is not False for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
