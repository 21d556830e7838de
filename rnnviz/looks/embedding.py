"""An embedding, seen from where it is widest: its first two principal components, and the nearest words of one."""

import functools

import numpy as np
import torch

from rnnviz.looks.subject import Subject
from rnnviz.model.network import SequenceModel
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Array, Embedding, Indices
from rnnviz.tasks import task_of
from rnnviz.wanted import Wanted

SHOWN, OF_THE_PROBE = 150, 75
"""How many words are shown at most, and how many of them because the probe has them."""
NEAREST = 8
"""How many of a word's nearest are sought."""


def embedding(subject: Subject, wanted: Wanted) -> Embedding | None:
    """Return where words stand; None where the network has no embedding."""
    if subject.model.embedding is None:
        return None
    rows = _rows(subject.model)
    places, variances = principal(rows)
    places = places @ turn(places, _first(subject.task.experiment))
    tokens, chosen = _shown(subject), _chosen(subject, wanted.near)
    near, cosines = nearest(rows, chosen) if chosen is not None else (np.zeros(0, int), np.zeros(0))
    around = near if chosen is None else np.append(chosen, near)
    return Embedding(tokens, places[tokens], variances, wanted.near, chosen, near, cosines, places[around])


def principal(rows: Array) -> tuple[Array, Array]:
    """Return rows (V, E) in the plane of their first two principal components, (V, 2), each up to its sign, and the
    share of the variance that either has, (2,).

    By the eigenvectors of the E x E matrix of their covariances: E is small, V large.
    """
    centred = rows - rows.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred)  # by rising eigenvalue
    places, variances = np.zeros((len(rows), 2)), np.zeros(2)
    count = min(2, rows.shape[1])
    places[:, :count] = centred @ vectors[:, ::-1][:, :count]
    variances[:count] = values[::-1][:count] / (values.sum() or 1.0)
    return places, variances


def turn(places: Array, first: Array) -> Array:
    """Return the turn of the plane, perhaps with a mirror, (2, 2), that brings places (V, 2) nearest to `first`
    (Schoenemann, 1966)."""
    left, _values, right = np.linalg.svd(places.T @ first)
    return left @ right


def nearest(rows: Array, chosen: int) -> tuple[Indices, Array]:
    """Return the rows at the smallest angles to the chosen one, the smallest first, and those angles' cosines."""
    lengths = np.linalg.norm(rows, axis=1)
    cosines = rows @ rows[chosen] / np.maximum(lengths * lengths[chosen], np.finfo(float).tiny)
    cosines[chosen] = -np.inf
    order = np.argsort(-cosines, kind="stable")[: min(NEAREST, len(rows) - 1)]
    return order, cosines[order]


def _rows(model: SequenceModel) -> Array:
    assert model.embedding
    rows = model.embedding.weight.detach().numpy().astype(np.float64)
    return np.nan_to_num(rows, posinf=0.0, neginf=0.0)  # of one that diverged there is nothing to see


@functools.lru_cache(maxsize=8)
def _first(experiment: Experiment) -> Array:
    """Return where all words stand before training, (V, 2)."""
    task = task_of(experiment)
    generator = torch.Generator().manual_seed(experiment.seed)
    sizes, source = (task.inputs, task.outputs), len(task.source_vocabulary)
    places, _variances = principal(_rows(SequenceModel(experiment, *sizes, generator, tokens=True, source=source)))
    return places


def _shown(subject: Subject) -> Indices:
    """Return the words of the probe, and then the most frequent of the validation batch."""
    examples, count = subject.examples, subject.task.inputs
    read = examples.probe.inputs[:, 0]
    own = list(dict.fromkeys(read[read >= 0].tolist()))[:OF_THE_PROBE]
    tokens = examples.validation.inputs
    counts = np.bincount(tokens[tokens >= 0], minlength=count)
    frequent = [token for token in np.argsort(-counts, kind="stable").tolist() if counts[token]]
    return np.array(list(dict.fromkeys([*own, *frequent]))[:SHOWN], int)


def _chosen(subject: Subject, near: str) -> int | None:
    """Return the token of a word, of "" the last the probe reads; None if it is not in the vocabulary."""
    if not near:
        read = subject.examples.probe.inputs[:, 0]
        return int(read[read >= 0][-1])
    names = subject.task.vocabulary or ()
    return next((token for token, name in enumerate(names) if str(name) == near), None)
