"""A worker process: trains many visitors' networks in short fair slices. Started as `python -m rnnviz.runs.process`.

Orders and requests arrive on standard input, frames and checkpoints leave on standard output, both as pickles written
by this program's own processes. The process ends when its standard input does. Its argument is the file descriptor of
the memory its pulse is in.
"""

import contextlib
import gc
import os
import pickle
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import torch

from rnnviz.runs.machine import keep_memory
from rnnviz.runs.messages import Beginning, Command, Forget, Leave, Left, Request, Unknown
from rnnviz.runs.pulse import NOBODY, Pulse
from rnnviz.runs.running import Running
from rnnviz.settings.experiment import Experiment
from rnnviz.training.ready import prepare
from rnnviz.training.trainer import Trainer

FORGET = 30.0
"""Seconds after its last request at which a run is dropped; its checkpoint is with the server."""
REST = 1.0
"""Seconds the loop waits at the most, so that its pulse goes on."""


def serve(
    messages: "queue.SimpleQueue[Any]", send: Callable[[Any], None], beat: Callable[[int], None] = lambda run: None
) -> None:
    """Obey `messages` until one is None. beat: told before each piece of work for which run it is.

    Of the runs that have something to do, the one that has used the least time goes first. Who comes back from a rest
    is counted as one that goes first now: nobody can save up time, nor has to make up for what others had meanwhile.
    """
    runs: dict[int, Running] = {}
    least = 0.0
    while True:
        beat(NOBODY)
        for message in _arrivals(messages, _patience(runs)):
            if message is None:
                return
            _handle(message, runs, send)
        now = time.monotonic()
        for running in [r for r in runs.values() if now - r.asked > FORGET]:
            del runs[running.run]
        if waiting := [r for r in runs.values() if r.next_due(now) <= now]:
            running = min(waiting, key=lambda r: r.used)
            least = running.used = max(running.used, least)
            beat(running.run)
            running.turn()
            if running.left:
                del runs[running.run]


def _handle(message: Any, runs: dict[int, Running], send: Callable[[Any], None]) -> None:
    running = runs.get(message.run)
    match message:
        case Command() if running:
            running.obey(message.orders)
        case Command(beginning=Beginning() as beginning):
            runs[message.run] = Running(message.run, message.orders, beginning, send)
        case Request() if running:
            running.ask(message)
        case Command() | Request():
            send(Unknown(message.run))
        case Leave() if running:
            running.leaving = True
        case Leave():
            send(Left(message.run, None))
        case Forget():
            runs.pop(message.run, None)


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
    pulse = Pulse(int(sys.argv[1]))
    prepare(pulse.prepare)
    Trainer(Experiment()).step(2)  # what the first visitor would wait for
    gc.collect()
    gc.freeze()

    def send(message: Any) -> None:
        pickle.dump(message, output, protocol=pickle.HIGHEST_PROTOCOL)
        output.flush()

    messages: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin.buffer, messages), daemon=True).start()
    with contextlib.suppress(BrokenPipeError):  # the server is gone
        serve(messages, send, pulse.beat)


if __name__ == "__main__":
    main()
