"""What each loss_t asks of each source state, by the state that is handed over and by attention, apart."""

from collections.abc import Sequence

import numpy as np

from rnnviz.kernels.look import Look
from rnnviz.kernels.tape import Tape
from rnnviz.looks.pieces import BYTES, Pieces, outcome
from rnnviz.looks.shares import attended, terms
from rnnviz.looks.subject import Subject
from rnnviz.model.recording import Recording
from rnnviz.snapshot import Array, Indices, Paths
from rnnviz.wanted import Wanted


def paths(subject: Subject, wanted: Wanted) -> Paths | None:
    """Return dloss_t/dh_s of the probe, for each target step t and source step s; None of one sequence."""
    return outcome(paths_of(subject))


def paths_of(subject: Subject) -> Pieces[Paths | None]:
    """Do what `paths` does piece by piece.

    Losses go back through the decoder side by side, as sequences of a batch; what comes out of it, and what its looks
    send, goes back through the encoder's last layer by itself.
    """
    recording, marked = subject.recording, np.flatnonzero(subject.marked)
    if recording.source is None:
        return None
    S, T = len(recording.source.tapes[0].x), len(subject.marked)
    # of one loss: what the cells, and the weights of all looks, have; in groups that are not too large
    values = recording.tapes[0].a.size * len(recording.tapes) + S * T
    size = max(1, BYTES // (8 * values))
    ways = []
    for start in range(0, len(marked), size):
        ways.append(_asked(recording, marked[start : start + size]))
        yield
    found = np.zeros((3, T, S))
    found[:, marked] = np.concatenate(ways, axis=1) * len(marked)  # each a part of their mean
    return Paths(*found)


def _asked(recording: Recording, losses: Indices) -> Array:
    """Return the norms of the gradients of some losses by the state, by attention and by both, (3, N, S)."""
    assert recording.source
    passed = recording.passed and attended(recording.passed, losses)
    wide = passed.tapes if passed else terms(recording, losses)
    last = recording.source.tapes[-recording.source.directions :]
    handed, looked = ([tape.spread(len(losses)) for tape in last] for _ in range(2))
    for gradient, sent in zip(handed[0].state_gradients, wide[-1].state_gradients, strict=True):
        gradient[-1] = sent[0]
    if passed and passed.look:
        parts = np.split(_to_states(passed.look, recording.key), len(last), axis=2)
        for tape, sent in zip(looked, parts, strict=True):
            tape.outward(tape.dh[1:])[:] = sent
    state, attention = _back(handed), _back(looked)
    return np.stack([np.linalg.norm(way, axis=2).T for way in (state, attention, state + attention)])


def _back(passes: Sequence[Tape]) -> Array:
    """Go back over all directions of the encoder's last layer; return the gradients of its states, (S, N, M)."""
    for tape in passes:
        tape.kernel.backpropagate(tape)
    return np.concatenate([tape.hidden_gradient for tape in passes], axis=2).astype(np.float64)


def _to_states(look: Look, key: Array | None) -> Array:
    """Return what all looks have sent to the source states, (S, N, M), for each of N losses. key: as in Recording."""
    return look.state_gradient() + (look.d_keys if key is None else look.d_keys @ key)
