"""The plain cell: h_t = f(a_t)."""

from rnnviz.kernels.compiled import add_products, compiled, only, relu, rest, row, sigmoid, sums, tanh
from rnnviz.kernels.kernel import Kernel

TANH, RELU = range(2)
"""f by its place in NONLINEARITIES; the third is the sigmoid."""


@row
def _step(f, a, h):
    if f == TANH:
        for j in range(len(h)):
            h[j] = tanh(a[j])
    elif f == RELU:
        for j in range(len(h)):
            h[j] = relu(a[j])
    else:
        for j in range(len(h)):
            h[j] = sigmoid(a[j])


@row
def _step_back(f, h, dh, da):
    if f == TANH:  # da_t = f'(a_t) dh_t, f' in terms of h = f(a)
        for j in range(len(h)):
            da[j] = dh[j] * rest(h[j] * h[j])
    elif f == RELU:
        for j in range(len(h)):
            da[j] = dh[j] if h[j] > 0 else h[j] - h[j]  # 0, or NaN
    else:
        for j in range(len(h)):
            da[j] = dh[j] * h[j] * rest(h[j])


@compiled
def forward(W, P, v, a, c, tanh_c, f, begun, start, stop):
    """See Kernel.loops."""
    _, B, _, H = a.shape
    for t in range(start, stop):
        sums(v[t], W, a[t])  # a_t = W_hh h_(t-1) + W_ih x_t + b
        for b in range(B):
            _step(f, a[t, b, 0], v[t + 1, b, :H])
        only(v[t + 1, :, :H], begun[t])


@compiled
def backward(W_back, P, v, a, c, tanh_c, dh, dc, da, f, start, stop):
    """See Kernel.loops."""
    _, B, _, H = da.shape
    for t in range(stop - 1, start - 1, -1):
        for b in range(B):
            _step_back(f, v[t + 1, b % a.shape[1], :H], dh[t + 1, b], da[t, b, 0])
        add_products(da[t].reshape(B, -1), W_back, dh[t])  # dh_(t-1) = (from outside) + W_hh^T da_t


class RNN(Kernel):
    """See cells/rnn.py."""

    loops = forward, backward


KERNEL = RNN
