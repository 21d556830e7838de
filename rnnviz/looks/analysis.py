"""What the gradient lab shows of one layer and direction, and how much of it there is time for."""

import numpy as np

from rnnviz.kernels.arithmetic import NONLINEARITIES, Nonlinearity
from rnnviz.kernels.decoder import Pass
from rnnviz.kernels.tape import Tape
from rnnviz.looks.memory import remembering, step_jacobian
from rnnviz.looks.pieces import Pieces, evenly, outcome
from rnnviz.looks.shares import sharing
from rnnviz.looks.subject import Subject
from rnnviz.model.recording import Recording
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Analysis, Array, Factors, Indices, Lens, Memory
from rnnviz.wanted import Wanted

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
REACH = 1 - 1e-9
"""The largest value of tanh that is turned back into its argument."""


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
    loop = recording.loop
    remembered = yield from remembering(tape, max(FEWEST, SVD_WORK // tape.W.shape[1] ** 3), loop)
    yield
    # up to T-2 where h_(k-1) is in them: no pair is further apart, for h_0 is zero, and with it every share of k = 1;
    # but not where a source was read into it
    begins_in_zero = recording.source is None and bool(tape.cell.from_hidden)
    distances = evenly(max(T - begins_in_zero, 1), DISTANCES)
    afforded = _affordable(recording, marked)
    shared, _sums = yield from sharing(recording, afforded, lens.layer, lens.direction, distances)
    yield
    return Analysis(
        step=step,
        asked=asked,
        lens=lens,
        memory=remembered,
        shares=shared,
        terms=len(marked),
        factors=_factors(
            tape, remembered, T - 1 - lens.step if tape.reverse else lens.step, loop, subject.task.experiment
        ),
        # the thinned history may not hold the newest
        profile_steps=np.append(profile_steps[older], step),
        profiles=np.concatenate([profiles[older], newest[None]])[:, lens.layer, lens.direction],
    )


def _affordable(recording: Recording, marked: Indices) -> Indices:
    """Return as many of the loss terms as WORK is enough for, the last among them."""
    most = max(FEWEST_TERMS, WORK // (recording.tapes[0].a.size * len(recording.tapes)))
    return marked[evenly(len(marked), most)]


def _factors(tape: Tape, remembered: Memory, t: int, loop: Pass | None, experiment: Experiment) -> Factors:
    cell = tape.cell
    path = remembered.path[::-1] if tape.reverse else remembered.path
    growth = np.append(np.nan, path[:-1] / path[1:])
    if cell.keeps:
        local = tape.value(cell.keeps)[:, 0].mean(-1)
        function = cell.activation(experiment.nonlinearity)
        visited = tape.block(cell.proposes)[:, 0].astype(np.float64)
        if function == "tanh":
            visited = np.arctanh(visited.clip(-REACH, REACH))
        activation = NONLINEARITIES[function]
        radius = largest = np.nan
        slope = W_hh = None
    else:
        visited, activation = tape.a[:, 0, 0], NONLINEARITIES[experiment.nonlinearity]
        derivatives = activation.derivative(tape.h[1:, 0])
        local, slope, W_hh = derivatives.mean(-1), derivatives[t], tape.W[0, :, : tape.W.shape[1]].astype(np.float64)
        finite = np.isfinite(W_hh).all()
        radius = float(np.abs(np.linalg.eigvals(W_hh)).max()) if finite else np.inf
        largest = float(np.linalg.norm(W_hh, 2)) if finite else np.inf
    visited, local = visited[~tape.pads], np.where(tape.pads, np.nan, local)
    points, curve = visited.ravel()[evenly(visited.size, VISITED)].astype(np.float64), np.linspace(-6, 6, 241)
    order = slice(None, None, -1) if tape.reverse else slice(None)
    return Factors(
        local=local[order],
        growth=growth[order],
        radius=radius,
        largest=largest,
        curve=np.stack([curve, _derivative(activation, curve)]),
        visited=np.stack([points, _derivative(activation, points)]),
        jacobian=step_jacobian(tape, t, loop),
        slope=None if loop else slope,
        W_hh=None if loop else W_hh,
    )


def _derivative(activation: Nonlinearity, a: Array) -> Array:
    values = np.empty_like(a)
    activation.function(a, out=values)
    return activation.derivative(values)
