"""The GRU: h_t = (1 - z) n + z h_(t-1)."""

from typing_extensions import override

from rnnviz.kernels.compiled import add_products, compiled, only, rest, row, sigmoid, sums, tanh
from rnnviz.kernels.kernel import Kernel
from rnnviz.kernels.tape import Tape
from rnnviz.snapshot import Array


@row
def _step(r, z, m, n, h_before, h):
    for j in range(len(h)):
        r[j], z[j] = sigmoid(r[j]), sigmoid(z[j])
        n[j] = tanh(n[j] + r[j] * m[j])  # n = tanh(W_in x_t + b_in + r m)
        h[j] = rest(z[j]) * n[j] + z[j] * h_before[j]  # h_t = (1 - z) n + z h_(t-1)


@row
def _step_back(r, z, m, n, h_before, dh, dr, dz, dm, dn, dh_before):
    for j in range(len(dh)):
        dn[j] = dh[j] * rest(z[j]) * rest(n[j] * n[j])
        dm[j] = dn[j] * r[j]
        dr[j] = dn[j] * m[j] * r[j] * rest(r[j])
        dz[j] = dh[j] * (h_before[j] - n[j]) * z[j] * rest(z[j])
        dh_before[j] += dh[j] * z[j]


@compiled
def forward(W, P, v, a, c, tanh_c, f, begun, start, stop):
    """See Kernel.loops."""
    _, B, _, H = a.shape
    for t in range(start, stop):
        sums(v[t], W, a[t])
        for b in range(B):
            r, z, m, n = a[t, b, 0], a[t, b, 1], a[t, b, 2], a[t, b, 3]
            _step(r, z, m, n, v[t, b, :H], v[t + 1, b, :H])
        only(v[t + 1, :, :H], begun[t])


@compiled
def backward(W_back, P, v, a, c, tanh_c, dh, dc, da, f, start, stop):
    """See Kernel.loops."""
    _, B, G, H = da.shape
    for t in range(stop - 1, start - 1, -1):
        for b in range(B):
            s = b % a.shape[1]
            r, z, m, n = a[t, s, 0], a[t, s, 1], a[t, s, 2], a[t, s, 3]
            dr, dz, dm, dn = da[t, b, 0], da[t, b, 1], da[t, b, 2], da[t, b, 3]
            _step_back(r, z, m, n, v[t, s, :H], dh[t + 1, b], dr, dz, dm, dn, dh[t, b])
        # dh_(t-1) = (from outside) + W_hh^T da_t + z dh_t, h_(t-1) being in all sums but that of n
        add_products(da[t].reshape(B, -1)[:, : (G - 1) * H], W_back, dh[t])


class GRU(Kernel):
    """See cells/gru.py."""

    loops = forward, backward

    @override
    def to_hidden_before(self, tape: Tape) -> Array:
        # h also goes on directly, by z
        return super().to_hidden_before(tape) + tape.block("z") * tape.dh[1:]


KERNEL = GRU
