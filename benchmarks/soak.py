"""A long day: thirty visitors who come, upload a file, change settings and leave, and others who come in their place.

`python -m benchmarks.soak` takes ten minutes, and some two more until Streamlit has dropped those who have left.
"""

import argparse
import asyncio
import os
import random
import re
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from benchmarks.hostile import PAGES, serving
from benchmarks.table import Row, at_least, at_most, report
from benchmarks.visitor import SETTINGS, Visitor
from tests.browser.server import Server

VISITORS, STAY, EARLY = 30, (5.0, 20.0), 120.0
"""How many are there at once, for how many seconds each stays, and when the memory is first looked at."""
ANSWERED, DROPPED = 30.0, 150.0
"""Seconds for an answer to come, and for Streamlit to drop those who have left: it keeps a session for 120."""
COLUMN = "guests"
FILE = f"day,{COLUMN}\n" + "".join(f"{i},{i % 7 + (i % 30) / 50}\n" for i in range(300))
HIDDEN_SIZES = (16, 24, 48)
TAKEN = ("uploads taken", "changes taken", "pictures after the change", "left")
"""What every visitor does; `Guest.done` counts it."""


@dataclass
class Guest(Visitor):
    """A visitor who uploads a file and moves a slider: holds a page's widgets and their values, as a browser does."""

    done: Counter[str] = field(default_factory=Counter[str])
    """What was sent, and what of it was taken."""
    _session: str = ""
    _widgets: dict[str, str] = field(default_factory=dict[str, str])
    _states: dict[str, WidgetState] = field(default_factory=dict[str, WidgetState])

    async def stay(self, seconds: float, hidden_size: int):
        """Come, upload a series, look at it, change the network, look on, and leave."""
        stream = f"ws://{self.host}/_stcore/stream"
        async with connect(stream, subprotocols=[Subprotocol("streamlit")], max_size=None) as page:
            async with asyncio.timeout(ANSWERED):
                await self._run(page)
                uploaded = await self._upload(page)
            self.done["uploads taken"] += COLUMN.encode() in uploaded
            [path] = set(re.findall(f"/live/{self.live}/[\\w-]+".encode(), uploaded))
            looking = asyncio.create_task(self._pull(path.decode()))
            try:
                await asyncio.wait_for(self.first.wait(), ANSWERED)
                await asyncio.sleep(seconds / 2)
                async with asyncio.timeout(ANSWERED):
                    changed = await self._change(page, hidden_size)
                self.done["changes taken"] += f"hidden_size={hidden_size}".encode() in changed
                pictures = len(self.updates)
                await asyncio.sleep(seconds / 2)
                self.done["pictures after the change"] += len(self.updates) > pictures
                if looking.done():
                    looking.result()
            finally:
                looking.cancel()
                await asyncio.gather(looking, return_exceptions=True)

    async def _change(self, page: Any, hidden_size: int) -> bytes:
        """Move the slider of the hidden size."""
        state = WidgetState(id=self._widgets["hidden_size"])
        state.double_array_value.data.append(hidden_size)
        return await self._run(page, state)

    async def _upload(self, page: Any) -> bytes:
        """Ask where to put a file, put it there, and say that it is there."""
        asking = BackMsg()
        asking.file_urls_request.request_id = "soak"
        asking.file_urls_request.session_id = self._session
        asking.file_urls_request.file_names.append("series.csv")
        await page.send(asking.SerializeToString())
        while not (message := await self._next(page)).HasField("file_urls_response"):
            pass
        [urls] = message.file_urls_response.file_urls
        await asyncio.to_thread(_put, self.host, urls.upload_url)
        state = WidgetState(id=self._widgets["file_uploader"])
        state.file_uploader_state_value.uploaded_file_info.add(
            file_id=urls.file_id, name="series.csv", size=len(FILE), file_urls=urls
        )
        return await self._run(page, state)

    async def _run(self, page: Any, *changed: WidgetState) -> bytes:
        """Send the values of all widgets moved so far; return what is put on the page."""
        self._states |= {state.id: state for state in changed}
        asking = BackMsg()
        asking.rerun_script.query_string = urlencode(self.settings)
        asking.rerun_script.page_name = self.page
        asking.rerun_script.widget_states.widgets.extend(self._states.values())
        await page.send(asking.SerializeToString())
        answer = b""
        while not (message := await self._next(page)).HasField("script_finished"):
            answer += message.SerializeToString()
            element = message.delta.new_element
            if (kind := element.WhichOneof("type")) in ("slider", "file_uploader"):
                widget = getattr(element, kind).id
                self._widgets[widget.rpartition("-")[2] if kind == "slider" else kind] = widget
        if b"could not build" in answer:
            raise RuntimeError("the page was not built")
        return answer

    async def _next(self, page: Any) -> ForwardMsg:
        message = ForwardMsg.FromString(await page.recv(decode=False))
        if message.HasField("new_session"):
            self._session = message.new_session.initialize.session_id
        return message


def _put(host: str, address: str):
    """Put the file where the server said, with the token that its cookie holds."""
    with urllib.request.urlopen(f"http://{host}/_stcore/health", timeout=ANSWERED) as answer:
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
    token = cookie.partition("=")[2].strip('"')
    lines = ["--soak", 'Content-Disposition: form-data; name="file"; filename="series.csv"', "Content-Type: text/csv"]
    body = "\r\n".join([*lines, "", FILE, "--soak--", ""]).encode()
    headers = {"Content-Type": "multipart/form-data; boundary=soak", "Cookie": cookie, "X-Xsrftoken": token}
    request = urllib.request.Request(f"http://{host}{address}", body, headers, method="PUT")
    urllib.request.urlopen(request, timeout=ANSWERED).close()


async def soak(seconds: float, visitors: int) -> list[Row]:
    """Let visitors come, each another's place, for `seconds`; then wait until the server has forgotten them."""
    dice = random.Random(0)
    done, errors = Counter[str](), Counter[str]()

    async def visit(seconds: float):
        settings = SETTINGS | {
            "task": "series",
            "cell": dice.choice(["rnn", "gru", "lstm"]),
            "seed": dice.randrange(1000),
        }
        live = dice.choice(list(PAGES))
        guest = Guest(server.host, settings, PAGES[live], live, done=done)
        done["came"] += 1
        try:
            await guest.stay(seconds, dice.choice(HIDDEN_SIZES))
            done["left"] += 1
        except Exception as error:  # whatever it is, it is counted, and the day goes on
            errors[repr(error)] += 1

    async def visits():
        while time.monotonic() < end:
            await visit(dice.uniform(*STAY))

    with serving() as server:
        await visit(STAY[0])  # loads what the first visit loads
        server.idle_after()
        files, threads = _held(server)
        end = time.monotonic() + seconds
        people = [asyncio.create_task(visits()) for _ in range(visitors)]
        await asyncio.sleep(min(EARLY, seconds / 2))
        early = server.memory()
        await asyncio.sleep(end - time.monotonic())
        late = server.memory()
        await asyncio.gather(*people)
        left = time.monotonic()
        while any(now > then for now, then in zip(_held(server), (files, threads), strict=True)):
            if time.monotonic() > left + DROPPED:
                break
            await asyncio.sleep(1)
        waited = time.monotonic() - left
        files_after, threads_after = _held(server)
        after, complaints = server.memory(), server.complaints
    came = done["came"]
    return [
        at_most(
            f"{visitors} visitors at once, {seconds:g} s: memory, growth after {min(EARLY, seconds / 2):g} s",
            5,
            100 * (late / early - 1),
            " %",
        ),
        Row("memory then, at the end, when all are forgotten", "", f"{early:.0f}, {late:.0f}, {after:.0f} MB"),
        at_most(f"descriptors more than the {files} of the start", 0, files_after - files),
        at_most(f"threads more than the {threads} of the start", 0, threads_after - threads),
        Row("waited for them after the last visitor left", "", f"{waited:.0f} s"),
        Row("visits", "", f"{came}"),
        *(at_least(what, came, done[what]) for what in TAKEN),
        Row("errors", "none", f"{dict(errors) or 'none'}", not errors),
        Row("complaints in the server's log", "none", f"{len(complaints)} {complaints[:1] or ''}", not complaints),
    ]


def _held(server: Server) -> tuple[int, int]:
    """Return how many descriptors and threads the server's own process has."""
    process = Path(f"/proc/{server.pid}")
    return len(list((process / "fd").iterdir())), len(list((process / "task").iterdir()))


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=600)
    options.add_argument("--visitors", type=int, default=VISITORS)
    asked, load = options.parse_args(), os.getloadavg()
    report(asyncio.run(soak(asked.seconds, asked.visitors)), load)


if __name__ == "__main__":
    main()
