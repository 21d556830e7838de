"""Starting: on a machine where nothing is compiled yet, as a visitor of the page meets it, and from the cache."""

import asyncio
import os
import re
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.table import Row, at_most, report
from benchmarks.visitor import Visitor, watching
from rnnviz.runs.pool import WorkerPool
from rnnviz.settings.experiment import Experiment
from tests.browser.server import Server

COMPILED, CACHED = 15.0, 2.0
"""Seconds to the first trained step."""
STARTS = 3


async def fresh(folder: Path) -> list[Row]:
    """Start the server, and let a visitor come as soon as it answers; return when what was seen."""
    came = time.monotonic()
    with Server(folder / "output.txt") as server:
        visitor = Visitor(server.host)
        async with watching([visitor]):
            while not visitor.updates[-1].step:
                await asyncio.sleep(0.05)
    trained = next(update.time for update in visitor.updates if update.step)
    told = [match[0] for _, notice in visitor.notices if (match := re.search(r"\d+ ?%", notice))]
    return [
        at_most("nothing compiled: from the server's start to the first trained step", COMPILED, trained - came, " s"),
        Row("told meanwhile", ">= 2 figures", ", ".join(dict.fromkeys(told)) or "nothing", len(set(told)) >= 2),
    ]


async def cached() -> Row:
    """Start single workers, one after the other, that find all in the cache."""
    times = []
    for _ in range(STARTS):
        began = time.monotonic()
        pool = WorkerPool(1)
        run, seen, step = pool.open(Experiment()), -1, 0
        while not step:
            if (frame := await run.next_frame(seen, 1.0)) and frame.snapshot:
                seen, step = frame.version, frame.snapshot.step
        times.append(time.monotonic() - began)
        pool.close()
    return at_most("from the cache: a worker's start to its first trained step, worst", CACHED, max(times), " s")


def main() -> int:
    load = os.getloadavg()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        rows = [*asyncio.run(fresh(Path(folder))), asyncio.run(cached())]
    report(rows, load)
    return any(row.met is False for row in rows)


if __name__ == "__main__":
    sys.exit(main())
