"""What each loss_t asks of each source state, by the state that is handed over and by attention, apart."""

import numpy as np
import torch
from torch import Tensor

from rnnviz.looks.subject import Subject
from rnnviz.model.encoder import Encoded, Source
from rnnviz.snapshot import Array, Paths
from rnnviz.wanted import Wanted


def paths(subject: Subject, wanted: Wanted) -> Paths | None:
    """Return dloss_t/dh_s of the probe, for each target step t and source step s; None of one sequence.

    The sequence runs T times side by side; of copy t loss_t alone is marked, so that one way back brings every loss's
    gradient. What the encoder hands over is cut out of it, and goes back through the encoder by itself.
    """
    model, criterion, probe = subject.model, subject.criterion, subject.examples.probe
    tokens = criterion.source(probe)
    if tokens is None or model.encoder is None:
        return None
    T, D = len(probe.mask), model.encoder.recurrent.directions
    source = Source(tokens.repeat(1, T), [])
    encoded = model.encoder(source)
    assert source.tapes
    cut = Encoded(_cut(encoded.states), [tuple(map(_cut, start)) for start in encoded.starts], encoded.absent)
    inputs, targets = criterion.inputs(probe).repeat(1, T), criterion.targets(probe)
    outputs = model.readout(model.decoded(model.read(inputs), cut))
    losses = criterion.losses(outputs.diagonal(dim1=0, dim2=1).T, targets[:, 0])  # loss_t of copy t
    handed = [part for start in cut.starts for part in start]
    leaves = handed if model.attention is None else [*handed, cut.states]
    gradients = torch.autograd.grad(losses.sum(), leaves)
    starts = [part for start in encoded.starts for part in start]
    tapes, parameters = source.tapes[-D:], list(model.encoder.parameters())

    def back(outputs: list[Tensor], gradients: tuple[Tensor, ...]) -> Array:
        """Return dloss_t/dh_s of the last layer by way of what is handed over, (S, T, M)."""
        for tape in tapes:
            tape.expect()  # zeros, where nothing comes back
        torch.autograd.grad(outputs, parameters, gradients, retain_graph=True, allow_unused=True)
        return np.concatenate([tape.hidden_gradient for tape in tapes], axis=2).astype(np.float64)

    state = back(starts, gradients[: len(starts)])
    zero = np.zeros_like(state)
    attention = zero if model.attention is None else back([encoded.states], gradients[len(starts) :])
    return Paths(*(np.linalg.norm(way, axis=2).T for way in (state, attention, state + attention)))


def _cut(tensor: Tensor) -> Tensor:
    return tensor.detach().requires_grad_()
