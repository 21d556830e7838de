"""The server's end: a pool of worker processes, and the runs of all visitors, spread over them. Imports no torch."""

import itertools
import logging
import os
import secrets
import threading
import weakref
from contextlib import suppress
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any

from rnnviz.language import Said, counted
from rnnviz.runs.messages import Forget, Leave, Left, Orders, Unknown
from rnnviz.runs.run import Run
from rnnviz.runs.silence import LOOK
from rnnviz.runs.worker import Worker
from rnnviz.settings.experiment import Experiment

MOST_RUNS = 200
"""Visitors one server takes; beyond, a newcomer is told to come back."""
FIRST_WAIT, LONGEST_WAIT = 0.1, 30.0
"""Seconds until a worker is replaced that ended before it had started, or for which there was no process, doubled each
time it happens again: workers that can't start at all must not be started in a rush."""
BALANCE = 2.0
"""Seconds between two looks at how the runs are spread over the workers."""
RESTING = 0.01
"""The weight of a run that rests: where all do, they are spread evenly."""
STAY = 20.0
"""Seconds a run stays where it is before it may be moved again."""
WORTH = 1.0
"""By how much the heaviest worker has to become lighter for a run to be moved: the weight of a small network."""
GOODBYE = 3.0
"""Seconds the workers have to end by themselves when the server does."""


class PoolFull(Said):
    """The server has as many visitors as it takes; the message is for the one who came last."""


class WorkerPool:
    """`size` worker processes (one per core if not given), each replaced when it ends or hangs. Close it when done.

    The runs are held weakly: each lives as long as its visitor's session keeps it. Nothing here waits for a worker.
    """

    def __init__(self, size: int | None = None):
        self.name = secrets.token_hex(8)
        """By which a browser tells a restarted server from the one before."""
        self._numbers = itertools.count()
        self._runs: weakref.WeakValueDictionary[int, Run] = weakref.WeakValueDictionary()
        self._tokens: weakref.WeakValueDictionary[str, Run] = weakref.WeakValueDictionary()
        self._lock = threading.RLock()  # of who trains where; taken before a run's own lock, never after it
        self._gone: SimpleQueue[int] = SimpleQueue()  # runs that their sessions have dropped
        self._closing = threading.Event()
        self._workers: list[Worker] = []
        for _core in range(size or os.cpu_count() or 1):
            self._add(Worker())
        threading.Thread(target=self._watch, name="pulse of the workers", daemon=True).start()

    def open(self, experiment: Experiment, **orders: Any) -> Run:
        """Start a run for a new visitor, with these orders beside the experiment; on a full server, in place of the one
        nobody has looked at for longest.

        Raises PoolFull if somebody looks at every one.
        """
        with self._lock:
            if len(self._runs) >= MOST_RUNS and not self._make_room():
                sentence = counted(
                    "This server already trains a network, which is all it takes. Try again in a minute.",
                    "This server already trains {n} networks, which is all it takes. Try again in a minute.",
                    MOST_RUNS,
                )
                raise PoolFull(sentence)
            run = Run(next(self._numbers), Orders(experiment, **orders), self)
            weakref.finalize(run, self._gone.put, run.number).atexit = False
            self._runs[run.number] = self._tokens[run.token] = run
            self._place(run)
        return run

    def _make_room(self) -> bool:
        unwatched = [run for run in self._runs.values() if not run.watched]
        if not unwatched:
            return False
        run = min(unwatched, key=lambda run: run.asked)
        del self._runs[run.number], self._tokens[run.token]
        if run.worker:
            run.worker.runs.discard(run)
            run.worker.send(Forget(run.number))
            run.worker = None
        return True

    def find(self, token: str) -> Run | None:
        """Return the run with this token, if its visitor's session still has it."""
        return self._tokens.get(token)

    def send(self, run: Run) -> None:
        """Bring the run's worker up to its orders."""
        with run.lock:  # so that an older command never follows a newer
            if run.worker and not run.given_up and not run.leaving:
                run.worker.send(run.command)

    def request(self, run: Run) -> None:
        """Ask the run's worker for the frames that are waited for."""
        if (worker := run.worker) and not run.given_up:
            for request in run.requests:
                worker.send(request)

    def pids(self) -> list[int]:
        """Return the process ids of the workers."""
        return [worker.process.pid for worker in self._workers]

    def close(self) -> None:
        """End the workers."""
        with self._lock:
            self._closing.set()
        end = monotonic() + GOODBYE
        workers = [*self._workers, *(worker.successor for worker in self._workers if worker.successor)]
        for worker in workers:
            worker.leave()
        for worker in workers:
            worker.end(max(0.0, end - monotonic()))

    def _add(self, worker: Worker) -> None:
        self._workers = [*self._workers, worker]
        threading.Thread(target=self._listen, args=(worker,), name="from a worker", daemon=True).start()

    def _place(self, run: Run) -> None:
        """Give the run to the worker that has the least to bear, of those that have started if any have; or to none, if
        there is none."""
        run.begun = False  # before it has the worker, so that no order in between takes it for one that has the run
        run.worker = min(self._workers, key=lambda worker: (not worker.started, _load(worker)), default=None)
        run.leaving, run.moved_at = False, monotonic()
        if run.worker:
            run.worker.runs.add(run)
        self._begin_again(run)

    def _begin_again(self, run: Run) -> None:
        self.send(run)
        self.request(run)

    def _watch(self) -> None:
        balanced = monotonic()
        while not self._closing.wait(LOOK):
            for worker in self._workers:
                worker.look()
                self._doubt(worker)
            self._forget()
            if monotonic() - balanced >= BALANCE:
                self._balance()
                balanced = monotonic()

    def _doubt(self, worker: Worker) -> None:
        """Have a successor get ready for a worker that is silent, since it has torch to import, and sent away again if
        the worker is not. Where none can be started, the next look tries again, until the worker is replaced."""
        # Processes are started and ended outside the lock: visitors who come would wait for them.
        unneeded = _start() if worker.doubtful and not worker.successor else None
        with self._lock:
            if worker in self._workers and not self._closing.is_set() and worker.doubtful != bool(worker.successor):
                worker.successor, unneeded = unneeded, worker.successor
        if unneeded:
            unneeded.end()

    def _forget(self) -> None:
        """Have the workers forget the runs that their sessions have dropped."""
        with suppress(Empty):
            while True:
                gone = self._gone.get_nowait()
                for worker in self._workers:
                    worker.send(Forget(gone))

    def _balance(self) -> None:
        """Have a run handed back by the worker that has the most to bear, if that helps: see `_hear`."""
        with self._lock:
            started = [worker for worker in self._workers if worker.started]
            if len(started) < 2:
                return
            most, least = max(started, key=_load), min(started, key=_load)
            high, low, now = _load(most), _load(least), monotonic()
            # What the heavier of the two would bear then.
            then = {
                run: max(high - run.weight, low + run.weight)
                for run in most.runs
                if run.watched and not run.leaving and now - run.moved_at > STAY
            }
            run = min(then, key=lambda run: then[run], default=None)
            if run and high - then[run] >= WORTH:
                run.leaving = True
                most.send(Leave(run.number))

    def _hear(self, worker: Worker, run: Run, message: Any) -> None:
        """Take what a worker sent of a run it has, or had."""
        if run.worker is not worker:
            return
        match message:
            case Unknown():
                run.begun = False
                self._begin_again(run)
            case Left():
                if message.checkpoint:
                    run.receive(message.checkpoint)
                with self._lock:
                    worker.runs.discard(run)
                    self._place(run)
            case _:
                run.begun = True
                run.receive(message)

    def _listen(self, worker: Worker) -> None:
        """Hand on what `worker` sends until it ends; then let the others take over its runs, and replace it."""
        for message in worker.messages():
            run = self._runs.get(message.run)
            if run:
                self._hear(worker, run, message)
            del run, message  # this thread must not be what keeps a run alive
        worker.end()
        with self._lock:
            self._workers = [other for other in self._workers if other is not worker]
            if worker.successor and not self._closing.is_set():
                self._add(worker.successor)
            for run in list(worker.runs):
                run.lost(blamed=run.number == worker.pulse.in_hand)
                self._place(run)
                del run
        if worker.successor:
            return
        self._replace(0 if worker.started else worker.failures + 1)

    def _replace(self, failures: int) -> None:
        """Start another worker, as soon as one can be started, for the runs that have none."""
        worker = None
        while not worker:
            if self._closing.wait(_pause(failures)):
                return
            worker = _start(failures)
            failures += 1
        with self._lock:
            if not self._closing.is_set():
                self._add(worker)
                for run in list(self._runs.values()):
                    if run.worker is None:
                        self._place(run)
                return
        worker.end()


def _start(failures: int = 0) -> Worker | None:
    """Return a new worker; None, after logging why, if the machine has no process, memory or descriptor left for it."""
    try:
        return Worker(failures)
    except (OSError, RuntimeError) as error:  # RuntimeError: no thread
        logging.warning("a worker can't be started: %s", error)
        return None


def _pause(failures: int) -> float:
    """Return for how many seconds no worker is started after so many failures in a row."""
    return min(FIRST_WAIT * 2 ** (min(failures, 30) - 1), LONGEST_WAIT) if failures else 0.0


def _load(worker: Worker) -> float:
    """Return what a worker has to bear: the weight of its runs, and a little for each of them."""
    return sum(run.weight + RESTING for run in worker.runs)
