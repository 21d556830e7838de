"""Real-time recurrent learning: the gradient that BPTT computes, forwards in time (Williams and Zipser, 1989).

P_t = ds_t/dW, s_t being the state (h_t, or h_t and c_t), obeys P_t = ds_t/ds_(t-1) P_(t-1) + ds_t/da_t v_(t-1)^T, and
dL/dW = sum over t of dL_t/dh_t P_t. v is what the weights meet; a diagonal meets the state it sees.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from rnnviz.kernels.kernel import Kernel
from rnnviz.kernels.tape import Tape
from rnnviz.snapshot import Array


def rtrl(kernel: Kernel, steps: Iterable[Tape], outside: Iterable[Array]) -> tuple[Array, Array]:
    """Return dL/dW (G, H, K) and that by the diagonals, (D, H), of one sequence.

    steps: the forward pass, a tape for each step, in the order of reading; only one is needed at a time. outside:
    dL_t/dh_t, (H,) each.
    """
    influence: Array = np.zeros(())
    gradient: Array = np.zeros(())
    for step, d_hidden in zip(steps, outside, strict=True):
        influence = _carry(influence, step)
        gradient = gradient + np.tensordot(d_hidden, influence[: len(d_hidden)], 1)
    if not kernel.diagonals:
        return gradient, np.zeros((0, len(gradient[0])))
    rows = [kernel.blocks.index(block.name) for block in kernel.diagonals]
    return gradient[..., :-1], gradient[rows, :, -1]


def recorded(tape: Tape) -> Iterator[Tape]:
    """Return the steps of a pass that was recorded."""
    return (tape.part(t, t + 1) for t in range(len(tape.a)))


def _carry(influence: Array, step: Tape) -> Array:
    """Return P_t, (S, G, H, columns), given P_(t-1), zero at first; S being the numbers of the state."""
    H, met = step.W.shape[1], _met(step)
    wide = step.spread(S := len(step.states) * H)
    for i, gradient in enumerate(wide.state_gradients):
        gradient[1, i * H : (i + 1) * H] = np.eye(H)  # each number of the new state by itself
    step.kernel.backward(wide)
    # da is (1, S, G, H): how number s of the state changes with the sum of block g, unit h
    added = wide.da[0][..., None] * met
    if not influence.ndim:
        return added
    before = np.concatenate([gradient[0] for gradient in wide.state_gradients], axis=1)  # (S after, S before)
    added += (before @ influence.reshape(S, -1)).reshape(influence.shape)
    return added


def _met(step: Tape) -> Array:
    """Return what the weights of each unit's sums meet, (G, H, columns) or alike: v, and what a diagonal sees."""
    v = step.v[0, 0]
    if not step.kernel.diagonals:
        return v
    met = np.zeros((*step.W.shape[:2], len(v) + 1), v.dtype)
    met[..., :-1] = v
    for block in step.kernel.diagonals:
        met[step.kernel.blocks.index(block.name), :, -1] = step.value(block.sees)[0, 0]
    return met
