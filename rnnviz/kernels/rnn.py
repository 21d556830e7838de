"""The plain cell: h_t = f(a_t)."""

from rnnviz.kernels.compiled import add_products, compiled, only, relu, rest, sigmoid, sums, tanh
from rnnviz.kernels.kernel import Kernel

TANH, RELU = range(2)
"""f by its place in NONLINEARITIES; the third is the sigmoid."""


@compiled
def forward(W, P, v, a, c, tanh_c, f, begun, start, stop):
    """See Kernel.loops."""
    _, B, _, H = a.shape
    for t in range(start, stop):
        sums(v[t], W, a[t])  # a_t = W_hh h_(t-1) + W_ih x_t + b
        for b in range(B):
            a_t, h = a[t, b, 0], v[t + 1, b]
            if f == TANH:
                for j in range(H):
                    h[j] = tanh(a_t[j])
            elif f == RELU:
                for j in range(H):
                    h[j] = relu(a_t[j])
            else:
                for j in range(H):
                    h[j] = sigmoid(a_t[j])
        only(v[t + 1, :, :H], begun[t])


@compiled
def backward(W_back, P, v, a, c, tanh_c, dh, dc, da, f, start, stop):
    """See Kernel.loops."""
    _, B, _, H = da.shape
    for t in range(stop - 1, start - 1, -1):
        for b in range(B):
            h, dh_t, da_t = v[t + 1, b % a.shape[1]], dh[t + 1, b], da[t, b, 0]
            if f == TANH:  # da_t = f'(a_t) dh_t, f' in terms of h = f(a)
                for j in range(H):
                    da_t[j] = dh_t[j] * rest(h[j] * h[j])
            elif f == RELU:
                for j in range(H):
                    da_t[j] = dh_t[j] if h[j] > 0 else h[j] - h[j]  # 0, or NaN
            else:
                for j in range(H):
                    da_t[j] = dh_t[j] * h[j] * rest(h[j])
        add_products(da[t].reshape(B, -1), W_back, dh[t])  # dh_(t-1) = (from outside) + W_hh^T da_t


class RNN(Kernel):
    """See cells/rnn.py."""

    loops = forward, backward


KERNEL = RNN
