"""What a server withstands: workers that hang or are killed, the largest networks, reloads without end.

`python -m benchmarks.hostile stopped slow killed reloads ending` measures these.
"""

import argparse
import asyncio
import os
import re
import signal
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from benchmarks.table import Row, at_least, at_most, report
from benchmarks.visitor import Visitor, visiting, watching
from rnnviz.cost import too_big
from rnnviz.settings.experiment import Experiment
from rnnviz.ui.scripts import PLOTLY
from tests.browser.server import Server

CROWD = 40
"""Visitors whose workers hang."""
RECOVERING, KILLED, NEIGHBOURS, LOOKED = 15.0, 4, 4, 12.0
RELOADS, RELOADING, RELOADED = 300, 60.0, 15.0
LARGEST = Experiment(task="sine", hidden_size=128, num_layers=4, bidirectional=True, seq_len=500)
PAGES = {"bench": "", "graph": "graph", "lab": "lab"}
"""The names of the live pictures, and their pages."""
LARGE = (("rnn", "bench"), ("gru", "graph"), *(("lstm", live) for live in PAGES))


@contextmanager
def serving(**environment: str) -> Iterator[Server]:
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "output.txt") as server:
            server.idle_after()
            yield server
    finally:
        os.environ.clear()
        os.environ.update(before)


@asynccontextmanager
async def checked(server: Server):
    """Ask the health check all the time; yields the seconds its answers took."""
    answers: list[float] = []

    def ask() -> float:
        began = time.monotonic()
        try:
            urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=20).read()
        except OSError:
            return float("inf")
        return time.monotonic() - began

    async def again():
        while True:
            answers.append(await asyncio.to_thread(ask))
            await asyncio.sleep(0.2)

    task = asyncio.create_task(again())
    try:
        yield answers
    finally:
        task.cancel()


async def stopped() -> list[Row]:
    """Stop one worker, then both, under a crowd."""
    rows = []
    for count in (1, 2):
        with serving() as server:
            async with visiting(server, CROWD) as visitors, checked(server) as answers:
                await asyncio.sleep(5)
                answers.clear()
                began = time.monotonic()
                for pid in server.workers()[:count]:
                    os.kill(pid, signal.SIGSTOP)
                await asyncio.sleep(RECOVERING + 5)
                end = time.monotonic()
            on = [_goes_on(visitor, began) for visitor in visitors]
            hit = [visitor for visitor, after in zip(visitors, on, strict=True) if after > 5]
            told = sum(bool(visitor.told(began, end)) for visitor in hit)
            rows += [
                at_most(
                    f"{count} of 2 workers stopped, {CROWD} visitors: the last trains on after",
                    RECOVERING,
                    max(on),
                    " s",
                ),
                Row(
                    "visitors who waited for more than 5 s, of these told",
                    "all",
                    f"{len(hit)}, {told}",
                    told == len(hit) > 0,
                ),
                at_most("slowest answer of the health check", 1, max(answers), " s"),
            ]
    return rows


def _goes_on(visitor: Visitor, began: float) -> float:
    """Return after how many seconds a visitor saw training go on, what was under way at the time left aside."""
    after = [update for update in visitor.updates if update.time > began + 0.5]
    steps = [update.step for update in visitor.updates if update.time <= began + 0.5]
    return next((update.time for update in after if not steps or update.step != steps[-1]), float("inf")) - began


async def slow() -> list[Row]:
    """Show the largest network of each cell, the heaviest on every page, with neighbours on the one worker there is."""
    rows = []
    with serving(RNNVIZ_WORKERS="1") as server:
        for cell, live in LARGE:
            large = max(n for n in range(1, 129) if not too_big(replace(LARGEST, cell=cell, batch_size=n)))
            settings = replace(LARGEST, cell=cell, batch_size=large).to_query() | {"speed": "max"}
            neighbours = [Visitor(server.host) for _ in range(NEIGHBOURS)]
            giant = Visitor(server.host, settings, PAGES[live], live)
            async with watching([*neighbours, giant]):
                await asyncio.sleep(2)
                start = time.monotonic()
                await asyncio.sleep(LOOKED)
                end = time.monotonic()
            gaps = [visitor.gaps(start, end) for visitor in neighbours]
            rows += [
                at_least(
                    f"{cell}, batch size {large}, on {live}: updates a second, worst of {NEIGHBOURS} neighbours",
                    2,
                    min(len(own) - 1 for own in gaps) / (end - start),
                    "/s",
                ),
                at_most("longest gap of a neighbour", 1.5, max(map(max, gaps)), " s"),
                Row("updates of the largest network", "", f"{(len(giant.gaps(start, end)) - 1) / (end - start):.2f}/s"),
            ]
    return rows


async def killed() -> list[Row]:
    """Kill all workers again and again, also while they start."""
    with serving() as server:
        async with visiting(server, 5) as visitors:
            await asyncio.sleep(5)
            for i in range(KILLED):
                for pid in server.workers():
                    os.kill(pid, signal.SIGKILL)
                await asyncio.sleep(4 / (KILLED - 1) if i < KILLED - 1 else 0)
            began = time.monotonic()
            await asyncio.sleep(9)
            end = time.monotonic()
        on = [_goes_on(visitor, began) for visitor in visitors]
        given_up = ["given up" in visitor.told(began, end) for visitor in visitors]
        went_on = [after for after, gone in zip(on, given_up, strict=True) if not gone]
        return [
            at_most(
                f"all workers killed {KILLED} times in 4 s, 5 visitors: the last goes on after",
                6,
                max(went_on, default=0),
                " s",
            ),
            Row("told why not", "", f"{sum(given_up)}"),
        ]


async def reloads() -> list[Row]:
    """Let one person reload the page without end, beside thirty visitors."""
    refused = 0

    async def reload(number: int):
        nonlocal refused
        await asyncio.sleep(number * RELOADING / RELOADS)
        person = Visitor(server.host)
        task = asyncio.create_task(person.watch())
        first = asyncio.create_task(person.first.wait())
        done, _waiting = await asyncio.wait([task, first], timeout=RELOADED, return_when=asyncio.FIRST_COMPLETED)
        refused += first not in done  # turned away, cut off or left without a picture
        task.cancel()
        first.cancel()
        await asyncio.gather(task, first, return_exceptions=True)

    with serving() as server:
        async with visiting(server, 30) as visitors:
            start = time.monotonic()
            await asyncio.gather(*map(reload, range(RELOADS)))
            await asyncio.sleep(1)
            end = time.monotonic()
        gaps = [visitor.gaps(start, end) for visitor in visitors]
        return [
            at_most(
                f"{RELOADS} reloads in {RELOADING:g} s beside 30 visitors: refused, or no picture in {RELOADED:g} s",
                0,
                refused,
            ),
            at_least(
                "updates a second at the median, worst visitor",
                2,
                min(1 / statistics.median(own) for own in gaps),
                "/s",
            ),
            at_most(
                "95 % of the gaps, all visitors",
                1,
                statistics.quantiles([g for own in gaps for g in own], n=20)[-1],
                " s",
            ),
            Row("longest gap of all", "", f"{max(map(max, gaps)):.2f} s"),
            Row("memory of server and workers at the end", "", f"{server.memory():.0f} MB"),
        ]


async def ending() -> list[Row]:
    """Send SIGTERM while visitors train, one reads nothing and a sweep runs; then also with all processes stopped."""
    rows = []
    for held in (False, True):
        with serving() as server:
            visitors = [Visitor(server.host) for _ in range(10)]
            watching = [asyncio.create_task(visitor.watch()) for visitor in visitors]
            await asyncio.gather(*(visitor.first.wait() for visitor in visitors))
            async with sweeping(server):
                _reader, writer = await asyncio.open_connection(*server.host.split(":"), limit=1)
                writer.write(PLOTLY_REQUEST % server.host.encode())  # a large file, of which nothing is read
                children = _children(server.pid)
                for pid in children if held else ():
                    os.kill(pid, signal.SIGSTOP)
                began = time.monotonic()
                os.kill(server.pid, signal.SIGTERM)
                while not _gone(server.pid) and time.monotonic() < began + 30:
                    await asyncio.sleep(0.05)
                after = time.monotonic() - began
                await asyncio.sleep(2)
                writer.close()
            await asyncio.gather(*watching, return_exceptions=True)  # they were hung up on
            what = "all its processes stopped" if held else "a sweep and 10 visitors"
            rows += [
                at_most(f"SIGTERM, {what}: the server ends after", 10, after, " s"),
                at_most("of its processes left 2 s later", 0, sum(not _gone(pid) for pid in children)),
            ]
    return rows


PLOTLY_REQUEST = b"GET " + PLOTLY.encode() + b" HTTP/1.1\r\nHost: %s\r\n\r\n"


@asynccontextmanager
async def sweeping(server: Server):
    """Press the lab's button that starts a sweep, and keep the page open."""
    address = f"ws://{server.host}/_stcore/stream"
    async with connect(address, subprotocols=[Subprotocol("streamlit")], max_size=None) as page:
        opening = BackMsg()
        opening.rerun_script.page_name = "lab"
        await page.send(opening.SerializeToString())
        while not (button := re.search(rb"[$][$]ID-[\w]+-sweep_start", await page.recv(decode=False))):
            pass
        state = opening.rerun_script.widget_states.widgets.add()
        state.id, state.trigger_value = button[0].decode(), True
        await page.send(opening.SerializeToString())
        while b" left" not in await page.recv(decode=False):  # results come
            pass
        yield


def _children(parent: int) -> list[int]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int((process / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(process.name))
    return found


def _gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


MEASURES: dict[str, Callable[[], Awaitable[list[Row]]]] = {
    measure.__name__: measure for measure in (stopped, slow, killed, reloads, ending)
}


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("measures", nargs="+", choices=MEASURES)
    for name in options.parse_args().measures:
        load = os.getloadavg()
        report(asyncio.run(_measure(name)), load)


async def _measure(name: str) -> list[Row]:
    return await MEASURES[name]()


if __name__ == "__main__":
    main()
