"""The end of the server: whatever its clients and its children do, a signal ends it in time."""

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from multiprocessing import resource_tracker
from types import FrameType
from typing import Any

LONGEST = 7.0
"""Seconds the server has to end in good order: to close its sockets, and then its workers and sweeps. A client that
reads nothing, or a process that is stopped, would hold it up for ever."""


def end_in_time(children: Callable[[], Iterable[int]]) -> None:
    """From now on, LONGEST seconds after SIGTERM or SIGINT end this process if it has not ended by itself.

    children: the ids of the processes that are to be ended with it, beside those of multiprocessing. To be called in
    the main thread, once whoever else handles these signals does; elsewhere it does nothing.
    """
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            _watch(number, children)


def _watch(number: signal.Signals, children: Callable[[], Iterable[int]]) -> None:
    before: Any = signal.getsignal(number)

    def handle(number: int, frame: FrameType | None) -> None:
        last = threading.Timer(LONGEST, _end, (children,))
        last.daemon = True
        last.start()
        if callable(before):
            before(number, frame)

    signal.signal(number, handle)


def _end(children: Callable[[], Iterable[int]]) -> None:
    logging.info("the server did not end in good order within %g s, and is ended", LONGEST)
    for pid in [*children(), *(child.pid for child in multiprocessing.active_children() if child.pid)]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    # It is not killed: once the others have gone it ends by itself, and removes their semaphores, unless it is stopped.
    if tracker := getattr(resource_tracker._resource_tracker, "_pid", None):
        with suppress(ProcessLookupError):
            os.kill(tracker, signal.SIGCONT)
    os._exit(0)
