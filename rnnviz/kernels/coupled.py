"""The LSTM with coupled gates: c_t = (1 - i) c_(t-1) + i g, h_t = o tanh(c_t)."""

from rnnviz.kernels.compiled import add_products, compiled, only, rest, row, sigmoid, sums, tanh
from rnnviz.kernels.kernel import Kernel


@row
def _step(i, g, o, c_before, c, tanh_c, h):
    for j in range(len(c)):
        i[j], g[j], o[j] = sigmoid(i[j]), tanh(g[j]), sigmoid(o[j])
        c[j] = rest(i[j]) * c_before[j] + i[j] * g[j]  # c_t = (1 - i) c_(t-1) + i g
        tanh_c[j] = tanh(c[j])
        h[j] = o[j] * tanh_c[j]  # h_t = o tanh(c_t)


@row
def _step_back(i, g, o, c_before, tanh_c, dh, dc, di, dg, do, dc_before):
    for j in range(len(dc)):
        dc[j] += dh[j] * o[j] * rest(tanh_c[j] * tanh_c[j])  # (from the step after) + dh_t dh_t/dc_t
        do[j] = dh[j] * tanh_c[j] * o[j] * rest(o[j])
        di[j] = dc[j] * (g[j] - c_before[j]) * i[j] * rest(i[j])
        dg[j] = dc[j] * i[j] * rest(g[j] * g[j])
        dc_before[j] += dc[j] * rest(i[j])


@compiled
def forward(W, P, v, a, c, tanh_c, f, begun, start, stop):
    """See Kernel.loops."""
    _, B, _, H = a.shape
    for t in range(start, stop):
        sums(v[t], W, a[t])
        for b in range(B):
            i, g, o = a[t, b, 0], a[t, b, 1], a[t, b, 2]
            _step(i, g, o, c[t, b], c[t + 1, b], tanh_c[t, b], v[t + 1, b, :H])
        only(v[t + 1, :, :H], begun[t])
        only(c[t + 1], begun[t])


@compiled
def backward(W_back, P, v, a, c, tanh_c, dh, dc, da, f, start, stop):
    """See Kernel.loops."""
    B = da.shape[1]
    for t in range(stop - 1, start - 1, -1):
        for b in range(B):
            s = b % a.shape[1]
            i, g, o = a[t, s, 0], a[t, s, 1], a[t, s, 2]
            di, dg, do = da[t, b, 0], da[t, b, 1], da[t, b, 2]
            _step_back(i, g, o, c[t, s], tanh_c[t, s], dh[t + 1, b], dc[t + 1, b], di, dg, do, dc[t, b])
        add_products(da[t].reshape(B, -1), W_back, dh[t])  # dh_(t-1) = (from outside) + W_hh^T da_t


class Coupled(Kernel):
    """See cells/coupled.py."""

    loops = forward, backward


KERNEL = Coupled
