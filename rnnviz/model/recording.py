"""Recording: what the cells wrote down of one sequence, layer by layer, and its gradients after a backward pass."""

from collections.abc import Sequence
from dataclasses import astuple

import numpy as np

from rnnviz.kernels.attention import Look
from rnnviz.kernels.tape import Tape
from rnnviz.snapshot import Array, Flow, Inside, Opened


class Recording:
    """What the cells wrote down in one forward pass of one sequence (B = 1), and in the backward pass after it.

    All arrays are (L, D, T, H), in the order of the sequence; see snapshot/arrays.py for the letters.
    """

    source: "Recording | None" = None
    """What the encoder wrote down, of a network of two parts."""
    look: Look | None = None
    """How such a network looked at the source; None without attention."""

    def __init__(self, tapes: list[Tape], directions: int):
        self.tapes, self.directions = tapes, directions

    @property
    def inputs(self) -> Array:
        """What the first layer reads, x_t: (T, I)."""
        tape = self.tapes[0]
        return tape.outward(tape.x)[:, 0]

    @property
    def hidden(self) -> Array:
        """h_t."""
        return self._stack([tape.hidden for tape in self.tapes])

    @property
    def cell(self) -> Array | None:
        """c_t, where the cell has one."""
        states = [tape.cell_state for tape in self.tapes]
        return self._stack([state for state in states if state is not None]) if states[0] is not None else None

    @property
    def gates(self) -> dict[str, Array]:
        """The gates' values, by name."""
        return self._stack_named([tape.gates for tape in self.tapes])

    @property
    def hidden_gradient(self) -> Array:
        """The total dL/dh_t; AttributeError before a backward pass."""
        return self._stack([tape.hidden_gradient for tape in self.tapes])

    @property
    def preactivation_gradients(self) -> dict[str, Array]:
        """dL/da_t by gate; AttributeError before a backward pass."""
        return self._stack_named([tape.preactivation_gradients for tape in self.tapes])

    @np.errstate(all="ignore")  # a network may diverge; whoever reads the norms says so
    def flow(self, d_outputs: Array) -> Flow:
        """Return how large the gradient is on its way back, after a backward pass; d_outputs: dL/dy_t, (T, O)."""
        top = self.tapes[-self.directions :]
        to_cell = [g for tape in self.tapes if (g := tape.gradient_to_cell_before) is not None]
        before = _norm(self._stack([tape.gradient_to_before for tape in self.tapes]))
        return Flow(
            output=_norm(d_outputs),
            readout=np.stack([_norm(tape.outside[:, 0]) for tape in top]),
            input=self._input_flow(),
            before=before,
            cell=_norm(self._stack(to_cell)) if to_cell else before if not top[0].cell.from_hidden else None,
            inputs=_norm(np.sum([tape.gradient_to_input[:, 0] for tape in self.tapes[: self.directions]], axis=0)),
        )

    def _input_flow(self) -> Array:
        """Return (L, D, S, T): to the S directions of the layer below; the first layer's input is one."""
        D, H = self.directions, self.tapes[0].h.shape[1]
        flow = np.full((len(self.tapes), D, len(self.tapes[0].x)), np.nan)
        for i, tape in enumerate(self.tapes):
            gradient = tape.gradient_to_input[:, 0]
            sources = [gradient] if i < D else [gradient[:, d * H : (d + 1) * H] for d in range(D)]
            for d, source in enumerate(sources):
                flow[i, d] = _norm(source)
        return flow.reshape(-1, D, *flow.shape[1:])

    @np.errstate(all="ignore")
    def inside(self, opened: Opened) -> Inside | None:
        """Return every value computed at one step of one cell, None where there is no such cell, step or unit."""
        shape = (len(self.tapes) // self.directions, self.directions, len(self.tapes[0].x), self.tapes[0].h.shape[1])
        if not all(0 <= n < size for n, size in zip(astuple(opened), shape, strict=True)):
            return None
        tape = self.tapes[opened.layer * self.directions + opened.direction]
        T, H = len(tape.x), tape.h.shape[1]
        t = T - 1 - opened.step if tape.reverse else opened.step
        read = tape if tape.padding is None else tape.part(*tape.begun)
        at_once = tape.kernel.parallel(read)
        weights = dict(zip(tape.kernel.blocks, tape.W[:, opened.unit], strict=True))
        return Inside(
            opened=opened,
            x=tape.x[t, :, 0],
            h_before=tape.h[t, :, 0],
            c_before=tape.c[t, :, 0] if tape.cell.has_c else None,
            values=tape.inside(t),
            weights_x={name: weights[name][H:-1] for name in tape.cell.from_input},
            weights_h={name: weights[name][:H] for name in tape.cell.from_hidden},
            at_once=None if at_once is None else float(np.abs(at_once - read.h[1:]).max()),
        )

    def _stack(self, arrays: Sequence[Array]) -> Array:
        stacked = np.stack([array[:, 0] for array in arrays])  # (L*D, T, H)
        return stacked.reshape(-1, self.directions, *stacked.shape[1:])

    def _stack_named(self, named: Sequence[dict[str, Array]]) -> dict[str, Array]:
        return {name: self._stack([arrays[name] for arrays in named]) for name in named[0]}


def _norm(vectors: Array) -> Array:
    """Euclidean norms over the last axis, in float64."""
    return np.linalg.norm(vectors.astype(np.float64), axis=-1)
