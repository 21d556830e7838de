"""The made-up cell: c_t = q c_(t-1) + (1 - q) u, h_t = tanh(c_t)."""

from rnnviz.kernels.compiled import add_products, compiled, only, rest, sums, tanh, to_sigmoid, to_tanh
from rnnviz.kernels.kernel import Kernel


@compiled
def forward(W, P, v, a, c, tanh_c, f, begun, start, stop):
    _, B, _, H = a.shape
    for t in range(start, stop):
        sums(v[t], W, a[t])
        for b in range(B):
            q, u, c_before, c_t, h = a[t, b, 0], a[t, b, 1], c[t, b], c[t + 1, b], v[t + 1, b]
            to_sigmoid(q)
            for j in range(H):
                u[j] += P[0, j] * c_before[j]
            to_tanh(u)
            for j in range(H):
                c_t[j] = q[j] * c_before[j] + rest(q[j]) * u[j]
            for j in range(H):
                h[j] = tanh_c[t, b, j] = tanh(c_t[j])
        only(v[t + 1, :, :H], begun[t])
        only(c[t + 1], begun[t])


@compiled
def backward(W_back, P, v, a, c, tanh_c, dh, dc, da, f, start, stop):
    _, B, _, H = da.shape
    for t in range(stop - 1, start - 1, -1):
        for b in range(B):
            s = b % a.shape[1]
            q, u, c_before, h = a[t, s, 0], a[t, s, 1], c[t, s], v[t + 1, s]
            dq, du, dh_t, dc_t, dc_before = da[t, b, 0], da[t, b, 1], dh[t + 1, b], dc[t + 1, b], dc[t, b]
            for j in range(H):
                dc_t[j] += dh_t[j] * rest(h[j] * h[j])
                dq[j] = dc_t[j] * (c_before[j] - u[j]) * q[j] * rest(q[j])
                du[j] = dc_t[j] * rest(q[j]) * rest(u[j] * u[j])
                dc_before[j] += dc_t[j] * q[j] + P[0, j] * du[j]
        add_products(da[t].reshape(B, -1), W_back, dh[t])


class Mixer(Kernel):
    """See tests/cells/added/cells/mixer.py."""

    loops = forward, backward


KERNEL = Mixer
