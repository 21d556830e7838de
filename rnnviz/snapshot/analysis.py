"""What the gradient lab shows: how far back the gradient reaches, and why."""

from dataclasses import dataclass

from rnnviz.snapshot.arrays import Array, Indices


@dataclass(frozen=True)
class Lens:
    """Which layer and direction the gradient lab looks at, and which step's Jacobian: all counted from 0."""

    layer: int = 0
    direction: int = 0
    step: int = 1


@dataclass(frozen=True, eq=False)
class Memory:
    """How much the last state a cell reads, h_T, still changes with each earlier one, in float64 (gradients.py).

    norm: the Frobenius norm of dh_T/dh_t, (T,). largest, smallest: its extreme singular values, (N,), at the time
    indices `at`. cell_norm: the norm of dh_T/dc_t, (T,), None where a cell has no c_t. What float32 could not hold is
    infinite; after a state that overflowed all is NaN, and so is a singular value lost in the rounding of the largest.
    horizon, floor: the distances at which the norm (cell_norm, if there is one) has fallen to 1/e of its start, and to
    float32's smallest normal number; infinity where it has not, NaN where it overflowed before.
    """

    norm: Array
    cell_norm: Array | None
    at: Indices
    largest: Array
    smallest: Array
    horizon: float
    floor: float

    @property
    def path(self) -> Array:
        """The norm on the way by which the state is kept, (T,): cell_norm where there is one, else norm."""
        return self.norm if self.cell_norm is None else self.cell_norm


@dataclass(frozen=True, eq=False)
class Shares:
    """dL/dW_hh taken apart by pairs of a loss term t and a step k: Frobenius norms in float64.

    marked: the indices t of the loss terms that were taken, (M,). norms: (T, T), row t, column k; NaN where there is no
    such pair, or its term was not taken. by_distance: (N,), of the sum of all shares at
    each of the distances |t-k|. norm: of dL/dW_hh, their sum.
    """

    marked: Indices
    norms: Array
    distances: Indices
    by_distance: Array
    norm: float


@dataclass(frozen=True, eq=False)
class Factors:
    """What makes the gradient shrink or grow at each step.

    local: of a plain RNN f', the derivative of its activation, of a gated cell the gate that keeps the state: its mean
    over the units, (T,). growth: by what going back over step t multiplies the norm of dh_T/dh_t (with a c_t,
    dh_T/dc_t): (T,), NaN at the first step. radius, largest: spectral radius and largest singular value of a plain
    RNN's W_hh, else NaN. curve, visited: points (2, N) of the derivative of the activation (the new value's, in a gated
    cell), over its argument: the function, and where the units are. jacobian: dh_t/dh_(t-1) at the lens' step, (H, H);
    of a plain RNN it is diag(slope) W_hh, slope being f'(a_t), (H,): these two are None elsewhere, and where h_(t-1)
    also chooses the context that the cell reads.
    """

    local: Array
    growth: Array
    radius: float
    largest: float
    curve: Array
    visited: Array
    jacobian: Array
    slope: Array | None
    W_hh: Array | None


@dataclass(frozen=True, eq=False)
class Analysis:
    """What the gradient lab shows of one layer and direction at training step `step`.

    asked, lens: what was to be looked at, and what there is of it.
    terms: how many terms the loss has, of which `shares` may have taken some. profiles: the norm of dL/dh_t, (N, T), at
    the N training steps profile_steps, thinned evenly, the newest last.
    """

    step: int
    asked: Lens
    lens: Lens
    memory: Memory
    shares: Shares
    terms: int
    factors: Factors
    profile_steps: Indices
    profiles: Array
