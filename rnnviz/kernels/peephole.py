"""The LSTM with peepholes: as the LSTM, but i and f also see c_(t-1), and o sees c_t."""

from rnnviz.kernels.compiled import add_products, compiled, only, rest, row, sigmoid, sums, tanh
from rnnviz.kernels.kernel import Kernel


@row
def _step(i, f, g, o, p_i, p_f, p_o, c_before, c, tanh_c, h):
    for j in range(len(c)):
        i[j], f[j] = sigmoid(i[j] + p_i[j] * c_before[j]), sigmoid(f[j] + p_f[j] * c_before[j])
        g[j] = tanh(g[j])
        c[j] = f[j] * c_before[j] + i[j] * g[j]  # c_t = f c_(t-1) + i g
        o[j] = sigmoid(o[j] + p_o[j] * c[j])
        tanh_c[j] = tanh(c[j])
        h[j] = o[j] * tanh_c[j]  # h_t = o tanh(c_t)


@row
def _step_back(i, f, g, o, p_i, p_f, p_o, c_before, tanh_c, dh, dc, di, df, dg, do, dc_before):
    for j in range(len(dc)):
        do[j] = dh[j] * tanh_c[j] * o[j] * rest(o[j])
        dc[j] += dh[j] * o[j] * rest(tanh_c[j] * tanh_c[j]) + do[j] * p_o[j]  # by tanh(c_t), and by o
        di[j] = dc[j] * g[j] * i[j] * rest(i[j])
        df[j] = dc[j] * c_before[j] * f[j] * rest(f[j])
        dg[j] = dc[j] * i[j] * rest(g[j] * g[j])
        dc_before[j] += dc[j] * f[j] + di[j] * p_i[j] + df[j] * p_f[j]  # what is kept, what i and f see


@compiled
def forward(W, P, v, a, c, tanh_c, f, begun, start, stop):
    """See Kernel.loops."""
    _, B, _, H = a.shape
    for t in range(start, stop):
        sums(v[t], W, a[t])
        for b in range(B):
            i, f_t, g, o = a[t, b, 0], a[t, b, 1], a[t, b, 2], a[t, b, 3]
            _step(i, f_t, g, o, P[0], P[1], P[2], c[t, b], c[t + 1, b], tanh_c[t, b], v[t + 1, b, :H])
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
            dh_t, dc_t, dc_before = dh[t + 1, b], dc[t + 1, b], dc[t, b]
            _step_back(i, f_t, g, o, P[0], P[1], P[2], c[t, s], tanh_c[t, s], dh_t, dc_t, di, df, dg, do, dc_before)
        add_products(da[t].reshape(B, -1), W_back, dh[t])  # dh_(t-1) = (from outside) + W_hh^T da_t


class Peephole(Kernel):
    """See cells/peephole.py."""

    loops = forward, backward


KERNEL = Peephole
