"""A network of two parts by the papers' equations, step by step: knows nothing of rnnviz's code but its weights.

Attention as in Bahdanau, Cho and Bengio (arXiv:1409.0473, appendix A.1.2) and in Luong, Pham and Manning
(arXiv:1508.04025, equations 7 and 8).
"""

from typing import Any

import torch
from textbook import step_of
from torch import Tensor

from rnnviz.model.network import SequenceModel
from rnnviz.model.stack import Stack


def layers(stack: Stack) -> list[dict[str, Tensor]]:
    return [dict(zip(stack.kernel.names, weights, strict=True)) for weights in stack.weights]


def embedded(tokens: Tensor, weight: Tensor | None, size: int) -> list[Tensor]:
    rows = torch.eye(size, dtype=torch.float64) if weight is None else weight
    return [rows[token : token + 1] for token in tokens.tolist()]


class Reference:
    """One sequence, by the equations: every h, weight and context, as tensors that keep their gradients.

    hands_over, looks: whether a gradient goes back to the encoder by the state in which it ends, and by attention.
    """

    def __init__(
        self, model: SequenceModel, source: Tensor, written: Tensor, *, hands_over: bool = True, looks: bool = True
    ):
        self.step, experiment = step_of(model.experiment), model.experiment
        assert model.encoder
        self.encoder_h, self.decoder_h = [], []
        self.weights, self.contexts = [], []
        zeros = [torch.zeros(1, experiment.hidden_size, dtype=torch.float64) for _ in model.cell.states]
        x = embedded(source, model.encoder.embedding and model.encoder.embedding.weight, model.encoder.vocabulary)
        starts, stack = [], model.encoder.recurrent
        for layer in range(experiment.num_layers):
            sides = []
            for d in range(stack.directions):
                state, side = tuple(zeros), []
                for x_t in reversed(x) if d else x:
                    state = self.step(x_t, state, layers(stack)[layer * stack.directions + d])
                    state[0].retain_grad()
                    side.append(state[0])
                if not d:
                    starts.append(state)
                sides.append(side[::-1] if d else side)
            self.encoder_h += sides
            x = [torch.cat(parts, 1) for parts in zip(*sides, strict=True)]
        states = torch.cat(x)  # (S, M)
        states = states if looks else states.detach()
        if not hands_over:
            starts = [tuple(part.detach() for part in start) for start in starts]
        attention, said = model.attention, []
        for y in embedded(written, model.embedding and model.embedding.weight, model.readout.out_features + 1):
            context, x_t = None, y
            if attention and attention.kind == "additive":
                context = self.look(additive(attention, starts[-1][0], states), states)
                x_t = torch.cat([y, context], 1)
            for layer, weights in enumerate(layers(model.recurrent)):
                starts[layer] = self.step(x_t, starts[layer], weights)
                x_t = starts[layer][0]
            x_t.retain_grad()
            self.decoder_h.append(x_t)
            if attention and attention.kind == "dot":
                keys = states if attention.key is None else states @ attention.key.weight.T
                context = self.look((keys @ x_t.T)[:, 0], states)
            said.append(x_t if context is None else torch.cat([x_t, context], 1))
        self.outputs = torch.cat(said) @ model.readout.weight.T + model.readout.bias  # (T, V)

    def look(self, scores: Tensor, states: Tensor) -> Tensor:
        weights = scores.exp() / scores.exp().sum()
        self.weights.append(weights)
        self.contexts.append(weights[None] @ states)
        return self.contexts[-1]


def additive(attention: Any, h: Tensor, states: Tensor) -> Tensor:
    W_q, W_k, b, v = attention.query.weight, attention.key.weight, attention.key.bias, attention.score.weight[0]
    return torch.stack([v @ torch.tanh(W_q @ h[0] + W_k @ state + b) for state in states])
