"""Gradient: one training step's loss and its gradient, without autograd, of a stack of cells and a read-out.

The same kernels compute it as a recording; autograd computes the same numbers of every network, and is what the tests
hold this against.
"""

from collections.abc import Sequence

import numpy as np
from torch import Tensor, nn

from rnnviz.kernels.compiled import add_rows
from rnnviz.kernels.kernel import Kernel
from rnnviz.kernels.losses import cross_entropy, squared_error
from rnnviz.kernels.tape import Tape
from rnnviz.model.criterion import Criterion
from rnnviz.model.network import SequenceModel
from rnnviz.snapshot import Array
from rnnviz.tasks.task import Batch

Start = tuple[Array, ...] | None
"""The state that a layer begins or ends in, in one direction: (h,) or (h, c), (B, H) each; None is zero."""


def gradient_of(model: SequenceModel, criterion: Criterion, vector: nn.Parameter) -> "Gradient | Autograd":
    """Return what computes the gradient of a network fastest; vector: all that is learned, as one."""
    return Autograd(model, criterion, vector) if model.encoder else Gradient(model, criterion)


class Autograd:
    """Computes it by torch's autograd, of any network; it carries no state on."""

    def __init__(self, model: SequenceModel, criterion: Criterion, vector: nn.Parameter):
        self.model, self.criterion, self._vector = model, criterion, vector

    def __call__(self, batch: Batch, state: Sequence[Start] | None, keep: Sequence[Tensor]) -> tuple[float, list[Start]]:
        """See Gradient."""
        outputs, targets, _ends = self.criterion.answers(self.model, batch, None, keep)
        loss = self.criterion.loss(outputs, targets)
        assert self._vector.grad is not None
        self._vector.grad.zero_()
        loss.backward()
        return loss.item(), []


class Gradient:
    """Computes it for a network of one part. The weights and their .grad are read and written in place."""

    def __init__(self, model: SequenceModel, criterion: Criterion):
        assert not model.encoder
        self.model, self.criterion = model, criterion
        self.kernel, self.directions = model.kernel, model.directions
        names = self.kernel.names
        self._layers = [
            _Layer(self.kernel, dict(zip(names, map(_array, weights), strict=True)),
                   dict(zip(names, map(_slope, weights), strict=True)))
            for weights in model.recurrent.weights
        ]
        self._readout = [part(array) for part in (_array, _slope) for array in (model.readout.weight, model.readout.bias)]
        embedding = model.embedding and model.embedding.weight
        self._embedding = None if embedding is None else (_array(embedding), _slope(embedding))

    def __call__(
        self, batch: Batch, state: Sequence[Start] | None = None, keep: Sequence[Tensor] = ()
    ) -> tuple[float, list[Start]]:
        """Fill the gradient, and return the loss and the states the cells end in; as Criterion.answers and `loss`."""
        tokens, x = self._read(batch)
        padding = batch.padding if self.criterion.task.experiment.mask_padding else None
        starts = iter(state or [None] * len(self._layers))
        D, layers = self.directions, self._layers
        inputs: list[Array] = []
        for first in range(0, len(layers), D):
            if keep:
                x = x * keep[first // D].numpy()
            inputs.append(x)
            hidden = [layer.forwards(x, next(starts), d == 1, padding) for d, layer in enumerate(layers[first : first + D])]
            x = np.concatenate(hidden, axis=2) if D == 2 else hidden[0]
        loss, outside = self._answer(batch, x)
        for first in reversed(range(0, len(layers), D)):
            halves = np.split(outside, D, axis=2)
            passed = layers[first : first + D]
            for layer, half in zip(passed, halves, strict=True):
                layer.back(half)
            if first or tokens is not None:
                outside = sum(layer.tape.gradient_to_input for layer in passed)
                if keep:
                    outside = outside * keep[first // D].numpy()
        if tokens is not None and self._embedding:
            slope = self._embedding[1]
            slope[:] = 0
            add_rows(np.ascontiguousarray(outside).reshape(tokens.size, -1), tokens.ravel(), slope)
        return loss, [layer.end for layer in layers]

    def _read(self, batch: Batch) -> tuple[Array | None, Array]:
        """Return the tokens that are looked up in an embedding, if any, and x_t, (T, B, I)."""
        if not self.criterion.task.vocabulary:
            return None, batch.inputs
        if self._embedding:
            x = self._embedding[0][np.maximum(batch.inputs, 0)]
            x[batch.inputs < 0] = 0
            return batch.inputs, x
        return None, self.model.read(self.criterion.inputs(batch)).numpy()

    def _answer(self, batch: Batch, hidden: Array) -> tuple[float, Array]:
        """Return the loss, and what it asks of the last layer's h_t: (T, B, M)."""
        marked = self.criterion.marked(batch)
        marked = slice(None) if marked is None else marked if isinstance(marked, slice) else marked.numpy()
        h, targets = hidden[marked], batch.targets[marked]
        M, classes = h.shape[2], self.criterion.task.classes
        h = np.ascontiguousarray(h).reshape(-1, M)
        W, b, dW, db = self._readout
        dy, dh = np.empty((len(h), len(b)), h.dtype), np.empty_like(h)
        targets = np.ascontiguousarray(targets).reshape(-1) if classes else np.ascontiguousarray(targets, h.dtype)
        targets = targets if classes else targets.reshape(len(h), -1)
        loss = (cross_entropy if classes else squared_error)(h, W, b, targets, dy, dh, dW, db)
        outside = np.zeros_like(hidden)
        outside[marked] = dh.reshape(-1, hidden.shape[1], M)
        return loss, outside


class _Layer:
    """One layer in one direction: its weights, their gradients, and its pass over the batch."""

    tape: Tape

    def __init__(self, kernel: Kernel, weights: dict[str, Array], gradients: dict[str, Array]):
        self.kernel, self.weights, self.gradients = kernel, weights, gradients

    def forwards(self, x: Array, state: Start, reverse: bool, padding: Array | None) -> Array:
        T, B, _ = x.shape
        self.tape = tape = Tape(self.kernel, *self.kernel.pack(self.weights), T, B, reverse, padding)
        tape.x[:] = x[::-1] if reverse else x
        self.kernel.forward(tape.begin(*(state or ())))
        return tape.hidden

    def back(self, outside: Array) -> None:
        tape = self.tape.expect()
        tape.outward(tape.dh[1:])[:] = outside
        self.kernel.backpropagate(tape)
        for name, gradient in self.kernel.unpack(*self.kernel.weight_gradients(tape)).items():
            self.gradients[name][:] = gradient

    @property
    def end(self) -> tuple[Array, ...]:
        return tuple(state[-1].copy() for state in self.tape.states)


def _array(parameter: nn.Parameter) -> Array:
    return parameter.detach().numpy()


def _slope(parameter: nn.Parameter) -> Array:
    assert parameter.grad is not None
    return parameter.grad.numpy()
