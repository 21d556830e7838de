"""How long a network remembers: dh_T/dh_t, by BPTT on a recorded pass with a unit vector for each row of the Jacobian.

So it costs one pass with a wide batch where a loop over autograd calls costs a pass each.
"""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from rnnviz.kernels.decoder import Pass
from rnnviz.kernels.tape import Tape
from rnnviz.looks.pieces import BYTES, Pieces, evenly, outcome
from rnnviz.looks.subject import Subject
from rnnviz.snapshot import Array, Memory

LARGEST = float(np.finfo(np.float32).max)
"""What float32, in which networks are trained, can hold."""


def jacobians(tape: Tape, loop: Pass | None = None) -> tuple[Array, Array | None]:
    """Return dh_T/dh_t of every step of one recorded sequence, and dh_T/dc_t if there is a c_t: (T, H, H), in float64.

    T is the last step the tape read. Entry [t, i, j] is the derivative of unit i of h_T by unit j of the state at t,
    through all steps between: the product over s = t+1..T of dh_s/dh_(s-1) (Pascanu, Mikolov and Bengio,
    arXiv:1211.5063, equation 5). Of two states each is held fixed at t for the other.

    loop: that of the decoder whose layer it is, where its states come back as contexts: then there is another way
    through time, by attention and the other layers.
    """
    return _rows(tape, range(tape.W.shape[1]), loop)


def _rows(tape: Tape, units: range, loop: Pass | None) -> tuple[Array, Array | None]:
    """Return the rows of some units of the Jacobians: (T, N, H) each."""

    def set_out(last: Array) -> None:
        if not tape.pads[-1]:  # else h_T is always 0
            last[np.arange(len(units)), units] = 1  # a gradient for each unit of h_T

    wide = _back(tape, len(units), set_out, loop, dtype=np.float64)
    wide.silence()
    by_c = wide.outward(wide.dc[1:]) if tape.cell.has_c else None
    return wide.outward(wide.dh[1:]), by_c


def step_jacobian(tape: Tape, t: int, loop: Pass | None = None) -> Array:
    """Return dh_t/dh_(t-1), (H, H), at step index t in the order of reading; a c_(t-1) is held fixed, and so are
    the other layers' states at t-1. loop: as in `jacobians`."""
    H = tape.W.shape[1]
    if tape.pads[t]:
        return np.zeros((H, H), tape.W.dtype)

    def set_out(last: Array) -> None:
        last[:] = np.eye(H)

    return _back(tape, H, set_out, loop, (t, t + 1)).dh[0]


def _back(
    tape: Tape,
    count: int,
    set_out: Callable[[Array], None],
    loop: Pass | None,
    steps: tuple[int, int] | None = None,
    dtype: npt.DTypeLike | None = None,
) -> Tape:
    """Go back over steps first..after, all if None, with `count` gradients that `set_out` writes into dh of the last,
    (N, H); return the pass, spread."""
    first, after = steps or (0, len(tape.a))
    if loop:
        together = loop.part(first, after).spread(count, dtype)
        own = together.tapes[loop.tapes.index(tape)]
        set_out(own.dh[-1])
        together.back()
    else:
        own = tape.part(first, after).spread(count, dtype)
        set_out(own.dh[-1])
        tape.kernel.backward(own)
    return own


def memory(tape: Tape, svd_steps: int | None = None) -> Memory:
    """Measure dh_T/dh_t at every step, and its singular values at `svd_steps` of them (all if None), evenly spread.

    What float32 could not hold is infinite. A singular value that is lost in the rounding of the largest is NaN.
    """
    return outcome(remembering(tape, svd_steps))


def remembering(tape: Tape, svd_steps: int | None = None, loop: Pass | None = None) -> Pieces[Memory]:
    """Do what `memory` does piece by piece. loop: as in `jacobians`."""
    T, _, _, H = tape.a.shape
    at = evenly(T, T if svd_steps is None else svd_steps)
    kept, squares = np.empty((len(at), H, H)), np.zeros((1 + tape.cell.has_c, T))
    size = max(1, BYTES // (8 * tape.a.size * len(loop.tapes if loop else [tape])))
    for start in range(0, H, size):
        units = range(start, min(start + size, H))
        by_h, by_c = _rows(tape, units, loop)
        kept[:, units] = by_h[at]
        squares[0] += np.square(by_h).sum(axis=(1, 2))
        if by_c is not None:
            squares[1] += np.square(by_c).sum(axis=(1, 2))
        yield
    values = np.full((len(at), H), np.nan)
    finite = np.isfinite(kept).all(axis=(1, 2))
    values[finite] = np.linalg.svd(kept[finite], compute_uv=False)
    largest, smallest = values[:, 0], values[:, -1]
    lost = smallest < 10 * H * np.finfo(np.float64).eps * largest
    norm, *cell_norm = _held(np.sqrt(squares))
    path = cell_norm[0] if cell_norm else norm
    by_distance = path if tape.reverse else path[::-1]
    return Memory(
        norm=norm,
        cell_norm=cell_norm[0] if cell_norm else None,
        at=at,
        largest=_held(largest),
        smallest=np.where(lost, np.nan, smallest),
        horizon=horizon(by_distance, by_distance[0] / math.e),
        floor=horizon(by_distance, float(np.finfo(np.float32).tiny)),
    )


def memory_of(subject: Subject) -> Pieces[Memory]:
    """Measure the memory of the probe's last layer, read forwards, piece by piece, and no singular values."""
    recording = subject.recording
    with np.errstate(all="ignore"):  # what overflowed is shown as such
        return (yield from remembering(recording.tapes[-recording.directions], 0, recording.loop))


def _held(norms: Array) -> Array:
    """Return norms, infinity for those that float32 could not hold; NaN stays NaN."""
    return np.where(norms > LARGEST, np.inf, norms)


def horizon(norms: Array, level: float) -> float:
    """Return the distance at which norms (N,), by distance from 0 on, have fallen to `level`, between two steps if need
    be (the logarithm taken as linear there); infinity if they have not, NaN if they have overflowed before."""
    below, broken = np.flatnonzero(norms <= level), np.flatnonzero(~np.isfinite(norms))
    if broken.size and not (below.size and below[0] < broken[0]):
        return np.nan
    if not below.size:
        return np.inf
    d = int(below[0])
    if d == 0 or norms[d] == 0 or not np.isfinite(norms[d - 1]):
        return float(d)
    before, after = np.log(norms[d - 1]), np.log(norms[d])
    return float(d - (np.log(level) - after) / (before - after))
