"""Copies of tensors, one for each edge of a graph, for the gradient that comes back through each."""

from torch import Tensor


class Edges:
    """Copies of tensors, one for each edge that leaves them, with the gradient that comes back through each."""

    def __init__(self):
        self.copies: dict[tuple[object, ...], Tensor] = {}

    def __call__(self, tensor: Tensor, *name: object) -> Tensor:
        copy = tensor.clone()
        if not copy.requires_grad:
            copy.requires_grad_()
        copy.retain_grad()
        self.copies[name] = copy
        return copy

    def norm(self, *name: object) -> float:
        gradient = self.copies[name].grad
        return 0.0 if gradient is None else gradient.norm().item()
