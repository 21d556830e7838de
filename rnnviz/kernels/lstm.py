"""The LSTM: c_t = f c_(t-1) + i g, h_t = o tanh(c_t)."""

from rnnviz.kernels.compiled import add_products, compiled, only, rest, row, sigmoid, sums, tanh
from rnnviz.kernels.kernel import Kernel


@row
def _step(i, f, g, o, c_before, c, tanh_c, h):
    for j in range(len(c)):
        i[j], f[j], g[j], o[j] = sigmoid(i[j]), sigmoid(f[j]), tanh(g[j]), sigmoid(o[j])
        c[j] = f[j] * c_before[j] + i[j] * g[j]  # c_t = f c_(t-1) + i g
        tanh_c[j] = tanh(c[j])
        h[j] = o[j] * tanh_c[j]  # h_t = o tanh(c_t)


@row
def _step_back(i, f, g, o, c_before, tanh_c, dh, dc, di, df, dg, do, dc_before):
    for j in range(len(dc)):
        dc[j] += dh[j] * o[j] * rest(tanh_c[j] * tanh_c[j])  # (from the step after) + dh_t dh_t/dc_t
        do[j] = dh[j] * tanh_c[j] * o[j] * rest(o[j])
        di[j] = dc[j] * g[j] * i[j] * rest(i[j])
        df[j] = dc[j] * c_before[j] * f[j] * rest(f[j])
        dg[j] = dc[j] * i[j] * rest(g[j] * g[j])
        dc_before[j] += dc[j] * f[j]


@compiled
def forward(W, P, v, a, c, tanh_c, f, begun, start, stop):
    """See Kernel.loops."""
    _, B, _, H = a.shape
    for t in range(start, stop):
        sums(v[t], W, a[t])
        for b in range(B):
            i, f_t, g, o = a[t, b, 0], a[t, b, 1], a[t, b, 2], a[t, b, 3]
            _step(i, f_t, g, o, c[t, b], c[t + 1, b], tanh_c[t, b], v[t + 1, b, :H])
        only(v[t + 1, :, :H], begun[t])
        only(c[t + 1], begun[t])


@compiled
def backward(W_back, P, v, a, c, tanh_c, dh, dc, da, f, start, stop):
    """See Kernel.loops."""
    B = da.shape[1]
    for t in range(stop - 1, start - 1, -1):
        for b in range(B):
            s = b % a.shape[1]
            i, f_t, g, o = a[t, s, 0], a[t, s, 1], a[t, s, 2], a[t, s, 3]
            di, df, dg, do = da[t, b, 0], da[t, b, 1], da[t, b, 2], da[t, b, 3]
            _step_back(i, f_t, g, o, c[t, s], tanh_c[t, s], dh[t + 1, b], dc[t + 1, b], di, df, dg, do, dc[t, b])
        add_products(da[t].reshape(B, -1), W_back, dh[t])  # dh_(t-1) = (from outside) + W_hh^T da_t


class LSTM(Kernel):
    """See cells/lstm.py."""

    loops = forward, backward


KERNEL = LSTM
