"""A worker process as the server has it: the pipes to it, which nobody has to wait for, and whether it is alive."""

import contextlib
import logging
import os
import pickle
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rnnviz.runs.machine import THREADS
from rnnviz.runs.pulse import SIZE, Pulse
from rnnviz.runs.silence import LOOK, Silence, effort

if TYPE_CHECKING:
    from rnnviz.runs.run import Run

SILENT = 10.0
"""Seconds after which a worker without a pulse hangs. Its loop beats before every piece of work, however small, and
every second while there is none; the largest network allowed takes well below a second a piece."""
STARTING = 120.0
"""Seconds a worker has to its first beat: it imports torch, on a busy machine, from a slow disk."""
STARVED = 300.0
"""Seconds after which a worker without a pulse is replaced, though others may have had the processors all the time."""


class Worker:
    """A worker process. What is sent is written by a thread of its own, so that a process that hangs holds up nobody.

    failures: how many of its predecessors, one after the other, ended before they had started.
    """

    def __init__(self, failures: int = 0):
        self.failures = failures
        self.runs: weakref.WeakSet[Run] = weakref.WeakSet()
        """Those it trains; the pool's lock guards it."""
        self.successor: Worker | None = None
        """Who is to take its place, while it is in doubt."""
        root = str(Path(__file__).parents[2])
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        # One thread each: at these sizes more are slower, and the cores belong to the other visitors.
        environment = os.environ | dict.fromkeys(THREADS, "1") | {"PYTHONPATH": path}
        with tempfile.TemporaryFile() as file:
            file.truncate(SIZE)
            self.pulse = Pulse(file.fileno())
            self.process = subprocess.Popen(
                [sys.executable, "-m", "rnnviz.runs.process", str(file.fileno())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=environment,
                pass_fds=[file.fileno()],
            )
        self._silence = Silence()
        self._outbox: dict[Hashable, Any] = {}
        self._changed = threading.Condition()
        self._ending = False
        threading.Thread(target=self._write, name="to a worker", daemon=True).start()

    def send(self, message: Any) -> None:
        """Have a message for a run sent. It takes the place of one of its kind for the same run that still waits, so
        that no more than one of a kind waits for a run, and of requests one for each thing that is wanted."""
        with self._changed:
            self._outbox[type(message), message.run, getattr(message, "wanted", None)] = message
            self._changed.notify()

    def _write(self) -> None:
        assert self.process.stdin
        with contextlib.suppress(OSError, ValueError):  # the process has ended: who reads from it moves its runs
            while (message := self._next()) is not None:
                self.process.stdin.write(pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL))
                self.process.stdin.flush()
        with contextlib.suppress(OSError):
            self.process.stdin.close()

    def _next(self) -> Any:
        """Wait for the message that waits longest; None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._outbox or self._ending)
            return None if self._ending else self._outbox.pop(next(iter(self._outbox)))

    def messages(self) -> Iterator[Any]:
        """Yield what the process sends until it ends."""
        assert self.process.stdout
        with self.process.stdout, contextlib.suppress(EOFError, OSError, pickle.UnpicklingError):
            while True:
                yield pickle.load(self.process.stdout)  # written by our own worker process

    @property
    def started(self) -> bool:
        """Whether it trains, or could."""
        return self.pulse.beats > 0

    @property
    def preparing(self) -> int | None:
        """How far it is with compiling the kernels, in percent, before it has started; None if they are there."""
        return None if self.started else self.pulse.prepared

    @property
    def silence(self) -> float:
        """For how many seconds it has had no pulse, as far as `look` has looked, though it could have had one."""
        return self._silence.seconds

    @property
    def doubtful(self) -> bool:
        """Whether it has been silent for so long that its successor should get ready."""
        return self.started and self.silence >= SILENT / 2

    def look(self) -> None:
        """To be called every LOOK seconds: end the process if it hangs."""
        self._silence.look(self.pulse.beats, effort(self.process.pid))
        hangs = self.silence >= (SILENT if self.started else STARTING)
        if hangs or self._silence.looks * LOOK >= STARVED:
            logging.warning("worker %d hangs, and is replaced", self.process.pid)
            self.process.kill()

    def leave(self) -> None:
        """Let the process end by itself."""
        with self._changed:
            self._ending = True
            self._changed.notify()

    def end(self, patience: float = 0.0) -> None:
        """End the process, and wait until it has; `patience`: seconds it has to do so by itself."""
        self.leave()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
