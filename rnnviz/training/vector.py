"""A network's parameters as one vector: so they are updated, measured and kept."""

import torch
from torch import nn


def as_one_vector(model: nn.Module) -> nn.Parameter:
    """Make all parameters and their gradients views of one vector, so that one kernel updates and one measures them."""
    parameters = list(model.parameters())
    vector = nn.Parameter(torch.cat([parameter.detach().flatten() for parameter in parameters]))
    vector.grad = torch.zeros_like(vector)
    sizes = [parameter.numel() for parameter in parameters]
    for parameter, values, gradient in zip(
        parameters, vector.detach().split(sizes), vector.grad.split(sizes), strict=True
    ):
        parameter.data = values.view(parameter.shape)
        parameter.grad = gradient.view(parameter.shape)
    return vector
