"""The plain cell: h_t = f(a_t)."""

from collections.abc import Iterator

import numpy as np
from typing_extensions import override

from rnnviz.kernels.arithmetic import NONLINEARITIES, backwards, transposed
from rnnviz.kernels.kernel import Kernel
from rnnviz.kernels.tape import Tape


class RNN(Kernel):
    """See cells/rnn.py."""

    @override
    def forward(self, tape: Tape) -> Iterator[None]:
        f, (W,) = NONLINEARITIES[self.experiment.nonlinearity].function, tape.W
        for v, a, h in zip(tape.v[:-1], tape.a[:, 0], tape.h[1:], strict=True):
            np.dot(W, v, out=a)  # a_t = W_hh h_(t-1) + W_ih x_t + b
            f(a, out=h)  # h_t = f(a_t)
            yield

    @override
    def steps_back(self, tape: Tape) -> Iterator[None]:
        # da_t/dh_t = f'(a_t), at first; the loop makes it da_t
        tape.da = NONLINEARITIES[self.experiment.nonlinearity].derivative(tape.h[1:])[:, None]
        W_T, from_later = transposed(tape.W, tape.h[0]), np.empty_like(tape.h[0])
        for dh, da, dh_before in backwards(tape.dh[1:], tape.da[:, 0], tape.dh[:-1]):
            da *= dh  # da_t = f'(a_t) dh_t
            np.dot(W_T, da, out=from_later)
            dh_before += from_later  # dh_(t-1) = (from outside) + W_hh^T da_t
            yield


KERNEL = RNN
