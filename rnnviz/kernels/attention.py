"""Attention: what a decoder makes of the source's states at each of its steps, forwards and back.

At step t a state h asks. Every source state h_s is scored, the weights are the scores' softmax over the source,
a_ts = exp(e_ts) / sum_s' exp(e_ts'), and the context is the weighted mean of the source states, sum_s a_ts h_s.

additive: e_ts = v^T tanh(q_t + k_s), q_t = W_q h, k_s = W_k h_s + b (Bahdanau, Cho and Bengio, arXiv:1409.0473,
A.1.2). dot: e_ts = q_t^T k_s, q_t = h, k_s = h_s or W_k h_s (Luong, Pham and Manning, arXiv:1508.04025, equation 8).

Letters: T target steps, S source steps, B sequences, H units, M numbers of a source state, A of a key. A source state's
numbers, and a key's, stand side by side, (S, B, M), as the encoder leaves them: over these the innermost loops run.
"""

import copy
import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from typing_extensions import override

from rnnviz.kernels.compiled import add_products, compiled, rest, row, tanh
from rnnviz.snapshot import Array

Absent = npt.NDArray[np.bool_] | None
"""Where a source has not begun, (S, B), which is before its first step alone; None if all are of one length."""


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


class Look(ABC):
    """All the looks of one pass, over `steps` steps of B sequences: the scores and weights (T, B, S), and the contexts
    (T, B, M).

    keys: (S, N, A). states: (S, N, M), what the contexts are means of. N is B, or 1 where all look at the same source.
    hand: called with a step and its weights (B, S) before they are used; it may change them.
    """

    loops: ClassVar[tuple[Callable[..., None], Callable[..., None]]]
    """The compiled loops of one step: `late` (N,) says how many steps of a source have not begun.

    forwards(keys, late, v, q (B, A), u (B, S, A), e (B, S), a) fills the scores e and the weights a, and u of a kind
    that has it. backwards(keys, states, late, v, q, u, a, d_context (B, M), de, dq, dk (S, B, A), dv) fills de and adds
    to dq, dk and dv. These are of B gradients, what was written down of as many sequences or of one.
    """
    asks_before: ClassVar[bool]
    """Whether the state before a step asks, so that the cells read the context; else the state after it."""
    d_contexts: Array
    """dL/dctx_t, (T, B, M): what comes from outside, to which the way back adds what the cells send."""
    outside: Array
    """The part of it that comes from the read-out."""

    def __init__(
        self, steps: int, batch: int, keys: Array, states: Array, absent: Absent = None, v: Array | None = None
    ):
        S, N, M = states.shape
        self.keys, self.states = keys, states
        self.v = np.empty(0, keys.dtype) if v is None else v
        self.late = np.zeros(N, np.int64) if absent is None else absent.sum(axis=0)
        self.scores = np.full((steps, batch, S), -np.inf, keys.dtype)
        self.weights = np.zeros_like(self.scores)
        self.q = np.empty((steps, batch, keys.shape[2]), keys.dtype)
        self.u = np.empty((steps, 0, 0, 0), keys.dtype)
        self.contexts = np.empty((steps, batch, M), keys.dtype)
        self.hand: Callable[[int, Array], None] | None = None

    @property
    def read(self) -> int:
        """How many numbers of a context the first layer's cells read."""
        return self.states.shape[2] if self.asks_before else 0

    def ask(self, t: int, h: Array) -> Array:
        """Look at step t, asked by h (B, H), and return the context (B, M)."""
        a, context = self.weights[t], self.contexts[t]
        self.query(h, self.q[t])
        self.loops[0](self.keys, self.late, self.v, self.q[t], self.u[t % len(self.u)], self.scores[t], a)
        if self.hand:
            self.hand(t, a)
        mean(self.states, self.late, a, context)
        return context

    def expect(self) -> None:
        """Make room for as many gradients as there are in `d_contexts`, (T, B, M), what comes from outside."""
        T, B, _ = self.d_contexts.shape
        S, _, A = self.keys.shape
        self.d_scores = np.zeros((T, B, S), self.keys.dtype)
        self.d_q = np.zeros((T, B, A), self.keys.dtype)
        self.d_keys = np.zeros((S, B, A), self.keys.dtype)
        self.d_v = np.zeros_like(self.v)

    def back(self, t: int, dh: Array) -> None:
        """Add to dh (B, H), the gradient of the h that asked at step t, what it gets of the context's."""
        written = self.v, self.q[t], self.u[t], self.weights[t]
        gradients = self.d_contexts[t], self.d_scores[t], self.d_q[t], self.d_keys, self.d_v
        self.loops[1](self.keys, self.states, self.late, *written, *gradients)
        self.query_back(self.d_q[t], dh)

    def state_gradient(self) -> Array:
        """Return dL/dh_s by way of the contexts, (S, B, M), after the way back."""
        S, B = self.d_keys.shape[:2]
        found = np.zeros((S, B, self.states.shape[2]), self.keys.dtype)
        means_back(self.late, self.weights, self.d_contexts, found)
        return found

    def part(self, start: int, stop: int) -> "Look":
        """Return a view of the steps start..stop-1."""
        part = copy.copy(self)
        for name in ("scores", "weights", "q", "u", "contexts"):
            setattr(part, name, getattr(self, name)[start:stop])
        return part

    def spread(self, gradients: int, dtype: npt.DTypeLike | None = None) -> "Look":
        """Return these looks of one sequence, with room for a way back that takes many gradients at once, in `dtype` if
        given; none comes from outside."""
        wide = copy.copy(self)
        for name, array in vars(self).items():
            if isinstance(array, np.ndarray) and array is not self.late:
                setattr(wide, name, array.astype(dtype or array.dtype, copy=False))
        wide.d_contexts = np.zeros((len(self.weights), gradients, self.states.shape[2]), wide.keys.dtype)
        wide.expect()
        return wide

    @abstractmethod
    def query(self, h: Array, q: Array) -> None:
        """Make q (B, A) what h (B, H) asks."""

    @abstractmethod
    def query_back(self, dq: Array, dh: Array) -> None:
        """Add to dh (B, H) what dq (B, A) asks of it."""

    @abstractmethod
    def query_gradients(self) -> Array:
        """Return dL/dh of the h that asked at each step, by way of its look, (T, B, H), after the way back."""

    @abstractmethod
    def sent(self) -> Array:
        """Return the part of dL/dk_s that comes from each step, of a single sequence: (T, S, A), after the way back."""

    @abstractmethod
    def weight_gradients(self, queries: Array) -> tuple[Array, ...]:
        """Return the gradients of what is learned, after the way back; queries: the states that asked, (T, B, H)."""

    @abstractmethod
    def products(self, t: int) -> Array:
        """Return what each number of a key adds to the scores of step t, of a single sequence: (S, A)."""


class Additive(Look):
    """Scores by a layer of tanh units, u_ts = tanh(W_q h + k_s); the state before asks.

    keeps: whether all u are kept, which are many, for the way back.
    """

    loops = additive, additive_back
    asks_before = True

    def __init__(
        self,
        steps: int,
        batch: int,
        keys: Array,
        states: Array,
        absent: Absent,
        W_q: Array,
        v: Array,
        *,
        keeps: bool = True,
    ):
        super().__init__(steps, batch, keys, states, absent, v)
        self.W_q, self._to_query = W_q, np.ascontiguousarray(W_q.T)
        self.u = np.empty((steps if keeps else 1, batch, keys.shape[0], keys.shape[2]), keys.dtype)

    @override
    def query(self, h: Array, q: Array) -> None:
        q[:] = 0
        add_products(h, self._to_query, q)

    @override
    def query_back(self, dq: Array, dh: Array) -> None:
        add_products(dq, self.W_q, dh)

    @override
    def query_gradients(self) -> Array:
        return self.d_q @ self.W_q

    @override
    def sent(self) -> Array:
        u = self.u[:, 0]
        return self.v * (1 - u * u) * self.d_scores[:, 0, :, None]

    @override
    def weight_gradients(self, queries: Array) -> tuple[Array, ...]:
        dW_q = np.zeros_like(self.W_q)
        A, H = dW_q.shape
        add_products(self.d_q.reshape(-1, A).T, np.ascontiguousarray(queries).reshape(-1, H), dW_q)
        return dW_q, self.d_v

    @override
    def products(self, t: int) -> Array:
        return self.v * self.u[t, 0]


class Dot(Look):
    """Scores by the product of two states; the state after the step asks."""

    loops = dot, dot_back
    asks_before = False

    @override
    def query(self, h: Array, q: Array) -> None:
        q[:] = h

    @override
    def query_back(self, dq: Array, dh: Array) -> None:
        dh += dq

    @override
    def query_gradients(self) -> Array:
        return self.d_q

    @override
    def sent(self) -> Array:
        return self.q[:, 0, None] * self.d_scores[:, 0, :, None]

    @override
    def weight_gradients(self, queries: Array) -> tuple[Array, ...]:
        return ()

    @override
    def products(self, t: int) -> Array:
        return self.keys[:, 0] * self.q[t, 0]
