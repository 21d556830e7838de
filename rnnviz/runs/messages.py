"""What crosses the pipe between the server and a worker process: orders one way, frames and checkpoints the other."""

import math
from dataclasses import dataclass, replace
from typing import Any

from rnnviz.language import Text
from rnnviz.moment import Moment
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.labels import NO_LABELS
from rnnviz.snapshot import Snapshot
from rnnviz.wanted import NOTHING, Wanted


@dataclass(frozen=True)
class Orders:
    """All a visitor wants of a run. Sent whole at every change, so a repeat is harmless and a new worker can take over.

    others: what else to train in step with it, on the same data; by_time: see Race.
    start: raised to begin anew from step 0. steps: single steps asked for since that start. until: the training step
    to go to first, as fast as it goes, whether or not it plays then. pace: training steps per second while playing,
    infinity for as fast as it goes.
    """

    experiment: Experiment
    others: tuple[Experiment, ...] = ()
    by_time: bool = False
    start: int = 0
    playing: bool = True
    steps: int = 0
    until: int = 0
    pace: float = math.inf

    @property
    def experiments(self) -> tuple[Experiment, ...]:
        """All that is trained, in step."""
        return (self.experiment, *self.others)

    @property
    def bare(self) -> "Orders":
        """These without the data a visitor brought: so a worker says whose orders it followed."""
        experiment = self.experiment
        if not (experiment.series or experiment.corpus):
            return self
        return self._on(series=(), labels=NO_LABELS, corpus="")

    def _on(self, **data: Any) -> "Orders":
        first, *others = (replace(experiment, **data) for experiment in self.experiments)
        return replace(self, experiment=first, others=tuple(others))

    def filled(self, own: "Orders") -> "Orders":
        """Return what these were before they were `bare`; own: orders with the same data."""
        if self == own.bare:
            return own
        return self._on(**{name: getattr(own.experiment, name) for name in ("series", "labels", "corpus")})


@dataclass(frozen=True)
class Beginning:
    """Where a run goes on that a worker does not have yet: at `checkpoint`, if there is one.

    version: the newest frame's number that the server has, for a run that moves here from another worker.
    """

    checkpoint: "Checkpoint | None" = None
    version: int = 0


@dataclass(frozen=True)
class Command:
    """Server to worker: do this for run `run`. A worker that does not have it begins it at `beginning`; where that is
    None, it answers that it is Unknown."""

    run: int
    orders: Orders
    beginning: Beginning | None = None


@dataclass(frozen=True)
class Request:
    """Server to worker: send a frame newer than number `seen` as soon as there is one. It also renews the lease."""

    run: int
    seen: int
    wanted: Wanted = NOTHING


@dataclass(frozen=True)
class Problem:
    """Why a run stopped by itself: `quantity` ("loss" or "gradient") was no finite number at `step`, or `sentence`."""

    step: int = 0
    quantity: str = ""
    sentence: Text = ""


@dataclass(frozen=True, eq=False)
class Frame:
    """Worker to server: what there is to see. `snapshot` is None only if the network could not be built. The orders
    are bare on their way: the server has the data, which would travel with every frame.

    version grows with everything that changes; steps_per_second is measured over about the last second. share: of the
    worker's time, that this run used lately. longest: seconds of the longest of its pieces of work lately. wanted: what
    the Request asked for; of an analysis there may be none yet, and of a network that failed only what was seen last.
    lanes: all networks of the race, the first among them, if the Request asked for them. moments: the training steps
    that can be looked at, rising, the newest last; `snapshot` is of the one that was wanted. then: what there was to
    see at the second one, if one was wanted.
    """

    run: int
    version: int
    orders: Orders
    snapshot: Snapshot | None
    playing: bool
    steps_per_second: float
    problem: Problem | None
    share: float = 0.0
    longest: float = 0.0
    wanted: Wanted = NOTHING
    lanes: tuple["Lane", ...] = ()
    moments: tuple[int, ...] = ()
    then: Snapshot | None = None

    @property
    def reached(self) -> int:
        """How many training steps were made: see Race.moments."""
        return max(self.moments, default=0)

    @property
    def past(self) -> bool:
        """Whether it shows a moment that training has left behind, because that was wanted."""
        return self.wanted.at is not None and self.wanted.at < self.reached


@dataclass(frozen=True, eq=False)
class Lane:
    """One network of a race: what there is to see of it, and why it stands still, if it does at that moment.

    seconds: of the processor that it had trained at the step of the snapshot, if all its steps took equally long.
    """

    snapshot: Snapshot
    problem: Problem | None
    seconds: float


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """Worker to server: from here another worker can go on, bit for bit. `data` is opaque to the server.

    moments: those of the network's past that the server does not have yet; what the server keeps, and hands on, has all
    of them. kept: the training steps of all that are kept. seconds: of the processor that it has trained. others: the
    same of the other networks of a race.
    """

    run: int
    orders: Orders
    step: int
    steps_done: int
    data: bytes
    moments: tuple[Moment, ...] = ()
    kept: tuple[int, ...] = ()
    seconds: float = 0.0
    others: tuple["Checkpoint", ...] = ()

    @property
    def lanes(self) -> tuple["Checkpoint", ...]:
        """Those of all networks of the race."""
        return (self, *self.others)

    def first(self, count: int) -> "Checkpoint":
        """Return that of so many of the networks."""
        return replace(self, others=self.others[: count - 1])

    def after(self, before: "Checkpoint | None") -> "Checkpoint":
        """Return this checkpoint with all the moments that are kept, given the whole one that came before it, which may
        be of more networks."""
        moments = {moment.progress.step: moment for moment in (*(before.moments if before else ()), *self.moments)}
        others = before.first(len(self.lanes)).others if before else (None,) * len(self.others)
        return replace(
            self,
            moments=tuple(moments[step] for step in self.kept),
            others=tuple(other.after(past) for other, past in zip(self.others, others, strict=True)),
        )


@dataclass(frozen=True)
class Unknown:
    """Worker to server: I do not have this run (any more); send it again."""

    run: int


@dataclass(frozen=True)
class Forget:
    """Server to worker: nobody wants this run any more."""

    run: int


@dataclass(frozen=True)
class Leave:
    """Server to worker: hand this run back, and forget it."""

    run: int


@dataclass(frozen=True, eq=False)
class Left:
    """Worker to server: here it is. The checkpoint is None if there is nothing to go on from."""

    run: int
    checkpoint: Checkpoint | None
