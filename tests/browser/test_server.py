"""What the running server costs, and what it keeps out of its own process."""

import time

from bench import Bench
from server import Server, has_torch

AT_REST = 0.1
"""Cores; less than this over a second is idle."""


def test_only_the_workers_load_torch(server: Server, bench: Bench):
    bench.open().moves()
    assert server.workers
    assert all(has_torch(pid) for pid in server.workers)
    assert not has_torch(server.process.pid)


def test_the_server_rests_once_the_tab_is_closed(server: Server, bench: Bench):
    bench.open(speed="max").moves()
    bench.page.close()
    closed = time.monotonic()
    spent = [(closed, server.cpu())]

    def at_rest() -> bool:
        now = time.monotonic()
        spent.append((now, server.cpu()))
        then, before = next((t, cpu) for t, cpu in reversed(spent) if now - t >= 1) if now - closed >= 1 else (now, 0.0)
        return then < now and (spent[-1][1] - before) / (now - then) < AT_REST

    while not at_rest():
        assert time.monotonic() - closed < 10
        time.sleep(0.1)


def test_nothing_has_gone_wrong_in_the_server(server: Server):
    assert server.complaints == [], server.output
