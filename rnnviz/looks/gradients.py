"""What can be said of gradients beyond dL/dh_t: how long a network remembers, and which pairs of steps teach it.

All of it is BPTT on a recorded pass with many gradients side by side: a unit vector for each row of a Jacobian, or one
term of the loss for each time step. So it costs one pass with a wide batch where a loop over autograd calls costs a
pass each.
"""

import math
from collections.abc import Generator, Iterator, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from rnnviz.kernels.arithmetic import NONLINEARITIES, Nonlinearity
from rnnviz.kernels.kernel import Rows
from rnnviz.kernels.tape import Tape
from rnnviz.looks.subject import Subject
from rnnviz.model.recording import Recording
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Analysis, Array, Factors, Indices, Lens, Memory, Shares
from rnnviz.wanted import Wanted

BYTES = 16_000_000
"""How much the gradients of one wide pass may take; what is more goes back one group after another."""
WORK = 12_000_000
"""How many values such passes may compute for one picture: some 0.3 s. Where that is not enough for all terms of the
loss, some are taken, evenly spread."""
FEWEST_TERMS = 8
SVD_WORK = 4_000_000
"""H^3 times the number of Jacobians whose singular values are computed for one picture: some 50 ms."""
FEWEST = 16
"""At how many time steps, at least, singular values are computed."""
DISTANCES = 64
"""Up to how many distances t-k the sum of the shares is computed for one picture."""
VISITED = 400
"""How many of the visited points of an activation are handed on."""
LARGEST = float(np.finfo(np.float32).max)
"""What float32, in which networks are trained, can hold."""


Result = TypeVar("Result")
Pieces = Generator[None, None, Result]
"""Work that is done piece by piece, each well below a tenth of a second."""


def outcome(pieces: Pieces[Result]) -> Result:
    """Do all the pieces, and return what they come to."""
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            return end.value


def jacobians(tape: Tape) -> tuple[Array, Array | None]:
    """Return dh_T/dh_t of every step of one recorded sequence, and, of an LSTM, dh_T/dc_t: (T, H, H) each, in float64.

    T is the last step the tape read. Entry [t, i, j] is the derivative of unit i of h_T by unit j of the state at t,
    through all steps between: the product over s = t+1..T of dh_s/dh_(s-1) (Pascanu, Mikolov and Bengio,
    arXiv:1211.5063, equation 5). An LSTM has two states, and of each the other is held fixed at t.
    """
    return _rows(tape, range(tape.h.shape[1]))


def _rows(tape: Tape, units: range) -> tuple[Array, Array | None]:
    """Return the rows of some units of the Jacobians: (T, N, H) each."""
    wide = tape.spread(len(units), np.float64)
    wide.dh[-1, units, np.arange(len(units))] = 1  # a column, so a sequence of the batch, for each unit of h_T
    tape.kernel.backward(wide)
    by_c = wide.outward(wide.dc[1:]) if tape.cell.has_c else None
    return wide.outward(wide.dh[1:]), by_c


def step_jacobian(tape: Tape, t: int) -> Array:
    """Return dh_t/dh_(t-1), (H, H), at step index t in the order of reading; of an LSTM with c_(t-1) held fixed."""
    H = tape.h.shape[1]
    step = tape.part(t, t + 1).spread(H)
    step.dh[1] = np.eye(H)
    tape.kernel.backward(step)
    return step.dh[0].T


def memory(tape: Tape, svd_steps: int | None = None) -> Memory:
    """Measure dh_T/dh_t at every step, and its singular values at `svd_steps` of them (all if None), evenly spread.

    What float32 could not hold is infinite. A singular value that is lost in the rounding of the largest is NaN.
    """
    return outcome(_memory(tape, svd_steps))


def _memory(tape: Tape, svd_steps: int | None = None) -> Pieces[Memory]:
    T, _, H, _ = tape.a.shape
    at = _some(T, svd_steps or T)
    kept, squares = np.empty((len(at), H, H)), np.zeros((1 + tape.cell.has_c, T))
    size = max(1, BYTES // (8 * tape.a.size))
    for start in range(0, H, size):
        units = range(start, min(start + size, H))
        by_h, by_c = _rows(tape, units)
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


def terms(recording: Recording, steps: Sequence[int] | Indices, lowest: int = 0) -> list[Tape]:
    """Send the loss terms of `steps`, each alone, back through the network, down to layer `lowest`.

    Returns the tapes from that layer up, with dh and da of axes (T, H, N) and (T, G, H, N), N being the terms: how
    loss_t / (number of marked steps) changes with each state and sum. Needs a recording after a backward pass.
    """
    D, steps = recording.directions, np.asarray(steps)
    tapes = recording.tapes[lowest * D :]
    if D == 1:  # nothing flows back into steps after the term's own
        tapes = [tape.part(0, int(steps.max()) + 1) for tape in tapes]
    wide = [tape.spread(len(steps)) for tape in tapes]
    for tape, top in zip(recording.tapes[-D:], wide[-D:], strict=True):
        top.outward(top.dh[1:])[steps, np.arange(len(steps))] = tape.outside[steps, 0]
    for layer in reversed(range(len(wide) // D)):
        passes = wide[layer * D : (layer + 1) * D]
        for each in passes:
            each.kernel.backpropagate(each)
        if layer:
            down = np.sum([each.gradient_to_input for each in passes], axis=0)  # (T, N, D*H)
            for below, part in zip(wide[(layer - 1) * D : layer * D], np.split(down, D, axis=-1), strict=True):
                below.outward(below.dh[1:])[:] = part
    return wide


def _groups(recording: Recording, steps: Indices) -> Iterator[Indices]:
    """Yield groups of steps whose gradients fit into BYTES."""
    size = max(1, BYTES // (recording.tapes[0].a.nbytes * len(recording.tapes)))
    for start in range(0, len(steps), size):
        yield steps[start : start + size]


def shares(
    recording: Recording, marked: Indices, layer: int = 0, direction: int = 0, distances: Indices | None = None
) -> tuple[Shares, Array]:
    """Take dL/dW_hh of one layer and direction apart: into a share of each pair of a loss term t and a step k.

    Of a cell without a W_hh, dL/dW_ih, whose share has x_k in place of h_(k-1).

    share(t, k) = dloss_t/da_k h_(k-1)^T: what loss_t asks of W_hh for its use at step k (Goodfellow, Bengio and
    Courville, Deep Learning, equation 10.26). marked: the indices of the steps with a loss term, (M,). distances: which
    |t-k| to sum the shares for; all of them if None. Norms are Frobenius norms, in float64.

    Also returns those sums, (distances, rows of W_hh, H): of all distances they add up to dL/dW_hh, in torch's order.
    """
    return outcome(_shares(recording, marked, layer, direction, distances))


def _shares(
    recording: Recording, marked: Indices, layer: int, direction: int, distances: Indices | None
) -> Pieces[tuple[Shares, Array]]:
    T = len(recording.tapes[0].a)
    apart = np.arange(T) if distances is None else distances
    own = recording.tapes[layer * recording.directions + direction]
    rows, read = _recurrent(own)
    H = own.h.shape[1]
    seen = own.outward(read)[:, 0].astype(np.float64)  # (T, H), in the order of the sequence; or (T, I)
    seen_norm = np.linalg.norm(seen, axis=-1)
    norms = np.full((T, T), np.nan)
    sums = np.zeros((len(apart), len(np.arange(len(own.W))[rows]) * H, seen.shape[1]))
    for steps in _groups(recording, marked):
        tape = terms(recording, steps, layer)[direction]
        reached, count = len(tape.a), len(steps)
        da = tape.da[:, rows].reshape(reached, -1, count).transpose(2, 0, 1).astype(np.float64)  # (N, k, GH)
        if tape.reverse:
            da = da[:, ::-1]
        norms[steps, :reached] = np.sqrt(np.einsum("nkg,nkg->nk", da, da)) * seen_norm[:reached]
        for total, d in zip(sums, apart, strict=True):
            for k in (steps - d, steps + d)[: 1 + bool(d)]:
                there = np.flatnonzero((k >= 0) & (k < reached))
                total += da[there, k[there]].T @ seen[k[there]]
        yield
    norms[~_possible(recording, layer, direction)] = np.nan
    whole = own.da[:, rows].reshape(T, -1).astype(np.float64).T @ read[..., 0]
    found = Shares(marked, norms, apart, by_distance=_frobenius(sums), norm=float(np.linalg.norm(whole)))
    return found, sums


def _recurrent(tape: Tape) -> tuple[Rows, Array]:
    """Return the rows of W whose gradient is taken apart, and what they meet at each step: h_(t-1), or x_t."""
    kernel = tape.kernel
    return (kernel.from_hidden, tape.h[:-1]) if tape.cell.from_hidden else (kernel.from_input, tape.x)


def _possible(recording: Recording, layer: int, direction: int) -> npt.NDArray[np.bool]:
    """Return where a loss term t (rows) can reach step k (columns) of one layer and direction, (T, T)."""
    T = len(recording.tapes[0].a)
    everywhere = np.ones((T, T), bool)
    if recording.directions == 2 and layer < len(recording.tapes) // 2 - 1:
        return everywhere  # by way of the other direction of a layer above
    return np.triu(everywhere) if direction else np.tril(everywhere)


def analysis(subject: Subject, wanted: Wanted) -> Analysis:
    """Return what the gradient lab shows."""
    assert wanted.lens
    with np.errstate(all="ignore"):  # what overflowed is shown as such
        return outcome(analysing(subject, wanted.lens))


def analysing(subject: Subject, lens: Lens) -> Pieces[Analysis]:
    """Analyse piece by piece, for who has to see to others meanwhile; a lens that does not fit is moved."""
    recording, step = subject.recording, subject.progress.step
    L, D, T = len(recording.tapes) // recording.directions, recording.directions, len(recording.tapes[0].a)
    asked, lens = lens, Lens(min(lens.layer, L - 1), min(lens.direction, D - 1), min(max(lens.step, 1), T - 1))
    tape = recording.tapes[lens.layer * D + lens.direction]
    marked = np.flatnonzero(subject.marked)
    profile_steps, profiles = subject.profiles()
    older, newest = profile_steps < step, subject.profile
    remembered = yield from _memory(tape, max(FEWEST, SVD_WORK // tape.h.shape[1] ** 3))
    yield
    # up to T-2 where h_(k-1) is in them: no pair is further apart, for h_0 is zero, and with it every share of k = 1
    distances = _some(max(T - bool(tape.cell.from_hidden), 1), DISTANCES)
    afforded = _affordable(recording, marked)
    shared, _sums = yield from _shares(recording, afforded, lens.layer, lens.direction, distances)
    yield
    return Analysis(
        step=step,
        asked=asked,
        lens=lens,
        memory=remembered,
        shares=shared,
        terms=len(marked),
        factors=_factors(tape, remembered, T - 1 - lens.step if tape.reverse else lens.step, subject.task.experiment),
        # the thinned history may not hold the newest
        profile_steps=np.append(profile_steps[older], step),
        profiles=np.concatenate([profiles[older], newest[None]])[:, lens.layer, lens.direction],
    )


def _affordable(recording: Recording, marked: Indices) -> Indices:
    """Return as many of the loss terms as WORK is enough for, the last among them."""
    most = max(FEWEST_TERMS, WORK // (recording.tapes[0].a.size * len(recording.tapes)))
    return marked[_some(len(marked), most)]


def _factors(tape: Tape, remembered: Memory, t: int, experiment: Experiment) -> Factors:
    cell = tape.cell
    path = remembered.path[::-1] if tape.reverse else remembered.path
    growth = np.append(np.nan, path[:-1] / path[1:])
    if cell.keeps:
        name, local = cell.keeps, tape.value(cell.keeps)[:, :, 0].mean(-1)
        function = cell.activation(experiment.nonlinearity)
        visited = tape.block(cell.proposes)[:, :, 0].astype(np.float64)
        if function == "tanh":
            visited = np.arctanh(visited.clip(-REACH, REACH))
        activation = NONLINEARITIES[function]
        radius = largest = np.nan
        slope = W_hh = None
    else:
        name, visited, activation = "f'", tape.a[:, 0, :, 0], NONLINEARITIES[experiment.nonlinearity]
        derivatives = activation.derivative(tape.h[1:, :, 0])
        local, slope, W_hh = derivatives.mean(-1), derivatives[t], tape.W[0, :, : tape.h.shape[1]].astype(np.float64)
        finite = np.isfinite(W_hh).all()
        radius = float(np.abs(np.linalg.eigvals(W_hh)).max()) if finite else np.inf
        largest = float(np.linalg.norm(W_hh, 2)) if finite else np.inf
    points, curve = visited.ravel()[_some(visited.size, VISITED)].astype(np.float64), np.linspace(-6, 6, 241)
    order = slice(None, None, -1) if tape.reverse else slice(None)
    return Factors(
        name=name,
        local=local[order],
        growth=growth[order],
        radius=radius,
        largest=largest,
        curve=np.stack([curve, _derivative(activation, curve)]),
        visited=np.stack([points, _derivative(activation, points)]),
        jacobian=step_jacobian(tape, t),
        slope=slope,
        W_hh=W_hh,
    )


REACH = 1 - 1e-9
"""The largest value of tanh that is turned back into its argument."""


def _some(count: int, most: int) -> Indices:
    """Return indices below `count`, `most` of them at the most, evenly spread from the first to the last."""
    return np.linspace(0, count - 1, min(count, most)).round().astype(int)


def _derivative(activation: Nonlinearity, a: Array) -> Array:
    values = np.empty_like(a)
    activation.function(a, out=values)
    return activation.derivative(values)


def _frobenius(matrices: Array) -> Array:
    """Norms over the last two axes, in float64."""
    return np.linalg.norm(matrices.astype(np.float64), axis=(-2, -1))
