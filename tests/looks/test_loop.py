"""What the gradient lab computes of a decoder that looks at a source, against autograd step by step, in float64."""

import itertools
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
import torch
from textbook import KINDS, step_of, weights_of
from torch import Tensor, nn

from rnnviz.looks.memory import jacobians, step_jacobian
from rnnviz.looks.shares import shares, terms
from rnnviz.model.encoder import Source
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Lens
from rnnviz.training.trainer import Trainer

NETWORKS: list[dict[str, Any]] = [
    {"attention": attention, "num_layers": layers, "bidirectional_encoder": both}
    for attention, layers, both in [
        ("none", 2, False),
        ("additive", 1, True),
        ("additive", 2, False),
        ("dot", 1, False),
        ("dot", 2, True),
    ]
]


def trained(kind: tuple[str, str], **settings: Any) -> Trainer:
    cell, nonlinearity = kind
    sizes: dict[str, Any] = {"hidden_size": 4, "embedding_size": 3, "batch_size": 2}
    trainer = Trainer(
        Experiment(task="numbers", cell=cell, nonlinearity=nonlinearity, **sizes, **settings), torch.float64
    )
    trainer.step(3)
    return trainer


State = tuple[Tensor, ...]


class Reference:
    """The decoder's pass over the probe: every state a tensor of its own, and every step with weights of its own."""

    def __init__(self, trainer: Trainer):
        self.model, self.cell, probe = trainer.model, step_of(trainer.experiment), trainer.task.probe
        assert self.model.encoder
        assert probe.source is not None
        encoded = self.model.encoder(Source(torch.from_numpy(probe.source)))
        self.source = encoded.states.detach()[:, 0]
        states = [leaves(state) for state in encoded.starts]
        self.states, self.weights, self.losses = [states], [], []
        """By step, (h,) or (h, c) of each layer, from those before the first on; and the weights by layer."""
        for token, right in zip(probe.inputs[:, 0], probe.targets[:, 0], strict=True):
            states, said, weights = self.step(token, states)
            self.states.append(states)
            self.weights.append(weights)
            self.losses.append(nn.functional.cross_entropy(said[0], torch.tensor(right)) / len(probe.targets))

    def step(self, token: int, states: list[State]) -> tuple[list[State], Tensor, list[dict[str, Tensor]]]:
        """The states after, what is said, (1, V), and the weights that this step used."""
        model, attention, after, context = self.model, self.model.attention, [], None
        assert model.embedding
        x = model.embedding.weight.detach()[token : token + 1]
        if attention and attention.kind == "additive":
            assert attention.query
            assert attention.key
            assert attention.score
            asked = torch.tanh(attention.query(states[-1][0]) + attention.key(self.source))
            context = torch.softmax(attention.score(asked)[:, 0], 0) @ self.source
            x = torch.cat([x, context[None]], 1)
        parameters = dict(model.recurrent.named_parameters())
        weights = [
            dict(zip(own, leaves(own.values()), strict=True))
            for layer in range(len(states))
            for own in [weights_of(parameters, layer, 0)]
        ]
        for state, own in zip(states, weights, strict=True):
            after.append(self.cell(x, state, own))
            x = after[-1][0]
        if attention and attention.kind == "dot":
            keys = attention.key(self.source) if attention.key else self.source
            context = torch.softmax(keys @ x[0], 0) @ self.source
        return after, model.readout(x if context is None else torch.cat([x, context[None]], 1)), weights

    def jacobian(self, trainer: Trainer, t: int, layer: int) -> np.ndarray:
        """dh_t/dh_(t-1) of one layer, all other states held fixed."""
        before = [leaves(state) for state in self.states[t]]
        after, _said, _weights = self.step(trainer.task.probe.inputs[t, 0], before)
        return jacobian(after[layer][0], before[layer][0])


def leaves(tensors: Iterable[Tensor]) -> State:
    return tuple(tensor.detach().clone().requires_grad_() for tensor in tensors)


def gradient(of: Tensor, by: Tensor) -> Tensor:
    (found,) = torch.autograd.grad(of, by, retain_graph=True, allow_unused=True)
    return torch.zeros_like(by) if found is None else found


def jacobian(of: Tensor, by: Tensor) -> np.ndarray:
    return torch.stack([gradient(unit, by)[0] for unit in of[0]]).detach().numpy()


@pytest.mark.parametrize("network", NETWORKS, ids=lambda settings: "-".join(map(str, settings.values())))
@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_what_is_remembered_and_who_teaches_is_autograds(kind, network):
    trainer = trained(kind, **network)
    reference, recording = Reference(trainer), trainer.subject().recording
    loop, T = recording.loop, len(reference.losses)
    assert (loop is not None) == (network["attention"] == "additive")
    for layer, tape in enumerate(recording.tapes):
        last = reference.states[-1][layer][0]
        found = jacobians(tape, loop)
        for t, (part, ours) in itertools.product(range(T), enumerate(found)):
            if ours is not None and (t < T - 1 or part):
                close(ours[t], jacobian(last, reference.states[t + 1][layer][part]))
        for t in range(T):
            close(step_jacobian(tape, t, loop), reference.jacobian(trainer, t, layer))
        matrix = "weight_hh" if tape.cell.from_hidden else "weight_ih"
        found, sums = shares(recording, np.arange(T), layer)
        whole = np.zeros(sums.shape[1:])
        for t, k in itertools.product(range(T), range(T)):
            share = gradient(reference.losses[t], reference.weights[k][layer][matrix]).numpy()
            assert np.isnan(found.norms[t, k]) == (k > t)
            close(np.nan_to_num(found.norms[t, k]), np.linalg.norm(share))
            whole += share
        close(sums.sum(0), whole)
        close(found.norm, np.linalg.norm(whole))


@pytest.mark.parametrize("network", NETWORKS, ids=lambda settings: "-".join(map(str, settings.values())))
def test_terms_add_up_to_the_total_gradient_of_a_decoder(network):
    trainer = trained(("lstm", "tanh"), **network)
    gradients = trainer.snapshot().gradients.hidden
    for layer, tape in enumerate(terms(trainer.subject().recording, range(gradients.shape[2]))):
        close(tape.dh[1:].sum(1), gradients[layer, 0])


def test_the_lab_shows_no_product_where_the_context_is_a_way_besides():
    factors = [
        trained(("rnn", "tanh"), attention=a).snapshot(lens=Lens()).analysis.factors for a in ("additive", "dot")
    ]
    assert [found.slope is None and found.W_hh is None for found in factors] == [True, False]


def close(ours: Any, theirs: Any) -> None:
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)
