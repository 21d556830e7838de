"""Where the words of a vocabulary stand: an embedding, seen from where it is widest."""

from dataclasses import dataclass

from rnnviz.snapshot.arrays import Array, Indices


@dataclass(frozen=True, eq=False)
class Embedding:
    """Some words of an embedding in the plane of its first two principal components, and the nearest words of one.

    tokens: which words, (N,). places: where they stand in that plane, (N, 2), float64; of an embedding of one number
    the second is 0. It is turned, and mirrored if need be, so that all words of the vocabulary stand as near as can be
    to where they stood at step 0. variances: the share of the variance that each component has, (2,), before the
    turn. asked: the word whose nearest are sought, "" for the last the probe reads; chosen: its token, None if it
    is not in the vocabulary. nearest: those tokens, (K,), the nearest first; cosines: of the angles to them, (K,).
    near_places: where the chosen one and they stand, (1 + K, 2).
    """

    tokens: Indices
    places: Array
    variances: Array
    asked: str
    chosen: int | None
    nearest: Indices
    cosines: Array
    near_places: Array
