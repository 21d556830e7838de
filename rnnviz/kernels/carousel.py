"""The way back through time that every kind of LSTM has: by its h_t, and by its c_t beside it."""

from collections.abc import Iterator

import numpy as np

from rnnviz.kernels.arithmetic import backwards, flat, transposed
from rnnviz.kernels.tape import Tape
from rnnviz.snapshot import Array


def back_through_cell(tape: Tape, dh_dc: Array, dc_dc: Array) -> Iterator[None]:
    """Turn what tape.dh and tape.dc hold from outside into the total gradients, and tape.da into that of the sums.

    tape.da holds dh_t/da_t of the first block, o, and dc_t/da_t of the others. dh_dc: dh_t/dc_t, dc_dc: dc_t/dc_(t-1),
    (T, H, B) each. Yields after every step, the last first.
    """
    W_T, part = transposed(tape.W, tape.h[0]), np.empty_like(tape.h[0])
    dh, dc = tape.dh, tape.dc
    for dh_t, dc_t, dh_dc_t, dc_dc_t, da, flat_da, dh_before, dc_before in backwards(
        dh[1:], dc[1:], dh_dc, dc_dc, tape.da, flat(tape.da), dh[:-1], dc[:-1]
    ):
        np.multiply(dh_t, dh_dc_t, out=part)
        dc_t += part  # dc_t = (from the step after) + dh_t dh_t/dc_t
        da[0] *= dh_t
        da[1:] *= dc_t
        np.multiply(dc_t, dc_dc_t, out=part)
        dc_before += part
        np.dot(W_T, flat_da, out=part)
        dh_before += part  # dh_(t-1) = (from outside) + W_hh^T da_t
        yield
