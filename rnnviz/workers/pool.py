"""The server's end: a pool of worker processes, and a handle on each visitor's run. Imports no torch."""

import asyncio
import contextlib
import itertools
import os
import pickle
import secrets
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from rnnviz.experiment import Experiment
from rnnviz.snapshot import Lens, Opened
from rnnviz.text import _
from rnnviz.view import View
from rnnviz.workers.messages import Checkpoint, Command, Frame, Orders, Request, Unknown

MOST_RUNS = 200
"""Visitors one server takes; beyond, a newcomer is told to come back."""
MOST_MOVES = 3
"""Workers a run may lose before it is suspected to be what ends them."""
SHORT_LIFE = 2.0
"""Seconds a worker lives at least, else its replacement is kept waiting that long: workers that can't start at all
must not be started in a rush."""
TOLD_FOR = 20.0
"""Seconds for which a visitor is told that the run moved to another worker."""


class PoolFull(RuntimeError):
    """The server has as many visitors as it takes; the text is a sentence for the one who came last."""


class Run:
    """One visitor's run: what is wanted of it, and the newest there is to see.

    The pool holds it weakly: it lives as long as the visitor's session keeps it. Its methods may be called from any
    thread; `next_frame` from one coroutine at a time.
    """

    def __init__(self, number: int, experiment: Experiment, pool: "WorkerPool"):
        self.number = number
        self.token = secrets.token_urlsafe(16)
        self.orders = Orders(experiment)
        self.view = View()
        self.frame: Frame | None = None
        self.checkpoint: Checkpoint | None = None
        self.moves = 0
        self.worker: _Worker | None = None
        self.request: Request | None = None
        """What the frame that is waited for has to be, while one is."""
        self._moved_at, self._moved_to = -TOLD_FOR, 0
        self._pool = pool
        self.lock = threading.RLock()
        self._listener: Callable[[Frame], None] | None = None

    def order(self, **changes: Any) -> None:
        """Change the orders (see Orders); a changed experiment that needs a new network starts one."""
        with self.lock:
            orders = replace(self.orders, **changes)
            if not self.orders.experiment.same_network(orders.experiment):
                orders = replace(orders, start=self.orders.start + 1, steps=0, until=changes.get("until", 0))
            if orders == self.orders:
                return
            if orders.start != self.orders.start:
                self.checkpoint, self.moves = None, 0
            self.orders = orders
            self._pool.send(self)

    def reset(self, **changes: Any) -> None:
        """Go back to exactly the same start, with changed orders if any are given."""
        with self.lock:
            self.order(**{"start": self.orders.start + 1, "steps": 0, "until": 0} | changes)

    def step(self) -> None:
        """Pause, then take one training step."""
        with self.lock:
            self.order(playing=False, until=0, steps=self.orders.steps + 1)

    async def next_frame(
        self, seen: int, patience: float, opened: Opened | None = None, lens: Lens | None = None
    ) -> Frame | None:
        """Return the first frame newer than number `seen`, or None after `patience` seconds without one.

        opened, lens: what to look into, as in a Request.
        """
        loop = asyncio.get_running_loop()
        arrival: asyncio.Future[Frame] = loop.create_future()

        def arrived(frame: Frame) -> None:
            loop.call_soon_threadsafe(lambda: arrival.done() or arrival.set_result(frame))

        self._listener, self.request = arrived, Request(self.number, seen, opened, lens)
        self._pool.request(self)
        try:
            return await asyncio.wait_for(arrival, patience)
        except TimeoutError:
            return None
        finally:
            if self._listener is arrived:
                self._listener = self.request = None

    def look(self, view: View) -> None:
        """Change what is to be seen of the run, and hand the newest frame again to whoever waits for the next."""
        if view != self.view:
            self.view = view
            self._hand_on()

    def _hand_on(self) -> None:
        if self.frame and (listener := self._listener):
            listener(self.frame)

    @property
    def reached(self) -> int:
        """The newest training step there is to see since the newest start."""
        frame = self.frame
        return frame.snapshot.step if frame and frame.snapshot and frame.orders.start == self.orders.start else 0

    @property
    def stopped(self) -> bool:
        """Whether the network stopped by itself and has to be started anew."""
        frame = self.frame
        return bool(frame and frame.problem and frame.orders.start == self.orders.start)

    @property
    def notice(self) -> str | None:
        """What the visitor must be told of the process that trains."""
        if self.moves >= MOST_MOVES:
            return _("This network ended its process {n} times and was given up: Reset it or change a setting.").format(
                n=self.moves
            )
        if time.monotonic() - self._moved_at > TOLD_FOR:
            return None
        sentence = _("The process that trained this network ended; another goes on from step {step}.")
        return sentence.format(step=self._moved_to)

    def receive(self, message: Frame | Checkpoint) -> None:
        """Take what a worker sent; what is older than the newest start is dropped."""
        with self.lock:
            if message.orders.start != self.orders.start:
                self._pool.request(self)  # whoever waits was answered with it, and waits still
                return
            if isinstance(message, Checkpoint):
                self.checkpoint, self.moves = message, 0  # it trained on for a while: not what ended its worker
                return
            self.frame = message
        self._hand_on()

    def moved(self) -> None:
        """Note that the worker ended under this run."""
        self.moves += 1
        self._moved_at, self._moved_to = time.monotonic(), self.checkpoint.step if self.checkpoint else 0


class _Worker:
    """A worker process and the lock on the pipe to it."""

    def __init__(self):
        root = str(Path(__file__).parents[2])
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        # One thread each: at these sizes more are slower, and the cores belong to the other visitors.
        threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "rnnviz.workers.process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | threads | {"PYTHONPATH": path},
        )
        self.born = time.monotonic()
        self.runs: weakref.WeakSet[Run] = weakref.WeakSet()
        self._lock = threading.Lock()

    def send(self, message: Any) -> None:
        """Send, or do nothing if the process has ended: its reader will notice and move its runs."""
        assert self.process.stdin
        try:
            with self._lock:
                pickle.dump(message, self.process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
                self.process.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass

    def end(self) -> None:
        """Let the process end by itself, or else end it."""
        assert self.process.stdin
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class WorkerPool:
    """`size` worker processes (one per core if not given), each replaced when it ends. Close it when done."""

    def __init__(self, size: int | None = None):
        self._numbers = itertools.count()
        self._runs: weakref.WeakValueDictionary[int, Run] = weakref.WeakValueDictionary()
        self._tokens: weakref.WeakValueDictionary[str, Run] = weakref.WeakValueDictionary()
        self._lock = threading.RLock()
        self._closing = threading.Event()
        self._workers = [self._start() for _core in range(size or os.cpu_count() or 1)]

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
            self._send(run)

    def _send(self, run: Run) -> None:
        if run.worker and run.moves < MOST_MOVES:
            version = run.frame.version if run.frame else 0
            run.worker.send(Command(run.number, run.orders, run.checkpoint, version))

    def request(self, run: Run) -> None:
        """Ask the run's worker for the frame that is waited for, if one is."""
        if run.worker and (request := run.request):
            run.worker.send(request)

    def pids(self) -> list[int]:
        """Return the process ids of the workers."""
        return [worker.process.pid for worker in self._workers]

    def close(self) -> None:
        """End the workers."""
        with self._lock:
            self._closing.set()
        for worker in self._workers:
            worker.end()

    def _start(self) -> _Worker:
        worker = _Worker()
        threading.Thread(target=self._listen, args=(worker,), daemon=True).start()
        return worker

    def _place(self, run: Run) -> None:
        """Give the run to the worker with the fewest."""
        run.worker = min(self._workers, key=lambda worker: len(worker.runs))
        run.worker.runs.add(run)
        self.send(run)

    def _begin_again(self, run: Run) -> None:
        self.send(run)
        self.request(run)

    def _listen(self, worker: _Worker) -> None:
        """Hand on what `worker` sends until it ends; then replace it and let the others take over its runs."""
        assert worker.process.stdout
        try:
            while True:
                message = pickle.load(worker.process.stdout)  # written by our own worker process
                run = self._runs.get(message.run)
                if run and isinstance(message, Unknown):
                    self._begin_again(run)
                elif run:
                    run.receive(message)
                del run, message  # this thread must not be what keeps a run alive
        except (EOFError, OSError, pickle.UnpicklingError):
            pass
        worker.process.kill()
        worker.process.wait()
        if time.monotonic() - worker.born < SHORT_LIFE:
            self._closing.wait(SHORT_LIFE)
        with self._lock:
            if self._closing.is_set():
                return
            # The others first: they are running, the replacement has torch to import yet.
            self._workers = [other for other in self._workers if other is not worker]
            self._workers = [*self._workers, self._start()] if self._workers else [self._start()]
            orphans = list(worker.runs)
            ready = self._workers[:-1] or self._workers
            for i, run in enumerate(orphans):
                run.moved()
                run.worker = ready[i % len(ready)]
                run.worker.runs.add(run)
                self._begin_again(run)
