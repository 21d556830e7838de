"""Layer: a kernel's passes in training, on weights and gradients that are parts of one vector."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rnnviz.kernels.compiled import gather, pick
from rnnviz.kernels.kernel import Kernel
from rnnviz.kernels.tape import Tape
from rnnviz.snapshot import Array


class Layout:
    """How the loops have the weights of all layers of one size, and their gradients for as long as one is filled.

    columns: K, of W.
    """

    def __init__(self, kernel: Kernel, columns: int, dtype: npt.DTypeLike):
        self.kernel = kernel
        H, G, D = kernel.experiment.hidden_size, len(kernel.blocks), len(kernel.diagonals)
        self.shapes = (columns, G, H), (D, H)
        self.slopes = np.empty((columns * G + D) * H, dtype)
        """dW and dP, one behind the other."""
        self.into = self.slopes[: columns * G * H].reshape(columns, -1), self.slopes[columns * G * H :].reshape(D, H)
        self.first, self.second, self.diagonals, self.places = places(kernel, columns)


class Layer:
    """One layer in one direction: its weights (N,) and their gradients, and its pass over a batch."""

    def __init__(self, layout: Layout, weights: Array, gradients: Array):
        self.kernel, self._layout, self._weights, self._gradients = layout.kernel, layout, weights, gradients
        self._tape: Tape | None = None

    @property
    def tape(self) -> Tape:
        """The newest pass."""
        assert self._tape
        return self._tape

    def forwards(
        self,
        x: Array,
        start: Sequence[Array],
        reverse: bool,
        padding: npt.NDArray[np.bool_] | None,
        *,
        anew: bool = False,
    ) -> Tape:
        """Run over x (T, B, I); return the pass, which lasts until the next. start, padding, reverse: as in Tape.

        anew: in memory of its own, to be kept.
        """
        T, B, _ = x.shape
        tape = self.begin(T, B, start, reverse, padding, anew=anew)
        tape.x[:] = x[::-1] if reverse else x
        self.kernel.forward(tape)
        return tape

    def begin(
        self,
        steps: int,
        batch: int,
        start: Sequence[Array],
        reverse: bool = False,
        padding: npt.NDArray[np.bool_] | None = None,
        *,
        anew: bool = False,
    ) -> Tape:
        """Return a pass that has made no step yet: its weights are laid out, and nothing is read. Else as forwards."""
        tape = (self._new if anew else self._room)(steps, batch, reverse, padding)
        layout = self._layout
        gather(self._weights, layout.first, layout.second, tape.to_sums.reshape(-1))
        tape.to_before[:] = tape.to_sums[: tape.to_before.shape[1]].T
        if len(tape.P):
            pick(self._weights, layout.diagonals, tape.P.reshape(-1))
        return tape.begin(*start)

    def _room(self, steps: int, batch: int, reverse: bool, padding: npt.NDArray[np.bool_] | None) -> Tape:
        tape = self._tape
        if tape is None or padding is not None or tape.begun.size or tape.a.shape[:2] != (steps, batch):
            tape = self._tape = self._new(steps, batch, reverse, padding)
        return tape

    def _new(self, steps: int, batch: int, reverse: bool, padding: npt.NDArray[np.bool_] | None) -> Tape:
        W, P = (np.empty(shape, self._weights.dtype) for shape in self._layout.shapes)
        return Tape(self.kernel, W.transpose(1, 2, 0), P, steps, batch, reverse, padding)

    def fill(self) -> None:
        """Fill the gradients, once the newest pass has gone back."""
        layout = self._layout
        self.kernel.weight_gradients(self.tape, layout.into)
        pick(layout.slopes, layout.places, self._gradients)

    def finish(self, *, keeps: bool) -> tuple[Array, ...]:
        """Return the state the pass ended in. keeps: whether its memory is to serve the next pass, too."""
        end = tuple(state[-1].copy() for state in self.tape.states)
        if not keeps:
            self._tape = None
        return end


def places(kernel: Kernel, columns: int) -> tuple[Any, Any, Any, Any]:
    """Return where each number of W, in memory, stands among a layer's weights, counted from 1 and 0 for nothing, and
    where one that is added to it does; where those of P stand, counted from 0; and where each weight's gradient is in
    dW and dP: arrays of integers, for `gather` and `pick`."""
    H = kernel.experiment.hidden_size
    shapes = kernel.cell.parameters(columns - H - 1, H)
    at: dict[str, Any] = {}
    for name, shape in shapes.items():
        count = sum(where.size for where in at.values())
        at[name] = count + 1 + np.arange(math.prod(shape)).reshape(shape)
    added = {name: where * (name == "bias_hh") for name, where in at.items()}
    first, diagonals = kernel.pack({name: where - added[name] for name, where in at.items()})
    second, _ = kernel.pack(added)
    W: Any = np.arange(first.size).reshape(columns, -1).T.reshape(first.shape)
    P: Any = first.size + np.arange(diagonals.size).reshape(diagonals.shape)
    gradients = np.concatenate([where.ravel() for where in kernel.unpack(W, P).values()])
    one, other = (where.transpose(2, 0, 1) for where in (first, second))
    one, other, diagonals, gradients = (
        where.astype(np.int32).ravel() for where in (one, other, diagonals - 1, gradients)
    )
    return one, other, diagonals, gradients
