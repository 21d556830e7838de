"""How the recurrent weights are drawn before training starts."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from rnnviz.settings.experiment import Experiment


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
}
"""What becomes of each H x H block of the drawn weight_hh, in place, before training.

identity is that of Le, Jaitly and Hinton (arXiv:1504.00941), and comes with recurrent biases of zero.
"""
