"""The minimal GRU: h_t = (1 - z) h_(t-1) + z n, where z and n see the input alone."""

from collections.abc import Iterator

import numpy as np
from typing_extensions import override

from rnnviz.kernels.arithmetic import backwards, flat, halved, sigmoid_of_halved
from rnnviz.kernels.kernel import Kernel
from rnnviz.kernels.tape import Tape
from rnnviz.snapshot import Array


class MinGRU(Kernel):
    """See cells/mingru.py."""

    @override
    def forward(self, tape: Tape) -> Iterator[None]:
        H = tape.W.shape[1]
        W = np.ascontiguousarray(halved(tape.W, 1)[:, H:])  # of x_t and 1 alone
        for v, h_before, h, a, flat_a in zip(
            tape.v[:-1, H:], tape.h[:-1], tape.h[1:], tape.a, flat(tape.a), strict=True
        ):
            z, n = a
            np.dot(W, v, out=flat_a)
            sigmoid_of_halved(z)
            np.subtract(n, h_before, out=h)
            h *= z
            h += h_before  # h_t = (1 - z) h_(t-1) + z n
            yield

    @override
    def steps_back(self, tape: Tape) -> Iterator[None]:
        z, n = tape.a.swapaxes(0, 1)
        kept, part = 1 - z, np.empty_like(tape.h[0])
        # dh_t/da_t of both blocks, at first; the loop makes it da_t
        tape.da = np.stack([(n - tape.h[:-1]) * z * kept, z], axis=1)
        for dh, da, kept_t, dh_before in backwards(tape.dh[1:], tape.da, kept, tape.dh[:-1]):
            da *= dh
            np.multiply(kept_t, dh, out=part)
            dh_before += part  # dh_(t-1) = (from outside) + (1 - z) dh_t
            yield

    @override
    def to_hidden_before(self, tape: Tape) -> Array:
        return (1 - tape.block("z")) * tape.dh[1:]

    @override
    def parallel(self, tape: Tape) -> Array:
        """Return h_1 to h_T, (T, H, B), by a parallel scan in ceil(log2(T)) rounds (Hillis and Steele, 1986).

        h_t = A_t h_(t-1) + b_t is a map of h_(t-1), and a map after a map is again one: in round r each step takes in
        the map of the step 2^r before it, so that at the end it leads from h_0 on.
        """
        H = tape.W.shape[1]
        a = np.matmul(halved(tape.W, 1)[:, H:], tape.v[:-1, H:]).reshape(tape.a.shape)  # of x_t and 1 alone
        z, n = a.swapaxes(0, 1)
        sigmoid_of_halved(z)
        A, b = 1 - z, z * n
        reach = 1
        while reach < len(A):
            b[reach:], A[reach:] = b[reach:] + A[reach:] * b[:-reach], A[reach:] * A[:-reach]
            reach *= 2
        return A * tape.h[0] + b


KERNEL = MinGRU
