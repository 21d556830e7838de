"""A class on one server: ten watch the bench, ten race three networks, ten scrub back over what was trained.

All of them run in this one process, on the same cores as the server; see visitor.py.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.table import Row, at_least, at_most, report
from benchmarks.visitor import SETTINGS, Visitor, watching
from benchmarks.visitors import percentile_95
from tests.browser.server import Server

RACE = {"b.cell": "gru", "c.cell": "lstm"}
BACK = 3
"""The training steps between two moments that one who scrubs asks for."""


class Scrubber(Visitor):
    """One who drags back over the training, a moment at a time, and begins again where that ends."""

    def more(self) -> dict[str, int]:
        """Ask for the next moment back."""
        newest = max((update.step for update in self.updates), default=0)
        self.back = (getattr(self, "back", 0) + BACK) % max(newest, 1)
        return {"at": newest - self.back}


async def measure(each: int, seconds: float) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "output.txt") as server:
        server.idle_after()
        kinds = {
            "bench": [Visitor(server.host) for _ in range(each)],
            "race of three": [Visitor(server.host, SETTINGS | RACE, "race", "race") for _ in range(each)],
            "scrubbing": [Scrubber(server.host) for _ in range(each)],
        }
        everybody = [visitor for visitors in kinds.values() for visitor in visitors]
        async with watching(everybody):
            start = time.monotonic()
            await asyncio.sleep(seconds)
            end, memory = time.monotonic(), server.memory()
        rows = []
        for kind, visitors in kinds.items():
            gaps = [visitor.gaps(start, end) for visitor in visitors]
            rates = [1 / statistics.median(own) for own in gaps]
            slow = percentile_95([gap for own in gaps for gap in own])
            rows += [
                at_least(f"{kind}, {each} visitors: updates a second at the median, worst", 2, min(rates), "/s"),
                at_most("95 % of the gaps", 1, slow, " s"),
            ]
        return [*rows, Row("memory of server and workers at the end", "", f"{memory:.0f} MB")]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--each", type=int, default=10)
    options.add_argument("--seconds", type=float, default=60)
    chosen = options.parse_args()
    load = os.getloadavg()
    rows = asyncio.run(measure(chosen.each, chosen.seconds))
    report(rows, load)
    return any(row.met is False for row in rows)


if __name__ == "__main__":
    sys.exit(main())
