"""Sweeps driven by hand and waited for."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from rnnviz.sweeps.engine import Backend, Engine, Sweep

PATIENCE = 60.0
"""Seconds after which what is waited for counts as never coming."""


def wait_until(condition: Callable[[], Any]) -> Any:
    end = time.monotonic() + PATIENCE
    while not (value := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)
    return value


def finished(sweep: Sweep) -> Sweep:
    end = time.monotonic() + PATIENCE
    while not sweep.wait(1.0):
        sweep.touch()
        assert time.monotonic() < end, "waited in vain"
    return sweep


def threads() -> Engine:
    """An engine that runs jobs in this process."""
    executor = ThreadPoolExecutor(2)
    return Engine(lambda: Backend(executor, 2, partial(executor.shutdown, cancel_futures=True)))
