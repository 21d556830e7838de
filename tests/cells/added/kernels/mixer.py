"""The made-up cell: c_t = q c_(t-1) + (1 - q) u, h_t = tanh(c_t)."""

from rnnviz.kernels.compiled import add_products, compiled, only, rest, row, sigmoid, sums, tanh
from rnnviz.kernels.kernel import Kernel


@row
def _step(q, u, p, c_before, c, tanh_c, h):
    for j in range(len(c)):
        q[j], u[j] = sigmoid(q[j]), tanh(u[j] + p[j] * c_before[j])
        c[j] = q[j] * c_before[j] + rest(q[j]) * u[j]
        h[j] = tanh_c[j] = tanh(c[j])


@row
def _step_back(q, u, p, c_before, h, dh, dc, dq, du, dc_before):
    for j in range(len(dc)):
        dc[j] += dh[j] * rest(h[j] * h[j])
        dq[j] = dc[j] * (c_before[j] - u[j]) * q[j] * rest(q[j])
        du[j] = dc[j] * rest(q[j]) * rest(u[j] * u[j])
        dc_before[j] += dc[j] * q[j] + p[j] * du[j]


@compiled
def forward(W, P, v, a, c, tanh_c, f, begun, start, stop):
    _, B, _, H = a.shape
    for t in range(start, stop):
        sums(v[t], W, a[t])
        for b in range(B):
            _step(a[t, b, 0], a[t, b, 1], P[0], c[t, b], c[t + 1, b], tanh_c[t, b], v[t + 1, b, :H])
        only(v[t + 1, :, :H], begun[t])
        only(c[t + 1], begun[t])


@compiled
def backward(W_back, P, v, a, c, tanh_c, dh, dc, da, f, start, stop):
    _, B, _, H = da.shape
    for t in range(stop - 1, start - 1, -1):
        for b in range(B):
            s = b % a.shape[1]
            q, u, h, dq, du = a[t, s, 0], a[t, s, 1], v[t + 1, s, :H], da[t, b, 0], da[t, b, 1]
            _step_back(q, u, P[0], c[t, s], h, dh[t + 1, b], dc[t + 1, b], dq, du, dc[t, b])
        add_products(da[t].reshape(B, -1), W_back, dh[t])


class Mixer(Kernel):
    """See tests/cells/added/cells/mixer.py."""

    loops = forward, backward


KERNEL = Mixer
