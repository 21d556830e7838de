"""Passes: a network's ways over a batch, forwards and back, in training and where it is looked at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor, nn

from rnnviz.kernels.decoder import Pass
from rnnviz.kernels.layer import Layer, Layout
from rnnviz.kernels.losses import cross_entropy, read_out, squared_error
from rnnviz.kernels.tape import Tape
from rnnviz.model.attending import Attending
from rnnviz.model.criterion import Criterion
from rnnviz.model.half import Half, Start, numbers, slope
from rnnviz.model.network import SequenceModel
from rnnviz.model.recording import Recording
from rnnviz.snapshot import Array
from rnnviz.tasks.task import Batch

KEPT = 16_000_000
"""Bytes of each visitor up to which the memory of a step's passes, forwards and back, serves those of the next step,
too. What is larger is given back."""
Back = Callable[[Array], object]
"""Goes back from dL/dy_t, (T, 1, O), which adds the gradients to a recording."""


@dataclass(frozen=True, eq=False)
class Passed:
    """What was computed on the way forwards, layer by layer: of an encoder, too, and of the looks, if there are any.

    seen: what the read-out sees, (T, B, M).
    """

    seen: Array
    tapes: Sequence[Tape]
    source: Sequence[Tape] = ()
    looked: Pass | None = None


class Passes:
    """Those of a model whose parameters, and their gradients, are parts of one vector: by the compiled kernels alone.

    weights, slopes: these two, (N,).
    """

    def __init__(
        self,
        model: SequenceModel,
        criterion: Criterion,
        vector: nn.Parameter,
        layouts: dict[int, Layout] | None = None,
    ):
        self.model, self.criterion = model, criterion
        self.weights, self.slopes = numbers(vector), slope(vector)
        self._layouts = {} if layouts is None else layouts
        """By the columns of W."""
        ends = np.cumsum([parameter.numel() for parameter in model.parameters()]).tolist()
        self._end_of = dict(zip(map(id, model.parameters()), ends, strict=True))
        self._half, encoder = Half(model.recurrent, model.embedding, self._layer), model.encoder
        self._encoder = encoder and Half(encoder.recurrent, encoder.embedding, self._layer)
        self._attending = model.attention and Attending(model.attention, self._half.layers)
        readout = model.readout.weight, model.readout.bias
        self._readout = *map(numbers, readout), *map(slope, readout)

    def _layer(self, weights: Sequence[Tensor]) -> Layer:
        end = self._end_of[id(weights[-1])]
        part = slice(end - sum(weight.numel() for weight in weights), end)
        columns = self.model.experiment.hidden_size + weights[0].shape[1] + 1
        if columns not in self._layouts:
            self._layouts[columns] = Layout(self.model.kernel, columns, self.weights.dtype)
        return Layer(self._layouts[columns], self.weights[part], self.slopes[part])

    def beside(self, model: SequenceModel, vector: nn.Parameter) -> "Passes":
        """Return those of another model of the same sizes."""
        return Passes(model, self.criterion, vector, self._layouts)

    @np.errstate(all="ignore")  # a network may diverge; whoever reads the loss says so
    def gradient(self, batch: Batch, starts: Sequence[Start], keep: Sequence[Tensor]) -> tuple[float, list[Start]]:
        """Fill the gradient, and return the loss and the states that the cells end in.

        starts: the states they begin in, layer by layer, forward before backward; () is zero. keep: as in
        SequenceModel.hidden.
        """
        masks = [part.numpy() for part in keep]
        passed = self._forwards(batch, starts, masks)
        loss, outside = self._answer(batch, passed.seen)
        self._back(batch, passed, outside, masks, fills=True)
        layers = [*self._half.layers, *(self._encoder.layers if self._encoder else ())]
        keeps = sum(tape.nbytes for tape in (*passed.tapes, *passed.source)) <= KEPT
        ends = [layer.finish(keeps=keeps) for layer in layers]
        return loss, [*ends[: len(self._half.layers)]]

    @np.errstate(all="ignore")
    def answers(self, batch: Batch) -> tuple[Array, Array]:
        """Return what is said from a zero state where answers are marked, (N, B, O), and what is right: classes (N, B),
        or numbers (N, B, O)."""
        seen, marked = self._forwards(batch, anew=True, keeps=False).seen, self.criterion.marked(batch)
        return self._read_out(seen[marked]), batch.targets[marked]

    @np.errstate(all="ignore")
    def record(self, batch: Batch) -> tuple[Array, Recording, Back]:
        """Run over one sequence (B = 1) from a zero state; return the outputs (T, 1, O), all that was computed, and the
        way back, which leaves the training's gradient alone."""
        passed = self._forwards(batch, anew=True)
        recording = Recording([*passed.tapes], self.model.directions)
        if self._encoder:
            recording.source = Recording([*passed.source], self._encoder.directions)
            recording.passed = passed.looked
            recording.key = self._attending and self._attending.key

        @np.errstate(all="ignore")
        def to_states(d_outputs: Array) -> None:
            self._back(batch, passed, d_outputs @ self._readout[0], fills=False)

        return self._read_out(passed.seen), recording, to_states

    def _forwards(
        self,
        batch: Batch,
        starts: Sequence[Start] = (),
        masks: Sequence[Array] = (),
        *,
        anew: bool = False,
        keeps: bool = True,
    ) -> Passed:
        """Run over a batch. masks, anew: as in Half.forwards. keeps: as in Attending.forwards."""
        model, task = self.model, self.criterion.task
        x = self._half.read(batch.inputs, model.inputs) if task.vocabulary else batch.inputs
        if not self._encoder or not model.encoder or batch.source is None:
            padding = batch.padding if task.experiment.mask_padding else None
            tapes, seen = self._half.forwards(x, starts, masks, padding, anew=anew)
            return Passed(seen, tapes)
        absent = batch.source < 0
        absent = absent if absent.any() else None
        read = self._encoder.read(batch.source, model.encoder.vocabulary)
        source, states = self._encoder.forwards(read, padding=absent, anew=anew)
        starts = [tuple(state[-1] for state in tape.states) for tape in source[:: self._encoder.directions]]
        if not self._attending:
            tapes, seen = self._half.forwards(x, starts, anew=anew)
            return Passed(seen, tapes, source)
        states = np.ascontiguousarray(states)
        looked = self._attending.forwards(x, states, starts, absent, anew=anew, keeps=keeps)
        assert looked.look
        seen = np.concatenate([looked.tapes[-1].hidden, looked.look.contexts], axis=2)
        return Passed(seen, looked.tapes, source, looked)

    def _back(self, batch: Batch, passed: Passed, outside: Array, masks: Sequence[Array] = (), *, fills: bool) -> None:
        """Go back from what the read-out asks of what it saw, (T, B, M). fills: whether the gradients are to be
        filled."""
        d_states = None
        if self._attending and passed.looked:
            d_x, d_states = self._attending.back(passed.looked, outside, fills=fills)
        else:
            d_x = self._half.back(passed.tapes, outside, masks, fills=fills)
        if fills:
            self._half.embed_back(d_x, batch.inputs)
        if not self._encoder or batch.source is None:
            return
        if d_states is None:  # nothing but the states it ends in is read
            d_states = np.zeros((*batch.source.shape, outside.shape[2]), outside.dtype)
        ends = [[gradient[0] for gradient in tape.state_gradients] for tape in passed.tapes]
        d_source = self._encoder.back(passed.source, d_states, ends=ends, fills=fills)
        if fills:
            self._encoder.embed_back(d_source, batch.source)

    def _read_out(self, hidden: Array) -> Array:
        """Return y_t, (T, B, O), of what the read-out sees."""
        W, b, _, _ = self._readout
        y = np.empty((*hidden.shape[:2], len(b)), W.dtype)
        h = np.ascontiguousarray(hidden).reshape(-1, hidden.shape[2])
        read_out(h, np.ascontiguousarray(W.T), W, b, y.reshape(-1, len(b)))
        return y

    def _answer(self, batch: Batch, hidden: Array) -> tuple[float, Array]:
        """Return the loss, and what it asks of what the read-out sees: (T, B, M)."""
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
