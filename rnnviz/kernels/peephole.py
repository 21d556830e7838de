"""The LSTM with peepholes: as the LSTM, but i and f also see c_(t-1), and o sees c_t."""

from collections.abc import Iterator

import numpy as np
from typing_extensions import override

from rnnviz.kernels.arithmetic import flat, halved, sigmoid_of_halved
from rnnviz.kernels.carousel import back_through_cell
from rnnviz.kernels.kernel import Kernel
from rnnviz.kernels.tape import Tape


class Peephole(Kernel):
    """See cells/peephole.py."""

    order = ("o", "i", "f", "g")  # i and f side by side, which see the same state, and what goes into c_t

    @override
    def forward(self, tape: Tape) -> Iterator[None]:
        W, part = halved(tape.W, 3), np.empty_like(tape.h[0])
        P_if, P_o = tape.P[:2] / 2, tape.P[2] / 2  # halved as the rows of the sigmoids are
        both = np.empty_like(tape.a[0, :2])
        for v, c_before, c, tanh_c, h, a, flat_a in zip(
            tape.v[:-1], tape.c[:-1], tape.c[1:], tape.tanh_c, tape.h[1:], tape.a, flat(tape.a), strict=True
        ):
            o, i, f, g = a
            np.dot(W, v, out=flat_a)
            np.multiply(P_if, c_before, out=both)
            a[1:3] += both
            sigmoid_of_halved(a[1:3])  # i and f
            np.tanh(g, out=g)
            np.multiply(f, c_before, out=c)
            np.multiply(i, g, out=part)
            c += part  # c_t = f c_(t-1) + i g
            np.multiply(P_o, c, out=part)
            o += part
            sigmoid_of_halved(o)
            np.tanh(c, out=tanh_c)
            np.multiply(o, tanh_c, out=h)  # h_t = o tanh(c_t)
            yield

    @override
    def steps_back(self, tape: Tape) -> Iterator[None]:
        o, i, f, g = tape.a.swapaxes(0, 1)
        p_i, p_f, p_o = tape.P
        # dh_t/da_t of o and dc_t/da_t of the others, at first; the loop makes it da_t
        tape.da = np.empty_like(tape.a)
        d_o, d_i, d_f, d_g = tape.da.swapaxes(0, 1)
        np.multiply(tape.tanh_c, o * (1 - o), out=d_o)
        np.multiply(g, i * (1 - i), out=d_i)
        np.multiply(tape.c[:-1], f * (1 - f), out=d_f)
        np.multiply(i, 1 - g * g, out=d_g)
        dh_dc = o * (1 - tape.tanh_c * tape.tanh_c) + p_o * d_o  # by tanh(c_t), and by what o sees
        dc_dc = f + p_i * d_i + p_f * d_f  # dc_t/dc_(t-1): what is kept, and what i and f see
        yield from back_through_cell(tape, dh_dc, dc_dc)


KERNEL = Peephole
