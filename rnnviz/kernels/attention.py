"""Attention: what a decoder makes of the source's states at each of its steps, forwards and back.

At step t a state h asks. Every source state h_s is scored, the weights are the scores' softmax over the source,
a_ts = exp(e_ts) / sum_s' exp(e_ts'), and the context is the weighted mean of the source states, sum_s a_ts h_s.

additive: e_ts = v^T tanh(q_t + k_s), q_t = W_q h, k_s = W_k h_s + b (Bahdanau, Cho and Bengio, arXiv:1409.0473,
A.1.2). dot: e_ts = q_t^T k_s, q_t = h, k_s = h_s or W_k h_s (Luong, Pham and Manning, arXiv:1508.04025, equation 8).

Letters: T target steps, S source steps, B sequences, H units, M numbers of a source state, A of a key. A source state's
numbers, and a key's, stand side by side, (S, B, M), as the encoder leaves them: over these the innermost loops run.
"""

import math

from rnnviz.kernels.compiled import compiled, rest, row, tanh


@row
def _product(x, y):
    total = x.dtype.type(0)
    for j in range(len(x)):
        total += x[j] * y[j]
    return total


@row
def _add(a, x, y):
    for j in range(len(y)):
        y[j] += a * x[j]


@row
def _units(q, k, v, u):
    e = v.dtype.type(0)
    for j in range(len(u)):
        u[j] = tanh(q[j] + k[j])  # u_ts = tanh(q_t + k_s)
        e += v[j] * u[j]  # e_ts = v^T u_ts
    return e


@row
def _units_back(u, v, de, dq, dk, dv):
    for j in range(len(u)):
        d = de * v[j] * rest(u[j] * u[j])
        dq[j] += d
        dk[j] += d
        dv[j] += de * u[j]


@row
def _softmax(e, a):
    largest, total = e[0], e.dtype.type(0)
    for s in range(len(e)):
        largest = max(largest, e[s])
    for s in range(len(e)):
        a[s] = math.exp(e[s] - largest)
        total += a[s]
    for s in range(len(e)):
        a[s] /= total  # a_ts = exp(e_ts) / sum_s' exp(e_ts')


@row
def _softmax_back(a, de):
    mean = _product(a, de)
    for s in range(len(a)):
        de[s] = a[s] * (de[s] - mean)  # de_ts = a_ts (da_ts - sum_s' a_ts' da_ts')


@row
def _scores_back(late, n, a, d_context, states, de):
    for s in range(late, len(a)):
        de[s] = _product(d_context, states[s, n])  # da_ts = dctx_t^T h_s
    _softmax_back(a[late:], de[late:])


@compiled
def additive(keys, late, v, q, u, e, a):
    """See Look.loops."""
    S, N, _ = keys.shape
    for b in range(len(q)):
        n = b % N
        u[b, : late[n]] = 0
        for s in range(late[n], S):
            e[b, s] = _units(q[b], keys[s, n], v, u[b, s])
        _softmax(e[b, late[n] :], a[b, late[n] :])


@compiled
def additive_back(keys, states, late, v, q, u, a, d_context, de, dq, dk, dv):
    """See Look.loops."""
    S, N, _ = keys.shape
    for b in range(len(dq)):
        n = b % N
        _scores_back(late[n], n, a[n], d_context[b], states, de[b])
        for s in range(late[n], S):
            _units_back(u[n, s], v, de[b, s], dq[b], dk[s, b], dv)


@compiled
def dot(keys, late, v, q, u, e, a):
    """See Look.loops."""
    S, N, _ = keys.shape
    for b in range(len(q)):
        n = b % N
        for s in range(late[n], S):
            e[b, s] = _product(q[b], keys[s, n])  # e_ts = q_t^T k_s
        _softmax(e[b, late[n] :], a[b, late[n] :])


@compiled
def dot_back(keys, states, late, v, q, u, a, d_context, de, dq, dk, dv):
    """See Look.loops."""
    S, N, _ = keys.shape
    for b in range(len(dq)):
        n = b % N
        _scores_back(late[n], n, a[n], d_context[b], states, de[b])
        for s in range(late[n], S):
            _add(de[b, s], keys[s, n], dq[b])
            _add(de[b, s], q[n], dk[s, b])


@compiled
def mean(states, late, a, context):
    """Make the contexts (B, M) what the weights (B, S) make of the states (S, N, M): sum_s a_ts h_s."""
    S, N, _ = states.shape
    for b in range(len(a)):
        context[b] = 0
        for s in range(late[b % N], S):
            _add(a[b, s], states[s, b % N], context[b])


@compiled
def means_back(late, a, d_contexts, d_states):
    """Add to d_states (S, B, M) what the contexts' gradients (T, B, M) ask of the states at all steps."""
    S, B, _ = d_states.shape
    N = a.shape[1]
    for b in range(B):
        for s in range(late[b % N], S):
            for t in range(len(a)):
                _add(a[t, b % N, s], d_contexts[t, b], d_states[s, b])
