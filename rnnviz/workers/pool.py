"""The server's end: a pool of worker processes, and the runs of all visitors, spread over them. Imports no torch."""

import itertools
import os
import threading
import weakref
from time import monotonic

from rnnviz.experiment import Experiment
from rnnviz.text import _
from rnnviz.workers.messages import Command, Unknown
from rnnviz.workers.run import Run
from rnnviz.workers.worker import LOOK, Worker

MOST_RUNS = 200
"""Visitors one server takes; beyond, a newcomer is told to come back."""
FIRST_WAIT, LONGEST_WAIT = 0.25, 30.0
"""Seconds until a worker is replaced that ended before it had started, doubled each time it happens again: workers that
can't start at all must not be started in a rush."""
GOODBYE = 3.0
"""Seconds the workers have to end by themselves when the server does."""


class PoolFull(RuntimeError):
    """The server has as many visitors as it takes; the text is a sentence for the one who came last."""


class WorkerPool:
    """`size` worker processes (one per core if not given), each replaced when it ends or hangs. Close it when done.

    The runs are held weakly: each lives as long as its visitor's session keeps it. Nothing here waits for a worker.
    """

    def __init__(self, size: int | None = None):
        self._numbers = itertools.count()
        self._runs: weakref.WeakValueDictionary[int, Run] = weakref.WeakValueDictionary()
        self._tokens: weakref.WeakValueDictionary[str, Run] = weakref.WeakValueDictionary()
        self._lock = threading.RLock()  # of who trains where; taken before a run's own lock, never after it
        self._closing = threading.Event()
        self._workers: list[Worker] = []
        for _core in range(size or os.cpu_count() or 1):
            self._add(Worker())
        threading.Thread(target=self._watch, name="pulse of the workers", daemon=True).start()

    def open(self, experiment: Experiment) -> Run:
        """Start a run for a new visitor. Raises PoolFull."""
        with self._lock:
            if len(self._runs) >= MOST_RUNS:
                sentence = _("This server already trains {n} networks, which is all it takes. Try again in a minute.")
                raise PoolFull(sentence.format(n=MOST_RUNS))
            run = Run(next(self._numbers), experiment, self)
            self._runs[run.number] = self._tokens[run.token] = run
            self._place(run)
        return run

    def find(self, token: str) -> Run | None:
        """Return the run with this token, if its visitor's session still has it."""
        return self._tokens.get(token)

    def send(self, run: Run) -> None:
        """Bring the run's worker up to its orders."""
        with run.lock:  # so that an older command never follows a newer
            if run.worker and not run.given_up:
                version = run.frame.version if run.frame else 0
                run.worker.send(Command(run.number, run.orders, run.checkpoint, version))

    def request(self, run: Run) -> None:
        """Ask the run's worker for the frame that is waited for, if one is."""
        if (worker := run.worker) and (request := run.request) and not run.given_up:
            worker.send(request)

    def pids(self) -> list[int]:
        """Return the process ids of the workers."""
        return [worker.process.pid for worker in self._workers]

    def close(self) -> None:
        """End the workers."""
        with self._lock:
            self._closing.set()
        end = monotonic() + GOODBYE
        for worker in self._workers:
            worker.leave()
        for worker in self._workers:
            worker.end(max(0.0, end - monotonic()))

    def _add(self, worker: Worker) -> None:
        self._workers = [*self._workers, worker]
        threading.Thread(target=self._listen, args=(worker,), name="from a worker", daemon=True).start()

    def _place(self, run: Run) -> None:
        """Give the run to the worker with the fewest, of those that have started if any have; or to none, if there is
        none."""
        run.worker = min(self._workers, key=lambda worker: (not worker.started, len(worker.runs)), default=None)
        if run.worker:
            run.worker.runs.add(run)
        self._begin_again(run)

    def _begin_again(self, run: Run) -> None:
        self.send(run)
        self.request(run)

    def _watch(self) -> None:
        while not self._closing.wait(LOOK):
            for worker in self._workers:
                worker.look()

    def _listen(self, worker: Worker) -> None:
        """Hand on what `worker` sends until it ends; then let the others take over its runs, and replace it."""
        for message in worker.messages():
            run = self._runs.get(message.run)
            if run and isinstance(message, Unknown):
                self._begin_again(run)
            elif run:
                run.receive(message)
            del run, message  # this thread must not be what keeps a run alive
        worker.end()
        with self._lock:
            self._workers = [other for other in self._workers if other is not worker]
            for run in list(worker.runs):
                run.lost(blamed=run.number == worker.pulse.in_hand)
                self._place(run)
                del run
        failures = 0 if worker.started else worker.failures + 1
        if failures:
            self._closing.wait(min(FIRST_WAIT * 2 ** (failures - 1), LONGEST_WAIT))
        self._replace(failures)

    def _replace(self, failures: int) -> None:
        if self._closing.is_set():
            return
        worker = Worker(failures)
        with self._lock:
            if self._closing.is_set():
                worker.end()
                return
            self._add(worker)
            for run in list(self._runs.values()):
                if run.worker is None:
                    self._place(run)
