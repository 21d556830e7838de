"""A worker process: trains many visitors' networks in short fair slices. Started as `python -m rnnviz.workers.process`.

Orders and requests arrive on standard input, frames and checkpoints leave on standard output, both as pickles written
by this program's own processes. The process ends when its standard input does. Its argument is the file descriptor of
the memory its pulse is in.
"""

import contextlib
import gc
import logging
import os
import pickle
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, BinaryIO

import numpy as np
import torch

from rnnviz.experiment import Experiment
from rnnviz.gradients import analyse
from rnnviz.snapshot import Analysis, Lens, Snapshot
from rnnviz.text import _
from rnnviz.training import Diverged, Trainer
from rnnviz.workers.jobs import keep_memory
from rnnviz.workers.messages import Checkpoint, Command, Frame, Orders, Problem, Request, Unknown
from rnnviz.workers.pulse import NOBODY, Pulse

SLICE = 0.006
"""Seconds of training a run gets before the next run's turn."""
LEASE = 3.0
"""Seconds after its last request at which a run stops training: nobody is looking."""
FORGET = 120.0
"""Seconds after its last request at which a run is dropped; its checkpoint is with the server."""
ANALYSIS_REST = 3.0
"""For how many times its own duration nothing is analysed after an analysis of a run that trains."""
REST = 1.0
"""Seconds the loop waits at the most, so that its pulse goes on."""
CHECKPOINT_EVERY = 2.0
"""Seconds between two checkpoints of a run that is training."""


class Running:
    """One visitor's network in this process, and how far it has come with the visitor's orders."""

    def __init__(self, command: Command):
        self.run = command.run
        self.version = command.version + 1
        self.request: Request | None = None
        self.asked = self.saved = time.monotonic()
        self.begin(command.orders)
        kept = command.checkpoint
        if kept and self.trainer and kept.orders.start == command.orders.start:
            try:
                self.trainer.restore(kept.data)
                self.steps_done, self.saved_step = kept.steps_done, kept.step
            except Exception:
                self.fail()

    def begin(self, orders: Orders) -> None:
        """Build the network anew from the orders' experiment."""
        self.orders = orders
        self.trainer: Trainer | None = None
        self.problem: Problem | None = None
        self.good: Snapshot | None = None
        self.analysed: tuple[Lens, Analysis, float] | None = None
        self.shown = False
        self.steps_done = self.saved_step = 0
        self.due = time.monotonic()
        self.marks: list[tuple[float, int]] = []
        try:
            self.trainer = Trainer(orders.experiment)
            first = self.trainer.snapshot()
            self.good = first if _finite(first) else None
        except ValueError as error:
            self.problem = Problem(sentence=str(error))
        except Exception:
            self.fail()

    def fail(self) -> None:
        """Stop this run, and it alone, for a fault of the program's own: the other visitors go on."""
        logging.exception("run %d failed: %r", self.run, self.orders.experiment)
        self.problem = Problem(sentence=_("The program failed here, through no fault of yours. Reset to try again."))
        self.version += 1

    def obey(self, orders: Orders) -> None:
        """Take over new orders."""
        if orders.start < self.orders.start:
            return
        if orders.start > self.orders.start:
            self.begin(orders)
        elif self.trainer and orders.experiment != self.orders.experiment:
            self.trainer.adjust(orders.experiment)
        if orders.pace != self.orders.pace or not self.orders.playing:
            self.due, self.marks = time.monotonic(), []
        self.orders = orders
        self.version += 1

    @property
    def playing(self) -> bool:
        """Whether it trains by itself, if somebody looks."""
        return (self.orders.playing or self.hurrying) and self.problem is None

    @property
    def hurrying(self) -> bool:
        """Whether it is on its way to the step it has to go to first."""
        return self.trainer is not None and self.trainer.steps < self.orders.until

    def next_due(self, now: float) -> float:
        """Return when there is something to train: now or earlier, later, or infinity for not until told."""
        if self.problem or now - self.asked > LEASE:
            return float("inf")
        if self.steps_done < self.orders.steps or self.hurrying:
            return now
        return self.due if self.orders.playing else float("inf")

    def advance(self) -> None:
        """Train for one slice at the most, and no more steps than are due."""
        assert self.trainer
        end = time.monotonic() + SLICE
        try:
            while self.next_due(now := time.monotonic()) <= now < end:
                hurrying = self.hurrying
                self.trainer.step()
                self.version += 1
                if self.steps_done < self.orders.steps:
                    self.steps_done += 1
                elif not hurrying:
                    # A run that fell behind its pace does not make up for it later.
                    self.due = max(self.due + 1 / self.orders.pace, now - 1 / self.orders.pace)
        except Diverged as stop:
            self.problem = Problem(step=stop.step, quantity=stop.quantity)
            self.version += 1
        except Exception:
            self.fail()

    def frame(self) -> Frame:
        """Show what there is, or, where the network has stopped, the last of which all was finite; to the gradient lab,
        which marks what overflowed, always what there is."""
        request, self.request = self.request, None
        snapshot = self.good
        try:
            if self.trainer and request:
                snapshot = self.trainer.snapshot(request.opened)
                if request.lens and self.shown:  # of a new network the first frame must not wait for an analysis
                    snapshot = replace(snapshot, analysis=self._analyse(self.trainer, snapshot, request.lens))
        except Exception:
            self.fail()
        self.shown = True
        if snapshot and _finite(snapshot):
            self.good = snapshot
        elif self.problem and self.good and not (request and request.lens):
            snapshot = self.good
        return Frame(self.run, self.version, self.orders, snapshot, self.playing, self._rate(), self.problem)

    def _analyse(self, trainer: Trainer, snapshot: Snapshot, lens: Lens) -> Analysis:
        """Analyse the gradients; while it trains, not so often that it takes more than a part of the time."""
        now = time.monotonic()
        if self.analysed:
            before, analysis, rested = self.analysed
            if before == lens and (analysis.step == snapshot.step or (self.playing and now < rested)):
                return analysis
        analysis = analyse(trainer, snapshot, lens)
        done = time.monotonic()
        self.analysed = lens, analysis, done + ANALYSIS_REST * (done - now)
        return analysis

    def checkpoint(self) -> Checkpoint | None:
        """Return a checkpoint if one is due."""
        now = time.monotonic()
        if not self.trainer or now - self.saved < CHECKPOINT_EVERY or self.trainer.steps == self.saved_step:
            return None
        self.saved, self.saved_step = now, self.trainer.steps
        return Checkpoint(self.run, self.orders, self.trainer.steps, self.steps_done, self.trainer.checkpoint())

    def _rate(self) -> float:
        if not self.trainer or not self.playing:
            return 0.0
        self.marks = [*self.marks[-20:], (time.monotonic(), self.trainer.steps)]
        while len(self.marks) > 2 and self.marks[-1][0] - self.marks[1][0] > 1.0:
            self.marks.pop(0)
        (then, before), (now, after) = self.marks[0], self.marks[-1]
        return (after - before) / (now - then) if now > then else 0.0


def _finite(snapshot: Snapshot) -> bool:
    return all(np.isfinite(a).all() for a in (snapshot.trace.hidden, snapshot.trace.outputs, snapshot.gradients.hidden))


def serve(
    messages: "queue.SimpleQueue[Any]", send: Callable[[Any], None], beat: Callable[[int], None] = lambda run: None
) -> None:
    """Obey `messages` until one is None. beat: told before each piece of work for which run it is."""
    runs: dict[int, Running] = {}
    while True:
        beat(NOBODY)
        for message in _arrivals(messages, _patience(runs)):
            if message is None:
                return
            beat(message.run)
            _handle(message, runs, send)
        now = time.monotonic()
        for running in [r for r in runs.values() if r.next_due(now) <= now]:
            beat(running.run)
            running.advance()
        for running in list(runs.values()):
            beat(running.run)
            if running.request and running.version > running.request.seen:
                send(running.frame())
            if checkpoint := running.checkpoint():
                send(checkpoint)
            if now - running.asked > FORGET:
                del runs[running.run]


def _handle(message: Any, runs: dict[int, Running], send: Callable[[Any], None]) -> None:
    running = runs.get(message.run)
    match message:
        case Command() if running:
            running.obey(message.orders)
        case Command():
            runs[message.run] = Running(message)
        case Request() if running:
            running.request, running.asked = message, time.monotonic()
        case Request():
            send(Unknown(message.run))


def _patience(runs: dict[int, Running]) -> float:
    """Return for how many seconds nothing has to be done unless a message comes."""
    now = time.monotonic()
    return min(REST, min((max(0.0, running.next_due(now) - now) for running in runs.values()), default=REST))


def _arrivals(messages: "queue.SimpleQueue[Any]", patience: float) -> Iterator[Any]:
    try:
        yield messages.get(timeout=patience) if patience else messages.get_nowait()
        while True:
            yield messages.get_nowait()
    except queue.Empty:
        return


def _read(source: BinaryIO, messages: "queue.SimpleQueue[Any]") -> None:
    try:
        while True:
            messages.put(pickle.load(source))  # written by our own server process
    except (EOFError, OSError):
        pass
    finally:
        messages.put(None)  # whatever it was: a process that hears nothing any more is better replaced


def main() -> None:
    """Run a worker on this process's standard input and output."""
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # so that no stray print gets between the pickles
    os.nice(5)  # the server and the browser come first
    torch.set_num_threads(1)
    keep_memory()
    Trainer(Experiment()).step(2)  # the first use of an optimizer loads a second's worth of modules
    gc.collect()
    gc.freeze()

    def send(message: Any) -> None:
        pickle.dump(message, output, protocol=pickle.HIGHEST_PROTOCOL)
        output.flush()

    messages: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin.buffer, messages), daemon=True).start()
    with contextlib.suppress(BrokenPipeError):  # the server is gone
        serve(messages, send, Pulse(int(sys.argv[1])).beat)


if __name__ == "__main__":
    main()
