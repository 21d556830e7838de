"""The minimal GRU: h_t = (1 - z) h_(t-1) + z n, where z and n see the input alone."""

import numpy as np
from typing_extensions import override

from rnnviz.kernels.arithmetic import sigmoid
from rnnviz.kernels.compiled import compiled, only, rest, sums, to_sigmoid
from rnnviz.kernels.kernel import Kernel
from rnnviz.kernels.tape import Tape
from rnnviz.snapshot import Array


@compiled
def forward(W, P, v, a, c, tanh_c, f, begun, start, stop):
    """See Kernel.loops."""
    _, B, _, H = a.shape
    for t in range(start, stop):
        sums(v[t, :, H:], W[H:], a[t])  # of x_t and 1 alone
        for b in range(B):
            z, n, h_before, h = a[t, b, 0], a[t, b, 1], v[t, b], v[t + 1, b]
            to_sigmoid(z)
            for j in range(H):
                h[j] = rest(z[j]) * h_before[j] + z[j] * n[j]  # h_t = (1 - z) h_(t-1) + z n
        only(v[t + 1, :, :H], begun[t])


@compiled
def backward(W_back, P, v, a, c, tanh_c, dh, dc, da, f, start, stop):
    """See Kernel.loops."""
    _, B, _, H = da.shape
    for t in range(stop - 1, start - 1, -1):
        for b in range(B):
            s = b % a.shape[1]
            z, n, h_before = a[t, s, 0], a[t, s, 1], v[t, s]
            dz, dn, dh_t, dh_before = da[t, b, 0], da[t, b, 1], dh[t + 1, b], dh[t, b]
            for j in range(H):
                dz[j] = dh_t[j] * (n[j] - h_before[j]) * z[j] * rest(z[j])
            for j in range(H):
                dn[j] = dh_t[j] * z[j]
            for j in range(H):
                dh_before[j] += dh_t[j] * rest(z[j])  # dh_(t-1) = (from outside) + (1 - z) dh_t


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
