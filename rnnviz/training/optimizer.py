"""Optimizer: what makes a step of a gradient, over all that is learned as one vector."""

from typing import Any

import torch
from torch import nn

from rnnviz.kernels import optimizers


class Optimizer:
    """Adam or SGD, as torch.optim has them; the vector's .grad is read in place. rate: the learning rate."""

    def __init__(self, kind: str, vector: nn.Parameter, rate: float):
        assert vector.grad is not None
        self._kind, self.rate, self._steps = kind, rate, 0
        self._weights, self._gradient = vector.detach().numpy(), vector.grad.numpy()
        self._means = [torch.zeros_like(vector, requires_grad=False) for _ in range(2 if kind == "adam" else 0)]
        """Of the gradient, and of its square."""
        self._arrays = [mean.numpy() for mean in self._means]

    @property
    def norm(self) -> float:
        """The gradient's length."""
        return optimizers.norm(self._gradient)

    def step(self, scale: float = 1.0) -> None:
        """Change the weights by the gradient, times `scale`."""
        self._steps += 1
        if self._kind == "sgd":
            optimizers.sgd(self._weights, self._gradient, scale, self.rate)
        else:
            mean, square = self._arrays
            optimizers.adam(self._weights, self._gradient, mean, square, scale, self.rate, self._steps)

    def state(self) -> dict[str, Any]:
        """Return all of it but the rate, as torch saves it."""
        return {"steps": self._steps, "means": self._means}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` returned."""
        self._steps = state["steps"]
        for mean, saved in zip(self._means, state["means"], strict=True):
            mean.copy_(saved)
