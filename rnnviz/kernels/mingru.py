"""The minimal GRU: h_t = (1 - z) h_(t-1) + z n, where z and n see the input alone."""

import numpy as np
from typing_extensions import override

from rnnviz.kernels.arithmetic import sigmoid
from rnnviz.kernels.compiled import compiled, only, rest, row, sums
from rnnviz.kernels.compiled import sigmoid as gate
from rnnviz.kernels.kernel import Kernel
from rnnviz.kernels.tape import Tape
from rnnviz.snapshot import Array


@row
def _step(z, n, h_before, h):
    for j in range(len(z)):
        z[j] = gate(z[j])
        h[j] = rest(z[j]) * h_before[j] + z[j] * n[j]  # h_t = (1 - z) h_(t-1) + z n


@row
def _step_back(z, n, h_before, dh, dz, dn, dh_before):
    for j in range(len(dh)):
        dz[j] = dh[j] * (n[j] - h_before[j]) * z[j] * rest(z[j])
        dn[j] = dh[j] * z[j]
        dh_before[j] += dh[j] * rest(z[j])  # dh_(t-1) = (from outside) + (1 - z) dh_t


@compiled
def forward(W, P, v, a, c, tanh_c, f, begun, start, stop):
    """See Kernel.loops."""
    _, B, _, H = a.shape
    for t in range(start, stop):
        sums(v[t, :, H:], W[H:], a[t])  # of x_t and 1 alone
        for b in range(B):
            _step(a[t, b, 0], a[t, b, 1], v[t, b, :H], v[t + 1, b, :H])
        only(v[t + 1, :, :H], begun[t])


@compiled
def backward(W_back, P, v, a, c, tanh_c, dh, dc, da, f, start, stop):
    """See Kernel.loops."""
    _, B, _, H = da.shape
    for t in range(stop - 1, start - 1, -1):
        for b in range(B):
            s = b % a.shape[1]
            _step_back(a[t, s, 0], a[t, s, 1], v[t, s, :H], dh[t + 1, b], da[t, b, 0], da[t, b, 1], dh[t, b])


class MinGRU(Kernel):
    """See cells/mingru.py."""

    loops = forward, backward

    @override
    def to_hidden_before(self, tape: Tape) -> Array:
        return (1 - tape.block("z")) * tape.dh[1:]

    @override
    def parallel(self, tape: Tape) -> Array:
        """Return h_1 to h_T, (T, B, H), by a parallel scan in ceil(log2(T)) rounds (Hillis and Steele, 1986).

        h_t = A_t h_(t-1) + b_t is a map of h_(t-1), and a map after a map is again one: in round r each step takes in
        the map of the step 2^r before it, so that at the end it leads from h_0 on.
        """
        H = tape.W.shape[1]
        a_z, n = (tape.v[:-1, :, H:] @ rows[:, H:].T for rows in tape.W)  # of x_t and 1 alone
        z = np.empty_like(a_z)
        sigmoid(a_z, out=z)
        A, b = 1 - z, z * n
        reach = 1
        while reach < len(A):
            b[reach:], A[reach:] = b[reach:] + A[reach:] * b[:-reach], A[reach:] * A[:-reach]
            reach *= 2
        return A * tape.h[0] + b


KERNEL = MinGRU
