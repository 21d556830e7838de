"""What the running server costs, and what it keeps out of its own process."""

from bench import Bench
from server import Server, has_torch


def test_only_the_workers_load_torch(server: Server, bench: Bench):
    bench.open().moves()
    assert server.workers()
    assert all(has_torch(pid) for pid in server.workers())
    assert not has_torch(server.pid)


def test_the_server_rests_once_the_tab_is_closed(server: Server, bench: Bench):
    bench.open(speed="max").moves()
    bench.page.close()
    assert server.idle_after(10) < 10


def test_nothing_has_gone_wrong_in_the_server(server: Server):
    assert server.complaints == [], server.output
