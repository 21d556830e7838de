"""A network's parameters as one vector: so they are updated, measured and kept."""

import torch
from torch import Tensor, nn


def as_one_vector(model: nn.Module, gradient: Tensor | None = None) -> nn.Parameter:
    """Make all parameters and their gradients views of one vector, so that one kernel updates and one measures them.

    gradient: where these are, (N,), for a model that is not trained; of its own if None.
    """
    parameters = list(model.parameters())
    vector = nn.Parameter(torch.cat([parameter.detach().flatten() for parameter in parameters]))
    vector.grad = torch.zeros_like(vector) if gradient is None else gradient
    sizes = [parameter.numel() for parameter in parameters]
    for parameter, values, slopes in zip(
        parameters, vector.detach().split(sizes), vector.grad.split(sizes), strict=True
    ):
        parameter.data = values.view(parameter.shape)
        parameter.grad = slopes.view(parameter.shape)
    return vector
