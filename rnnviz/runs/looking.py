"""Looking: all that a request wants to see of a network, piece by piece where it takes longer."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from rnnviz.looks.analysis import analysing
from rnnviz.looks.decoding import decoding_of, found_by
from rnnviz.looks.look import look
from rnnviz.looks.memory import memory_of
from rnnviz.looks.paths import paths_of
from rnnviz.looks.pieces import Pieces
from rnnviz.looks.reading import reading_of
from rnnviz.looks.subject import Subject
from rnnviz.snapshot import Part, Snapshot
from rnnviz.tasks import reads_text
from rnnviz.tasks.pairs import Pairs
from rnnviz.wanted import Wanted

Rarely = Callable[[str, Pieces[Any]], Pieces[Any]]
"""Makes what takes long, or returns what it made of that name before."""


def looked(subject: Subject, wanted: Wanted, rarely: Rarely | None) -> Pieces[Snapshot]:
    """Look at what is wanted. rarely: how to come to what takes long; None to go without."""
    needs = wanted.needs - {"paths", "memory"}
    snapshot = look(subject, replace(wanted, needs=needs, lens=None, reading=None, asking=None, search=0))
    if wanted.lens and rarely:
        snapshot = snapshot.showing(analysis=(yield from rarely("analysis", analysing(subject, wanted.lens))))
    if "memory" in wanted.parts and rarely:
        snapshot = snapshot.showing(memory=(yield from rarely("memory", memory_of(subject))))
    # of what follows, some may have been asked of the network before, and come late
    if wanted.reading and reads_text(type(subject.task)):
        snapshot = snapshot.showing(reading=(yield from reading_of(subject, wanted.reading)))
    if "paths" in wanted.parts:
        snapshot = snapshot.showing(paths=(yield from paths_of(subject)))
    if isinstance(subject.task, Pairs):
        if wanted.asking:
            snapshot = snapshot.showing(decoding=(yield from decoding_of(subject, wanted.asking)))
        if wanted.search:
            snapshot = snapshot.showing(found=(yield from found_by(subject, wanted.search)))
    return snapshot


FINITE: frozenset[Part] = frozenset({"trace", "gradients"})
"""What has to be finite of a network for its pictures to be good."""


def finite(snapshot: Snapshot) -> bool:
    """Say whether all of FINITE is, as far as it was looked at."""
    arrays = [snapshot.trace.hidden, snapshot.trace.outputs] if "trace" in snapshot.parts else []
    arrays += [snapshot.gradients.hidden] if "gradients" in snapshot.parts else []
    return all(np.isfinite(array).all() for array in arrays)
