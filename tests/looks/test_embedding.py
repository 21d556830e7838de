"""The embedding as it is seen, against numpy.linalg.svd and torch.pca_lowrank in float64."""

from typing import Any

import numpy as np
import pytest
import torch

from rnnviz.looks.embedding import SHOWN, nearest, principal, turn
from rnnviz.looks.look import look
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Embedding
from rnnviz.training.trainer import Trainer
from rnnviz.wanted import Wanted


def rows(V: int, E: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(V, E)) * np.linspace(3, 0.5, E) + rng.normal(size=E)


def seen(trainer: Trainer, near: str = "") -> Embedding:
    found = look(trainer.subject(), Wanted(frozenset({"embedding"}), near=near)).embedding
    assert found
    return found


def a_trainer(steps: int = 0, **settings: Any) -> Trainer:
    chosen: dict[str, Any] = {"task": "recall", "embedding_size": 4, "learning_rate": 0.05} | settings
    trainer = Trainer(Experiment(**chosen))
    trainer.step(steps)
    return trainer


@pytest.mark.parametrize(("V", "E"), [(8, 2), (30, 5), (7, 12), (2000, 64)])
def test_the_plane_is_that_of_the_singular_value_decomposition(V, E):
    X = rows(V, E)
    places, variances = principal(X)
    U, S, _Vh = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    for k in range(2):
        expected = U[:, k] * S[k]
        np.testing.assert_allclose(places[:, k] * np.sign(places[:, k] @ expected), expected, rtol=0, atol=1e-10)
    np.testing.assert_allclose(variances, S[:2] ** 2 / (S**2).sum(), rtol=0, atol=1e-10)


def test_the_plane_is_that_of_torchs_principal_components():
    X = rows(60, 8)
    torch.manual_seed(0)
    U, S, _V = torch.pca_lowrank(torch.from_numpy(X), q=8, center=True, niter=20)
    expected = (U * S)[:, :2].numpy()
    places, _variances = principal(X)
    np.testing.assert_allclose(np.abs(places), np.abs(expected), rtol=0, atol=1e-10)


def test_of_one_number_there_is_one_component():
    places, variances = principal(rows(9, 1))
    assert not places[:, 1].any()
    np.testing.assert_allclose(variances, [1, 0], rtol=0, atol=1e-12)


def test_the_turn_brings_words_nearest_to_where_they_were_and_stretches_nothing():
    first = principal(rows(40, 6))[0]
    for angle, mirror in [(0.3, 1), (2.0, -1), (-1.1, 1)]:
        R = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ np.diag([1, mirror])
        found = turn(first @ R, first)
        np.testing.assert_allclose(found @ found.T, np.eye(2), rtol=0, atol=1e-12)
        np.testing.assert_allclose(first @ R @ found, first, rtol=0, atol=1e-10)


def test_the_nearest_are_those_of_torchs_cosine():
    X = rows(50, 6)
    order, cosines = nearest(X, 7)
    reference = torch.cosine_similarity(torch.from_numpy(X), torch.from_numpy(X[7:8]))
    reference[7] = -2
    values, at = reference.topk(8)
    np.testing.assert_array_equal(order, at)
    np.testing.assert_allclose(cosines, values, rtol=0, atol=1e-10)


def test_at_the_start_words_stand_where_the_components_have_them():
    trainer = a_trainer()
    assert trainer.model.embedding
    places, variances = principal(trainer.model.embedding.weight.detach().double().numpy())
    found = seen(trainer)
    np.testing.assert_allclose(found.places, places[found.tokens], rtol=0, atol=1e-10)
    np.testing.assert_array_equal(found.variances, variances)


def test_from_one_training_step_to_the_next_no_word_jumps():
    trainer = a_trainer(learning_rate=0.01)
    before = seen(trainer).places
    for _ in range(100):
        trainer.step()
        now = seen(trainer).places
        assert np.abs(now - before).max() < 0.5 < np.abs(now).max()
        before = now


def test_the_words_of_the_probe_are_shown_and_the_most_frequent_ones():
    trainer = a_trainer(seq_len=4)
    found = seen(trainer)
    probe = list(dict.fromkeys(trainer.task.probe.inputs[:, 0].tolist()))
    assert found.tokens[: len(probe)].tolist() == probe
    counts = np.bincount(trainer.task.validation.inputs.ravel(), minlength=trainer.task.inputs)
    rest = counts[found.tokens[len(probe) :]]
    assert (np.diff(rest) <= 0).all()
    assert len(set(found.tokens.tolist())) == len(found.tokens) <= SHOWN


def test_a_word_may_be_chosen_and_one_that_is_not_there_is_said_to_be():
    trainer = a_trainer(5)
    names = trainer.task.vocabulary or ()
    assert trainer.model.embedding
    weight = trainer.model.embedding.weight.detach().double().numpy()
    found = seen(trainer, "Spain")
    assert found.chosen == names.index("Spain")
    order, _cosines = nearest(weight, 2)
    np.testing.assert_array_equal(found.nearest, order)
    assert seen(trainer).chosen == names.index("speaks?")
    nothing = seen(trainer, "Atlantis")
    assert (nothing.chosen, len(nothing.nearest), len(nothing.near_places)) == (None, 0, 0)


def test_without_an_embedding_there_is_nothing_to_see():
    without: list[dict[str, Any]] = [{"embedding_size": 0}, {"task": "sine"}]
    for settings in without:
        assert look(a_trainer(**settings).subject(), Wanted(frozenset({"embedding"}))).embedding is None


def test_looking_changes_nothing():
    one, other = a_trainer(), a_trainer()
    for _ in range(5):
        seen(one)
        one.step()
        other.step()
    assert one.loss == other.loss
