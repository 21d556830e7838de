"""The real server on a free port, what its processes cost (read from /proc), and the table a benchmark prints."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[1]
IDLE = 0.05
"""Cores; a server that spends less over a second is idle."""
TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """`streamlit run script`, ready when entered: it answers, and its workers have loaded and sit idle."""

    def __init__(self, script: Path = ROOT / "app.py"):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.host = f"127.0.0.1:{probe.getsockname()[1]}"
        command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless=true"]
        address, port = self.host.split(":")
        self._process = subprocess.Popen(
            [*command, f"--server.address={address}", f"--server.port={port}"], cwd=ROOT, stdout=subprocess.DEVNULL
        )

    def __enter__(self) -> Self:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that `timeout`, too, ends the server
        while not self._answers():
            if self._process.poll() is not None:
                raise RuntimeError("the server ended before it answered")
            time.sleep(0.1)
        self.idle_after()
        return self

    def __exit__(self, *_error: object):
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _answers(self) -> bool:
        try:
            return urllib.request.urlopen(f"http://{self.host}/_stcore/health", timeout=1).status == 200
        except OSError:
            return False

    @property
    def pid(self) -> int:
        """The server's own process."""
        return self._process.pid

    def workers(self) -> list[int]:
        """Return the process ids of the server's children."""
        return [int(process.name) for process in Path("/proc").glob("[0-9]*") if _parent(process) == self.pid]

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


def _parent(process: Path) -> int | None:
    fields = _stat(process)
    return int(fields[1]) if fields else None


@dataclass(frozen=True)
class Row:
    """One line of the table; `met` is None where there is no bar."""

    what: str
    bar: str
    measured: str
    met: bool | None = None


def at_least(what: str, bar: float, value: float, unit: str = "") -> Row:
    """Return the row of a figure that must not be below `bar`."""
    return Row(what, f">= {bar:g}{unit}", f"{value:.3g}{unit}", value >= bar)


def at_most(what: str, bar: float, value: float, unit: str = "") -> Row:
    """Return the row of a figure that must not be above `bar`."""
    return Row(what, f"<= {bar:g}{unit}", f"{value:.3g}{unit}", value <= bar)


def report(rows: list[Row], load_before: tuple[float, float, float]):
    """Print the table, and how busy the machine was."""
    answers = {True: "yes", False: "NO", None: "-"}
    lines = [
        ("what", "bar", "measured", "met"),
        *((row.what, row.bar, row.measured, answers[row.met]) for row in rows),
    ]
    widths = [max(len(line[i]) for line in lines) for i in range(4)]
    for line in lines:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())
    loads = [" ".join(f"{load:.1f}" for load in loads) for loads in (load_before, os.getloadavg())]
    print(f"load average (1, 5, 15 min) before: {loads[0]}; after: {loads[1]}; {os.cpu_count()} cores")
