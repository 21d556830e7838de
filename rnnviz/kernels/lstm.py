"""The LSTM: c_t = f c_(t-1) + i g, h_t = o tanh(c_t)."""

from collections.abc import Iterator

import numpy as np
from typing_extensions import override

from rnnviz.kernels.arithmetic import backwards, flat, halved, sigmoid_of_halved, transposed
from rnnviz.kernels.kernel import Kernel
from rnnviz.kernels.tape import Tape


class LSTM(Kernel):
    """See cells/lstm.py."""

    order = ("o", "i", "f", "g")  # the sigmoids side by side, and what goes into c_t side by side

    @override
    def forward(self, tape: Tape) -> Iterator[None]:
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

    @override
    def backward(self, tape: Tape) -> None:
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


KERNEL = LSTM
