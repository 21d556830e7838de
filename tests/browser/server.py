"""The real server as a process of its own, and what /proc says of it."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]
TICK = 1 / os.sysconf("SC_CLK_TCK")
START = 90.0
"""Seconds a server has to answer its first request, on a busy machine."""


class Server:
    """`streamlit run app.py` on a free port; its output goes to a file."""

    def __init__(self, log: Path):
        self.log = log
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        options = ["--server.headless=true", "--server.address=127.0.0.1", f"--server.port={self.port}"]
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", "app.py", *options],
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=os.environ | {"PYTHONUNBUFFERED": "1"},
            )
        end = time.monotonic() + START
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > end:
                self.process.kill()
                raise RuntimeError(f"the server does not answer:\n{self.output}")
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1) as answer:
                return answer.status == 200
        except OSError:
            return False

    @property
    def output(self) -> str:
        """All the server has printed so far."""
        return self.log.read_text()

    @property
    def complaints(self) -> list[str]:
        """The lines of its output that tell of something gone wrong."""
        return [line for line in self.output.splitlines() if re.search(r"Traceback|Error|Exception|WARNING", line)]

    @property
    def workers(self) -> list[int]:
        """The process ids of its children."""
        pid = self.process.pid
        return [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]

    def cpu(self) -> float:
        """Seconds of processor time spent so far, by the server and its workers."""
        return sum(_cpu(pid) for pid in (self.process.pid, *self.workers))


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK


def has_torch(pid: int) -> bool:
    """Say whether the process has loaded torch."""
    return "libtorch" in Path(f"/proc/{pid}/maps").read_text()
