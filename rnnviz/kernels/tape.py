"""Tape: all that one layer, in one direction, computed in one pass over a sequence."""

import copy
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from rnnviz.cells.cell import Step
from rnnviz.cells.expression import evaluate
from rnnviz.kernels.arithmetic import NONLINEARITIES, flat
from rnnviz.kernels.compiled import add_products
from rnnviz.snapshot import Array

if TYPE_CHECKING:
    from rnnviz.kernels.kernel import Kernel


class Tape:
    """All that one layer, in one direction, computed in one pass; `backward` adds the gradients.

    Raw arrays, in the order in which the cell read the steps: W (G, H, K); P (D, H), the diagonals; v (T+1, B, K),
    where v[t] is what step t+1 sees, so that h = v[:, :, :H] starts at h_0; a (T, B, G, H), block by block what the
    step computed; c (T+1, B, H) and tanh_c (T, B, H), empty where the cell has no c_t. Then dh and dc, shaped as h and
    c, da as a, and outside, the part of dh that came from above: the read-out or the next layer. The properties below
    give them names, in the order of the sequence: float arrays (T, B, H).

    padding, (T, B) bool if not None: where a sequence has nothing to read yet: its state stays 0 there, and no
    gradient comes from there. It comes before a sequence's first step, or, read backwards, after its last.
    """

    dh: Array
    dc: Array
    da: Array
    outside: Array

    def __init__(
        self,
        kernel: "Kernel",
        W: Array,
        P: Array,
        steps: int,
        batch: int,
        reverse: bool = False,
        padding: npt.NDArray[np.bool_] | None = None,
    ):
        self.kernel, self.cell, self.W, self.P, self.reverse = kernel, kernel.cell, W, P, reverse
        blocks, units, columns = W.shape
        self.to_sums = np.ascontiguousarray(W.reshape(-1, columns).T)
        """W as the loops forwards read it: (K, GH)."""
        self.to_before = np.ascontiguousarray(self.to_sums[:units].T)
        """The columns of W that meet h_(t-1), as the loops back read them: (GH, H)."""
        self.v = np.empty((steps + 1, batch, columns), W.dtype)
        self.v[:, :, -1] = 1
        self.a = np.empty((steps, batch, blocks, units), W.dtype)
        written = (steps, batch, units) if self.cell.has_c else (0, 0, 0)
        self.c = np.empty((written[0] + 1, *written[1:]), W.dtype)
        self.tanh_c = np.empty(written, W.dtype)
        there = np.empty((0, 0), bool) if padding is None else ~padding
        self.begun = np.ascontiguousarray(there[::-1] if reverse else there)
        """Where a sequence has something to read, (T, B), in the order of reading; empty if everywhere."""
        laid, of_h = W.size + self.to_before.size + P.size, (2 * steps + 1) * batch * units  # dh and outside
        read = self.v.size + 2 * self.a.size + 2 * self.c.size + self.tanh_c.size  # with da and dc
        self.nbytes = W.itemsize * (laid + read + of_h) + self.begun.nbytes
        """How many bytes it takes once it has gone back, with one gradient for each sequence."""

    @property
    def h(self) -> Array:
        """h_0 to h_T, (T+1, B, H)."""
        return self.v[:, :, : self.W.shape[1]]

    @property
    def x(self) -> Array:
        """What the steps read, (T, B, I)."""
        return self.v[:-1, :, self.W.shape[1] : -1]

    @property
    def states(self) -> tuple[Array, ...]:
        """h, and c where the cell has one: (T+1, B, H) each, from the start on."""
        return (self.h, self.c) if self.cell.has_c else (self.h,)

    @property
    def state_gradients(self) -> tuple[Array, ...]:
        """dh, and dc where the cell has a c_t."""
        return (self.dh, self.dc) if self.cell.has_c else (self.dh,)

    def begin(self, *states: Array) -> "Tape":
        """Start from states (B, H), or from zeros if none are given."""
        for i, state in enumerate(self.states):
            state[0] = states[i] if states else 0
        return self

    def expect(self, gradients: int | None = None) -> "Tape":
        """Make room for so many gradients, one for each sequence if None: dh and dc of zeros, and da."""
        T, B, G, H = self.a.shape
        N = B if gradients is None else gradients
        if hasattr(self, "da") and self.da.shape[1] == N and gradients is None:
            self.dh[:], self.dc[:] = 0, 0
            return self
        self.dh = np.zeros((T + 1, N, H), self.W.dtype)
        self.dc = np.zeros((T + 1, N, H) if self.cell.has_c else (0, 0, 0), self.W.dtype)
        self.da = np.empty((T, N, G, H), self.W.dtype)
        return self

    @property
    def pads(self) -> npt.NDArray[np.bool_]:
        """At which steps, in the order of reading, the first sequence stands at padding that is skipped, (T,)."""
        return ~self.begun[:, 0] if self.begun.size else np.zeros(len(self.a), bool)

    def silence(self) -> None:
        """Take away the gradient of padding, after a backward pass."""
        if self.begun.size:
            nothing = np.broadcast_to(~self.begun, self.da.shape[:2])
            for gradient in (self.da, *(gradient[1:] for gradient in self.state_gradients)):
                gradient[nothing] = 0

    @property
    def read(self) -> tuple[int, int]:
        """The steps that are no padding of one sequence, in the order of reading: first, and after the last."""
        there = np.flatnonzero(~self.pads)
        return int(there[0]), int(there[-1]) + 1

    def part(self, start: int, stop: int) -> "Tape":
        """Return a view of the steps start..stop-1, in the order of reading."""
        part = copy.copy(self)
        for name, more in _ARRAYS.items():
            if hasattr(self, name):
                setattr(part, name, getattr(self, name)[start : stop + more])
        return part

    def spread(self, gradients: int, dtype: npt.DTypeLike | None = None) -> "Tape":
        """Return this pass over one sequence, with room for a backward pass that takes many gradients at once, in
        `dtype` if given."""
        wide = copy.copy(self)
        for name in ("W", "to_sums", "to_before", "P", "v", "a", "c", "tanh_c"):
            array = getattr(self, name)
            setattr(wide, name, array.astype(dtype or array.dtype, copy=False))
        return wide.expect(gradients)

    def outward(self, array: Array) -> Array:
        """Turn steps in the order the cell read them into the order of the sequence."""
        return array[::-1] if self.reverse else array

    def block(self, name: str) -> Array:
        """Return what the sum of that name became, (T, B, H)."""
        return self.a[:, :, self.kernel.blocks.index(name)]

    def value(self, expression: str) -> Array:
        """Compute an expression of the cell's description from what was written down: (T, B, H)."""
        return evaluate(expression, self.values, NONLINEARITIES)

    @property
    def values(self) -> Mapping[str, Array]:
        """All that was written down, by the names of the cell's description."""
        return _Values(self)

    @property
    def hidden(self) -> Array:
        """h_t."""
        return self.outward(self.h[1:])

    @property
    def cell_state(self) -> Array | None:
        """c_t, where the cell has one."""
        return self.outward(self.c[1:]) if self.cell.has_c else None

    @property
    def gates(self) -> dict[str, Array]:
        """The gates' values, by name."""
        return {name: self.outward(self.value(name)) for name in self.cell.gates}

    @property
    def hidden_gradient(self) -> Array:
        """The total dL/dh_t, after the backward pass."""
        return self.outward(self.dh[1:])

    @property
    def preactivation_gradients(self) -> dict[str, Array]:
        """dL/da_t by the name of the sum (of the plain RNN: "h"), a_t being what its function is applied to."""
        blocks = self.kernel.blocks
        return {name: self.outward(self.da[:, :, blocks.index(name)]) for name in self.cell.from_input}

    @property
    def gradient_to_before(self) -> Array:
        """What step t sends back through the recurrence: its part of dL/dh of the step it read before."""
        return self.outward(self.kernel.to_hidden_before(self))

    @property
    def gradient_to_cell_before(self) -> Array | None:
        """What step t sends back to the cell state of the step it read before; where there is one."""
        return self.outward(self.kernel.to_cell_before(self)) if self.cell.has_c else None

    @property
    def gradient_to_input(self) -> Array:
        """What step t sends down to its input, W_ih^T da_t: (T, B, I)."""
        _, H, K = self.W.shape
        sent = np.zeros((*self.da.shape[:2], K - H - 1), self.W.dtype)
        W_ih = np.ascontiguousarray(self.to_sums[H:-1].T)
        add_products(flat(self.da).reshape(-1, len(W_ih)), W_ih, sent.reshape(-1, K - H - 1))
        return self.outward(sent)

    def inside(self, t: int) -> dict[str, Array]:
        """Name every value the equations compute at step index t (in the order of reading), (H,) each, B being 1.

        The names are those of cells/equations.py. Gates and states are what the pass wrote down.
        """
        cell, H, found = self.cell, self.W.shape[1], {}
        at_t = _Values(self.part(t, t + 1))
        h, x = self.h[t, 0], self.x[t, 0]
        for part in cell.equations:
            if isinstance(part, Step):
                continue
            rows = self.W[self.kernel.blocks.index(part.name)]
            end = f"_{part.name}" if part.called else ""
            pieces = {f"wx{end}": rows[:, H:-1] @ x} if "x" in part.reads else {}
            pieces |= {f"wh{end}": rows[:, :H] @ h} if "h" in part.reads else {}
            pieces[f"b{end}"] = rows[:, -1]
            found |= pieces
            if part.diagonal:
                found[part.diagonal] = at_t[part.diagonal]
            if part.function:
                a = sum(pieces.values())
                found[f"a{end}"] = a + evaluate(part.added, at_t, {})[0, 0] if part.added else a
            found[part.name] = at_t[part.name][0, 0]
        for name, function, argument in cell.intermediate():
            found[name] = (at_t[name] if name in at_t else NONLINEARITIES[function](at_t[argument]))[0, 0]
        return found | {step.name: at_t[step.name][0, 0] for step in cell.equations if isinstance(step, Step)}


class _Values(dict[str, Array]):
    """What a tape wrote down, by the names of the cell's description: (T, B, H), and (H,) of a diagonal.

    What is no more than an equation's value is computed when it is asked for.
    """

    def __init__(self, tape: Tape):
        blocks = {name: tape.a[:, :, i] for i, name in enumerate(tape.kernel.blocks)}
        diagonals = {block.diagonal: tape.P[i] for i, block in enumerate(tape.kernel.diagonals)}
        states = {"h": tape.h[1:], "h_before": tape.h[:-1]}
        if tape.cell.has_c:
            states |= {"c": tape.c[1:], "c_before": tape.c[:-1], "tanh_c": tape.tanh_c}
        super().__init__(blocks | diagonals | states)
        self._cell = tape.cell

    def __missing__(self, name: str) -> Array:
        step = self._cell.by_name[name]
        assert isinstance(step, Step)
        return evaluate(step.expression, self, NONLINEARITIES)


_ARRAYS = {"v": 1, "a": 0, "c": 1, "tanh_c": 0, "begun": 0, "dh": 1, "dc": 1, "da": 0}
"""The raw arrays of a Tape with time first, and how many entries each has beyond one a step."""
