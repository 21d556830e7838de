"""What hostile files cost the server: how long each is read, and for how long nobody else is heard meanwhile.

Thousands of small made-up files, and the largest of every kind.
"""

import argparse
import contextlib
import os
import random
import threading
import time

from benchmarks.table import Row, at_most, report
from rnnviz.series import BYTES_LIMIT, COLUMNS_LIMIT, BadSeries, read_table
from rnnviz.settings.experiment import SERIES_LIMIT

PIECES = ("0", "1", "123456", "x", '"', '""', ",", ";", "\t", "\n", "\r\n", " ", "1,5", "1'2", "e9", ".", "-", "\u202f")


def _rows(cell: str, columns: int = COLUMNS_LIMIT, mark: str = ",") -> str:
    return (mark.join([cell] * columns) + "\n") * SERIES_LIMIT


LARGEST = {
    "20,000 digits and a letter": "a\n" + "1" * 20_000 + "x\n",
    "digits and a letter, 5 MB": "a\n" + ("1" * 100_000 + "x\n") * 49,
    "100 columns of numbers": _rows("3.14"),
    "100 columns of digits": _rows("3"),
    "100 columns of exponents": _rows("1e-9"),
    "100 columns of words": _rows("word"),
    "100 columns of decimal commas": _rows("1,25", mark=";"),
    "100 columns of quoted numbers": _rows('"3"'),
    "100 columns, a word at the end": _rows("1")[:-200] + ",".join("x" * COLUMNS_LIMIT),
    "quotes": '"' * BYTES_LIMIT,
    "short lines of quotes": '""""""""""\n' * (BYTES_LIMIT // 11),
    "opened quotes": '"a' * (BYTES_LIMIT // 2),
    "blank lines": "\n" * BYTES_LIMIT + "1",
    "spaces": " " * BYTES_LIMIT + "1",
    "separators": "," * BYTES_LIMIT,
    "lines of separators": ",\n" * (BYTES_LIMIT // 2),
    "long numbers": ("1" * 490 + "\n") * SERIES_LIMIT,
    "long words": ("x" * 130_000 + "\n") * 38,
    "long names": ",".join(["x" * 49_000] * COLUMNS_LIMIT) + "\n" + ",".join("1" * COLUMNS_LIMIT),
}
"""Files of up to 5 MB, by what they are."""


def _made_up(seed: int) -> bytes:
    draw = random.Random(seed)
    return "".join(draw.choice(PIECES) * draw.choice((1, 1, 3, 500)) for _ in range(draw.randrange(1, 40))).encode()


def _read(data: bytes) -> float:
    """Return the seconds of a core that reading takes."""
    started = time.thread_time()
    with contextlib.suppress(BadSeries):
        read_table(data)
    return time.thread_time() - started


class Clock:
    """A second thread that only looks at the time: `longest` is for how long it was kept from it."""

    def __enter__(self):
        self.longest, self._ended = 0.0, threading.Event()
        self._thread = threading.Thread(target=self._tick)
        self._thread.start()
        return self

    def _tick(self):
        last = time.monotonic()
        while not self._ended.wait(0.001):
            now = time.monotonic()
            self.longest, last = max(self.longest, now - last), now

    def __exit__(self, *_error: object):
        self._ended.set()
        self._thread.join()


def reading(count: int) -> list[Row]:
    """Return how long files are read in this process."""
    small = [_read(_made_up(seed)) for seed in range(count)]
    rows = [at_most(f"{count:,} made-up files, the slowest", 0.5, max(small), " s")]
    with Clock() as clock:
        for name, text in LARGEST.items():
            rows.append(at_most(name, 0.5, _read(text.encode()[:BYTES_LIMIT]), " s"))
    return [*rows, at_most("another thread was kept waiting for", 1, clock.longest, " s")]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--files", type=int, default=20_000)
    chosen = options.parse_args()
    load = os.getloadavg()
    report(reading(chosen.files), load)


if __name__ == "__main__":
    main()
