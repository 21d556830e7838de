"""A decoder's pass: stacked cells that look at a source at every step, forwards and back through time.

What is looked at depends on the state before, and what is read on what was looked at: so the layers and the attention
go through the steps together, and back together. torch.nn and autograd on the same equations are the reference.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from rnnviz.kernels.arithmetic import flat
from rnnviz.kernels.compiled import add_products
from rnnviz.kernels.kernel import Kernel
from rnnviz.kernels.look import Absent, Additive, Dot, Look
from rnnviz.kernels.scan import State
from rnnviz.kernels.tape import Tape
from rnnviz.snapshot import Array


class Pass:
    """One pass over up to `steps` steps. tapes: a layer's each, from the first; look: None without attention.

    Where a look is asked by the state before, the first layer reads [x_t; ctx_t], else x_t alone.
    """

    def __init__(self, tapes: Sequence[Tape], look: Look | None = None):
        self.tapes, self.look = tapes, look
        self._done = 0

    def step(self) -> None:
        """Compute the next step, the first layer's x_t being on its tape."""
        t, look, top = self._done, self.look, self.tapes[-1]
        if look and look.asks_before:
            self.tapes[0].x[t, :, -look.read :] = look.ask(t, top.h[t])
        below: Tape | None = None
        for tape in self.tapes:
            if below:
                tape.x[t] = below.h[t + 1]
            tape.kernel.forward(tape, t, t + 1)
            below = tape
        if look and not look.asks_before:
            look.ask(t, top.h[t + 1])
        self._done += 1

    def expect(self, outside: Array, d_contexts: Array) -> None:
        """Make room for the gradients. outside: dL/dh_t of the last layer, from above, (T, B, H); d_contexts: the same
        of the contexts, (T, B, M)."""
        look, top = self.look, self.tapes[-1]
        assert look
        for tape in self.tapes:
            tape.expect()
        top.outside, look.outside = outside, d_contexts
        top.dh[1:], look.d_contexts = outside, d_contexts.copy()
        look.expect()

    def back(self) -> None:
        """Go back through all steps, dh and d_contexts holding what comes from outside."""
        look, top = self.look, self.tapes[-1]
        assert look
        steps = range(len(top.a))
        if not look.asks_before:  # then no step waits for what the cells send to a context: they send nothing
            for t in steps:
                look.back(t, top.dh[t + 1])
        down = [_to_input(tape, 0 if layer else look.read) for layer, tape in enumerate(self.tapes)]
        for t in reversed(steps):
            for layer, tape in reversed([*enumerate(self.tapes)]):
                tape.kernel.backward(tape, t, t + 1)
                if layer:
                    add_products(flat(tape.da)[t], down[layer], self.tapes[layer - 1].dh[t + 1])
            if look.asks_before:
                add_products(flat(self.tapes[0].da)[t], down[0], look.d_contexts[t])
                look.back(t, top.dh[t])

    def part(self, start: int, stop: int) -> "Pass":
        """Return a view of the steps start..stop-1."""
        look = self.look and self.look.part(start, stop)
        return Pass([tape.part(start, stop) for tape in self.tapes], look)

    def spread(self, gradients: int, dtype: npt.DTypeLike | None = None) -> "Pass":
        """Return this pass over one sequence, with room for a way back that takes many gradients at once, in `dtype` if
        given; none comes from outside."""
        look = self.look and self.look.spread(gradients, dtype)
        return Pass([tape.spread(gradients, dtype) for tape in self.tapes], look)

    @property
    def gradient_to_input(self) -> Array:
        """dL/dx_t, (T, B, E), after the way back: without the context's."""
        first, look = self.tapes[0], self.look
        T, B, E = first.x.shape[0], first.da.shape[1], first.x.shape[2] - (look.read if look else 0)
        sent = np.zeros((T, B, E), first.W.dtype)
        W_ih = _to_input(first, 0)
        add_products(flat(first.da).reshape(T * B, -1), np.ascontiguousarray(W_ih[:, :E]), sent.reshape(T * B, E))
        return sent

    @property
    def queries(self) -> Array:
        """The states that asked, (T, B, H)."""
        top, look = self.tapes[-1], self.look
        return top.h[:-1] if look and look.asks_before else top.h[1:]


def _to_input(tape: Tape, last: int) -> Array:
    """Return W_ih, (GH, I), in one piece: that of the last so many inputs, of all if 0."""
    H = tape.W.shape[1]
    return np.ascontiguousarray(tape.to_sums[H:-1][-last:].T)


def attend(
    kernel: Kernel,
    x: Tensor,
    layers: Sequence[Sequence[Tensor]],
    starts: Sequence[State],
    keys: Tensor,
    states: Tensor,
    learned: Sequence[Tensor],
    *,
    absent: Absent = None,
    kept: list[Pass] | None = None,
) -> tuple[Tensor, Tensor]:
    """Run over x (T, B, E); return the last layer's h_t (T, B, H) and the contexts (T, B, M).

    layers: the weights of each, in the order of kernel.names. starts: the state each layer begins in. keys (S, B, A),
    states (S, B, M): the source's. learned: W_q (A, H) and v (A,) for additive attention, none for dot. kept: a list to
    append the Pass to. Differentiable once, in everything.
    """
    weights = (weight for layer in layers for weight in layer)
    parts = (part for start in starts for part in start)
    kept = [] if kept is None else kept
    tensors = (x, keys, states, *learned, *weights, *parts)
    return _Attend.apply(kernel, len(learned), absent, kept, torch.is_grad_enabled(), *tensors)  # pyright: ignore


def looking(
    steps: int, batch: int, keys: Array, states: Array, absent: Absent, learned: Sequence[Array], *, keeps: bool = True
) -> Look:
    """Return the looks of one pass: additive where something is learned, else dot. keeps: as in Additive."""
    if learned:
        return Additive(steps, batch, keys, states, absent, *learned, keeps=keeps)
    return Dot(steps, batch, keys, states, absent)


class _Attend(torch.autograd.Function):
    """See `attend`; the weights of all layers, and then all states they start from, are given one by one."""

    @staticmethod
    def forward(
        ctx: Any, kernel: Kernel, learned: int, absent: Absent, kept: list[Pass], keeps: bool, *tensors: Tensor
    ) -> Any:
        """See the class."""
        x, keys, states, *rest = (tensor.numpy() for tensor in tensors)
        T, B, E = x.shape
        look = looking(T, B, keys, states, absent, rest[:learned], keeps=keeps)
        per_layer, per_state = len(kernel.names), len(kernel.cell.states)
        L = (len(rest) - learned) // (per_layer + per_state)
        weights, starts = rest[learned : learned + L * per_layer], rest[learned + L * per_layer :]
        tapes = []
        for layer in range(L):
            named = zip(kernel.names, weights[layer * per_layer :][:per_layer], strict=False)
            begin = starts[layer * per_state :][:per_state]
            tapes.append(Tape(kernel, *kernel.pack(dict(named)), T, B).begin(*begin))
        tapes[0].x[:, :, :E] = x
        ctx.whole = whole = Pass(tapes, look)
        with np.errstate(all="ignore"):  # a network may diverge; whoever reads the loss says so
            for _ in range(T):
                whole.step()
        kept.append(whole)
        return torch.from_numpy(tapes[-1].hidden.copy()), torch.from_numpy(look.contexts)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *d_outputs: Tensor) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """See the class."""
        whole: Pass = ctx.whole
        look = whole.look
        assert look
        with np.errstate(all="ignore"):
            whole.expect(*(gradient.numpy() for gradient in d_outputs))
            whole.back()
            queries = whole.queries
            found = [whole.gradient_to_input, look.d_keys, look.state_gradient(), *look.weight_gradients(queries)]
            for tape in whole.tapes:
                found += tape.kernel.unpack(*tape.kernel.weight_gradients(tape)).values()
            for tape in whole.tapes:
                found += [gradient[0] for gradient in tape.state_gradients]
        return None, None, None, None, None, *map(torch.from_numpy, found)
