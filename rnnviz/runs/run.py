"""A visitor's run, as the server has it: what is wanted of it, and the newest there is to see."""

import asyncio
import math
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from operator import ne
from typing import TYPE_CHECKING, Any

from rnnviz.language import N_, Message, counted
from rnnviz.runs.messages import Beginning, Checkpoint, Command, Frame, Orders, Request
from rnnviz.runs.worker import Worker
from rnnviz.settings.experiment import Experiment
from rnnviz.wanted import NOTHING, Wanted

if TYPE_CHECKING:
    from rnnviz.runs.pool import WorkerPool

MOST_BLAMED = 3
"""Workers that may end while they work for a run before it is given up as what ends them."""
TOLD_FOR = 20.0
"""Seconds for which a visitor is told that the run moved to another worker."""
WATCHED = 5.0
"""Seconds since somebody asked for a frame after which nobody is looking: a browser asks every second or so."""
MOST_SHOWN = 5
"""Of how many things that were wanted the newest frame is kept: there are six pages, and seldom so many are open."""
SLOW = 0.1
"""Seconds of an uninterrupted piece of work that weigh as much as a whole other run: all neighbours wait for it."""


class Run:
    """One visitor's run: what is wanted of it, and the newest there is to see.

    The pool holds it weakly: it lives as long as the visitor's session keeps it. Its methods may be called from any
    thread. Several pages may look at it at once, each at what it wants.
    """

    def __init__(self, number: int, orders: Orders, pool: "WorkerPool"):
        self.number = number
        self.token = secrets.token_urlsafe(16)
        self.orders = orders
        self.frame: Frame | None = None
        self.checkpoint: Checkpoint | None = None
        self.blamed = 0
        """How many workers in a row ended while they worked for it."""
        self.adjusted = False
        """Whether a live setting was changed on its way, so that the experiment alone does not give its numbers."""
        self.worker: Worker | None = None
        self.begun = False
        """Whether its worker is known to have it."""
        self.at: int | None = None
        """The training step that is looked at; None is the newest."""
        self.asked = time.monotonic()
        """When somebody asked for a frame last, or it was opened."""
        self.leaving = False
        """Whether its worker was told to hand it back."""
        self.moved_at = -math.inf
        """When it was last given to a worker."""
        self._lost_at, self._goes_on_at = -TOLD_FOR, 0
        self._pool = pool
        self.lock = threading.RLock()
        self._shown: dict[Wanted, Frame] = {}
        self._waiting: dict[Callable[[Frame], None], Request] = {}

    def order(self, **changes: Any) -> None:
        """Change the orders (see Orders); a changed experiment that needs a new network starts one."""
        with self.lock:
            orders = replace(self.orders, **changes)
            if not self.goes_on(**changes):
                orders = replace(orders, start=self.orders.start + 1, steps=0, until=changes.get("until", 0))
            if orders == self.orders:
                return
            if orders.start != self.orders.start:
                self.checkpoint, self.blamed, self.adjusted, self.at = None, 0, False, None
            elif self.reached and any(map(ne, orders.experiments, self.orders.experiments)):
                self.adjusted = True
            self.orders = orders
            self._pool.send(self)

    def goes_on(self, **changes: Any) -> bool:
        """Say whether the running networks could go on with changed orders, all of them or the first alone."""
        orders = replace(self.orders, **changes)
        before, after = self.orders.experiments, orders.experiments
        together = len(before) == len(after) and self.orders.by_time == orders.by_time
        return (together or not orders.others) and all(map(Experiment.same_network, before, after))

    def reset(self, **changes: Any) -> None:
        """Go back to exactly the same start, with changed orders if any are given."""
        with self.lock:
            self.order(**{"start": self.orders.start + 1, "steps": 0, "until": 0} | changes)

    def step(self) -> None:
        """Pause, then take one training step."""
        with self.lock:
            self.order(playing=False, until=0, steps=self.orders.steps + 1)

    async def next_frame(self, seen: int, patience: float, wanted: Wanted = NOTHING) -> Frame | None:
        """Return the first frame of what is wanted newer than number `seen`, or None after `patience` seconds without
        one."""
        loop = asyncio.get_running_loop()
        arrival: asyncio.Future[Frame] = loop.create_future()

        def arrived(frame: Frame) -> None:
            loop.call_soon_threadsafe(lambda: arrival.done() or arrival.set_result(frame))

        with self.lock:
            self._waiting[arrived] = Request(self.number, seen, wanted)
        self.asked = time.monotonic()
        self._pool.request(self)
        try:
            return await asyncio.wait_for(arrival, patience)
        except TimeoutError:
            return None
        finally:
            with self.lock:
                del self._waiting[arrived]

    @property
    def requests(self) -> list[Request]:
        """What the frames that are waited for have to be."""
        with self.lock:
            return list(self._waiting.values())

    def shown(self, wanted: Wanted) -> Frame | None:
        """Return the newest frame there is, if it has been seen as wanted."""
        return self._shown.get(wanted)

    @property
    def command(self) -> Command:
        """What its worker has to be told."""
        version = self.frame.version if self.frame else 0
        return Command(self.number, self.orders, None if self.begun else Beginning(self.checkpoint, version))

    @property
    def reached(self) -> int:
        """The newest training step there is to see since the newest start."""
        frame = self.frame
        return frame.reached if frame and frame.orders.start == self.orders.start else 0

    @property
    def stopped(self) -> bool:
        """Whether the network stopped by itself and has to be started anew."""
        frame = self.frame
        return bool(frame and frame.problem and frame.orders.start == self.orders.start)

    @property
    def watched(self) -> bool:
        """Whether somebody looks at it."""
        return time.monotonic() - self.asked <= WATCHED

    @property
    def weight(self) -> float:
        """How much its worker's other runs feel it: its share of the time, 1 where it takes all it can get, and how
        long they have to wait for one piece of its work. 0 while nobody looks."""
        frame = self.frame
        if not self.watched or self.given_up:
            return 0.0
        if frame is None:
            return 1.0
        return (1.0 if frame.playing and frame.orders.pace == math.inf else frame.share) + frame.longest / SLOW

    @property
    def given_up(self) -> bool:
        """Whether it is suspected to be what ends its workers, and so trained no more until it starts anew."""
        return self.blamed >= MOST_BLAMED

    @property
    def starting(self) -> bool:
        """Whether it has a worker that has yet to start."""
        worker = self.worker  # which the pool may take away meanwhile
        return bool(worker and not worker.started)

    @property
    def notice(self) -> Message | None:
        """What the visitor must be told of the process that trains."""
        if self.given_up:
            return counted(
                "This network ended its process once and was given up: Reset it or change a setting.",
                "This network ended its process {n} times and was given up: Reset it or change a setting.",
                self.blamed,
            )
        worker = self.worker
        if worker and (done := worker.preparing) is not None:
            return N_("Compiling what trains the networks, once on this machine: {done} %.", done=done)
        if worker and worker.doubtful:
            return N_("The process that trains this network does not answer; it will be replaced in a few seconds.")
        if time.monotonic() - self._lost_at > TOLD_FOR:
            return None
        return N_(
            "The process that trained this network ended; another goes on from step {step}.", step=self._goes_on_at
        )

    def receive(self, message: Frame | Checkpoint) -> None:
        """Take what a worker sent; what is older than the newest start is dropped."""
        with self.lock:
            if message.orders.start != self.orders.start:
                self._pool.request(self)  # whoever waits was answered with it, and waits still
                return
            if isinstance(message, Checkpoint):
                # it trained on for a while: not what ended its worker
                self.checkpoint, self.blamed = message.after(self.checkpoint), 0
                return
            message = replace(message, orders=message.orders.filled(self.orders))
            self.frame = message
            same = {wanted: frame for wanted, frame in self._shown.items() if frame.version == message.version}
            self._shown = dict([*same.items(), (message.wanted, message)][-MOST_SHOWN:])
            arrived = [hear for hear, request in self._waiting.items() if request.wanted == message.wanted]
        for hear in arrived:
            hear(message)

    def lost(self, blamed: bool) -> None:
        """Note that the worker ended under this run; blamed: while it worked for this very run."""
        with self.lock:
            self.blamed += blamed
            self._lost_at, self._goes_on_at = time.monotonic(), self.checkpoint.step if self.checkpoint else 0
