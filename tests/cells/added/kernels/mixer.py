"""The made-up cell: c_t = q c_(t-1) + (1 - q) u, h_t = tanh(c_t)."""

from collections.abc import Iterator

import numpy as np
from typing_extensions import override

from rnnviz.kernels.arithmetic import backwards, flat, sigmoid, transposed
from rnnviz.kernels.kernel import Kernel
from rnnviz.kernels.tape import Tape


class Mixer(Kernel):
    """See tests/cells/added/cells/mixer.py."""

    @override
    def forward(self, tape: Tape) -> Iterator[None]:
        W = tape.W.reshape(-1, tape.W.shape[2])
        for t, a in enumerate(tape.a):
            a[:] = (W @ tape.v[t]).reshape(a.shape)
            sigmoid(a[0], out=a[0])
            q, u = a
            u += tape.P[0] * tape.c[t]
            np.tanh(u, out=u)
            tape.c[t + 1] = q * tape.c[t] + (1 - q) * u
            np.tanh(tape.c[t + 1], out=tape.tanh_c[t])
            tape.h[t + 1] = tape.tanh_c[t]
            yield

    @override
    def steps_back(self, tape: Tape) -> Iterator[None]:
        tape.da = np.empty_like(tape.a)
        W_T = transposed(tape.W, tape.h[0])
        for a, da, flat_da, c_before, h, dh, dc, dh_before, dc_before in backwards(
            *(tape.a, tape.da, flat(tape.da), tape.c[:-1], tape.h[1:]),
            *(tape.dh[1:], tape.dc[1:], tape.dh[:-1], tape.dc[:-1]),
        ):
            q, u = a
            dc += dh * (1 - h * h)
            da[0] = dc * (c_before - u) * q * (1 - q)
            da[1] = dc * (1 - q) * (1 - u * u)
            dc_before += dc * q + tape.P[0] * da[1]
            dh_before += W_T @ flat_da
            yield


KERNEL = Mixer
