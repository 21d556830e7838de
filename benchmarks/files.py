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
from rnnviz.corpus import BYTES_LIMIT as TEXT_LIMIT
from rnnviz.corpus import read_corpus
from rnnviz.language import BadValue
from rnnviz.series import BYTES_LIMIT, COLUMNS_LIMIT, BadSeries, read_table
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.labels import SERIES_LIMIT
from rnnviz.tasks import task_of
from rnnviz.tasks.text import size_for

PIECES = ("0", "1", "123456", "x", '"', '""', ",", ";", "\t", "\n", "\r\n", " ", "1,5", "1'2", "e9", ".", "-", "\u202f")


LETTERS = (
    "a",
    "ab ",
    "\n",
    "\r",
    "\x07",
    "\x00",
    "\u202e\u05d0",
    "👩\u200d👧",
    "<b>",
    "$x$",
    "e\u0301",
    "\ud800",
    "一二三",
)
"""What hostile texts are made of."""


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


def _taken(data: bytes) -> float:
    """Return the seconds of a core that it takes to read a text, and to tell its characters apart."""
    started = time.thread_time()
    with contextlib.suppress(BadValue):
        corpus, _remark = read_corpus(data)
        task_of(Experiment(task="text", corpus=corpus, embedding_size=size_for(corpus)))
    return time.thread_time() - started


def texts(count: int) -> list[Row]:
    """Return how long texts take: small ones of hostile pieces, the largest of each, and ten times that."""
    draw = random.Random(0)
    some = [draw.sample(LETTERS, 3) for _ in range(count)]
    small = ["".join(draw.choice(letters) * draw.choice((1, 3, 99)) for _ in range(99)) for letters in some]
    slowest = max(_taken(text.encode("utf-8", "replace")) for text in small)
    rows = [at_most(f"{count:,} made-up texts, the slowest", 0.5, slowest, " s")]
    with Clock() as clock:
        for letters in LETTERS:
            data = letters.encode("utf-8", "surrogatepass")
            large = data * (TEXT_LIMIT // len(data))
            rows.append(at_most(f"{letters!a}, 1 MB", 0.5, _taken(large), " s"))
        rows.append(at_most("'好' in GB18030, 1 MB", 0.5, _taken("好".encode("gb18030") * (TEXT_LIMIT // 2)), " s"))
        rows.append(at_most("10 MB", 0.5, _taken(b"a" * 10 * TEXT_LIMIT), " s"))
    return [*rows, at_most("another thread was kept waiting for", 0.2, clock.longest, " s")]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--files", type=int, default=20_000)
    chosen = options.parse_args()
    load = os.getloadavg()
    report([*reading(chosen.files), *texts(chosen.files // 40)], load)


if __name__ == "__main__":
    main()
