"""What a worker process is at, in memory it shares with the server: to be read though it hangs, or after its end."""

import mmap

SIZE = 24
"""Bytes of the shared memory: three whole numbers of eight."""
NOBODY = -1
"""In hand while a worker works for no run."""


class Pulse:
    """The shared memory behind a file descriptor, of SIZE bytes; either side may close the descriptor afterwards."""

    def __init__(self, file: int):
        self._cells = memoryview(mmap.mmap(file, SIZE)).cast("q")

    def beat(self, run: int = NOBODY) -> None:
        """Say that the process is alive, and takes the run of this number in hand."""
        self._cells[1] = run
        self._cells[0] += 1

    def prepare(self, part: float) -> None:
        """Say how far the process is with what it has to compile before it can start, from 0 to 1."""
        self._cells[2] = 1 + round(100 * part)

    @property
    def prepared(self) -> int | None:
        """How far it is with that, in percent; None if it never had to."""
        return self._cells[2] - 1 if self._cells[2] else None

    @property
    def beats(self) -> int:
        """How often it has said so: 0 while the process starts."""
        return self._cells[0]

    @property
    def in_hand(self) -> int:
        """The number of the run it works for, or NOBODY."""
        return self._cells[1] if self.beats else NOBODY
