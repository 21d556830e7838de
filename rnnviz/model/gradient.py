"""Gradient: the loss of one training step, and its gradient by everything that is learned."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn
from typing_extensions import override

from rnnviz.kernels.compiled import add_rows
from rnnviz.kernels.layer import Layer
from rnnviz.kernels.losses import cross_entropy, squared_error
from rnnviz.model.criterion import Criterion
from rnnviz.model.network import SequenceModel
from rnnviz.snapshot import Array, Indices
from rnnviz.tasks.task import Batch

Start = tuple[Array, ...] | None
"""The state that a layer begins or ends in, in one direction: (h,) or (h, c), (B, H) each; None is zero."""


class Gradient(ABC):
    """Computes it for a model whose parameters, and their gradients, are parts of one vector."""

    def __init__(self, model: SequenceModel, criterion: Criterion, vector: nn.Parameter):
        self.model, self.criterion = model, criterion
        self.weights, self.slopes = vector.detach().numpy(), _slope(vector)

    @abstractmethod
    def __call__(self, batch: Batch, starts: Sequence[Start], keep: Sequence[Tensor]) -> tuple[float, list[Start]]:
        """Fill the gradient, and return the loss and the states that the cells end in.

        starts: the states they begin in, layer by layer, forward before backward; () is zero. keep: as in
        SequenceModel.hidden.
        """


def gradient_of(model: SequenceModel, criterion: Criterion, vector: nn.Parameter) -> Gradient:
    """Return what computes the gradient of a model fastest."""
    return (Autograd if model.encoder else Compiled)(model, criterion, vector)


class Autograd(Gradient):
    """By torch's autograd, of any network; it carries no state on."""

    @override
    def __call__(self, batch: Batch, starts: Sequence[Start], keep: Sequence[Tensor]) -> tuple[float, list[Start]]:
        outputs, targets, _ends = self.criterion.answers(self.model, batch, None, keep)
        loss = self.criterion.loss(outputs, targets)
        self.slopes[:] = 0
        loss.backward()
        return loss.item(), []


class Compiled(Gradient):
    """By the compiled kernels alone, of a stack of cells and a read-out: the same numbers, in a part of the time."""

    def __init__(self, model: SequenceModel, criterion: Criterion, vector: nn.Parameter):
        super().__init__(model, criterion, vector)
        ends = np.cumsum([parameter.numel() for parameter in model.parameters()]).tolist()
        end_of = dict(zip(map(id, model.parameters()), ends, strict=True))
        self._layers = [self._layer(layer, end_of[id(layer[-1])]) for layer in model.recurrent.weights]
        readout = model.readout.weight, model.readout.bias
        self._readout = *map(_numbers, readout), *map(_slope, readout)
        embedding = model.embedding.weight if model.embedding else None
        self._embedding = None if embedding is None else (_numbers(embedding), _slope(embedding))
        self._asked: tuple[npt.NDArray[np.bool_], slice | Indices] | None = None

    def _layer(self, weights: Sequence[Tensor], end: int) -> Layer:
        part = slice(end - sum(weight.numel() for weight in weights), end)
        columns = self.model.experiment.hidden_size + weights[0].shape[1] + 1
        return Layer(self.model.kernel, columns, self.weights[part], self.slopes[part])

    @override
    @np.errstate(all="ignore")  # a network may diverge; whoever reads the loss says so
    def __call__(self, batch: Batch, starts: Sequence[Start], keep: Sequence[Tensor]) -> tuple[float, list[Start]]:
        D, layers, begin = self.model.directions, self._layers, iter(starts or [None] * len(self._layers))
        stack = [layers[first : first + D] for first in range(0, len(layers), D)]
        kept = [part.numpy() for part in keep] or [None] * len(stack)
        padding = batch.padding if self.criterion.task.experiment.mask_padding else None
        x = self._read(batch)
        for passes, mask in zip(stack, kept, strict=True):
            x = x if mask is None else x * mask
            hidden = [layer.forwards(x, next(begin) or (), d == 1, padding) for d, layer in enumerate(passes)]
            x = np.concatenate(hidden, axis=2) if D == 2 else hidden[0]
        loss, outside = self._answer(batch, x)
        for depth, (passes, mask) in reversed([*enumerate(zip(stack, kept, strict=True))]):
            for layer, half in zip(passes, np.split(outside, D, axis=2) if D == 2 else [outside], strict=True):
                layer.back(half)
            if depth or self._embedding:
                outside = passes[0].to_input if D == 1 else passes[0].to_input + passes[1].to_input
                outside = outside if mask is None else outside * mask
        if self._embedding:
            slope = self._embedding[1]
            slope[:] = 0
            add_rows(np.ascontiguousarray(outside).reshape(-1, slope.shape[1]), batch.inputs.ravel(), slope)
        return loss, [layer.finish() for layer in layers]

    def _read(self, batch: Batch) -> Array:
        """Return x_t, (T, B, I)."""
        if not self._embedding:
            return self.model.read(self.criterion.inputs(batch)).numpy()
        x = self._embedding[0][np.maximum(batch.inputs, 0)]
        x[batch.inputs < 0] = 0
        return x

    def _answer(self, batch: Batch, hidden: Array) -> tuple[float, Array]:
        """Return the loss, and what it asks of the last layer's h_t: (T, B, M)."""
        marked, classes = self._marked(batch), self.criterion.task.classes
        h = np.ascontiguousarray(hidden[marked]).reshape(-1, hidden.shape[2])
        W, b, dW, db = self._readout
        targets = np.ascontiguousarray(batch.targets[marked], None if classes else h.dtype)
        dy, dh = np.empty((len(h), len(b)), h.dtype), np.empty_like(h)
        W_T = np.ascontiguousarray(W.T)
        if classes:
            loss = cross_entropy(h, W_T, W, b, targets.reshape(-1), dy, dh, dW, db)
        else:
            loss = squared_error(h, W_T, W, b, targets.reshape(dy.shape), dy, dh, dW, db)
        outside = np.zeros_like(hidden)
        outside[marked] = dh.reshape(-1, *hidden.shape[1:])
        return loss, outside

    def _marked(self, batch: Batch) -> slice | Indices:
        """Return which steps' answers are marked: mostly those of the batch before."""
        if self._asked is None or self._asked[0] is not batch.mask:
            marked = self.criterion.marked(batch)
            where = slice(None) if marked is None else marked if isinstance(marked, slice) else marked.numpy()
            self._asked = batch.mask, where
        return self._asked[1]


def _numbers(parameter: Tensor) -> Array:
    return parameter.detach().numpy()


def _slope(parameter: Tensor) -> Array:
    assert parameter.grad is not None
    return parameter.grad.numpy()
