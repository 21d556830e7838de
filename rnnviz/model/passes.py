"""Passes: a network's ways over a batch, forwards and back, in training and where it is looked at."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn
from typing_extensions import override

from rnnviz.kernels.compiled import add_rows
from rnnviz.kernels.layer import Layer, Layout
from rnnviz.kernels.losses import cross_entropy, read_out, squared_error
from rnnviz.kernels.scan import back
from rnnviz.kernels.tape import Tape
from rnnviz.model.criterion import Criterion
from rnnviz.model.network import SequenceModel
from rnnviz.model.recording import Recording
from rnnviz.snapshot import Array
from rnnviz.tasks.task import Batch

Start = tuple[Array, ...] | None
"""The state that a layer begins or ends in, in one direction: (h,) or (h, c), (B, H) each; None is zero."""
KEPT = 16_000_000
"""Bytes of each visitor up to which the memory of a step's passes, forwards and back, serves those of the next step,
too. What is larger is given back."""
Back = Callable[[Array], object]
"""Goes back from dL/dy_t, (T, 1, O), which adds the gradients to a recording."""


class Passes(ABC):
    """Those of a model whose parameters, and their gradients, are parts of one vector.

    weights, slopes: these two, (N,).
    """

    def __init__(self, model: SequenceModel, criterion: Criterion, vector: nn.Parameter):
        self.model, self.criterion = model, criterion
        self.weights, self.slopes = vector.detach().numpy(), _slope(vector)

    def beside(self, model: SequenceModel, vector: nn.Parameter) -> "Passes":
        """Return those of another model of the same sizes."""
        return type(self)(model, self.criterion, vector)

    @abstractmethod
    def gradient(self, batch: Batch, starts: Sequence[Start], keep: Sequence[Tensor]) -> tuple[float, list[Start]]:
        """Fill the gradient, and return the loss and the states that the cells end in.

        starts: the states they begin in, layer by layer, forward before backward; () is zero. keep: as in
        SequenceModel.hidden.
        """

    @abstractmethod
    def answers(self, batch: Batch) -> tuple[Array, Array]:
        """Return what is said from a zero state where answers are marked, (N, B, O), and what is right: classes (N, B),
        or numbers (N, B, O)."""

    @abstractmethod
    def record(self, batch: Batch) -> tuple[Array, Recording, Back]:
        """Run over one sequence (B = 1) from a zero state; return the outputs (T, 1, O), all that was computed, and the
        way back, which leaves the training's gradient alone."""


def passes_of(model: SequenceModel, criterion: Criterion, vector: nn.Parameter) -> Passes:
    """Return the fastest there are for a model."""
    return (Autograd if model.encoder else Compiled)(model, criterion, vector)


class Autograd(Passes):
    """By torch's autograd, of any network; it carries no state on."""

    @override
    def gradient(self, batch: Batch, starts: Sequence[Start], keep: Sequence[Tensor]) -> tuple[float, list[Start]]:
        outputs, targets, _ends = self.criterion.answers(self.model, batch, None, keep)
        loss = self.criterion.loss(outputs, targets)
        self.slopes[:] = 0
        loss.backward()
        return loss.item(), []

    @override
    @torch.no_grad()
    def answers(self, batch: Batch) -> tuple[Array, Array]:
        outputs, targets, _ends = self.criterion.answers(self.model, batch)
        return outputs.numpy(), targets.numpy()

    @override
    def record(self, batch: Batch) -> tuple[Array, Recording, Back]:
        asked = self.criterion.inputs(batch), self.criterion.padding(batch), self.criterion.source(batch)
        outputs, recording = self.model.record(*asked)

        def to_all(d_outputs: Array) -> None:
            # from a scalar, since for any other start torch loads SymPy
            torch.autograd.grad((outputs * torch.from_numpy(d_outputs)).sum(), list(self.model.parameters()))

        return outputs.detach().numpy(), recording, to_all


class Compiled(Passes):
    """By the compiled kernels alone, of a stack of cells and a read-out: the same numbers, in a part of the time."""

    def __init__(
        self,
        model: SequenceModel,
        criterion: Criterion,
        vector: nn.Parameter,
        layouts: dict[int, Layout] | None = None,
    ):
        super().__init__(model, criterion, vector)
        self._layouts = {} if layouts is None else layouts
        """By the columns of W."""
        ends = np.cumsum([parameter.numel() for parameter in model.parameters()]).tolist()
        end_of = dict(zip(map(id, model.parameters()), ends, strict=True))
        self._layers = [self._layer(layer, end_of[id(layer[-1])]) for layer in model.recurrent.weights]
        readout = model.readout.weight, model.readout.bias
        self._readout = *map(_numbers, readout), *map(_slope, readout)
        embedding = model.embedding.weight if model.embedding else None
        self._embedding = None if embedding is None else (_numbers(embedding), _slope(embedding))

    def _layer(self, weights: Sequence[Tensor], end: int) -> Layer:
        part = slice(end - sum(weight.numel() for weight in weights), end)
        columns = self.model.experiment.hidden_size + weights[0].shape[1] + 1
        if columns not in self._layouts:
            self._layouts[columns] = Layout(self.model.kernel, columns, self.weights.dtype)
        return Layer(self._layouts[columns], self.weights[part], self.slopes[part])

    @override
    def beside(self, model: SequenceModel, vector: nn.Parameter) -> Passes:
        return Compiled(model, self.criterion, vector, self._layouts)

    @override
    @np.errstate(all="ignore")  # a network may diverge; whoever reads the loss says so
    def gradient(self, batch: Batch, starts: Sequence[Start], keep: Sequence[Tensor]) -> tuple[float, list[Start]]:
        masks = [part.numpy() for part in keep]
        tapes, hidden = self._forwards(batch, starts, masks)
        loss, outside = self._answer(batch, hidden)
        outside = self._back(tapes, outside, masks, self._layers)
        if self._embedding:
            slope = self._embedding[1]
            slope[:] = 0
            add_rows(np.ascontiguousarray(outside).reshape(-1, slope.shape[1]), batch.inputs.ravel(), slope)
        keeps = sum(tape.nbytes for tape in tapes) <= KEPT
        return loss, [layer.finish(keeps=keeps) for layer in self._layers]

    @override
    @np.errstate(all="ignore")
    def answers(self, batch: Batch) -> tuple[Array, Array]:
        _tapes, hidden = self._forwards(batch, anew=True)
        marked = self.criterion.marked(batch)
        return self._read_out(hidden[marked]), batch.targets[marked]

    @override
    @np.errstate(all="ignore")
    def record(self, batch: Batch) -> tuple[Array, Recording, Back]:
        tapes, hidden = self._forwards(batch, anew=True)

        @np.errstate(all="ignore")
        def to_states(d_outputs: Array) -> None:
            self._back(tapes, d_outputs @ self._readout[0])

        return self._read_out(hidden), Recording(tapes, self.model.directions), to_states

    def _forwards(
        self, batch: Batch, starts: Sequence[Start] = (), masks: Sequence[Array] = (), *, anew: bool = False
    ) -> tuple[list[Tape], Array]:
        """Run over a batch; return the passes, and what the read-out sees, (T, B, M).

        masks: what each layer's inputs are multiplied by, (B, I). anew: see Layer.forwards.
        """
        D, layers, tapes = self.model.directions, self._layers, []
        padding = batch.padding if self.criterion.task.experiment.mask_padding else None
        x = self._read(batch)
        for first in range(0, len(layers), D):
            x = x * masks[first // D] if masks else x
            for d, layer in enumerate(layers[first : first + D]):
                start = starts[first + d] if starts else None
                tapes.append(layer.forwards(x, start or (), d == 1, padding, anew=anew))
            x = tapes[-1].hidden if D == 1 else np.concatenate([tape.hidden for tape in tapes[-D:]], axis=2)
        return tapes, x

    def _back(
        self, tapes: Sequence[Tape], outside: Array, masks: Sequence[Array] = (), layers: Sequence[Layer] = ()
    ) -> Array:
        """Go back from what the read-out asks of the last layer's h_t, (T, B, M); return what goes down to the
        embedding, if there is one. layers: those whose gradients are to be filled."""
        D = self.model.directions
        for first in reversed(range(0, len(tapes), D)):
            passes = tapes[first : first + D]
            for tape, half in zip(passes, np.split(outside, D, axis=2) if D == 2 else [outside], strict=True):
                back(tape, half)
            for layer in layers[first : first + D]:
                layer.fill()
            if first or self._embedding:
                outside = passes[0].gradient_to_input
                outside = outside + passes[1].gradient_to_input if D == 2 else outside
                outside = outside * masks[first // D] if masks else outside
        return outside

    def _read(self, batch: Batch) -> Array:
        """Return x_t, (T, B, I)."""
        tokens = batch.inputs
        if not self.criterion.task.vocabulary:
            return tokens
        if self._embedding:
            x = self._embedding[0][np.maximum(tokens, 0)]
            x[tokens < 0] = 0
            return x
        x = np.zeros((*tokens.shape, self.model.inputs), self.weights.dtype)
        x[(*(there := np.nonzero(tokens >= 0)), tokens[there])] = 1
        return x

    def _read_out(self, hidden: Array) -> Array:
        """Return y_t, (T, B, O), of what the read-out sees."""
        W, b, _, _ = self._readout
        y = np.empty((*hidden.shape[:2], len(b)), W.dtype)
        h = np.ascontiguousarray(hidden).reshape(-1, hidden.shape[2])
        read_out(h, np.ascontiguousarray(W.T), W, b, y.reshape(-1, len(b)))
        return y

    def _answer(self, batch: Batch, hidden: Array) -> tuple[float, Array]:
        """Return the loss, and what it asks of the last layer's h_t: (T, B, M)."""
        marked, classes = self.criterion.marked(batch), self.criterion.task.classes
        h = np.ascontiguousarray(hidden[marked]).reshape(-1, hidden.shape[2])
        W, b, dW, db = self._readout
        targets = np.ascontiguousarray(batch.targets[marked], None if classes else h.dtype)
        losses, dy, dh = np.empty(len(h), h.dtype), np.empty((len(h), len(b)), h.dtype), np.empty_like(h)
        W_T = np.ascontiguousarray(W.T)
        if classes:
            loss = cross_entropy(h, W_T, W, b, targets.reshape(-1), losses, dy, dh, dW, db)
        else:
            loss = squared_error(h, W_T, W, b, targets.reshape(dy.shape), losses, dy, dh, dW, db)
        outside = np.zeros_like(hidden)
        outside[marked] = dh.reshape(-1, *hidden.shape[1:])
        return loss, outside


def _numbers(parameter: Tensor) -> Array:
    return parameter.detach().numpy()


def _slope(parameter: Tensor) -> Array:
    assert parameter.grad is not None
    return parameter.grad.numpy()
