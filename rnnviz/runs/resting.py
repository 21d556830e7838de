"""What takes long to see, made piece by piece and, while a network trains, not so often that it takes all the time."""

from collections.abc import Callable, Hashable
from typing import Any

from rnnviz.looks.pieces import Pieces, Result
from rnnviz.snapshot import Lens

REST = 3.0
"""For how many times its own duration nothing is analysed after an analysis of a run that trains."""


class Resting:
    """The newest of each such thing, and until when the next has to wait.

    spent: returns the seconds of work a run has had.
    """

    def __init__(self, spent: Callable[[], float]):
        self._spent = spent
        self._newest: dict[Hashable, tuple[Lens | None, int, Any, float]] = {}

    def made(
        self, what: Hashable, lens: Lens | None, step: int, pieces: Pieces[Result], *, trains: bool, networks: int
    ) -> Pieces[Result]:
        """Return what `pieces` come to, of training step `step` and through `lens`; or, while the run trains, the one
        before, as long as it rests. networks: of how many in turn the same is made."""
        began = self._spent()
        if what in self._newest:
            before, of, newest, rested = self._newest[what]
            if before == lens and (of == step or (trains and began < rested)):
                return newest
        result = yield from pieces
        now = self._spent()
        self._newest[what] = lens, step, result, now + REST * networks * (now - began)
        return result
