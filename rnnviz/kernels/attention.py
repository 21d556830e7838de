"""Attention: what a decoder makes of the source's states at each of its steps, forwards and back.

At step t a state h asks. Every source state h_s is scored, the weights are the scores' softmax over the source,
a_ts = exp(e_ts) / sum_s' exp(e_ts'), and the context is the weighted mean of the source states, sum_s a_ts h_s.

additive: e_ts = v^T tanh(W_q h + k_s), k_s = W_k h_s + b (Bahdanau, Cho and Bengio, arXiv:1409.0473, A.1.2).
dot:      e_ts = h^T k_s, k_s = h_s or W_k h_s (Luong, Pham and Manning, arXiv:1508.04025, equation 8).

Letters: T target steps, S source steps, B sequences, H units, M numbers of a source state, A of a key. The source is
the last axis, (B, A, S): then a sequence's sums over the source, and over the units, are products BLAS is quick at.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property

import numpy as np
import numpy.typing as npt
from typing_extensions import override

from rnnviz.snapshot import Array

Absent = npt.NDArray[np.bool_] | None
"""Where a source has not begun, (B, S); None if all are of one length."""


class Look(ABC):
    """All the looks of one pass, over `steps` steps: the scores and weights (T, B, S), and the contexts (T, B, M).

    keys: (B, A, S). states: (B, M, S), what the contexts are means of.
    hand: called with a step and its weights (B, S) before they are used; it may change them.
    """

    outside: Array
    asks_before: bool
    """Whether the state before a step asks, so that the cells read the context; else the state after it."""

    def __init__(self, steps: int, keys: Array, states: Array, absent: Absent = None):
        B, M, S = states.shape
        self.keys, self.states, self.absent = keys, states, absent
        self.scores, self.weights = np.empty((2, steps, B, S), keys.dtype)
        self.contexts = np.empty((steps, B, M), keys.dtype)
        self.hand: Callable[[int, Array], None] | None = None

    @property
    def read(self) -> int:
        """How many numbers of a context the first layer's cells read."""
        return self.states.shape[1] if self.asks_before else 0

    def ask(self, t: int, h: Array) -> Array:
        """Look at step t, asked by h (B, H), and return the context (B, M)."""
        e, a = self.scores[t], self.weights[t]
        self.score(t, h, e)
        if self.absent is not None:
            e[self.absent] = -np.inf
        np.exp(e - e.max(axis=1, keepdims=True), out=a)
        a /= a.sum(axis=1, keepdims=True)
        if self.hand:
            self.hand(t, a)
        np.matmul(self.states, a[..., None], out=self.contexts[t][..., None])
        return self.contexts[t]

    def expect(self) -> None:
        """Make room for the gradients. `outside` becomes the part of the contexts' that comes from the read-out."""
        self.d_scores, self.d_contexts = np.empty_like(self.scores), np.empty_like(self.contexts)
        self.d_queries: dict[int, Array] = {}
        """dL/dh of the h that asked at each step, by way of its look: (B, H) each."""

    def back(self, t: int, d_context: Array) -> Array:
        """Take the gradient of the context of step t, (B, M), and return that of the h that asked, (B, H)."""
        a, de, d_ctx = self.weights[t], self.d_scores[t], self.d_contexts[t]
        d_ctx[:] = d_context
        np.matmul(d_ctx[:, None], self.states, out=de[:, None])  # dL/da_t
        de -= (a * de).sum(axis=1, keepdims=True)
        de *= a
        self.d_queries[t] = self.query_gradient(t, de)
        return self.d_queries[t]

    def state_gradient(self) -> Array:
        """Return dL/dh_s by way of the contexts, (B, M, S), after the way back."""
        return np.matmul(self.d_contexts.transpose(1, 2, 0), self.weights.transpose(1, 0, 2))

    @cached_property
    def ways(self) -> Array:
        """dctx_t/dh, h being the state that asked at step t, of a single sequence after the pass: (T, M, H), in
        float64."""
        a, states = self.weights[:, 0].astype(np.float64), self.states[0].astype(np.float64)
        # de_t/dh (S, H), through the softmax: da_t/de_t is diag(a) - a a^T
        scored = (self.slopes(t).astype(np.float64) for t in range(len(a)))
        return np.stack([states @ (a_t[:, None] * (de - a_t @ de)) for a_t, de in zip(a, scored, strict=True)])

    @abstractmethod
    def slopes(self, t: int) -> Array:
        """Return de_t/dh, h being the state that asked at step t, of a single sequence: (S, H)."""

    @abstractmethod
    def score(self, t: int, h: Array, out: Array) -> None:
        """Write e_t (B, S), asked by h (B, H), into `out`."""

    @abstractmethod
    def query_gradient(self, t: int, de: Array) -> Array:
        """Return dL/dh (B, H) of the h that asked at step t, given dL/de_t (B, S): once for each step."""

    @abstractmethod
    def key_gradient(self, queries: Array) -> Array:
        """Return dL/dk_s, (B, A, S), after the way back; queries: the states that asked, (T, B, H)."""

    def sent(self, t: int, h: Array) -> Array:
        """Return the part of dL/dk_s that comes from step t, asked by h (B, H): (B, A, S), after the way back."""
        return self.by_key(t, h) * self.d_scores[t][:, None]

    @abstractmethod
    def by_key(self, t: int, h: Array) -> Array:
        """Return de_ts/dk_s of step t, asked by h (B, H): (B, A, S), or (B, A, 1) where it is the same for all s."""

    @abstractmethod
    def weight_gradients(self, queries: Array) -> tuple[Array, ...]:
        """Return the gradients of what is learned, after the way back."""

    @abstractmethod
    def products(self, t: int, h: Array) -> Array:
        """Return what each number of a key adds to the scores of step t, asked by h (B, H): (B, A, S)."""


class Additive(Look):
    """Scores by a layer of tanh units, u_ts = tanh(W_q h + k_s); the state before asks.

    keeps: whether all u are kept, which are many, for the way back.
    """

    asks_before = True

    def __init__(
        self, steps: int, keys: Array, states: Array, absent: Absent, W_q: Array, v: Array, *, keeps: bool = True
    ):
        super().__init__(steps, keys, states, absent)
        self.W_q, self.v = W_q, v
        self.u = np.empty((steps if keeps else 1, *keys.shape), keys.dtype)

    @override
    def score(self, t: int, h: Array, out: Array) -> None:
        u = self.u[t % len(self.u)]
        np.add(self.keys, (h @ self.W_q.T)[..., None], out=u)
        np.tanh(u, out=u)
        np.matmul(self.v, u, out=out)

    @override
    def slopes(self, t: int) -> Array:
        return (self._slope(t)[0].T * self.v) @ self.W_q

    def _slope(self, t: int) -> Array:
        """Return the derivative of the units at step t, (B, A, S)."""
        return 1 - self.u[t] * self.u[t]

    @override
    def expect(self) -> None:
        super().expect()
        # dL/d(W_q h), (T, B, A); the sums over t of u dL/de, (B, A, 1), and of u^2 dL/de, (B, A, S)
        self.d_asked = np.empty(self.u.shape[:3], self.u.dtype)
        self._by_u, self._by_square = np.zeros_like(self.keys[..., :1]), np.zeros_like(self.keys)
        self._work = np.empty_like(self.keys)

    @override
    def query_gradient(self, t: int, de: Array) -> Array:
        u, d_asked, square = self.u[t], self.d_asked[t], self._work
        self._by_u += np.matmul(u, de[..., None])
        np.multiply(u, u, out=square)
        # 1 - u^2 is the derivative of the units
        np.subtract(de.sum(axis=1, keepdims=True), np.matmul(square, de[..., None])[..., 0], out=d_asked)
        d_asked *= self.v
        square *= de[:, None]
        self._by_square += square
        return d_asked @ self.W_q

    @override
    def key_gradient(self, queries: Array) -> Array:
        return (self.d_scores.sum(axis=0)[:, None] - self._by_square) * self.v[:, None]

    @override
    def by_key(self, t: int, h: Array) -> Array:
        return self._slope(t) * self.v[:, None]

    @override
    def weight_gradients(self, queries: Array) -> tuple[Array, ...]:
        return np.tensordot(self.d_asked, queries, ((0, 1), (0, 1))), self._by_u.sum(axis=0)[:, 0]

    @override
    def products(self, t: int, h: Array) -> Array:
        return self.v[:, None] * self.u[t]


class Dot(Look):
    """Scores by the product of two states; the state after the step asks."""

    asks_before = False

    @override
    def score(self, t: int, h: Array, out: Array) -> None:
        np.matmul(h[:, None], self.keys, out=out[:, None])

    @override
    def slopes(self, t: int) -> Array:
        return self.keys[0].T

    @override
    def query_gradient(self, t: int, de: Array) -> Array:
        return np.matmul(self.keys, de[..., None])[..., 0]

    @override
    def key_gradient(self, queries: Array) -> Array:
        return np.matmul(queries.transpose(1, 2, 0), self.d_scores.transpose(1, 0, 2))

    @override
    def by_key(self, t: int, h: Array) -> Array:
        return h[..., None]

    @override
    def weight_gradients(self, queries: Array) -> tuple[Array, ...]:
        return ()

    @override
    def products(self, t: int, h: Array) -> Array:
        return self.keys * h[..., None]
