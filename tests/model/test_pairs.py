"""The network of two parts against autograd on the papers' equations, step by step, in float64."""

from typing import Any

import pytest
import torch
from textbook import KINDS
from torch import Tensor
from two_parts import Reference

from rnnviz.model.encoder import Source
from rnnviz.model.network import SequenceModel
from rnnviz.settings.experiment import Experiment

READ, WRITTEN = 7, 5
"""Tokens of the source's vocabulary, and that may be written; one more is read, BEGIN."""
PADDED = [[-1, -1, -1, 2], [-1, 4, 0, 5], [3, 1, 6, 0], [2, 2, 1, 3], [5, 0, 4, 6]]
"""Sources of 3, 4, 3 and 5 tokens, (S, B)."""
WRITING = [[5, 5, 5, 5], [1, 0, 3, 3], [2, 4, 2, 0]]
"""What is read while writing, (T, B)."""


def built(kind: tuple[str, str] = ("gru", "tanh"), seed=0, **settings: Any) -> SequenceModel:
    name, nonlinearity = kind
    experiment = Experiment(**{"cell": name, "nonlinearity": nonlinearity, "hidden_size": 4} | settings)
    generator = torch.Generator().manual_seed(seed)
    return SequenceModel(experiment, WRITTEN + 1, WRITTEN, generator, torch.float64, tokens=True, source=READ)


def loss_weights(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(9), dtype=torch.float64)


@pytest.mark.parametrize(
    "settings",
    [
        {"attention": "none"},
        {"attention": "none", "num_layers": 2, "embedding_size": 3},
        {"attention": "additive", "bidirectional_encoder": True, "embedding_size": 3},
        {"attention": "additive", "num_layers": 3},
        {"attention": "dot", "num_layers": 2},
        {"attention": "dot", "bidirectional_encoder": True, "embedding_size": 3},
    ],
    ids=lambda settings: "-".join(f"{value}" for value in settings.values()),
)
@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_weights_contexts_outputs_and_every_gradient_are_autograds(kind, settings):
    model = built(kind, **settings)
    source, written = torch.tensor([3, 1, 6, 0, 2]), torch.tensor([5, 1, 4, 2])
    parameters = list(model.parameters())
    outputs, recording = model.record(written[:, None], source=source[:, None])
    loss = (outputs[:, 0] * loss_weights(*outputs[:, 0].shape)).sum()
    ours = torch.autograd.grad(loss, parameters)
    reference = Reference(model, source, written)
    their_loss = (reference.outputs * loss_weights(*reference.outputs.shape)).sum()
    their_loss.backward()
    close(outputs[:, 0], reference.outputs)
    for parameter, gradient in zip(parameters, ours, strict=True):
        close(gradient, parameter.grad)
    assert recording.source
    L, D = model.experiment.num_layers, recording.source.directions
    close(recording.source.hidden.reshape(L * D, -1, 4), stacked(reference.encoder_h))
    close(recording.source.hidden_gradient.reshape(L * D, -1, 4), gradients(reference.encoder_h))
    close(recording.hidden[-1, 0], torch.cat(reference.decoder_h))
    close(recording.hidden_gradient[-1, 0], torch.cat([h.grad for h in reference.decoder_h if h.grad is not None]))
    if settings["attention"] == "none":
        assert recording.look is None
    else:
        assert recording.look
        close(recording.look.weights[:, 0], torch.stack(reference.weights))
        close(recording.look.contexts[:, 0], torch.cat(reference.contexts))


def stacked(states: list[list[Tensor]]) -> Tensor:
    return torch.stack([torch.cat(side) for side in states])


def gradients(states: list[list[Tensor]]) -> Tensor:
    return torch.stack([torch.cat([h.grad for h in side if h.grad is not None]) for side in states])


def close(ours: Any, theirs: Any) -> None:
    torch.testing.assert_close(torch.as_tensor(ours), torch.as_tensor(theirs), rtol=0, atol=1e-10)


@pytest.mark.parametrize("attention", ["none", "additive", "dot"])
@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_sequences_of_different_lengths_side_by_side_are_what_each_is_alone(kind, attention):
    model = built(kind, attention=attention, bidirectional_encoder=True, embedding_size=3, num_layers=2)
    source, written = torch.tensor(PADDED), torch.tensor(WRITING)
    weights = loss_weights(3, 4, WRITTEN)
    parameters = list(model.parameters())
    hidden, _ = model.hidden(model.read(written), source=Source(source))
    outputs = model.readout(hidden)
    together = torch.autograd.grad((outputs * weights).sum(), parameters)
    alone = [torch.zeros_like(parameter) for parameter in parameters]
    for b in range(4):
        tokens = source[source[:, b] >= 0, b : b + 1]
        single, _ = model.record(written[:, b : b + 1], source=tokens)
        close(outputs[:, b : b + 1], single)
        found = torch.autograd.grad((single[:, 0] * weights[:, b]).sum(), parameters)
        alone = [total + part for total, part in zip(alone, found, strict=True)]
    for ours, theirs in zip(together, alone, strict=True):
        close(ours, theirs)


def test_the_lstm_that_trains_on_torchs_kernel_says_the_same():
    model = built(("lstm", "tanh"), attention="additive", bidirectional_encoder=True)
    source, written = torch.tensor(PADDED)[2:], torch.tensor(WRITING)  # none begins later: torch's kernel reads it
    kept, fused = Source(source, []), Source(source)
    for a, b in zip(*(model.hidden(model.read(written), source=each)[0] for each in (kept, fused)), strict=True):
        close(a, b)
    assert kept.tapes


def test_a_second_direction_is_there_only_where_attention_looks_at_it():
    sizes = {
        a: built(attention=a, bidirectional_encoder=True).stacks[0].directions for a in ("none", "additive", "dot")
    }
    assert sizes == {"none": 1, "additive": 2, "dot": 2}


def test_the_weights_are_those_that_torchs_modules_draw_one_after_the_other():
    model = built(attention="additive", bidirectional_encoder=True, embedding_size=3)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        modules = [
            torch.nn.Embedding(READ, 3),
            torch.nn.GRU(3, 4, bidirectional=True),
            torch.nn.Linear(4, 4, bias=False),
            torch.nn.Linear(8, 4),
            torch.nn.Linear(4, 1, bias=False),
            torch.nn.Embedding(WRITTEN + 1, 3),
            torch.nn.GRU(3 + 8, 4),
            torch.nn.Linear(4 + 8, WRITTEN),
        ]
    theirs = [parameter for module in modules for parameter in module.parameters()]
    for ours, parameter in zip(model.parameters(), theirs, strict=True):
        torch.testing.assert_close(ours, parameter.double(), rtol=0, atol=0)
