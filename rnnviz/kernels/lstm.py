"""The LSTM: c_t = f c_(t-1) + i g, h_t = o tanh(c_t)."""

from rnnviz.kernels.compiled import add_products, compiled, only, rest, sums, tanh, to_sigmoid, to_tanh
from rnnviz.kernels.kernel import Kernel


@compiled
def forward(W, P, v, a, c, tanh_c, f, begun, start, stop):
    """See Kernel.loops."""
    _, B, _, H = a.shape
    for t in range(start, stop):
        sums(v[t], W, a[t])
        for b in range(B):
            i, f_t, g, o = a[t, b, 0], a[t, b, 1], a[t, b, 2], a[t, b, 3]
            to_sigmoid(i), to_sigmoid(f_t), to_tanh(g), to_sigmoid(o)
            c_before, c_t, tanh_c_t, h = c[t, b], c[t + 1, b], tanh_c[t, b], v[t + 1, b]
            for j in range(H):
                c_t[j] = f_t[j] * c_before[j] + i[j] * g[j]  # c_t = f c_(t-1) + i g
            for j in range(H):
                tanh_c_t[j] = tanh(c_t[j])
            for j in range(H):
                h[j] = o[j] * tanh_c_t[j]  # h_t = o tanh(c_t)
        only(v[t + 1, :, :H], begun[t])
        only(c[t + 1], begun[t])


@compiled
def backward(W_back, P, v, a, c, tanh_c, dh, dc, da, f, start, stop):
    """See Kernel.loops."""
    _, B, _, H = da.shape
    for t in range(stop - 1, start - 1, -1):
        for b in range(B):
            s = b % a.shape[1]
            i, f_t, g, o = a[t, s, 0], a[t, s, 1], a[t, s, 2], a[t, s, 3]
            c_before, tanh_c_t = c[t, s], tanh_c[t, s]
            dh_t, dc_t, dc_before = dh[t + 1, b], dc[t + 1, b], dc[t, b]
            di, df, dg, do = da[t, b, 0], da[t, b, 1], da[t, b, 2], da[t, b, 3]
            for j in range(H):
                dc_t[j] += dh_t[j] * o[j] * rest(tanh_c_t[j] * tanh_c_t[j])  # (from the step after) + dh_t dh_t/dc_t
            for j in range(H):
                do[j] = dh_t[j] * tanh_c_t[j] * o[j] * rest(o[j])
            for j in range(H):
                di[j] = dc_t[j] * g[j] * i[j] * rest(i[j])
            for j in range(H):
                df[j] = dc_t[j] * c_before[j] * f_t[j] * rest(f_t[j])
            for j in range(H):
                dg[j] = dc_t[j] * i[j] * rest(g[j] * g[j])
            for j in range(H):
                dc_before[j] += dc_t[j] * f_t[j]
        add_products(da[t].reshape(B, -1), W_back, dh[t])  # dh_(t-1) = (from outside) + W_hh^T da_t


class LSTM(Kernel):
    """See cells/lstm.py."""

    loops = forward, backward


KERNEL = LSTM
