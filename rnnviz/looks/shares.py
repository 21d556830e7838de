"""Which pairs of steps teach a network: dL/dW_hh taken apart, by BPTT with one term of the loss for each time step.

So it costs one pass with a wide batch where a loop over autograd calls costs a pass each.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from rnnviz.kernels.decoder import Pass
from rnnviz.kernels.kernel import Rows
from rnnviz.kernels.tape import Tape
from rnnviz.looks.pieces import BYTES, Pieces, outcome
from rnnviz.model.recording import Recording
from rnnviz.snapshot import Array, Indices, Shares


def terms(recording: Recording, steps: Sequence[int] | Indices, lowest: int = 0) -> list[Tape]:
    """Send the loss terms of `steps`, each alone, back through the network, down to layer `lowest`.

    Returns the tapes from that layer up, with dh and da of axes (T, N, H) and (T, N, G, H), N being the terms: how
    loss_t / (number of marked steps) changes with each state and sum. Needs a recording after a backward pass.
    """
    D, steps, tapes = recording.directions, np.asarray(steps), recording.tapes[lowest * recording.directions :]
    if recording.passed:
        return [*attended(recording.passed, steps).tapes[lowest:]]
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


def attended(passed: Pass, steps: Indices) -> Pass:
    """Do what `terms` does of a decoder that looks at a source; return its pass, which has gone back."""
    whole, term = passed.part(0, int(steps.max()) + 1).spread(len(steps)), np.arange(len(steps))
    assert passed.look
    assert whole.look
    whole.tapes[-1].dh[steps + 1, term] = passed.tapes[-1].outside[steps, 0]
    whole.look.d_contexts[steps, term] = passed.look.outside[steps, 0]
    whole.back()
    return whole


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
    return outcome(sharing(recording, marked, layer, direction, distances))


def sharing(
    recording: Recording, marked: Indices, layer: int, direction: int, distances: Indices | None
) -> Pieces[tuple[Shares, Array]]:
    """Do what `shares` does piece by piece."""
    T = len(recording.tapes[0].a)
    apart = np.arange(T) if distances is None else distances
    both = recording.directions == 2  # else no loss_t asks for anything of a later step
    own = recording.tapes[layer * recording.directions + direction]
    rows, read = _recurrent(own)
    H = own.W.shape[1]
    seen = own.outward(read)[:, 0].astype(np.float64)  # (T, H), in the order of the sequence; or (T, I)
    seen_norm = np.linalg.norm(seen, axis=-1)
    norms = np.full((T, T), np.nan)
    sums = np.zeros((len(apart), len(np.arange(len(own.W))[rows]) * H, seen.shape[1]))
    for steps in _groups(recording, marked):
        tape = terms(recording, steps, layer)[direction]
        reached, count = len(tape.a), len(steps)
        da = tape.da[:, :, rows].reshape(reached, count, -1).swapaxes(0, 1).astype(np.float64)  # (N, k, GH)
        if tape.reverse:
            da = da[:, ::-1]
        norms[steps, :reached] = np.sqrt(np.einsum("nkg,nkg->nk", da, da)) * seen_norm[:reached]
        for total, d in zip(sums, apart, strict=True):
            for k in (steps - d, steps + d)[: 1 + (both and bool(d))]:
                there = np.flatnonzero((k >= 0) & (k < reached))
                total += da[there, k[there]].T @ seen[k[there]]
        yield
    norms[~_possible(recording, layer, direction)] = np.nan
    whole = own.da[:, 0, rows].reshape(T, -1).astype(np.float64).T @ read[:, 0]
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


def _frobenius(matrices: Array) -> Array:
    """Norms over the last two axes, in float64."""
    return np.linalg.norm(matrices.astype(np.float64), axis=(-2, -1))
