"""What is seen of two sequences: the source as the encoder reads it, what is written, and how it was decided.

Axes beside those of arrays.py: S source steps, T target steps, M numbers of a source state (D*H), V tokens that may be
written, N branches of a tree.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rnnviz.snapshot.arrays import Array, Indices


@dataclass(frozen=True, eq=False)
class Source:
    """The probe's source as the encoder reads it, from a zero state.

    tokens: (S,) of the source's vocabulary. hidden: (L, D, S, H); the last layer's, of all directions, is the source
    state that attention looks at. gradient: the total dL/dh of each of them, on every way, in the same shape.
    inputs: what the first layer reads, (S, I). cell: c_s, as hidden, None where a cell has no c.
    """

    tokens: Indices
    hidden: Array
    gradient: Array
    inputs: Array
    cell: Array | None = None

    @property
    def states(self) -> Array:
        """The source states h̄_s, all directions of the last layer side by side: (S, M)."""
        return np.concatenate(self.hidden[-1], axis=-1)

    @property
    def gradient_norms(self) -> Array:
        """Euclidean norm of the gradient over the units, in float64: (L, D, S)."""
        return np.linalg.norm(self.gradient.astype(np.float64), axis=-1)


@dataclass(frozen=True, eq=False)
class Paths:
    """What loss_t of the probe asks of each source state, both (T, S): the norm of dloss_t/dh_s, in float64, on the one
    way and on the other; the two gradients add up to the whole one, `both`.

    state: by the state the encoder ends in, from which the decoder begins. attention: by all the looks back, zeros
    without attention.
    """

    state: Array
    attention: Array
    both: Array


@dataclass(frozen=True)
class Touch:
    """A visitor's hand on attention: what looks at source step `at` goes to source step `to`; if that is None, nothing
    looks at it and the rest of the weights grow to 1 again. step: at which target step; None is at all of them. All are
    counted from 0."""

    at: int
    to: int | None = None
    step: int | None = None


@dataclass(frozen=True)
class Asking:
    """What is to be decoded.

    source: tokens; None is the probe's. beam: how many branches are kept. normalised: whether the best is the one with
    the highest mean log-probability of a token, instead of the highest sum. forced: with which tokens every output has
    to begin. touches: what is done to attention. sums: target and source step, counted from 0, of the weight whose sums
    are to be spelt out, of the greedy output.
    """

    source: tuple[int, ...] | None = None
    beam: int = 8
    normalised: bool = False
    forced: tuple[int, ...] = ()
    touches: tuple[Touch, ...] = ()
    sums: tuple[int, int] | None = None


@dataclass(frozen=True, eq=False)
class Line:
    """One output, token by token.

    tokens: (T,), the last of them END, if it came to an end. log_probabilities: (T,), of each token after those before
    it. attention: the weights a_ts, (T, S), each row of which adds up to 1; None without attention.
    """

    tokens: Indices
    log_probabilities: Array
    attention: Array | None

    @property
    def log_probability(self) -> float:
        """Of the whole."""
        return float(self.log_probabilities.sum())


@dataclass(frozen=True, eq=False)
class Tree:
    """All branches a beam search looked at more closely; a branch stands after its parent.

    parent: (N,), which branch it goes on from, -1 for the first. token: (N,). step: (N,), counted from 0.
    log_probability: (N,), of all tokens up to it. kept: (N,) bool, whether it was among the best of its step; the
    others were pruned there. ended: (N,) bool, whether it is END.
    """

    parent: Indices
    token: Indices
    step: Indices
    log_probability: Array
    kept: npt.NDArray[np.bool_]
    ended: npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Sums:
    """What one weight a_ts is made of, and what becomes of it.

    step, at: t and s, counted from 0. products: what each unit adds to the score e_ts, (A,): of additive attention v_k
    tanh(...)_k, of dot attention the products of the two states' numbers. query: the decoder's state that asks, (H,).
    key: the source state, (M,). scores: e_t, (S,). weights: their softmax, touched as asked, (S,). context: the
    weighted sum of the source states, (M,).
    """

    step: int
    at: int
    products: Array
    query: Array
    key: Array
    scores: Array
    weights: Array
    context: Array


@dataclass(frozen=True, eq=False)
class Decoding:
    """What a network writes of one source.

    right: what is to be written, END included, where that is known. greedy: the likeliest token at each step, touched
    as asked; untouched: the same without a hand on it, None if there is none. best: what beam search finds, best first:
    (line, score), the score being what they are ordered by. parts: the first step, counted from 0, at which greedy and
    the best part; None if they don't.
    """

    asked: Asking
    source: Indices
    right: Indices | None
    greedy: Line
    untouched: Line | None
    best: tuple[tuple[Line, float], ...]
    tree: Tree
    parts: int | None
    sums: Sums | None


@dataclass(frozen=True, eq=False)
class Exactness:
    """How much of a batch that is held out is written right, greedily.

    lengths: (N,) of sources, counts: (N,) how many there are, exact: (N,) the share that is right in full.
    positions: (P,) in the source, counted from 1, asked: (P,) how many tokens are made of the one there, right: (P,)
    the share of these that are right, each after the right ones before it.
    """

    lengths: Indices
    counts: Indices
    exact: Array
    positions: Indices
    asked: Indices
    right: Array


@dataclass(frozen=True, eq=False)
class Found:
    """Sources that are held out, of which beam search writes the right target and greedy decoding another.

    sources: at most a few, tokens each. looked: at how many sources. beam: with how many branches.
    """

    sources: tuple[tuple[int, ...], ...]
    looked: int
    beam: int
