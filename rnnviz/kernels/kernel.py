"""Kernel: what computes a cell, forwards through time and back; one module here for each description in cells.

Every cell is one matrix product a step, a_t = W v_t, of its weights with what it sees, v_t = [h_(t-1); x_t; 1], and
then what makes it that cell, an equation a line. Back through time (Goodfellow, Bengio and Courville, Deep Learning,
section 10.2.2) each equation sends its gradient to what it was made of.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from rnnviz.cells.cell import Cell, Sum
from rnnviz.kernels.arithmetic import NONLINEARITIES, flat
from rnnviz.kernels.compiled import add_products
from rnnviz.kernels.tape import Tape
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Array

Rows = slice | npt.NDArray[np.intp]
"""Which blocks of W: a slice where they stand together, which spares NumPy a copy."""


class Kernel:
    """Computes one cell for an experiment. The weights are torch's, and live in the model."""

    loops: ClassVar[tuple[Callable[..., None], Callable[..., None]]]
    """The compiled loops over the steps start..stop-1, of one tape's arrays: see Tape.

    forward(W (K, GH), P, v, a, c, tanh_c, f, begun, start, stop) fills v[1:, :, :H], which are the h_t, a, and c and
    tanh_c of a cell that has them, from h_0, c_0 and the inputs in v; f is the experiment's function, by its place in
    NONLINEARITIES. backward(W (GH, H), P, v, a, c, tanh_c, dh, dc, da, f, start, stop) fills da, and turns what dh[1:]
    holds from outside into the total dL/dh_t; dh[0] becomes dL/dh_0; so with dc, whose last step alone has something
    from outside. dh, dc and da are of B gradients, what was written down of as many sequences or of one.
    """

    def __init__(self, cell: Cell, experiment: Experiment):
        self.cell, self.experiment = cell, experiment
        self.blocks: tuple[str, ...] = tuple(part.name for part in cell.sums)
        """The names of the blocks of rows in W."""
        self.from_input, self.from_hidden = self._rows(cell.from_input), self._rows(cell.from_hidden)
        self._function = list(NONLINEARITIES).index(experiment.nonlinearity)

    def forward(self, tape: Tape, start: int = 0, stop: int | None = None) -> None:
        """Compute the steps from `start` to before `stop`, the last if None, on from the state before them."""
        stop = len(tape.a) if stop is None else stop
        written = tape.v, tape.a, tape.c, tape.tanh_c
        self.loops[0](tape.to_sums, tape.P, *written, self._function, tape.begun, start, stop)

    def backward(self, tape: Tape, start: int = 0, stop: int | None = None) -> None:
        """Go back over the steps from before `stop` to `start`."""
        stop = len(tape.a) if stop is None else stop
        written = tape.v, tape.a, tape.c, tape.tanh_c, tape.dh, tape.dc, tape.da
        self.loops[1](tape.to_before, tape.P, *written, self._function, start, stop)

    def backpropagate(self, tape: Tape) -> None:
        """Go back over all steps, window by window if the experiment truncates BPTT.

        The windows are of `experiment.truncation` steps, from the start; what would flow from one back into the one
        before is dropped (Williams and Peng, 1990; in PyTorch, a detached state).
        """
        T = len(tape.a)
        k = self.experiment.truncation or T
        for start in reversed(range(0, T, k)):
            met = tape.state_gradients if start else ()
            outside = [gradient[start].copy() for gradient in met]
            self.backward(tape, start, min(start + k, T))
            for gradient, kept in zip(met, outside, strict=True):
                gradient[start] = kept
        tape.silence()

    def to_hidden_before(self, tape: Tape) -> Array:
        """Return what each step sends back to the h it began with: W_hh^T da_t, (T, B, H), after the backward pass.

        A cell that hands h on directly adds to it.
        """
        return flat(tape.da) @ tape.to_before

    def to_cell_before(self, tape: Tape) -> Array:
        """Return what each step sends back to the c it began with, (T, B, H): f_t dL/dc_t, and by the diagonals."""
        back = tape.value(self.cell.keeps) * tape.dc[1:]
        for i, block in enumerate(self.diagonals):
            if block.sees == "c_before":
                back += tape.P[i] * tape.da[:, :, self.blocks.index(block.name)]
        return back

    def parallel(self, tape: Tape) -> Array | None:
        """Return h_1 to h_T, (T, B, H), computed all at once from the tape's inputs, start and weights; None where a
        step has to wait for the one before."""
        return None

    @cached_property
    def diagonals(self) -> tuple[Sum, ...]:
        """The sums that see a state through a diagonal, as the diagonals stand in P."""
        return tuple(part for part in self.cell.sums if part.sees)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of one layer's parameters, in torch's order."""
        return tuple(self.cell.parameters(1, 1))

    def _rows(self, names: Sequence[str]) -> Rows:
        at = [self.blocks.index(name) for name in names]
        together = at == list(range(at[0], at[0] + len(at))) if at else True
        return slice(at[0] if at else 0, at[0] + len(at) if at else 0) if together else np.array(at)

    def pack(self, weights: Mapping[str, Array]) -> tuple[Array, Array]:
        """Lay the weights of Cell.parameters side by side as W (G, H, K), in memory (K, G, H), and the diagonals as P
        (D, H)."""
        weight_ih = weights["weight_ih"]
        H = len(weight_ih) // len(self.cell.from_input)
        W = np.zeros((H + weight_ih.shape[1] + 1, len(self.blocks), H), weight_ih.dtype).transpose(1, 2, 0)
        W[self.from_input, :, H:-1] = weight_ih.reshape(-1, H, weight_ih.shape[1])
        W[self.from_input, :, -1] = weights["bias_ih"].reshape(-1, H)
        if self.cell.from_hidden:
            W[self.from_hidden, :, :H] = weights["weight_hh"].reshape(-1, H, H)
            W[self.from_hidden, :, -1] += weights["bias_hh"].reshape(-1, H)
        P = np.empty((len(self.diagonals), H), W.dtype)
        for i, block in enumerate(self.diagonals):
            P[i] = weights[f"peephole_{block.called}"]
        return W, P

    def unpack(self, dW: Array, dP: Array | None = None) -> dict[str, Array]:
        """Return the gradients of the weights that `pack` takes, given those of W and P; all but those of the diagonals
        if that of P is not given."""
        _, H, K = dW.shape
        of_input = dW[self.from_input].reshape(-1, K)
        found = {"weight_ih": of_input[:, H:-1], "bias_ih": of_input[:, -1]}
        if self.cell.from_hidden:
            of_hidden = dW[self.from_hidden].reshape(-1, K)
            found |= {"weight_hh": of_hidden[:, :H], "bias_hh": of_hidden[:, -1]}
        if dP is not None:
            found |= {f"peephole_{block.called}": dP[i] for i, block in enumerate(self.diagonals)}
        return {name: found[name] for name in self.names if name in found}

    def weight_gradients(self, tape: Tape, out: tuple[Array, Array] | None = None) -> tuple[Array, Array]:
        """Return dW, the sum over t of da_t v_t^T, and dP (D, H), after the backward pass; out: what to write them
        into, (K, GH) and (D, H)."""
        G, H, K = tape.W.shape
        dW, dP = out or (np.empty((K, G * H), tape.W.dtype), np.empty((len(self.diagonals), H), tape.W.dtype))
        dW[:] = 0
        add_products(tape.v[:-1].reshape(-1, K).T, tape.da.reshape(-1, G * H), dW)  # one product over (T, B)
        seen = tape.values if self.diagonals else {}
        for i, block in enumerate(self.diagonals):
            dP[i] = np.einsum("tbh,tbh->h", tape.da[:, :, self.blocks.index(block.name)], seen[block.sees])
        return dW.T.reshape(tape.W.shape), dP
