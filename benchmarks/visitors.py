"""A classroom on one server: many visitors at once, then workers that are killed, then everybody leaves.

All of them run in this one process, on the same cores as the server; see visitor.py.
"""

import argparse
import asyncio
import os
import re
import signal
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.table import Row, at_least, at_most, report
from benchmarks.visitor import Visitor, visiting
from tests.browser.server import Server, spent

SETTLED = 10
"""Seconds after which the memory is read first."""
FLAT = 5
"""Percent by which the memory may grow from then on and still be called flat."""
STEPS = 4806
"""Training steps a second of all: three times what 30 visitors made on two cores before kernels were compiled."""
LEARNERS = 5
"""Visitors whose workers are killed."""


async def crowd(server: Server, number: int, seconds: float) -> list[Row]:
    """Return what each of many visitors gets, and what that costs the server."""
    came = time.monotonic()
    async with visiting(server, number) as visitors:
        start, before = time.monotonic(), server.cpu()
        await asyncio.sleep(min(SETTLED, seconds / 2))
        memory = server.memory()
        await asyncio.sleep(start + seconds - time.monotonic())
        end, after, grown = time.monotonic(), server.cpu(), server.memory()
    gaps = [visitor.gaps(start, end) for visitor in visitors]
    rates = [1 / statistics.median(own) for own in gaps]
    counts = [len(own) - 1 for own in gaps]
    slow = [percentile_95(own) for own in gaps]
    trained = sum(_trained(visitor, start, end) for visitor in visitors) / (end - start)
    of_server, of_workers = (
        spent({pid: before[pid] for pid in pids}, {pid: after[pid] for pid in pids}) / (end - start)
        for pids in ([server.pid], [pid for pid in before if pid != server.pid])
    )
    who = f"{number} visitors, {seconds:g} s"
    return [
        at_least(f"{who}: updates a second at the median, worst visitor", 2, min(rates), "/s"),
        at_most("95 % of the gaps, all visitors", 1, percentile_95([gap for own in gaps for gap in own]), " s"),
        at_most("95 % of the gaps, worst visitor", 1, max(slow), " s"),
        at_least("updates of the worst visitor, of the median visitor's", 0.5, min(counts) / statistics.median(counts)),
        Row("updates: worst, median, best visitor", "", f"{min(counts)}, {statistics.median(counts):g}, {max(counts)}"),
        Row("longest gap of all", "", f"{max(map(max, gaps)):.2f} s"),
        at_most(f"memory, growth after the first {SETTLED} s", FLAT, 100 * (grown / memory - 1), " %"),
        Row("memory of server and workers at the end", "", f"{grown:.0f} MB"),
        at_most("all came at once: last one's first pictures after", 4, start - came, " s"),
        at_least("training steps a second, all together", STEPS, trained),
        Row("cores used: server, workers", "", f"{of_server:.2f}, {of_workers:.2f}"),
    ]


def _trained(visitor: Visitor, start: float, end: float) -> int:
    steps = [update.step for update in visitor.updates if start < update.time < end]
    return steps[-1] - steps[0] if steps else 0


def percentile_95(values: list[float]) -> float:
    """Return what 95 of 100 values do not exceed."""
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


@dataclass(frozen=True)
class Recovery:
    """What one visitor saw of a killed worker, in seconds: until new pictures, and the training that was lost.

    kept: whether it went on from no earlier than the checkpoint it was told of. Untold visitors lost nothing.
    """

    told: bool
    going_on: float
    lost: float
    kept: bool


async def killing(server: Server, all_of_them: bool) -> list[Row]:
    """Kill one worker, or all, while visitors train, and return how they fare."""
    victims = server.workers() if all_of_them else server.workers()[:1]
    async with visiting(server, LEARNERS) as visitors:
        await asyncio.sleep(9)  # some checkpoints, the last a second ago
        killed = time.monotonic()
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(10)
    recoveries = [_recovery(visitor, killed) for visitor in visitors]
    told = [recovery for recovery in recoveries if recovery.told]
    who = f"{len(victims)} of {len(server.workers())} workers killed, {LEARNERS} visitors"
    return [
        at_most(f"{who}: the last one trains on after", 5, max(r.going_on for r in recoveries), " s"),
        Row("each one's time to the next new pictures", "", ", ".join(f"{r.going_on:.2f}" for r in recoveries) + " s"),
        Row("visitors moved, and told", ">= 1", f"{len(told)}", bool(told)),
        Row(
            "went on from the checkpoint they were told of",
            "all",
            f"{sum(r.kept for r in told)}",
            all(r.kept for r in told),
        ),
        at_most("training lost, worst", 5, max((r.lost for r in told), default=0.0), " s"),
    ]


def _recovery(visitor: Visitor, killed: float) -> Recovery:
    before = [update for update in visitor.updates if update.time <= killed]
    after = [update for update in visitor.updates if update.time > killed]
    notice = next((update.notice for update in after if update.notice), "")
    if not notice:
        on = next((update.time for update in after if update.step > before[-1].step), float("inf"))
        return Recovery(told=False, going_on=on - killed, lost=0.0, kept=True)
    told = [update for update in after if update.notice]
    checkpoint = int(re.sub(r"\D", "", notice))
    on = next((update.time for update in told if update.step > checkpoint), float("inf"))
    saved = next((update.time for update in before if update.step >= checkpoint), killed)
    return Recovery(
        told=True,
        going_on=on - killed,
        lost=killed - saved,
        kept=checkpoint > 0 and min(update.step for update in told) >= checkpoint,
    )


async def measure(visitors: int, seconds: float) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "output.txt") as server:
        server.idle_after()
        rows = await crowd(server, visitors, seconds)
        rows.append(at_most("all have left: server idle after", 10, server.idle_after(), " s"))
        for all_of_them in (False, True):
            rows += await killing(server, all_of_them)
            rows.append(at_most("all have left: server idle after", 10, server.idle_after(), " s"))
    return rows


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--visitors", type=int, default=60)
    options.add_argument("--seconds", type=float, default=60)
    chosen = options.parse_args()
    load = os.getloadavg()
    report(asyncio.run(measure(chosen.visitors, chosen.seconds)), load)


if __name__ == "__main__":
    main()
