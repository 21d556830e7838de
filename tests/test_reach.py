"""What is said of the first word's gradient and of padding, against autograd and torch's own modules."""

from typing import Any

import numpy as np
import pytest
import torch

from rnnviz.language import short
from rnnviz.looks.look import look
from rnnviz.model.encoder import Source
from rnnviz.reach import about_padding, about_reach
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Part, Snapshot
from rnnviz.training.trainer import Trainer
from rnnviz.wanted import Wanted


def seen(steps: int = 0, **settings: Any) -> tuple[Trainer, Snapshot]:
    trainer = Trainer(Experiment(**settings), torch.float64)
    trainer.step(steps)
    parts: frozenset[Part] = frozenset({"trace", "gradients", "flow", "padding"})
    return trainer, look(trainer.subject(), Wanted(parts))


def by_autograd(trainer: Trainer) -> np.ndarray:
    """The norm of dL/dx_t of the probe, (T,)."""
    probe = trainer.task.probe
    x = trainer.model.read(trainer.criterion.inputs(probe)).detach().requires_grad_()
    hidden, _ = trainer.model.hidden(x, padding=trainer.criterion.padding(probe))
    loss = trainer.criterion.loss(trainer.model.readout(hidden[-1:]), trainer.criterion.targets(probe)[-1:])
    (gradient,) = torch.autograd.grad(loss, x)
    return gradient[:, 0].norm(dim=-1).numpy()


@pytest.mark.parametrize("embedding_size", [0, 3])
@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_the_first_words_share_of_the_last_ones_gradient_is_autograds(cell, embedding_size):
    trainer, snapshot = seen(3, task="recall", seq_len=7, cell=cell, embedding_size=embedding_size)
    norms, names = by_autograd(trainer), trainer.task.vocabulary or ()
    first = names[trainer.task.probe.inputs[0, 0]]
    np.testing.assert_allclose(snapshot.flow.inputs, norms, rtol=1e-9)
    said = str(about_reach(snapshot, trainer.experiment))
    assert said == (
        f"Now “{first}”, 6 words back, gets {norms[0] / norms[-1]:.2g} of the gradient of “speaks?”, the last word: "
        f"{norms[0]:.2g} against {norms[-1]:.2g}, the norms of dL/dx_t."
    )


@pytest.mark.parametrize("attention", ["none", "additive", "dot"])
def test_of_two_sequences_it_is_the_sources_first_tokens(attention):
    trainer, snapshot = seen(3, task="dates", cell="gru", embedding_size=3, attention=attention)
    probe, model = trainer.task.probe, trainer.model
    assert probe.source is not None
    assert model.encoder
    assert model.encoder.embedding
    tokens = torch.from_numpy(probe.source)
    x = model.encoder.embedding.weight.detach()[tokens[:, 0]]
    # every token by a row of its own, so that the rows' gradients are those of the steps
    model.encoder.embedding.weight = torch.nn.Parameter(x)
    source = Source(torch.arange(len(x))[:, None])
    hidden, _ = model.hidden(model.read(trainer.criterion.inputs(probe)), source=source)
    loss = trainer.subject().probe_loss(model.readout(hidden))
    (gradient,) = torch.autograd.grad(loss, model.encoder.embedding.weight)
    norms = gradient.norm(dim=-1).numpy()
    first, last = (trainer.task.source_vocabulary[tokens[at, 0]] for at in (0, -1))
    assert str(about_reach(snapshot, trainer.experiment)) == (
        f"Now “{first}”, the first of the source, gets {short(norms[0] / norms[-1], 2)} of the gradient of "
        f"“{last}”, its last: {short(norms[0], 2)} against {short(norms[-1], 2)}, the norms of dL/dx_s."
    )


def test_of_numbers_nothing_is_said():
    trainer, snapshot = seen(seq_len=5)
    assert about_reach(snapshot, trainer.experiment) == ""
    assert snapshot.padding is None


@pytest.mark.slow
def test_on_reviews_the_initial_weights_decide_how_far_a_gradient_reaches():
    # measured in bare torch with two layers of 64 at the start: Keras' 0.6, torch's 1.6e-21
    ratios = {}
    for initialisation in ("keras", "default"):
        trainer, snapshot = seen(
            task="reviews",
            initialisation=initialisation,
            vocabulary_size=10_000,
            embedding_size=64,
            hidden_size=64,
            num_layers=2,
            seq_len=80,
        )
        assert "79 words back" in str(about_reach(snapshot, trainer.experiment))
        ratios[initialisation] = snapshot.flow.inputs[0] / snapshot.flow.inputs[-1]
    assert 0.2 < ratios["keras"] < 2
    assert 1e-25 < ratios["default"] < 1e-18


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("mask", [False, True])
def test_what_padding_does_is_what_torch_makes_of_the_sequence_with_it_and_without(padded, cell, mask):
    found = 0
    for seed in range(4):
        trainer, snapshot = seen(2, task=padded, cell=cell, seq_len=9, seed=seed, mask_padding=mask)
        probe = trainer.task.probe
        assert probe.padding is not None
        count = int(probe.padding.sum())
        if not count:
            assert snapshot.padding is None
            continue
        found += 1
        recurrent, _readout = trainer.model.to_torch()
        x = trainer.model.read(torch.from_numpy(probe.inputs))
        whole, alone = (recurrent(part)[0][-1, 0] for part in (x, x[count:]))
        moved = ((whole - alone).norm() / alone.norm()).item()
        assert snapshot.padding
        assert snapshot.padding.steps == count
        assert snapshot.padding.moved == pytest.approx(moved, rel=1e-9)
        said = str(about_padding(snapshot.padding, trainer.experiment))
        assert f"{100 * moved:.3g} % of" in said
        assert ("skipped. Read like" in said) == mask
    assert found
