"""Cells: RNN, GRU and LSTM as their textbook equations, forwards through time and back.

Every cell is one matrix product a step, a_t = W v_t, of its weights with what it sees, v_t = [h_(t-1); x_t; 1], and
then what makes it that cell. `forward` scans the steps and keeps everything; `backward` is backpropagation through
time (Goodfellow, Bengio and Courville, Deep Learning, section 10.2.2): all local derivatives are taken over all steps
at once, and the loop does only what has to wait for the step after it. Inside this module axes are (T, H, B), units
before sequences: then a gate is one unbroken block of memory, which makes NumPy twice as fast; outside, (T, B, H).

Letters: T steps, B sequences, H units, I inputs, G blocks of rows in W, K = H + I + 1 columns; dL/dx is written dx.
"""

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Array

State = tuple[Tensor, ...]
"""What a cell remembers: (h,) or, for an LSTM, (h, c); each (B, H)."""


class Tape:
    """All that one layer, in one direction, computed in one pass; `backward` adds the gradients.

    Raw arrays, in the order in which the cell read the steps: W (G, H, K); v (T+1, K, B), where v[t] is what step
    t+1 sees, so that h = v[:, :H] starts at h_0; a (T, G, H, B), block by block what the step computed; c (T+1, H, B)
    and tanh_c (T, H, B), of an LSTM. Then dh and dc, shaped as h and c, da as a, and outside, the part of dh that came
    from above: the read-out or the next layer. The properties below give them names, in the order of the sequence:
    float arrays (T, B, H).
    """

    c: Array
    tanh_c: Array
    dh: Array
    dc: Array
    da: Array
    outside: Array

    def __init__(self, cell: "Cell", W: Array, steps: int, batch: int, reverse: bool = False):
        self.cell, self.W, self.reverse = cell, W, reverse
        blocks, units, columns = W.shape
        self.v = np.empty((steps + 1, columns, batch), W.dtype)
        self.v[:, -1] = 1
        self._named()
        self.a = np.empty((steps, blocks, units, batch), W.dtype)
        if cell.has_c:
            self.c = np.empty((steps + 1, units, batch), W.dtype)
            self.tanh_c = np.empty((steps, units, batch), W.dtype)

    def part(self, start: int, stop: int) -> "Tape":
        """Return a view of the steps start..stop-1, in the order of reading."""
        part = copy.copy(self)
        for name, more in _ARRAYS.items():
            if hasattr(self, name):
                setattr(part, name, getattr(self, name)[start : stop + more])
        return part._named()

    def spread(self, batch: int, dtype: npt.DTypeLike | None = None) -> "Tape":
        """Return this pass over one sequence as that over `batch` equal ones, with dh and dc of zeros: for a backward
        pass that takes many gradients at once, in `dtype` if given."""
        wide = copy.copy(self)
        wide.W = self.W.astype(dtype or self.W.dtype, copy=False)
        for name in _ARRAYS:
            if hasattr(self, name):
                array = getattr(self, name).astype(wide.W.dtype, copy=False)
                setattr(wide, name, np.broadcast_to(array, (*array.shape[:-1], batch)))
        wide._named()
        wide.dh = np.zeros(wide.h.shape, wide.W.dtype)
        if self.cell.has_c:
            wide.dc = np.zeros(wide.c.shape, wide.W.dtype)
        return wide

    def _named(self) -> "Tape":
        units = self.W.shape[1]
        self.h, self.x = self.v[:, :units], self.v[:-1, units:-1]
        return self

    def outward(self, array: Array) -> Array:
        """Turn (T, H, B), in the order the cell read, into (T, B, H) in the order of the sequence."""
        array = array.transpose(0, 2, 1)
        return array[::-1] if self.reverse else array

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
        return {name: self.outward(self.a[:, self.cell.blocks.index(name)]) for name in self.cell.gates}

    @property
    def hidden_gradient(self) -> Array:
        """The total dL/dh_t, after the backward pass."""
        return self.outward(self.dh[1:])

    @property
    def preactivation_gradients(self) -> dict[str, Array]:
        """dL/da_t by gate (of the plain RNN: by "h"), a_t being what its nonlinearity is applied to."""
        cell = self.cell
        return {name: self.outward(self.da[:, cell.blocks.index(name)]) for name in cell.preactivations}

    @property
    def gradient_to_before(self) -> Array:
        """What step t sends back through the recurrence: its part of dL/dh of the step it read before."""
        return self.outward(self.cell.to_before(self))

    @property
    def gradient_to_cell_before(self) -> Array | None:
        """What step t sends back to the cell state of the step it read before, f dL/dc_t; of an LSTM."""
        return self.outward(self.a[:, self.cell.blocks.index("f")] * self.dc[1:]) if self.cell.has_c else None

    @property
    def gradient_to_input(self) -> Array:
        """What step t sends down to its input, W_ih^T da_t: (T, B, I)."""
        H = self.h.shape[1]
        return self.outward(np.matmul(self.W[:, :, H:-1].reshape(-1, self.x.shape[1]).T, flat(self.da)))


_ARRAYS = {"v": 1, "a": 0, "c": 1, "tanh_c": 0, "dh": 1, "dc": 1}
"""The raw arrays of a Tape with time first, and how many entries each has beyond one a step."""


class Cell(ABC):
    """A cell's equations; the weights are torch's, and live in the model.

    Subclasses say how W is built from torch's weights: `blocks` names W's blocks of H rows, `from_input` and
    `from_hidden` say in which of them the blocks of weight_ih and weight_hh (and their biases) go.
    """

    blocks: ClassVar[tuple[str, ...]]
    from_input: ClassVar[slice | npt.NDArray[np.intp]]
    from_hidden: ClassVar[slice | npt.NDArray[np.intp]]
    reads_input: ClassVar[frozenset[str]]
    reads_hidden: ClassVar[frozenset[str]]
    """The blocks whose sums have a W_ih x_t, and those that have a W_hh h_(t-1)."""
    gates: ClassVar[tuple[str, ...]]
    """Names, in torch's order."""
    has_c: ClassVar[bool] = False

    @property
    def preactivations(self) -> tuple[str, ...]:
        """Names of the blocks of rows torch's weights have: the gates', or "h"."""
        return self.gates or self.blocks

    def __init__(self, experiment: Experiment):
        self.experiment = experiment

    @abstractmethod
    def forward(self, tape: Tape) -> Iterator[None]:
        """Fill tape.h[1:] (and c) and tape.a, from tape.h[0] (and c[0]), tape.x and tape.W; yield after every step."""

    @abstractmethod
    def backward(self, tape: Tape) -> None:
        """Fill tape.da, and turn tape.dh[1:], which holds what comes from outside, into the total dL/dh_t.

        tape.dh[0] becomes dL/dh_0; so with dc, whose last step alone has something from outside.
        """

    def backpropagate(self, tape: Tape) -> None:
        """Do what `backward` does, window by window if the experiment truncates BPTT.

        The windows are of `experiment.truncation` steps, from the start; what would flow from one back into the one
        before is dropped (Williams and Peng, 1990; in PyTorch, a detached state).
        """
        T, k = len(tape.a), self.experiment.truncation
        if not 0 < k < T:
            return self.backward(tape)
        windows = []
        for start in reversed(range(0, T, k)):
            window = tape.part(start, min(start + k, T))
            firsts = [window.dh[0], window.dc[0]] if self.has_c else [window.dh[0]]
            kept = [(first, first.copy()) for first in firsts]
            self.backward(window)
            for first, outside in kept if start else ():
                first[:] = outside
            windows.append(window.da)
        tape.da = np.concatenate(windows[::-1])

    def to_before(self, tape: Tape) -> Array:
        """Return what each step sends back to the h it began with, W_hh^T da_t: (T, H, B), after the backward pass."""
        return np.matmul(transposed(tape.W, tape.h[0]), flat(tape.da))

    @abstractmethod
    def inside(self, tape: Tape, t: int, parts: "Parts") -> dict[str, Array]:
        """Name every value the equations compute at step index t (in the order of reading), (H,) each, B being 1."""

    def pack(self, weight_ih: Array, weight_hh: Array, bias_ih: Array, bias_hh: Array) -> Array:
        """Lay torch's weights, (G'H, I), (G'H, H), (G'H,) and (G'H,), side by side as W (G, H, K)."""
        H = weight_hh.shape[1]
        W = np.zeros((len(self.blocks), H, H + weight_ih.shape[1] + 1), weight_hh.dtype)
        W[self.from_hidden, :, :H] = weight_hh.reshape(-1, H, H)
        W[self.from_input, :, H:-1] = weight_ih.reshape(-1, H, weight_ih.shape[1])
        W[self.from_input, :, -1] = bias_ih.reshape(-1, H)
        W[self.from_hidden, :, -1] += bias_hh.reshape(-1, H)
        return W

    def unpack(self, dW: Array) -> list[Array]:
        """Return the gradients of weight_ih, weight_hh, bias_ih and bias_hh, given that of W."""
        _, H, K = dW.shape
        d_input, d_hidden = (dW[rows].reshape(-1, K) for rows in (self.from_input, self.from_hidden))
        return [d_input[:, H:-1], d_hidden[:, :H], d_input[:, -1], d_hidden[:, -1]]

    def __call__(
        self,
        x: Tensor,
        weights: Sequence[Tensor],
        state: State | None = None,
        *,
        reverse: bool = False,
        tapes: list[Tape] | None = None,
    ) -> tuple[Tensor, State]:
        """Run over x (T, B, I) from `state` (zero if None) and return h_t (T, B, H) and the state it ends in.

        weights: weight_ih, weight_hh, bias_ih, bias_hh, of x's dtype, on the CPU. reverse: read the steps from the
        last to the first. tapes: a list to append this pass's Tape to. Differentiable once, in everything.
        """
        tapes = [] if tapes is None else tapes
        state = state or self.zero_state(x, weights)
        hidden, *others = Scan.apply(self, reverse, tapes, x, *weights, *state)  # pyright: ignore
        return hidden, (hidden[0 if reverse else -1], *others)

    def zero_state(self, x: Tensor, weights: Sequence[Tensor]) -> State:
        """Return zeros, (B, H) each."""
        return tuple(x.new_zeros(x.shape[1], weights[1].shape[1]) for _ in range(1 + self.has_c))


class Scan(torch.autograd.Function):
    """A cell's pass over a sequence, as torch sees it: the NumPy arrays are views of its CPU tensors.

    Takes cell, reverse, tapes, x (T, B, I), four weights, and the initial state; returns h_t (T, B, H), and c_T.
    """

    @staticmethod
    def forward(ctx: Any, cell: Cell, reverse: bool, tapes: list[Tape], x: Tensor, *tensors: Tensor) -> Any:
        """See the class."""
        weights, state = tensors[:4], tensors[4:]
        W = cell.pack(*(weight.numpy() for weight in weights))
        T, B, _ = x.shape
        ctx.tape = tape = Tape(cell, W, T, B, reverse)
        tapes.append(tape)
        x_t = x.numpy().transpose(0, 2, 1)  # (T, I, B)
        tape.x[:] = x_t[::-1] if reverse else x_t
        tape.h[0] = state[0].numpy().T
        if cell.has_c:
            tape.c[0] = state[1].numpy().T
        with np.errstate(all="ignore"):  # a network may diverge; whoever reads the loss says so
            for _ in cell.forward(tape):
                pass
        outputs = torch.from_numpy(tape.hidden.copy())  # torch has no negative strides, and what follows reads faster
        return (outputs, torch.from_numpy(tape.c[-1].T.copy())) if cell.has_c else (outputs,)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *d_outputs: Tensor) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """See the class."""
        tape: Tape = ctx.tape
        d_hidden, *d_others = d_outputs
        cell, W = tape.cell, tape.W
        G, H, K = W.shape
        T, _, B = tape.h[1:].shape
        tape.outside = d_hidden.numpy()
        tape.dh = np.empty((T + 1, H, B), W.dtype)
        tape.dh[0] = 0
        tape.outward(tape.dh[1:])[:] = tape.outside
        if cell.has_c:
            tape.dc = np.zeros((T + 1, H, B), W.dtype)
            tape.dc[-1] = d_others[0].numpy().T
        with np.errstate(all="ignore"):
            cell.backpropagate(tape)
            da = tape.da.reshape(T, G * H, B)
            _, _, _, needs_x, *needs_rest = ctx.needs_input_grad
            dx, d_weights = None, [None] * 4
            if needs_x:
                dx = tape.outward(np.matmul(W[:, :, H:-1].reshape(G * H, -1).T, da))  # W_ih^T da_t: (T, B, I)
                dx = torch.from_numpy(dx.copy() if tape.reverse else dx)
            if any(needs_rest[:4]):
                # dW = sum over t of da_t v_t^T, as one product over (T, B)
                flat_da, flat_v = (array.transpose(1, 0, 2).reshape(-1, T * B) for array in (da, tape.v[:-1]))
                d_weights = [torch.from_numpy(d) for d in cell.unpack((flat_da @ flat_v.T).reshape(G, H, K))]
        d_state = [torch.from_numpy(d[0].T) for d in ([tape.dh, tape.dc] if cell.has_c else [tape.dh])]
        return None, None, None, dx, *d_weights, *d_state


def sigmoid_of_halved(a: Array) -> None:
    """Turn a/2 into 1 / (1 + exp(-a)), in place, as (1 + tanh(a/2)) / 2: a fast call, which can't overflow."""
    np.tanh(a, out=a)
    a *= 0.5
    a += 0.5


def sigmoid(a: Array, out: Array) -> None:
    """1 / (1 + exp(-a))."""
    np.multiply(a, 0.5, out=out)
    sigmoid_of_halved(out)


@dataclass(frozen=True)
class Nonlinearity:
    """A function f(a, out=h), elementwise, and its derivative f'(a) written in terms of the value h = f(a)."""

    function: Callable[..., Any]
    derivative: Callable[[Array], Array]


NONLINEARITIES = {
    "tanh": Nonlinearity(np.tanh, lambda h: 1 - h * h),
    "relu": Nonlinearity(lambda a, out: np.maximum(a, 0, out=out), np.sign),  # h is never negative
    "sigmoid": Nonlinearity(sigmoid, lambda h: h * (1 - h)),
}


class RNN(Cell):
    """The plain recurrent network (Elman, Finding Structure in Time, 1990): h_t = f(W_hh h_(t-1) + W_ih x_t + b)."""

    blocks = ("h",)
    reads_input = reads_hidden = frozenset(blocks)
    from_input = from_hidden = slice(None)
    gates = ()

    def forward(self, tape: Tape) -> Iterator[None]:
        """See Cell.forward."""
        f, (W,) = NONLINEARITIES[self.experiment.nonlinearity].function, tape.W
        for v, a, h in zip(tape.v[:-1], tape.a[:, 0], tape.h[1:], strict=True):
            np.dot(W, v, out=a)  # a_t = W_hh h_(t-1) + W_ih x_t + b
            f(a, out=h)  # h_t = f(a_t)
            yield

    def backward(self, tape: Tape) -> None:
        """See Cell.backward."""
        # da_t/dh_t = f'(a_t), at first; the loop makes it da_t
        tape.da = NONLINEARITIES[self.experiment.nonlinearity].derivative(tape.h[1:])[:, None]
        W_T, from_later = transposed(tape.W, tape.h[0]), np.empty_like(tape.h[0])
        for dh, da, dh_before in backwards(tape.dh[1:], tape.da[:, 0], tape.dh[:-1]):
            da *= dh  # da_t = f'(a_t) dh_t
            np.dot(W_T, da, out=from_later)
            dh_before += from_later  # dh_(t-1) = (from outside) + W_hh^T da_t

    def inside(self, tape: Tape, t: int, parts: "Parts") -> dict[str, Array]:
        """See Cell.inside."""
        x, h, b = parts["h"]
        return {"wx": x, "wh": h, "b": b, "a": x + h + b, "h": tape.h[t + 1, :, 0]}


class GRU(Cell):
    """The gated recurrent unit (Cho et al., arXiv:1406.1078), in torch's form, where r resets W_hn h + b_hn.

    r, z = sigmoid(W h_(t-1) + U x_t + b); m = W_hn h_(t-1) + b_hn; n = tanh(W_in x_t + b_in + r m);
    h_t = (1 - z) n + z h_(t-1).
    """

    blocks = ("r", "z", "m", "n")
    reads_input, reads_hidden = frozenset("rzn"), frozenset("rzm")
    from_input, from_hidden = np.array([0, 1, 3]), slice(0, 3)
    gates = ("r", "z", "n")

    def forward(self, tape: Tape) -> Iterator[None]:
        """See Cell.forward."""
        W, rm = halved(tape.W, 2), np.empty_like(tape.h[0])
        for v, h_before, h, a, flat_a in zip(tape.v[:-1], tape.h[:-1], tape.h[1:], tape.a, flat(tape.a), strict=True):
            r, z, m, n = a
            np.dot(W, v, out=flat_a)
            sigmoid_of_halved(a[:2])  # r and z
            np.multiply(r, m, out=rm)
            n += rm
            np.tanh(n, out=n)  # n = tanh(W_in x_t + b_in + r m)
            np.subtract(h_before, n, out=h)
            h *= z
            h += n  # h_t = (1 - z) n + z h_(t-1)
            yield

    def backward(self, tape: Tape) -> None:
        """See Cell.backward."""
        r, z, m, n = tape.a.swapaxes(0, 1)
        # dh_t/da_t of every block, at first; the loop makes it da_t
        tape.da = np.empty_like(tape.a)
        d_r, d_z, d_m, d_n = tape.da.swapaxes(0, 1)
        np.multiply(1 - z, 1 - n * n, out=d_n)
        np.multiply(d_n, r, out=d_m)
        np.multiply(d_m, m * (1 - r), out=d_r)
        np.multiply(tape.h[:-1] - n, z * (1 - z), out=d_z)
        W_T, from_later = transposed(tape.W[:3], tape.h[0]), np.empty_like(tape.h[0])
        flat_da = flat(tape.da[:, :3])  # of r, z and m: what h_(t-1) reaches
        for dh, da, flat_da_t, z_t, dh_before in backwards(tape.dh[1:], tape.da, flat_da, z, tape.dh[:-1]):
            da *= dh
            np.dot(W_T, flat_da_t, out=from_later)
            dh_before += from_later
            np.multiply(z_t, dh, out=from_later)
            dh_before += from_later  # dh_(t-1) = (from outside) + W_hh^T da_t + z dh_t

    def to_before(self, tape: Tape) -> Array:
        """See Cell.to_before; here h also goes on directly, by z."""
        return super().to_before(tape) + tape.a[:, 1] * tape.dh[1:]

    def inside(self, tape: Tape, t: int, parts: "Parts") -> dict[str, Array]:
        """See Cell.inside."""
        r, z, m, n = tape.a[t, :, :, 0]
        gates = _gate_values({"r": r, "z": z}, parts)
        (_, wh_m, b_m), (wx_n, _, b_n) = parts["m"], parts["n"]
        inner = {"wh_m": wh_m, "b_m": b_m, "m": m, "wx_n": wx_n, "b_n": b_n, "a_n": wx_n + b_n + r * m, "n": n}
        return gates | inner | {"h": tape.h[t + 1, :, 0]}


class LSTM(Cell):
    """Long short-term memory (Hochreiter and Schmidhuber, 1997), with a forget gate (Gers et al., 2000).

    i, f, o = sigmoid(W h_(t-1) + U x_t + b); g = tanh(W h_(t-1) + U x_t + b); c_t = f c_(t-1) + i g;
    h_t = o tanh(c_t). Training runs torch's fused kernel, which is faster but keeps nothing; a pass that is asked for
    a tape runs the equations.
    """

    blocks = ("o", "i", "f", "g")  # the sigmoids side by side, and what goes into c_t side by side
    reads_input = reads_hidden = frozenset(blocks)
    from_input = from_hidden = np.array([1, 2, 3, 0])  # torch: i, f, g, o
    gates = ("i", "f", "g", "o")
    has_c = True

    def __call__(
        self,
        x: Tensor,
        weights: Sequence[Tensor],
        state: State | None = None,
        *,
        reverse: bool = False,
        tapes: list[Tape] | None = None,
    ) -> tuple[Tensor, State]:
        """See Cell.__call__."""
        if tapes is not None:
            return super().__call__(x, weights, state, reverse=reverse, tapes=tapes)
        h_0, c_0 = state or self.zero_state(x, weights)
        # has_biases, num_layers, dropout, train, bidirectional, batch_first
        options = (True, 1, 0.0, True, False, False)
        x = x.flip(0) if reverse else x
        h, c, windows = h_0[None], c_0[None], []
        for window in x.split(self.experiment.truncation or len(x)):
            if windows:
                h, c = h.detach(), c.detach()
            hidden, h, c = torch.lstm(window, (h, c), weights, *options)  # pyright: ignore
            windows.append(hidden)
        hidden = torch.cat(windows) if len(windows) > 1 else windows[0]
        return hidden.flip(0) if reverse else hidden, (h[0], c[0])

    def forward(self, tape: Tape) -> Iterator[None]:
        """See Cell.forward."""
        W, ig = halved(tape.W, 3), np.empty_like(tape.h[0])
        for v, c_before, c, tanh_c, h, a, flat_a in zip(
            tape.v[:-1], tape.c[:-1], tape.c[1:], tape.tanh_c, tape.h[1:], tape.a, flat(tape.a), strict=True
        ):
            o, i, f, g = a
            np.dot(W, v, out=flat_a)
            sigmoid_of_halved(a[:3])  # o, i and f
            np.tanh(g, out=g)
            np.multiply(f, c_before, out=c)
            np.multiply(i, g, out=ig)
            c += ig  # c_t = f c_(t-1) + i g
            np.tanh(c, out=tanh_c)
            np.multiply(o, tanh_c, out=h)  # h_t = o tanh(c_t)
            yield

    def backward(self, tape: Tape) -> None:
        """See Cell.backward."""
        o, i, f, g = tape.a.swapaxes(0, 1)
        # dh_t/da_t of o and dc_t/da_t of the others, at first; the loop makes it da_t
        tape.da = np.empty_like(tape.a)
        d_o, d_i, d_f, d_g = tape.da.swapaxes(0, 1)
        np.multiply(tape.tanh_c, o * (1 - o), out=d_o)
        np.multiply(g, i * (1 - i), out=d_i)
        np.multiply(tape.c[:-1], f * (1 - f), out=d_f)
        np.multiply(i, 1 - g * g, out=d_g)
        dh_dc = o * (1 - tape.tanh_c * tape.tanh_c)
        W_T, part = transposed(tape.W, tape.h[0]), np.empty_like(tape.h[0])
        dh, dc = tape.dh, tape.dc
        for dh_t, dc_t, dh_dc_t, da, flat_da, f_t, dh_before, dc_before in backwards(
            dh[1:], dc[1:], dh_dc, tape.da, flat(tape.da), f, dh[:-1], dc[:-1]
        ):
            np.multiply(dh_t, dh_dc_t, out=part)
            dc_t += part  # dc_t = f_(t+1) dc_(t+1) + dh_t o (1 - tanh(c_t)^2)
            da[0] *= dh_t
            da[1:] *= dc_t
            np.multiply(dc_t, f_t, out=part)
            dc_before += part
            np.dot(W_T, flat_da, out=part)
            dh_before += part  # dh_(t-1) = (from outside) + W_hh^T da_t

    def inside(self, tape: Tape, t: int, parts: "Parts") -> dict[str, Array]:
        """See Cell.inside."""
        gates = _gate_values(dict(zip(self.blocks, tape.a[t, :, :, 0], strict=True)), parts)
        return gates | {"c": tape.c[t + 1, :, 0], "tanh_c": tape.tanh_c[t, :, 0], "h": tape.h[t + 1, :, 0]}


Parts = dict[str, tuple[Array, Array, Array]]
"""For each block of rows: W_ih x_t, W_hh h_(t-1) and b, (H,) each."""


def parts(tape: Tape, t: int) -> Parts:
    """Return what the sums at step index t (in the order of reading) are made of; B is 1."""
    H, h, x = tape.h.shape[1], tape.h[t, :, 0], tape.x[t, :, 0]
    W = dict(zip(tape.cell.blocks, tape.W, strict=True))
    return {name: (rows[:, H:-1] @ x, rows[:, :H] @ h, rows[:, -1]) for name, rows in W.items()}


def _gate_values(gates: dict[str, Array], parts: Parts) -> dict[str, Array]:
    """Name the values of gates that are a function of a sum, and that sum's parts."""
    values = {}
    for name, gate in gates.items():
        x, h, b = parts[name]
        values |= {f"wx_{name}": x, f"wh_{name}": h, f"b_{name}": b, f"a_{name}": x + h + b, name: gate}
    return values


def backwards(*arrays: Array) -> Iterator[tuple[Array, ...]]:
    """Yield the arrays' steps together, from the last to the first."""
    return zip(*(array[::-1] for array in arrays), strict=True)


def flat(a: Array) -> Array:
    """Return a view of a (T, G, H, B) with the blocks in one: (T, GH, B)."""
    T, G, H, B = a.shape
    return a.reshape(T, G * H, B, copy=False)


def halved(W: Array, sigmoids: int) -> Array:
    """Return W (G, H, K) as (GH, K), the rows of the first `sigmoids` blocks halved, for `sigmoid_of_halved`."""
    W = W.copy()
    W[:sigmoids] *= 0.5
    return W.reshape(-1, W.shape[2])


def transposed(W: Array, h: Array) -> Array:
    """Return the columns of W (G, H, K) that meet h_(t-1), transposed: W_hh^T (H, GH), in one piece."""
    return np.ascontiguousarray(W[:, :, : len(h)].reshape(-1, len(h)).T)


CELLS: dict[str, type[Cell]] = {"rnn": RNN, "gru": GRU, "lstm": LSTM}
"""Every cell, by the name an Experiment gives it."""
