"""Which processes are silent: those that could work and do not, and not those for which there is no processor."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from watching import wait_until

from rnnviz.runs import worker
from rnnviz.runs.silence import LOOK, Effort, Silence, effort


def silence(efforts: Sequence[Effort | None], beats: int = 1) -> float:
    """How long a process has been silent that beat once, and then put in these efforts, a look each."""
    own = Silence()
    for number, now in enumerate([None, *efforts]):
        own.look(beats, now)
        assert own.looks == number
    return own.seconds


def test_a_process_that_waits_or_is_stopped_is_silent_for_all_of_the_time():
    assert silence([Effort(3.0, False)] * 20) == 20 * LOOK


def test_a_process_that_works_on_without_a_pulse_is_silent_for_all_of_the_time():
    assert silence([Effort(2 * LOOK * number, True) for number in range(20)]) == 20 * LOOK


def test_a_process_that_others_keep_from_work_is_silent_for_what_it_had():
    efforts = [Effort(0.02 * number, True) for number in range(20)]
    assert silence(efforts) == pytest.approx(LOOK + 19 * 0.02)  # before the first there is nothing to compare with


def test_where_the_system_says_nothing_all_looks_count():
    assert silence([None] * 20) == 20 * LOOK


def test_a_beat_ends_the_silence():
    own = Silence()
    for beats in (0, 0, 0, 1):
        own.look(beats, None)
    assert (own.seconds, own.looks) == (0.0, 0)


def looks_until_it_is_ended(monkeypatch: pytest.MonkeyPatch, now: Effort) -> int:
    """After how many looks a worker is ended that has started, and puts in this effort."""
    ended: list[int] = []
    monkeypatch.setattr(worker, "effort", lambda pid: now)
    one: Any = worker.Worker.__new__(worker.Worker)
    one.pulse, one._silence = SimpleNamespace(beats=1), Silence()
    one.process = SimpleNamespace(pid=0, kill=lambda: ended.append(one._silence.looks))
    while not ended:
        one.look()
    return ended[0]


def test_a_starved_worker_has_more_time_than_one_that_hangs_but_not_forever(monkeypatch):
    assert looks_until_it_is_ended(monkeypatch, Effort(1.0, False)) == worker.SILENT / LOOK
    assert looks_until_it_is_ended(monkeypatch, Effort(1.0, True)) == worker.STARVED / LOOK


WORK = """
import sys, threading
threading.Thread(target=sys.stdin.read).start()
while threading.active_count() > 1: ...
"""


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    """A process that works for as long as its input is open."""
    one = subprocess.Popen([sys.executable, "-c", WORK], stdin=subprocess.PIPE)
    yield one
    one.kill()
    one.communicate()


@pytest.mark.slow
def test_the_system_tells_work_from_a_stop(process):
    def now() -> Effort:
        found = effort(process.pid)
        assert found
        return found

    wait_until(lambda: now().willing)
    before = now().used
    wait_until(lambda: now().used > before)
    os.kill(process.pid, signal.SIGSTOP)
    wait_until(lambda: not now().willing)
    process.kill()
    process.wait()
    assert effort(process.pid) is None
