"""Sweeps driven by hand and waited for."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Exactness
from rnnviz.sweeps.claim import Comparison, Written
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


def comparison() -> Comparison:
    """A small one of three kinds of attention in two orders, that is six networks."""
    return Comparison(Experiment(task="reverse", seq_len=6, hidden_size=8, embedding_size=8, batch_size=8), 1, 5)


def claimed(results: dict[Any, Written]) -> dict[Any, Any]:
    """What they hold, so that it can be compared."""
    return {key: (written.steps, told(written.mixed), told(written.long)) for key, written in results.items()}


def told(seen: Exactness) -> tuple[dict[int, tuple[int, float]], dict[int, tuple[int, float]]]:
    """How many there are and what is right of them, by length and by position."""
    return (
        dict(zip(seen.lengths.tolist(), zip(seen.counts.tolist(), seen.exact.tolist(), strict=True), strict=True)),
        dict(zip(seen.positions.tolist(), zip(seen.asked.tolist(), seen.right.tolist(), strict=True), strict=True)),
    )
