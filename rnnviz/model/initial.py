"""How the weights are drawn before training starts, where that is not as PyTorch does it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from rnnviz.settings.experiment import Experiment

if TYPE_CHECKING:
    from rnnviz.model.network import SequenceModel


def _orthogonal(block: Tensor, experiment: Experiment, generator: torch.Generator) -> None:
    nn.init.orthogonal_(block, gain=experiment.spectral_radius, generator=generator)


def _identity(block: Tensor, *_: object) -> None:
    nn.init.eye_(block)


def _spectral(block: Tensor, experiment: Experiment, _: torch.Generator) -> None:
    block *= experiment.spectral_radius / torch.linalg.eigvals(block).abs().max()


INITIALISATIONS: dict[str, Callable[[Tensor, Experiment, torch.Generator], None]] = {
    "default": lambda *_: None,
    "orthogonal": _orthogonal,
    "identity": _identity,
    "spectral": _spectral,
    "keras": lambda *_: None,
}
"""What becomes of each H x H block of the drawn weight_hh, in place, before training.

identity is that of Le, Jaitly and Hinton (arXiv:1504.00941), and comes with recurrent biases of zero.
"""


def as_keras(model: "SequenceModel", generator: torch.Generator) -> None:
    """Draw all weights anew as Keras does: W_hh orthogonal, all gates together; W_ih and the read-out after Glorot and
    Bengio (2010); an embedding evenly from -0.05 to 0.05; biases of zero, to which an LSTM of Keras adds a
    forget_bias of 1. What sees a state through a diagonal, which Keras has not, stays."""
    embeddings = (model.encoder.embedding if model.encoder else None, model.embedding)
    for embedding in filter(None, embeddings):
        nn.init.uniform_(embedding.weight, -0.05, 0.05, generator=generator)
    for stack in model.stacks:
        for weights in stack.weights:
            for name, weight in zip(stack.kernel.names, weights, strict=True):
                if name == "weight_ih":
                    nn.init.xavier_uniform_(weight, generator=generator)
                elif name == "weight_hh":
                    nn.init.orthogonal_(weight, generator=generator)
                elif name.startswith("bias"):
                    nn.init.zeros_(weight)
    for linear in (*model.attention.linears, model.readout) if model.attention else (model.readout,):
        nn.init.xavier_uniform_(linear.weight, generator=generator)
        if linear.bias is not None:
            nn.init.zeros_(linear.bias)
