"""How soon two sequences are learned: exact match on what is held out, with attention and without, and alignment.

`python -m benchmarks.pairs` trains a GRU with three seeds on one thread, and looks every so many steps whether enough
of 500 pairs that are held out are written right in full, greedily; seconds are those of one core that training took,
what is measured in between is not counted. The same network without attention has all of the time there is. `translate`
goes on until then, and is counted again: the sentences with a colour and a noun that were never trained on together,
and how often the largest weight lies on the word that a content word is made of. Of `reverse`, whose letters are copied
too, is printed how many are right by their place in sources of 20, each after the right ones before it. Words choose
tasks.
"""

import math
import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is loaded

import statistics
import sys
import time

import numpy as np
import torch

from benchmarks.table import Row, at_least, at_most, report
from rnnviz.looks.exactness import exactness_of
from rnnviz.model.encoder import Source
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks.pairs import Pair, Pairs
from rnnviz.tasks.task import NOTHING
from rnnviz.tasks.translate import Translate
from rnnviz.training.trainer import Trainer

SEEDS, EVERY = range(3), 25
BARS = {"numbers": (0.95, 8.0), "dates": (0.95, 15.0), "translate": (0.95, 15.0), "reverse": (0.90, 30.0)}
"""How much has to be right, and within how many seconds of one core."""
ALIGNED, UNSEEN, LONG = 0.95, 300, 200
"""The bar of the alignment; sentences with unseen pairs, and sources as long as any, that are looked at."""
SETTINGS = {
    "cell": "gru",
    "hidden_size": 64,
    "embedding_size": 32,
    "batch_size": 64,
    "learning_rate": 0.005,
    "clip_norm": 1.0,
    "bidirectional_encoder": True,
}


def task_of(trainer: Trainer) -> Pairs:
    assert isinstance(trainer.task, Pairs)
    return trainer.task


def network(task: str, seed: int, **settings) -> Trainer:
    return Trainer(Experiment(task=task, seed=seed, **SETTINGS, **settings), keeps_history=False)


def train(trainer: Trainer, seconds: float, enough: float = math.inf) -> float:
    """Train until enough is right, or the time is over; return the seconds it took, infinity if it was never enough."""
    spent = 0.0
    while spent < seconds:
        began = time.process_time()
        trainer.step(EVERY)
        spent += time.process_time() - began
        if enough < math.inf and (trainer.accuracy or 0.0) >= enough:
            return spent
    return spent if enough == math.inf else math.inf


@torch.no_grad()
def written(trainer: Trainer, pairs: list[Pair]) -> np.ndarray:
    """Return which tokens are right, (T, B), each after the right ones before it; where there are none, True."""
    batch = task_of(trainer).batch(pairs)
    outputs, targets, _ends = trainer.criterion.answers(trainer.model, batch)
    return ((outputs.argmax(-1) == targets) | (targets == NOTHING)).numpy()


def unseen(trainer: Trainer) -> float:
    """Return how many sentences with an unseen pair of a colour and a noun are right in full."""
    task = task_of(trainer)
    assert isinstance(task, Translate)
    drawn = task.drawn(np.random.default_rng(0), 4 * UNSEEN, held_out=True)
    return written(trainer, [pair for pair in drawn if task.unseen(pair[0])][:UNSEEN]).all(0).mean().item()


@torch.no_grad()
def aligned(trainer: Trainer) -> float:
    """Return of how many content words that are written the largest weight lies on the one they are made of."""
    task = task_of(trainer)
    pairs = task.drawn(np.random.default_rng(0), UNSEEN, held_out=True)
    batch = task.batch(pairs)
    source = Source(torch.from_numpy(batch.source))
    trainer.model.hidden(trainer.model.read(torch.from_numpy(batch.inputs)), source=source)
    look = source.passes[-1].look
    assert look
    likeliest = look.weights.argmax(-1)  # (T, B)
    right = [
        likeliest[t, b] == origin + len(source.tokens) - len(read)
        for b, (read, said) in enumerate(pairs)
        for t, origin in enumerate(task.origins(read, said))
        if origin != NOTHING
    ]
    return statistics.mean(map(float, right))


def by_position(trainer: Trainer) -> str:
    """Return how many letters are right at every fifth place of sources as long as any, and at the first."""
    task, random = task_of(trainer), np.random.default_rng(0)
    pairs = [task.long(random) for _ in range(LONG)]
    origins = np.array([[*task.origins(*pair), NOTHING] for pair in pairs]).T
    found = exactness_of(task.batch(pairs), origins, written(trainer, pairs))
    places = zip(found.positions.tolist(), found.right.tolist(), strict=True)
    return ", ".join(f"{place}: {right:.2f}" for place, right in places if place == 1 or place % 5 == 0)


def main() -> int:
    torch.set_num_threads(1)
    load, rows = os.getloadavg(), list[Row]()
    for task, (enough, seconds) in BARS.items():
        if sys.argv[1:] and task not in sys.argv[1:]:
            continue
        for order in ("backwards", "forwards") if task == "reverse" else ("backwards",):
            name = "reverse, copying" if order == "forwards" else task
            for seed in SEEDS:
                with_it = network(task, seed, attention="additive", answer_order=order)
                without = network(task, seed, attention="none", answer_order=order)
                spent = train(with_it, seconds, enough)
                what = f"{name}, seed {seed}: until {enough:.2f} is exact ({with_it.steps} steps)"
                rows.append(at_most(what, seconds, spent, " s"))
                train(without, seconds)
                what = f"  without attention, after {seconds:.0f} s ({without.steps} steps)"
                rows.append(Row(what, "", f"{without.accuracy:.3f}"))
                if task == "translate":
                    train(with_it, seconds - spent)
                    rows.append(at_least(f"  exact, after {seconds:.0f} s", enough, with_it.accuracy or 0.0))
                    rows.append(at_least("  exact, with an unseen colour and noun", enough, unseen(with_it)))
                    rows.append(Row("  the same without attention", "", f"{unseen(without):.3f}"))
                    rows.append(at_least("  largest weight on the true word", ALIGNED, aligned(with_it)))
                if task == "reverse" and seed == SEEDS[0]:
                    rows.append(Row("  right by place in the source", "", by_position(with_it)))
                    rows.append(Row("  the same without attention", "", by_position(without)))
    report(rows, load)
    return 0 if all(row.met is not False for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
