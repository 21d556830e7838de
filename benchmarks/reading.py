"""Whether the importance that is shown of a word tells how much the answer changes without it.

`python -m benchmarks.reading` trains a network on film reviews as the page suggests it, and of 100 held-out reviews
compares what is shown of every word, before the network is asked, with what its logit does when that word is left out:
the unknown word takes its place, which is what importance compares it with, or the others move up, which is what the
page does with a word left out. Both are held against the bar. Spearman's rank correlation, the mean over the reviews
and that of all words together; beside it that of the norm of dL/dx_t, which is shown too, with the size of the change.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is loaded

import numpy as np
import torch

from benchmarks.table import Row, at_least, report
from rnnviz.looks.pieces import outcome
from rnnviz.looks.reading import reading_of
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Array, Passages
from rnnviz.tasks import TASKS
from rnnviz.tasks.reviews import Reviews
from rnnviz.training.trainer import Trainer

STEPS, REVIEWS = 600, 100
BAR = 0.9


def spearman(one: Array, other: Array) -> float:
    """Return the correlation of the ranks of two arrays (N,); equal values share theirs."""
    return float(np.corrcoef(ranks(one), ranks(other))[0, 1])


def ranks(values: Array) -> Array:
    """Return the rank of each value, (N,)."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[places]


@torch.no_grad()
def logits(trainer: Trainer, tokens: Array) -> Array:
    """Return z of sequences of tokens (T, B): (B,)."""
    outputs, _ = trainer.model(torch.from_numpy(tokens))
    return (outputs[-1, :, 1] - outputs[-1, :, 0]).numpy()


def without_each(tokens: Array, begin: int, deleted: bool) -> Array:
    """Return a sequence (T,), whose words begin at `begin`, without each of them: (T, N)."""
    changed = np.repeat(tokens[:, None], len(tokens) - begin, axis=1)
    for n, t in enumerate(range(begin, len(tokens))):
        if deleted:
            changed[1 : t + 1, n] = tokens[:t]
            changed[0, n] = Reviews.padding
        else:
            changed[t, n] = Reviews.unknown
    return changed


def main() -> int:
    load = os.getloadavg()
    torch.set_num_threads(1)
    trainer = Trainer(Experiment(task="reviews", cell="lstm", **TASKS["reviews"].suggested), keeps_history=False)
    trainer.step(STEPS)
    batch = trainer.task.validation.first(REVIEWS)
    assert batch.padding is not None
    shown: list[tuple[Array, Array]] = []
    changes: dict[bool, list[Array]] = {True: [], False: []}
    for b in range(REVIEWS):
        tokens, begin = batch.inputs[:, b], int(batch.padding[:, b].sum())
        known = tokens[begin:] != Reviews.unknown
        [passage] = outcome(reading_of(trainer.subject(), Passages((tuple(tokens[begin:].tolist()),)))).passages
        assert (passage.tokens == tokens).all()
        shown.append((passage.importance[begin:][known], passage.norm[begin:][known]))
        for deleted, found in changes.items():
            found.append((passage.logit - logits(trainer, without_each(tokens, begin, deleted)))[known])
    rows = [Row("right of all reviews that are held out", "", f"{trainer.accuracy:.3f}")]
    for deleted, how in ((False, "the unknown word in its place"), (True, "the others move up")):
        for name, score in (("importance", 0), ("norm of dL/dx_t", 1)):
            pairs = [(s[score], np.abs(c) if score else c) for s, c in zip(shown, changes[deleted], strict=True)]
            each = float(np.mean([spearman(*pair) for pair in pairs]))
            pooled = spearman(*(np.concatenate(parts) for parts in zip(*pairs, strict=True)))
            what = f"{name} and the change of z, {how}"
            if score == 0:
                rows += [at_least(f"{what}: mean of {REVIEWS} reviews", BAR, each)]
                rows += [at_least(f"{what}: all words", BAR, pooled)]
            else:
                rows += [Row(f"{what}: mean of {REVIEWS} reviews, all words", "", f"{each:.3f}, {pooled:.3f}")]
    report(rows, load)
    return any(row.met is False for row in rows)


if __name__ == "__main__":
    raise SystemExit(main())
