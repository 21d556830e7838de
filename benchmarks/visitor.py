"""A visitor, as a browser is to the server: Streamlit's own WebSocket, held open, and the socket of the live pictures,
asked as frames.js asks. Many of them run in one process."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from rnnviz.ui.live.frames import UPDATES_PER_SECOND
from tests.browser.server import Server
from tests.received import received

SETTINGS = {"seq_len": 50, "speed": "max"}
INTERVAL, DRAWING = 1 / UPDATES_PER_SECOND, 0.02
"""Seconds from one request to the next at the least, and from an answer to the next: frames.js, and a laptop."""


@dataclass(frozen=True)
class Update:
    """One frame that came: when, the training step it shows, and what the visitor is told beside it."""

    time: float
    step: int
    notice: str


@dataclass
class Visitor:
    """One visitor of one page, with these settings in the address, who watches until `watch` is cancelled."""

    host: str
    settings: dict[str, Any] = field(default_factory=lambda: dict(SETTINGS))
    page: str = ""
    live: str = "bench"
    """The name of the page's live pictures."""
    updates: list[Update] = field(default_factory=list)
    notices: list[tuple[float, str]] = field(default_factory=list)
    """What was said when, with a frame or without."""
    first: asyncio.Event = field(default_factory=asyncio.Event)

    async def watch(self):
        """Open the page as a browser does, find the live socket in what Streamlit sends, and pull frames from it."""
        stream = f"ws://{self.host}/_stcore/stream"
        async with connect(stream, subprotocols=[Subprotocol("streamlit")], max_size=None) as page:
            opening = BackMsg()
            opening.rerun_script.query_string = urlencode(self.settings)
            opening.rerun_script.page_name = self.page
            await page.send(opening.SerializeToString())
            path = await self._socket(page)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_drain(page))
                tasks.create_task(self._pull(path))

    async def _socket(self, page: Any) -> str:
        wanted = f"/live/{self.live}/[\\w-]+".encode()
        while not (path := re.search(wanted, message := await page.recv(decode=False))):
            if b"already trains" in message:
                raise Refused
        return path[0].decode()

    def more(self) -> dict[str, int]:
        """Return what this visitor asks for beside the newest frame."""
        return {}

    async def _pull(self, path: str):
        shown = {"seen": -1, "key": ""} | ({"graph": ""} if self.live == "bench" else {})
        async with connect(f"ws://{self.host}{path}", max_size=None) as socket:
            while True:
                asked = time.monotonic()
                await socket.send(json.dumps(shown | self.more()))
                frame = received(await socket.recv(decode=False))
                now = time.monotonic()
                notice = frame["words"]["notice"]
                self.notices.append((now, notice))
                if "key" in frame:
                    shown |= {"seen": frame["seen"], "key": frame["key"]}
                    if "graph" in frame:
                        shown["graph"] = frame["graph"]["key"]
                    step = frame.get("step") or int(frame["words"].get("step", "").replace(",", "") or 0)
                    self.updates.append(Update(now, step, notice))
                    self.first.set()
                await asyncio.sleep(max(DRAWING, asked + INTERVAL - now))

    def gaps(self, start: float, end: float) -> list[float]:
        """Return the seconds between updates from `start` to `end`, with those to the two ends."""
        times = [start, *(update.time for update in self.updates if start < update.time < end), end]
        return [after - before for before, after in pairwise(times)]

    def told(self, start: float, end: float) -> str:
        """Return the newest notice between two times, "" if nothing was said."""
        return next((notice for when, notice in reversed(self.notices) if start < when < end and notice), "")


class Refused(RuntimeError):
    """The server said that it is full."""


async def _drain(socket: Any):
    async for _message in socket:
        pass


@asynccontextmanager
async def watching(visitors: list[Visitor]) -> AsyncIterator[None]:
    """Let visitors come at once; when entered each has its first pictures, when left they are gone."""
    async with asyncio.TaskGroup() as tasks:
        all_of_them = [tasks.create_task(visitor.watch()) for visitor in visitors]
        for visitor in visitors:
            await visitor.first.wait()
        yield
        for task in all_of_them:
            task.cancel()


@asynccontextmanager
async def visiting(server: Server, number: int) -> AsyncIterator[list[Visitor]]:
    """Let `number` visitors of the bench come at once."""
    visitors = [Visitor(server.host) for _ in range(number)]
    async with watching(visitors):
        yield visitors
