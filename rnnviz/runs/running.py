"""A run as its worker process has it: one visitor's network, and what is to be done for it, piece by piece."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from math import inf
from typing import Any

import numpy as np

from rnnviz.cost import too_big
from rnnviz.language import N_, BadValue
from rnnviz.looks.look import look
from rnnviz.looks.pieces import Pieces, Result
from rnnviz.looks.subject import Subject
from rnnviz.moment import Moment
from rnnviz.runs.keeping import Keeping, go_on
from rnnviz.runs.looking import FINITE, finite, looked
from rnnviz.runs.messages import Beginning, Checkpoint, Frame, Lane, Left, Orders, Problem, Request
from rnnviz.runs.resting import Resting
from rnnviz.snapshot import Snapshot
from rnnviz.training.race import Race
from rnnviz.training.trainer import Diverged, Trainer
from rnnviz.wanted import Wanted

SLICE = 0.006
"""Seconds of training a run gets at a time, if its training steps are shorter."""
LEASE = 3.0
"""Seconds after its last request at which a run stops training: nobody is looking."""
MOST_REQUESTS = 8
"""How many different things may be wanted of a run at a time: a page that gets no answer asks again."""
MOST_ANSWERS = 3
"""How many frames in a row may be made of a run that trains: those of the boards of a page, of the same moment."""
MOST_PINNED = 3
"""Of how many boards what there was to see at a second moment is kept."""
MEASURED = 1.0
"""Seconds over which a run's share of the process is measured at the least."""


class Running:
    """One visitor's network in this process, and how far it has come with the visitor's orders.

    Whatever takes time is done by `turn`, one piece at a time, and adds to `used`.
    """

    def __init__(self, run: int, orders: Orders, beginning: Beginning, send: Callable[[Any], None]):
        self.run, self.orders = run, orders
        self.version = beginning.version + 1
        self._requests: dict[Wanted, Request] = {}
        self.asked = time.monotonic()
        self.leaving = False
        """Whether it is to be handed back to the server."""
        self.left = False
        """Whether it has been."""
        self.used = 0.0
        """Seconds of the processor that its turns took, by which it is compared with the others: see `serve`."""
        self._send = send
        self._spent = self._longest = self._share = 0.0
        self._share_from = (self.asked, 0.0)
        self._begin(beginning.checkpoint)

    def _begin(self, kept: Checkpoint | None = None) -> None:
        """Have the network built anew from the orders' experiment, to go on from a checkpoint if one is given."""
        self._work: Iterator[None] | None = self._build(kept)
        self.race: Race | None = None
        self.problem: Problem | None = None
        self.good: dict[int, Moment] = {}
        self.seen: Snapshot | None = None
        self.keeping = Keeping()
        self._pinned: dict[Wanted, Snapshot] = {}
        self._resting = Resting(lambda: self._spent)
        self.shown, self._answers = False, 0
        self.steps_done = 0
        self.due = time.monotonic()
        self.marks: list[tuple[float, int]] = []

    def _build(self, kept: Checkpoint | None) -> Iterator[None]:
        orders = self.orders
        for experiment in orders.experiments:
            if sentence := too_big(experiment):
                raise BadValue(sentence)
        race = Race(orders.experiments, by_time=orders.by_time)
        if kept and kept.orders.start == orders.start:
            kept = kept.first(len(orders.experiments))
            go_on(race, kept)
            self.steps_done, self.keeping = kept.steps_done, Keeping(kept)
        for lane, trainer in enumerate(race.trainers):
            yield
            self._remember(lane, trainer, look(trainer.subject(), Wanted(FINITE)))
        self.race = race
        self.version += 1

    @property
    def trainer(self) -> Trainer | None:
        """The network that every page shows, the first of a race."""
        return self.race.trainers[0] if self.race else None

    @property
    def steps(self) -> int:
        """How many training steps were made, by the first network that still trains."""
        return self.race.first.steps if self.race else 0

    def _remember(self, lane: int, trainer: Trainer, snapshot: Snapshot) -> None:
        """Keep what is to be seen of a network if all of it is finite."""
        if finite(snapshot):
            self.seen = self.seen if lane else snapshot
            if lane not in self.good or self.good[lane].progress.step != snapshot.step == trainer.steps:
                self.good[lane] = trainer.moment()

    def ask(self, request: Request) -> None:
        """Take a request: of each thing that is wanted the newest, and no more than MOST_REQUESTS of them."""
        self.asked = time.monotonic()
        self._requests.pop(request.wanted, None)
        self._requests[request.wanted] = request
        if len(self._requests) > MOST_REQUESTS:
            del self._requests[next(iter(self._requests))]

    def _fail(self, error: Exception) -> None:
        """Stop this run, and it alone: where it could not be built for a reason that was given, or for a fault of the
        program's own. What was to be seen of it last stays."""
        if isinstance(error, BadValue) and not self.race:
            sentence = error.message
        else:
            logging.error("run %d failed: %r", self.run, self.orders.experiment, exc_info=error)
            sentence = N_("The program failed here, through no fault of yours. Reset to try again.")
        self.race = None
        self._stop(Problem(sentence=sentence))

    def obey(self, orders: Orders) -> None:
        """Take over new orders."""
        if orders.start < self.orders.start:
            return
        anew, before, self.orders = orders.start > self.orders.start, self.orders, orders
        if anew:
            self._begin()
        if orders.pace != before.pace or not before.playing:
            self.due, self.marks = time.monotonic(), []
        self.version += 1

    @property
    def playing(self) -> bool:
        """Whether it trains by itself, if somebody looks."""
        return (self.orders.playing or self.hurrying) and self.problem is None

    @property
    def hurrying(self) -> bool:
        """Whether it is on its way to the step it has to go to first."""
        return self.race is not None and self.orders.until > 0 and self.steps < self.orders.until

    @property
    def stepping(self) -> bool:
        """Whether single steps were asked for that are not made yet."""
        return self.race is not None and self.problem is None and self.steps_done < self.orders.steps

    def next_due(self, now: float) -> float:
        """Return when there is something to do: now or earlier, later, or infinity for not until told."""
        if self._work or self.leaving or self._unanswered:
            return now
        return min(self._training_due(now), self.keeping.due(self.race))

    @property
    def _unanswered(self) -> bool:
        return any(self.version > request.seen for request in self._requests.values())

    def _training_due(self, now: float) -> float:
        if not self.race or self.problem or now - self.asked > LEASE:
            return inf
        if self.stepping or self.hurrying:
            return now
        return self.due if self.orders.playing else inf

    def turn(self) -> None:
        """Do the next piece of what there is to do. What it takes of the processor counts: who had to wait for that, as
        on a busy machine, must not wait until all others have had as much."""
        began = time.thread_time()
        self._work = self._work or self._next(time.monotonic())
        try:
            with np.errstate(all="ignore"):  # a network may diverge: what overflowed is shown as such
                next(self._work)
        except StopIteration:
            self._work = None
        except Diverged as stop:
            self._stop(Problem(step=stop.step, quantity=stop.quantity))
        except Exception as error:
            self._fail(error)
        spent = time.thread_time() - began
        self.used, self._spent = self.used + spent, self._spent + spent
        self._longest = max(spent, 0.99 * self._longest)

    def _stop(self, problem: Problem) -> None:
        self._work, self.problem = None, problem
        self.version += 1

    def _next(self, now: float) -> Iterator[None]:
        if self.leaving:
            return self._leave()
        if self.race and len(self.race.trainers) > len(self.orders.experiments):
            self.good = {lane: moment for lane, moment in self.good.items() if lane == 0}
            return self.keeping.alone(self.race)
        for trainer, experiment in zip(self.race.trainers if self.race else (), self.orders.experiments, strict=False):
            if trainer.experiment != experiment:
                trainer.adjust(experiment)
        if self.keeping.due(self.race) <= now:
            return self._save()
        # Single steps come before the frame that tells of them; else training and a page's frames take turns.
        rested = self._answers >= MOST_ANSWERS or not self._unanswered
        train = self._training_due(now) <= now and (self.stepping or rested)
        self._answers = 0 if train else self._answers + 1
        return self._train(now + SLICE) if train else self._answer()

    def _train(self, end: float) -> Iterator[None]:
        """Train till `end`, and no more steps than are due."""
        assert self.race
        while self._training_due(now := time.monotonic()) <= now < end:
            hurrying = self.hurrying
            for _piece in self.race.pieces():
                if time.monotonic() > end:
                    yield
            self.version += 1
            if self.steps_done < self.orders.steps:
                self.steps_done += 1
            elif not hurrying:
                # A run that fell behind its pace does not make up for it later.
                self.due = max(self.due + 1 / self.orders.pace, now - 1 / self.orders.pace)

    def _answer(self) -> Iterator[None]:
        """Send what there is to see."""
        wanted = next((w for w, request in self._requests.items() if self.version > request.seen), None)
        if wanted is None:
            return
        del self._requests[wanted]
        version, orders, playing, snapshot = self.version, self.orders, self.playing, self.seen
        lanes: tuple[Lane, ...] = ()
        then: Snapshot | None = None
        if self.race:
            snapshot = yield from self._seen(0, wanted)
            then = yield from self._then(wanted)
            if wanted.together:
                lanes = yield from self._lanes(wanted, snapshot)
        self.shown = True
        self._send(
            Frame(
                self.run,
                version,
                orders.bare,
                snapshot,
                playing,
                self._rate(),
                self.problem,
                share=self._measured_share(),
                longest=self._longest,
                wanted=wanted,
                lanes=lanes,
                moments=self.race.moments if self.race else (),
                then=then,
            )
        )

    def _then(self, wanted: Wanted) -> Pieces[Snapshot | None]:
        """Look at the second moment, once for each thing that is wanted of it."""
        if wanted.then is None or not self.race or not self.trainer or not self.shown:
            return None
        then = self.race.step_at(0, wanted.then)
        step = self.trainer.steps if then is None else self.trainer.nearest(then)
        what = Wanted(wanted.needs, lens=wanted.lens, beyond=wanted.beyond, at=step, near=wanted.near)
        if what not in self._pinned:
            seen = yield from self._look(0, self.trainer.subject(step), what)
            self._pinned = dict([*self._pinned.items(), (what, seen)][-MOST_PINNED:])
        return self._pinned[what]

    def _seen(self, lane: int, wanted: Wanted) -> Pieces[Snapshot]:
        """Look at one network, or, where it has stopped, at the last of which all was finite; for the gradient lab,
        which marks what overflowed, always at what there is."""
        assert self.race
        trainer, at = self.race.trainers[lane], self.race.step_at(lane, wanted.at)
        subject = trainer.subject(None if at is None else trainer.nearest(at))
        past = subject.progress.step < trainer.steps
        stopped = self.race.problems[lane] and not past
        if stopped and not wanted.lens and not finite(look(subject, Wanted(FINITE))):
            subject = trainer.past(self.good.get(lane, trainer.moment()))
        snapshot = yield from self._look(lane, subject, wanted)
        if not past:
            self._remember(lane, trainer, snapshot)
        return snapshot

    def _look(self, lane: int, subject: Subject, wanted: Wanted) -> Pieces[Snapshot]:
        # of a new network the first frame must not wait for an analysis
        return looked(subject, wanted, partial(self._rarely, lane, subject, wanted) if self.shown else None)

    def _lanes(self, wanted: Wanted, first: Snapshot) -> Pieces[tuple[Lane, ...]]:
        """Look at all networks of a race, of which the first was looked at."""
        assert self.race
        snapshots = [first]
        for lane in range(1, len(self.race.trainers)):
            yield
            snapshots.append((yield from self._seen(lane, replace(wanted, lens=None))))
        return tuple(
            Lane(snapshot, self._problem(lane, wanted.at), self.race.means[lane] * snapshot.step)
            for lane, snapshot in enumerate(snapshots)
        )

    def _problem(self, lane: int, at: int | None) -> Problem | None:
        """Return why a network stands still; seen from a moment before, it has not happened yet."""
        assert self.race
        stop, step = self.race.problems[lane], self.race.step_at(lane, at)
        happened = stop and (step is None or step >= stop.step)
        return Problem(step=stop.step, quantity=stop.quantity) if stop and happened else None

    def _rarely(self, lane: int, subject: Subject, wanted: Wanted, name: str, pieces: Pieces[Result]) -> Pieces[Result]:
        """Make what takes long, and while it trains now and then."""
        return self._resting.made(
            (lane, name, wanted.at is None),
            wanted.lens,
            subject.progress.step,
            pieces,
            trains=self.playing and wanted.at is None,
            networks=len(self.orders.experiments) if wanted.together else 1,
        )

    def _save(self) -> Iterator[None]:
        self._send(self.checkpoint())
        yield

    def _leave(self) -> Iterator[None]:
        self._send(Left(self.run, self.checkpoint()))
        self.left = True
        yield

    def checkpoint(self) -> Checkpoint | None:
        """Return what another worker needs to go on from here, if there is a network."""
        return self.keeping.checkpoint(self.run, self.orders, self.steps_done, self.race) if self.race else None

    def _rate(self) -> float:
        if not self.race or not self.playing:
            return 0.0
        self.marks = [*self.marks[-20:], (time.monotonic(), self.steps)]
        while len(self.marks) > 2 and self.marks[-1][0] - self.marks[1][0] > 1.0:
            self.marks.pop(0)
        (then, before), (now, after) = self.marks[0], self.marks[-1]
        return (after - before) / (now - then) if now > then else 0.0

    def _measured_share(self) -> float:
        then, spent = self._share_from
        now = time.monotonic()
        if now - then >= MEASURED:
            self._share = (self._spent - spent) / (now - then)
            self._share_from = now, self._spent
        return self._share
