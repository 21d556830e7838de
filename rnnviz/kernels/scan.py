"""A kernel's pass over a sequence, as torch sees it: differentiable, on the CPU, in the tensors' own memory."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from rnnviz.kernels.kernel import Kernel
from rnnviz.kernels.tape import Tape
from rnnviz.snapshot import Array

State = tuple[Tensor, ...]
"""What a cell remembers: (h,), or (h, c); each (B, H)."""


def run(
    kernel: Kernel,
    x: Tensor,
    weights: Sequence[Tensor],
    state: State | None = None,
    *,
    reverse: bool = False,
    padding: Tensor | None = None,
    tapes: list[Tape] | None = None,
) -> tuple[Tensor, State]:
    """Run over x (T, B, I) from `state` (zero if None) and return h_t (T, B, H) and the state it ends in.

    weights: in the order of kernel.names, of x's dtype, on the CPU. reverse: read the steps from the last to the first.
    padding: (T, B) bool, as in Tape; None if there is none.
    tapes: a list to append this pass's Tape to. Differentiable once, in everything.
    """
    state = state or zero_state(kernel, x, weights)
    tapes = [] if tapes is None else tapes
    hidden, *others = Scan.apply(kernel, reverse, padding, tapes, x, *weights, *state)  # pyright: ignore
    return hidden, (hidden[0 if reverse else -1], *others)


def zero_state(kernel: Kernel, x: Tensor, weights: Sequence[Tensor]) -> State:
    """Return zeros, (B, H) each."""
    H = len(weights[0]) // len(kernel.cell.from_input)
    return tuple(x.new_zeros(x.shape[1], H) for _ in kernel.cell.states)


def forwards(
    kernel: Kernel,
    W: Array,
    P: Array,
    x: Array,
    *state: Array,
    reverse: bool = False,
    padding: npt.NDArray[np.bool_] | None = None,
) -> Tape:
    """Compute one pass over x (T, B, I) from a state, (B, H) each, or from zeros; return all of it.

    padding: as in Tape, in the order of the sequence.
    """
    T, B, _ = x.shape
    tape = Tape(kernel, W, P, T, B, reverse, padding)
    tape.x[:] = x[::-1] if reverse else x
    kernel.forward(tape.begin(*state))
    return tape


def back(tape: Tape, outside: Array, *ends: Array) -> None:
    """Compute the gradients of a pass. outside: the part of dL/dh_t from above, (T, B, H); ends: dL/dc_T, (B, H)."""
    tape.outside = outside
    tape.expect().outward(tape.dh[1:])[:] = outside
    for gradient, d_end in zip(tape.state_gradients[1:], ends, strict=False):
        gradient[-1] = d_end
    tape.kernel.backpropagate(tape)


class Scan(torch.autograd.Function):
    """The pass itself: the NumPy arrays are views of the tensors.

    Takes kernel, reverse, padding, tapes, x (T, B, I), the weights, and the initial state; returns h_t (T, B, H), and
    c_T.
    """

    @staticmethod
    def forward(
        ctx: Any, kernel: Kernel, reverse: bool, padding: Tensor | None, tapes: list[Tape], x: Tensor, *tensors: Tensor
    ) -> Any:
        """See the class."""
        weights, state = tensors[: len(kernel.names)], tensors[len(kernel.names) :]
        W, P = kernel.pack({name: weight.numpy() for name, weight in zip(kernel.names, weights, strict=True)})
        begin = (part.numpy() for part in state)
        nothing = None if padding is None else padding.numpy()
        ctx.tape = tape = forwards(kernel, W, P, x.numpy(), *begin, reverse=reverse, padding=nothing)
        tapes.append(tape)
        outputs = torch.from_numpy(tape.hidden.copy())  # torch has no negative strides, and what follows reads faster
        return (outputs, *(torch.from_numpy(state[-1].copy()) for state in tape.states[1:]))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *d_outputs: Tensor) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """See the class."""
        tape: Tape = ctx.tape
        d_hidden, *d_others = d_outputs
        kernel = tape.kernel
        back(tape, d_hidden.numpy(), *(d_end.numpy() for d_end in d_others))
        _, _, _, _, needs_x, *needs_rest = ctx.needs_input_grad
        d_weights: list[Tensor | None] = [None] * len(kernel.names)
        dx = None
        with np.errstate(all="ignore"):  # a network may diverge; whoever reads the loss says so
            if needs_x:
                dx = tape.gradient_to_input
                dx = torch.from_numpy(dx.copy() if tape.reverse else dx)
            if any(needs_rest[: len(kernel.names)]):
                d_weights = [torch.from_numpy(d) for d in kernel.unpack(*kernel.weight_gradients(tape)).values()]
        d_state = [torch.from_numpy(gradient[0]) for gradient in tape.state_gradients]
        return None, None, None, None, dx, *d_weights, *d_state
