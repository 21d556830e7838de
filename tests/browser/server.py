"""The real server on a free port, for benchmarks and browser tests, and what its processes cost (from /proc)."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections import deque
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]
IDLE = 0.05
"""Cores; a server that spends less over a second is idle."""
START = 90.0
"""Seconds a server has to answer its first request, on a busy machine."""
TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """`streamlit run script`, which answers when entered; what it prints goes to a file. base: the path it is below.

    streamlit: what stands for `streamlit` on Python's command line.
    """

    def __init__(
        self,
        log: Path,
        script: Path = ROOT / "app.py",
        base: str = "",
        port: int = 0,
        streamlit: tuple[str, ...] = ("-m", "streamlit"),
    ):
        self.log = log
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # of a server before, at the same port
            probe.bind(("127.0.0.1", port))
            self.host = f"127.0.0.1:{probe.getsockname()[1]}"
        self.url = f"http://{self.host}{base}"
        command = [sys.executable, *streamlit, "run", str(script), "--server.headless=true"]
        address, _colon, own = self.host.partition(":")
        with log.open("w") as output:
            self._process = subprocess.Popen(
                [*command, f"--server.address={address}", f"--server.port={own}", f"--server.baseUrlPath={base}"],
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=os.environ | {"PYTHONUNBUFFERED": "1"},
            )

    def __enter__(self) -> Self:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that `timeout`, too, ends the server
        end = time.monotonic() + START
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                self._process.kill()
                raise RuntimeError(f"the server does not answer:\n{self.output}")
            time.sleep(0.1)
        return self

    def __exit__(self, *_error: object):
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()

    @property
    def output(self) -> str:
        """All the server has printed so far."""
        return self.log.read_text()

    @property
    def complaints(self) -> list[str]:
        """The lines of its output that tell of something gone wrong."""
        return [line for line in self.output.splitlines() if re.search(r"Traceback|Error|Exception|WARNING", line)]

    def _answers(self) -> bool:
        try:
            return urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1).status == 200
        except OSError:
            return False

    @property
    def pid(self) -> int:
        """The server's own process."""
        return self._process.pid

    def workers(self) -> list[int]:
        """Return the process ids of the server's children that train the visitors' networks."""
        children = [process for process in Path("/proc").glob("[0-9]*") if _parent(process) == self.pid]
        return [int(child.name) for child in children if b"rnnviz.runs.process" in _command(child)]

    def cpu(self) -> dict[int, float]:
        """Return the CPU seconds spent so far by the server and by each worker."""
        seconds = {}
        for pid in [self.pid, *self.workers()]:
            if fields := _stat(Path(f"/proc/{pid}")):
                seconds[pid] = (int(fields[11]) + int(fields[12])) / TICKS
        return seconds

    def memory(self) -> float:
        """Return the resident memory of the server and its workers together, in MB."""
        pages = 0
        for pid in [self.pid, *self.workers()]:
            pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def idle_after(self, patience: float = 60.0) -> float:
        """Wait for a second in which all its processes together are idle; return after how many seconds it began."""
        began = now = time.monotonic()
        samples = deque([(now, self.cpu())])
        while now < began + patience:
            time.sleep(0.1)
            now = time.monotonic()
            samples.append((now, self.cpu()))
            while samples[1][0] <= now - 1:
                samples.popleft()
            (then, before), (_, after) = samples[0], samples[-1]
            if now - then >= 1 and spent(before, after) < IDLE * (now - then):
                return then - began
        return float("inf")


def spent(before: dict[int, float], after: dict[int, float]) -> float:
    """Return the CPU seconds between two readings of `Server.cpu`."""
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())


def _stat(process: Path) -> list[str] | None:
    """Return the fields of /proc/PID/stat from the third, the state, on; None if the process is gone."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def _command(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""  # it has ended


def _parent(process: Path) -> int | None:
    fields = _stat(process)
    return int(fields[1]) if fields else None


def has_torch(pid: int) -> bool:
    """Say whether the process has loaded torch."""
    return "libtorch" in Path(f"/proc/{pid}/maps").read_text()
