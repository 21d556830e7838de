"""The end of the server: a process whose own end is held up, and whose children are stopped, ends all the same."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SERVER = """
import os, signal, subprocess, threading
from multiprocessing import resource_tracker
from rnnviz.runs import ending
from rnnviz.sweeps.engine import process_pool

def main():
    ending.LONGEST = 1.0
    ordered = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: ordered.set())
    worker = subprocess.Popen(["sleep", "600"])
    backend = process_pool(1)
    sweep = backend.executor.submit(os.getpid).result()
    ending.end_in_time(lambda: [worker.pid])
    children = worker.pid, sweep, resource_tracker._resource_tracker._pid
    for pid in children:
        os.kill(pid, signal.SIGSTOP)
    print(*children, flush=True)
    while not ordered.wait(0.1):
        pass
    print("in order", flush=True)
    threading.Event().wait()  # for a client that reads nothing, or a process that is stopped

if __name__ == "__main__":
    main()
"""


def test_a_signal_ends_the_server_though_its_children_hang(tmp_path):
    script = tmp_path / "server.py"
    script.write_text(SERVER)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout
        children = [int(pid) for pid in server.stdout.readline().split()]
        server.send_signal(signal.SIGTERM)
        assert server.stdout.readline() == "in order\n"  # who handled the signal before still does
        assert server.wait(60) == 0
    end = time.monotonic() + 10
    while any(_alive(pid) for pid in children):
        assert time.monotonic() < end
        time.sleep(0.05)


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
