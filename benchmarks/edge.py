"""What the server keeps of messages that never end: its memory while twenty sockets each send up to 150 MB of one."""

import argparse
import asyncio
import os
import re
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from benchmarks.table import Row, at_most, report
from rnnviz.ui.web import LONGEST_MESSAGE
from tests.browser.server import Server

SOCKETS, MEGABYTES = 20, 150
PIECE = bytes(2**16)
TEXT, CONTINUED, FINAL, MASKED = 1, 0, 0x80, 0x80
PATIENCE = 5.0
"""Seconds a socket that the server reads no more is waited for."""
HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def header(opcode: int, length: int) -> bytes:
    """Return the beginning of a frame of `length` bytes from a browser, with a mask that changes nothing."""
    if length < 126:
        return struct.pack("!BB4x", opcode, MASKED | length)
    return struct.pack("!BBQ4x", opcode, MASKED | 127, length)


def one_frame(total: int) -> Iterator[bytes]:
    """One frame that says how long it is, without its last byte."""
    yield header(FINAL | TEXT, total)
    for _ in range((total - 1) // len(PIECE)):
        yield PIECE


def fragments(total: int) -> Iterator[bytes]:
    """A message in frames of 64 KB, none of them the last."""
    for i in range(total // len(PIECE)):
        yield header(CONTINUED if i else TEXT, len(PIECE)) + PIECE


async def attack(host: str, path: str, message: Iterator[bytes]):
    """Send a message as far as the server takes it; then hold the socket, until all have been sent."""
    reader, writer = await asyncio.open_connection(*host.split(":"))
    writer.write(HANDSHAKE.format(path=path, host=host).encode())
    assert b" 101 " in await reader.readline()
    try:
        for piece in message:
            writer.write(piece)
            await asyncio.wait_for(writer.drain(), PATIENCE)
    except (OSError, TimeoutError):
        pass  # it has had enough
    return writer


def resident(server: Server) -> float:
    """Return the memory of the server's own process, in MB."""
    return int(Path(f"/proc/{server.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


async def watched(server: Server, peak: list[float]):
    while True:
        peak.append(resident(server))
        await asyncio.sleep(0.05)


async def grows(server: Server, path: str, messages: list[Iterator[bytes]]) -> float:
    """Return by how many MB the server grows, at most, while it is sent these messages at once."""
    before, peak = resident(server), [0.0]
    watching = asyncio.create_task(watched(server, peak))
    writers = await asyncio.gather(*(attack(server.host, path, message) for message in messages))
    await asyncio.sleep(0.5)
    watching.cancel()
    for writer in writers:
        writer.close()
    return max(peak) - before


async def measure() -> list[Row]:
    rows = []
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "output.txt") as server:
        stream = f"ws://{server.host}/_stcore/stream"
        async with connect(stream, subprotocols=[Subprotocol("streamlit")], max_size=None) as page:
            opening = BackMsg()
            opening.rerun_script.query_string = "playing=off"
            await page.send(opening.SerializeToString())
            while not (found := re.search(rb"/live/bench/[\w-]+", await page.recv(decode=False))):
                pass
            await asyncio.sleep(2)
            for path in (found[0].decode(), "/_stcore/stream"):
                for kind in (one_frame, fragments):
                    size = MEGABYTES * 10**6
                    grown = await grows(server, path, [kind(size) for _ in range(SOCKETS)])
                    where = "live socket" if "live" in path else "Streamlit's socket"
                    rows.append(
                        at_most(f"{SOCKETS} x {MEGABYTES} MB, {kind.__name__}, {where}: memory", 20, grown, " MB")
                    )
                grown = await grows(server, path, [one_frame(LONGEST_MESSAGE) for _ in range(SOCKETS)])
                rows.append(at_most(f"{SOCKETS} as long as is read, but for a byte, {where}: memory", 20, grown, " MB"))
    return rows


def main():
    argparse.ArgumentParser(description=__doc__).parse_args()
    load = os.getloadavg()
    report(asyncio.run(measure()), load)


if __name__ == "__main__":
    main()
