"""Kernel: what computes a cell, forwards through time and back; one module here for each description in cells.

Every cell is one matrix product a step, a_t = W v_t, of its weights with what it sees, v_t = [h_(t-1); x_t; 1], and
then what makes it that cell. `forward` scans the steps and keeps everything; `steps_back` is backpropagation through
time (Goodfellow, Bengio and Courville, Deep Learning, section 10.2.2): all local derivatives are taken over all steps
at once, and the loop does only what has to wait for the step after it.
"""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from rnnviz.cells.cell import Cell, Sum
from rnnviz.kernels.arithmetic import flat, transposed
from rnnviz.kernels.tape import Tape
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Array

Rows = slice | npt.NDArray[np.intp]
"""Which blocks of W: a slice where they stand together, which spares NumPy a copy."""


class Kernel(ABC):
    """Computes one cell for an experiment. The weights are torch's, and live in the model.

    order: the blocks of W in the order that suits the kernel; () is that of the description.
    """

    order: ClassVar[tuple[str, ...]] = ()

    def __init__(self, cell: Cell, experiment: Experiment):
        self.cell, self.experiment = cell, experiment
        self.blocks: tuple[str, ...] = self.order or tuple(part.name for part in cell.sums)
        """The names of the blocks of rows in W."""
        self.from_input, self.from_hidden = self._rows(cell.from_input), self._rows(cell.from_hidden)

    @abstractmethod
    def forward(self, tape: Tape) -> Iterator[None]:
        """Fill tape.h[1:] (and c) and tape.a, from tape.h[0] (and c[0]), tape.x and tape.W; yield after every step."""

    @abstractmethod
    def steps_back(self, tape: Tape) -> Iterator[None]:
        """Fill tape.da, and turn tape.dh[1:], which holds what comes from outside, into the total dL/dh_t.

        Yields after every step, the last first; until the next is asked for, more from outside may be added to the
        state before. tape.dh[0] becomes dL/dh_0; so with dc, whose last step alone has something from outside.
        """

    def backward(self, tape: Tape) -> None:
        """Go back over all steps as `steps_back` does."""
        deque(self.steps_back(tape), maxlen=0)

    def backpropagate(self, tape: Tape) -> None:
        """Do what `backward` does, window by window if the experiment truncates BPTT.

        The windows are of `experiment.truncation` steps, from the start; what would flow from one back into the one
        before is dropped (Williams and Peng, 1990; in PyTorch, a detached state).
        """
        T, k = len(tape.a), self.experiment.truncation
        if not 0 < k < T:
            self.backward(tape)
            return tape.silence()
        windows = []
        for start in reversed(range(0, T, k)):
            window = tape.part(start, min(start + k, T))
            kept = [(gradient[0], gradient[0].copy()) for gradient in window.state_gradients]
            self.backward(window)
            for first, outside in kept if start else ():
                first[:] = outside
            windows.append(window.da)
        tape.da = np.concatenate(windows[::-1])
        tape.silence()

    def to_hidden_before(self, tape: Tape) -> Array:
        """Return what each step sends back to the h it began with: W_hh^T da_t, (T, H, B), after the backward pass.

        A cell that hands h on directly adds to it.
        """
        return np.matmul(transposed(tape.W, tape.h[0]), flat(tape.da))

    def to_cell_before(self, tape: Tape) -> Array:
        """Return what each step sends back to the c it began with, (T, H, B): f_t dL/dc_t, and by the diagonals."""
        back = tape.value(self.cell.keeps) * tape.dc[1:]
        for i, block in enumerate(self.diagonals):
            if block.sees == "c_before":
                back += tape.P[i] * tape.da[:, self.blocks.index(block.name)]
        return back

    def parallel(self, tape: Tape) -> Array | None:
        """Return h_1 to h_T, (T, H, B), computed all at once from the tape's inputs, start and weights; None where a
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
        """Lay the weights of Cell.parameters side by side as W (G, H, K), and the diagonals as P (D, H, 1)."""
        weight_ih = weights["weight_ih"]
        H = len(weight_ih) // len(self.cell.from_input)
        W = np.zeros((len(self.blocks), H, H + weight_ih.shape[1] + 1), weight_ih.dtype)
        W[self.from_input, :, H:-1] = weight_ih.reshape(-1, H, weight_ih.shape[1])
        W[self.from_input, :, -1] = weights["bias_ih"].reshape(-1, H)
        if self.cell.from_hidden:
            W[self.from_hidden, :, :H] = weights["weight_hh"].reshape(-1, H, H)
            W[self.from_hidden, :, -1] += weights["bias_hh"].reshape(-1, H)
        P = np.empty((len(self.diagonals), H, 1), W.dtype)
        for i, block in enumerate(self.diagonals):
            P[i, :, 0] = weights[f"peephole_{block.called}"]
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

    def weight_gradients(self, tape: Tape) -> tuple[Array, Array]:
        """Return dW, the sum over t of da_t v_t^T, and dP (D, H), after the backward pass."""
        T, G, H, B = tape.da.shape
        # one product over (T, B)
        flat_da, flat_v = (
            array.transpose(1, 0, 2).reshape(-1, T * B) for array in (tape.da.reshape(T, G * H, B), tape.v[:-1])
        )
        dP = np.empty((len(self.diagonals), H), tape.W.dtype)
        for i, block in enumerate(self.diagonals):
            seen = tape.value(block.sees)
            dP[i] = np.einsum("thb,thb->h", tape.da[:, self.blocks.index(block.name)], seen)
        return (flat_da @ flat_v.T).reshape(tape.W.shape), dP
