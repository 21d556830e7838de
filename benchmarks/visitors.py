"""A classroom on one server: many visitors at once, then workers that are killed, then everybody leaves.

A visitor is what a browser is to the server: Streamlit's own WebSocket, held open, and the socket of the live pictures,
asked as live.js asks. All of them run in this one process, on the same cores as the server.
"""

import argparse
import asyncio
import json
import os
import re
import signal
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from benchmarks.table import Row, at_least, at_most, report
from tests.browser.server import Server, spent

QUERY = urlencode({"seq_len": 50, "speed": "max"})
INTERVAL, DRAWING = 0.1, 0.02
"""Seconds from one request to the next at the least, and from an answer to the next request: live.js, and a laptop."""
SETTLED = 10
"""Seconds after which the memory is read first."""
FLAT = 5
"""Percent by which the memory may grow from then on and still be called flat."""
LEARNERS = 5
"""Visitors whose workers are killed."""


@dataclass(frozen=True)
class Update:
    """One frame that came: when, the training step it shows, and what the visitor is told beside it."""

    time: float
    step: int
    notice: str


@dataclass
class Visitor:
    """One visitor, who watches until `watch` is cancelled."""

    host: str
    updates: list[Update] = field(default_factory=list)
    first: asyncio.Event = field(default_factory=asyncio.Event)

    async def watch(self):
        """Open the page as a browser does, find the live socket in what Streamlit sends, and pull frames from it."""
        stream = f"ws://{self.host}/_stcore/stream"
        async with connect(stream, subprotocols=[Subprotocol("streamlit")], max_size=None) as page:
            opening = BackMsg()
            opening.rerun_script.query_string = QUERY
            await page.send(opening.SerializeToString())
            while not (path := re.search(rb"/live/bench/[\w-]+", await page.recv(decode=False))):
                pass
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_drain(page))
                tasks.create_task(self._pull(path[0].decode()))

    async def _pull(self, path: str):
        shown = {"seen": -1, "key": ""}
        async with connect(f"ws://{self.host}{path}", max_size=None) as socket:
            while True:
                asked = time.monotonic()
                await socket.send(json.dumps(shown))
                frame = json.loads(await socket.recv())
                now = time.monotonic()
                if "key" in frame:
                    shown = {"seen": frame["seen"], "key": frame["key"]}
                    step = int(frame["words"]["step"].replace(",", "") or 0)
                    self.updates.append(Update(now, step, frame["words"]["notice"]))
                    self.first.set()
                await asyncio.sleep(max(DRAWING, asked + INTERVAL - now))

    def gaps(self, start: float, end: float) -> list[float]:
        """Return the seconds between updates from `start` to `end`, with those to the two ends."""
        times = [start, *(update.time for update in self.updates if start < update.time < end), end]
        return [after - before for before, after in pairwise(times)]


async def _drain(socket: Any):
    async for _message in socket:
        pass


@asynccontextmanager
async def visiting(server: Server, number: int) -> AsyncIterator[list[Visitor]]:
    """Let `number` visitors come at once; when entered each has its first pictures, when left they are gone."""
    visitors = [Visitor(server.host) for _ in range(number)]
    async with asyncio.TaskGroup() as tasks:
        watching = [tasks.create_task(visitor.watch()) for visitor in visitors]
        for visitor in visitors:
            await visitor.first.wait()
        yield visitors
        for task in watching:
            task.cancel()


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
        Row("all came at once: last one's first pictures after", "", f"{start - came:.2f} s"),
        Row("training steps a second, all together", "", f"{trained:.0f}"),
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
    options.add_argument("--visitors", type=int, default=30)
    options.add_argument("--seconds", type=float, default=60)
    chosen = options.parse_args()
    load = os.getloadavg()
    report(asyncio.run(measure(chosen.visitors, chosen.seconds)), load)


if __name__ == "__main__":
    main()
