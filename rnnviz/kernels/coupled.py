"""The LSTM with coupled gates: c_t = (1 - i) c_(t-1) + i g, h_t = o tanh(c_t)."""

from collections.abc import Iterator

import numpy as np
from typing_extensions import override

from rnnviz.kernels.arithmetic import flat, halved, sigmoid_of_halved
from rnnviz.kernels.carousel import back_through_cell
from rnnviz.kernels.kernel import Kernel
from rnnviz.kernels.tape import Tape


class Coupled(Kernel):
    """See cells/coupled.py."""

    order = ("o", "i", "g")  # the sigmoids side by side, and what goes into c_t side by side

    @override
    def forward(self, tape: Tape) -> Iterator[None]:
        W = halved(tape.W, 2)
        for v, c_before, c, tanh_c, h, a, flat_a in zip(
            tape.v[:-1], tape.c[:-1], tape.c[1:], tape.tanh_c, tape.h[1:], tape.a, flat(tape.a), strict=True
        ):
            o, i, g = a
            np.dot(W, v, out=flat_a)
            sigmoid_of_halved(a[:2])  # o and i
            np.tanh(g, out=g)
            np.subtract(g, c_before, out=c)
            c *= i
            c += c_before  # c_t = (1 - i) c_(t-1) + i g
            np.tanh(c, out=tanh_c)
            np.multiply(o, tanh_c, out=h)  # h_t = o tanh(c_t)
            yield

    @override
    def steps_back(self, tape: Tape) -> Iterator[None]:
        o, i, g = tape.a.swapaxes(0, 1)
        # dh_t/da_t of o and dc_t/da_t of the others, at first; the loop makes it da_t
        tape.da = np.empty_like(tape.a)
        d_o, d_i, d_g = tape.da.swapaxes(0, 1)
        f = 1 - i
        np.multiply(tape.tanh_c, o * (1 - o), out=d_o)
        np.multiply(g - tape.c[:-1], i * f, out=d_i)
        np.multiply(i, 1 - g * g, out=d_g)
        dh_dc = o * (1 - tape.tanh_c * tape.tanh_c)
        yield from back_through_cell(tape, dh_dc, f)


KERNEL = Coupled
