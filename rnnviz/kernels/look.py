"""The looks of a pass: what attention writes down at each step of a decoder, and the way back over it.

See attention.py for the equations, the letters and the loops.
"""

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from typing_extensions import override

from rnnviz.kernels.attention import additive, additive_back, dot, dot_back, mean, means_back
from rnnviz.kernels.compiled import add_products
from rnnviz.snapshot import Array

Absent = npt.NDArray[np.bool_] | None
"""Where a source has not begun, (S, B), which is before its first step alone; None if all are of one length."""


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
