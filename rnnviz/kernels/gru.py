"""The GRU: h_t = (1 - z) n + z h_(t-1)."""

from collections.abc import Iterator

import numpy as np
from typing_extensions import override

from rnnviz.kernels.arithmetic import backwards, flat, halved, sigmoid_of_halved, transposed
from rnnviz.kernels.kernel import Kernel
from rnnviz.kernels.tape import Tape
from rnnviz.snapshot import Array


class GRU(Kernel):
    """See cells/gru.py."""

    @override
    def forward(self, tape: Tape) -> Iterator[None]:
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

    @override
    def steps_back(self, tape: Tape) -> Iterator[None]:
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
            yield

    @override
    def to_hidden_before(self, tape: Tape) -> Array:
        # h also goes on directly, by z
        return super().to_hidden_before(tape) + tape.block("z") * tape.dh[1:]


KERNEL = GRU
