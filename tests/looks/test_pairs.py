"""What is seen of a network of two parts: its source, its attention, both ways back, and what it writes right."""

from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional
from two_parts import Reference

from rnnviz.looks.exactness import exactness_of
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks.task import NOTHING, Batch
from rnnviz.training.trainer import Trainer

KINDS = [("none", False), ("additive", True), ("dot", True), ("additive", False), ("dot", False)]


def trained(cell="gru", attention="additive", both=True, **settings: Any) -> Trainer:
    small: dict[str, Any] = {"seq_len": 6, "hidden_size": 5, "batch_size": 4, "num_layers": 2, "embedding_size": 3}
    experiment = Experiment(
        task="reverse", cell=cell, attention=attention, bidirectional_encoder=both, **small | settings
    )
    trainer = Trainer(experiment, torch.float64)
    trainer.step(3)
    return trainer


def asked_of_source(trainer: Trainer, **ways: bool) -> list[list[float]]:
    """Return the norms of dloss_t/dh_s, (T, S), by autograd, one loss after the other."""
    probe, model = trainer.task.probe, trainer.model
    assert probe.source is not None
    rows = []
    for t in range(len(probe.mask)):
        source, written = torch.from_numpy(probe.source[:, 0]), torch.from_numpy(probe.inputs[:, 0])
        reference = Reference(model, source, written, **ways)
        last = reference.encoder_h[-model.experiment.encoder_directions :]
        loss = functional.cross_entropy(reference.outputs[t], torch.from_numpy(probe.targets)[t, 0])
        if loss.requires_grad:
            loss.backward()
        sides = [[torch.zeros_like(h) if h.grad is None else h.grad for h in side] for side in last]
        rows.append([torch.cat(parts, 1).norm().item() for parts in zip(*sides, strict=True)])
    return rows


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize(("attention", "both"), KINDS)
def test_both_ways_back_to_the_source_are_autograds(cell, attention, both):
    trainer = trained(cell, attention, both)
    paths = trainer.snapshot().paths
    assert paths
    found = {"state": {"looks": False}, "attention": {"hands_over": False}, "both": {}}
    for name, ways in found.items():
        if attention == "none" and name == "attention":
            assert not paths.attention.any()
            continue
        np.testing.assert_allclose(getattr(paths, name), asked_of_source(trainer, **ways), rtol=0, atol=1e-10)


@pytest.mark.parametrize("attention", ["none", "additive", "dot"])
def test_losses_in_groups_ask_for_the_same(attention, monkeypatch):
    trainer = trained(attention=attention)
    at_once = trainer.snapshot().paths
    monkeypatch.setattr("rnnviz.looks.paths.BYTES", 1)
    trainer.restore(trainer.checkpoint())  # so that it is looked at anew
    one_by_one = trainer.snapshot().paths
    assert at_once
    assert one_by_one
    for way in ("state", "attention", "both"):
        np.testing.assert_allclose(getattr(one_by_one, way), getattr(at_once, way), rtol=1e-12, atol=1e-15)


def test_looking_at_both_ways_changes_nothing():
    trainer = trained()
    trace = trainer.snapshot().trace
    assert trace.source
    assert trace.attention is not None
    np.testing.assert_allclose(trace.attention.sum(1), 1, rtol=0, atol=1e-12)
    again = trained().subject()
    again.recording  # noqa: B018  # before the ways are looked at
    np.testing.assert_array_equal(again.recording.source.hidden_gradient, trace.source.gradient)  # pyright: ignore


def test_the_source_is_the_encoders():
    trainer = trained(num_layers=1)
    trace, probe = trainer.snapshot().trace, trainer.task.probe
    assert trace.source
    assert probe.source is not None
    reference = Reference(trainer.model, torch.from_numpy(probe.source[:, 0]), torch.from_numpy(probe.inputs[:, 0]))
    functional.cross_entropy(reference.outputs, torch.from_numpy(probe.targets)[:, 0]).backward()
    forward, backward = reference.encoder_h
    for side, d in ((forward, 0), (backward, 1)):
        for name in ("hidden", "gradient"):
            theirs = [h if name == "hidden" else h.grad for h in side]
            theirs = torch.cat([h for h in theirs if h is not None]).detach().numpy()
            np.testing.assert_allclose(getattr(trace.source, name)[0, d], theirs, rtol=0, atol=1e-10)
    np.testing.assert_array_equal(trace.source.tokens, probe.source[:, 0])


def test_exactness_counts_by_length_and_by_place():
    source = np.array([[NOTHING, 1, NOTHING], [2, 3, 4], [5, 6, 7]])
    targets = np.array([[5, 6, 7], [2, 3, 4], [9, 1, 9], [NOTHING, 9, NOTHING]])
    origins = np.array([[1, 2, 1], [0, 1, 0], [NOTHING, 0, NOTHING], [NOTHING] * 3])
    right = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 0], [0, 1, 1]], bool)  # the last row but one is that of the ends
    batch = Batch(targets, targets, np.ones(4, bool), source=source)
    found = exactness_of(batch, origins, right)
    assert (found.lengths.tolist(), found.counts.tolist(), found.exact.tolist()) == ([2, 3], [2, 1], [0.5, 0.0])
    assert (found.positions.tolist(), found.asked.tolist()) == ([1, 2, 3], [3, 3, 1])
    assert found.right.tolist() == [1.0, pytest.approx(2 / 3), 1.0]


def test_accuracy_is_the_share_that_is_right_in_full():
    trainer = trained(hidden_size=32, num_layers=1, batch_size=32, learning_rate=0.01, embedding_size=32)
    trainer.step(150)
    snapshot = trainer.snapshot()
    exactness = snapshot.exactness
    assert exactness
    assert snapshot.accuracy == pytest.approx((exactness.exact * exactness.counts).sum() / exactness.counts.sum())
    assert exactness.counts.sum() == snapshot.validated
