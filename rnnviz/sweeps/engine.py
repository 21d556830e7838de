"""A sweep: many jobs, run in other processes by an Executor that all visitors share. Imports no torch.

The Executor is a process pool, or, if RNNVIZ_SCHEDULER holds the address of a Dask scheduler, that cluster.
"""

import logging
import multiprocessing
import os
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

from rnnviz.language import N_, BadValue, Message, Said, Text
from rnnviz.sweeps.job import Job
from rnnviz.sweeps.processes import initialise

SCHEDULER = "RNNVIZ_SCHEDULER"
LEASE = 15.0
"""Seconds after which a sweep that nobody looks at stops."""
MOST_BREAKS = 5
"""Times a sweep does its lost jobs again after its executor broke."""
CONNECTING = 5.0
"""Seconds in which a Dask scheduler has to answer."""


class EngineError(Said):
    """Jobs can't be run; the message is for the visitor."""


@dataclass(frozen=True, eq=False)
class Backend:
    """An executor at work: how many jobs it runs at once, and how it is ended, with what it still runs."""

    executor: Executor
    slots: int
    close: Callable[[], None]


def process_pool(size: int | None = None) -> Backend:
    """Start a pool of `size` processes, one per core if not given.

    They are spawned: a fork of a server with threads may hang. Spawning runs the main module again, as `__mp_main__`.
    """
    context = multiprocessing.get_context("spawn")
    lifeline, end = context.Pipe(duplex=False)
    size = size or os.cpu_count() or 1
    executor = ProcessPoolExecutor(size, context, initialise, (lifeline,))

    def close() -> None:
        end.close()
        executor.shutdown(cancel_futures=True)

    return Backend(executor, size, close)


def dask_cluster(address: str) -> Backend:
    """Connect to a Dask scheduler. Raises EngineError."""
    try:
        from distributed import Client
    except ImportError as error:
        sentence = N_("Sweeps are to run on a Dask cluster, but Dask is missing: pip install -r requirements-dask.txt.")
        raise EngineError(sentence) from error
    try:
        client: Any = Client(address, timeout=CONNECTING, set_as_default=False)
    except (OSError, ValueError) as error:
        sentence = N_("The Dask scheduler at {address}, where sweeps are to run, can't be reached.", address=address)
        raise EngineError(sentence) from error
    return Backend(client.get_executor(), max(1, sum(client.nthreads().values())), client.close)


def default() -> Backend:
    """Start what the environment asks for. Raises EngineError."""
    address = os.environ.get(SCHEDULER)
    return dask_cluster(address) if address else process_pool()


class Engine:
    """What all sweeps of a server run on: started at the first sweep, replaced when it breaks. Close it when done."""

    def __init__(self, start: Callable[[], Backend] = default):
        self._start = start
        self._lock = threading.Lock()
        self._backend: Backend | None = None
        self._closed = False

    def backend(self, broken: Backend | None = None) -> Backend:
        """Return what jobs can be submitted to, and which is not `broken`. Raises EngineError."""
        with self._lock:
            if broken and broken is self._backend:
                self._backend = None
                broken.close()
            if self._closed:
                raise EngineError(N_("The server is closing."))
            self._backend = self._backend or self._start()
            return self._backend

    def close(self) -> None:
        """End it with what it still runs; the sweeps end too."""
        with self._lock:
            self._closed = True
            if self._backend:
                self._backend.close()


class Sweep:
    """Runs jobs, the costliest first or in their own order, until all are done, `stop` is called, or nobody has called
    `touch` for a while.

    No more jobs than can run at once are handed over at a time, so that the sweeps of several visitors take turns. A
    job that raises is counted as failed; one that was lost with its process is done again. Everything here may be
    called from any thread.
    """

    def __init__(self, jobs: Iterable[Job], engine: Engine, lease: float = LEASE, *, in_order: bool = False):
        self._waiting = deque(jobs if in_order else sorted(jobs, key=lambda job: -job.cost))
        self.total = len(self._waiting)
        self.failed: dict[Any, Message] = {}
        """Why, in a sentence, by the keys of the jobs that raised."""
        self.problem: Text = ""
        """Why it ended before all was done, if nobody stopped it: a sentence."""
        self._engine, self._lease = engine, lease
        self._results: dict[Any, Any] = {}
        self._flying: dict[Future[Any], Job] = {}
        self._arrived: queue.SimpleQueue[Future[Any] | None] = queue.SimpleQueue()
        self._breaks = 0
        self._cost, self._cost_done = sum(job.cost for job in self._waiting), 0.0
        self._ends: float | None = None
        self._over = threading.Event()
        self.touch()
        threading.Thread(target=self._run, name="sweep", daemon=True).start()

    @property
    def results(self) -> dict[Any, Any]:
        """What the jobs done so far returned, by their keys."""
        return dict(self._results)

    @property
    def done(self) -> int:
        """How many jobs have come to an end, failed ones included."""
        return len(self._results) + len(self.failed)

    @property
    def running(self) -> bool:
        """Whether more results are to come."""
        return not self._over.is_set()

    @property
    def seconds_left(self) -> float | None:
        """How long it will still take, going by the time taken so far; None before the first job has ended."""
        return self._ends and max(0.0, self._ends - time.monotonic())

    def touch(self) -> None:
        """Say that somebody is looking."""
        self._touched = time.monotonic()

    def stop(self) -> None:
        """Cancel what has not begun; the results stay."""
        self._over.set()
        self._arrived.put(None)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is over, for `timeout` seconds at the most; return whether it is."""
        return self._over.wait(timeout)

    def _run(self) -> None:
        try:
            self._backend = self._engine.backend()
            self._began = time.monotonic()
            while (self._waiting or self._flying) and self.running:
                self._hand_over()
                if ended := self._next():
                    self._take(ended)
        except EngineError as error:
            self.problem = error.message
        except Exception:
            logging.exception("a sweep failed")
            self.problem = N_("The program failed here, through no fault of yours.")
        finally:
            self._over.set()
            for future in self._flying:
                future.cancel()
            self._flying.clear()
            self._waiting.clear()

    def _hand_over(self) -> None:
        """Submit as many jobs as can run."""
        while self._waiting and len(self._flying) < self._backend.slots:
            job = self._waiting[0]
            try:
                future = self._backend.executor.submit(job.function, *job.args)
            except Exception:  # submit runs no job: what it raises is the executor's own trouble
                self._renew()
            else:
                self._flying[future] = self._waiting.popleft()
                future.add_done_callback(self._arrived.put)

    def _next(self) -> Future[Any] | None:
        """Wait for a job to end and return it; None if the sweep is over instead."""
        while self.running:
            left = self._touched + self._lease - time.monotonic()
            if left <= 0:
                self.problem = N_("Nobody looked at it any more.")
                self.stop()
            try:
                return self._arrived.get(timeout=max(left, 0))
            except queue.Empty:
                continue
        return None

    def _take(self, future: Future[Any]) -> None:
        """Keep what a job that ended has returned, or see to it that it is done again."""
        job = self._flying.pop(future, None)
        if job is None:
            return  # of a backend that broke: it is being done again
        if future.cancelled() or isinstance(error := future.exception(), BrokenExecutor):
            self._waiting.appendleft(job)
            self._renew()
            return
        if error is None:
            self._results[job.key] = future.result()
        elif isinstance(error, BadValue):
            self.failed[job.key] = error.message
        else:
            logging.error("a job of a sweep failed: %r", job, exc_info=error)
            self.failed[job.key] = N_("The program failed here, through no fault of yours.")
        self._cost_done += job.cost
        half_done = self._cost_done + sum(job.cost for job in self._flying.values()) / 2
        now = time.monotonic()
        self._ends = now + (now - self._began) * (self._cost - half_done) / half_done

    def _renew(self) -> None:
        """Have the broken backend replaced, and do again what was lost with it. Raises EngineError."""
        self._breaks += 1
        if self._breaks > MOST_BREAKS:
            raise EngineError(N_("The processes that do the work keep ending, so the sweep has stopped."))
        self._waiting.extendleft(self._flying.values())
        self._flying.clear()
        self._backend = self._engine.backend(broken=self._backend)
