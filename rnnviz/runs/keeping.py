"""Keeping: what a worker hands out of a run, so that another can go on with it, and how often."""

import time
from collections.abc import Iterator
from dataclasses import replace
from math import inf

from rnnviz.runs.messages import Checkpoint, Orders
from rnnviz.training.race import Race
from rnnviz.training.trainer import Trainer

CHECKPOINT_EVERY = 2.0
"""Seconds between two checkpoints of a run that is training."""
CHECKPOINT_RATE = 1_000_000
"""Bytes of checkpoints a second of such a run at the most: large ones come less often, since the server reads them."""


class Keeping:
    """Makes a run's checkpoints, and remembers what the server has of them.

    kept: what the server has already, where the run comes from another worker.
    """

    def __init__(self, kept: Checkpoint | None = None):
        self.saved, self._size = time.monotonic(), 0
        self._steps = [lane.step for lane in kept.lanes] if kept else [0]
        self._sent = [lane.kept for lane in kept.lanes] if kept else []

    def alone(self, race: Race) -> Iterator[None]:
        """Let a race go on with its first network alone, and keep no other. Raises Diverged if that can't go on."""
        self._steps, self._sent = self._steps[:1], self._sent[:1]
        race.alone()
        yield

    def due(self, race: Race | None) -> float:
        """Return when the next checkpoint is to be made; infinity if there is nothing new."""
        if race is None or [trainer.steps for trainer in race.trainers] == self._steps:
            return inf
        return self.saved + max(CHECKPOINT_EVERY, self._size / CHECKPOINT_RATE)

    def checkpoint(self, run: int, orders: Orders, steps_done: int, race: Race) -> Checkpoint:
        """Make one: of the moments, those the server does not have yet."""
        known = self._sent or [()] * len(race.trainers)
        self.saved, self._steps = time.monotonic(), [trainer.steps for trainer in race.trainers]
        self._sent = [tuple(moment.progress.step for moment in trainer.kept()) for trainer in race.trainers]
        lanes = [
            _of(run, orders.bare, trainer, before, after, seconds)
            for trainer, before, after, seconds in zip(race.trainers, known, self._sent, race.seconds, strict=True)
        ]
        self._size = sum(len(lane.data) for lane in lanes)
        return replace(lanes[0], steps_done=steps_done, others=tuple(lanes[1:]))


def _of(
    run: int, orders: Orders, trainer: Trainer, known: tuple[int, ...], kept: tuple[int, ...], seconds: float
) -> Checkpoint:
    data = trainer.checkpoint(with_moments=False)
    return Checkpoint(run, orders, trainer.steps, 0, data, trainer.kept(but=known), kept, seconds)


def go_on(race: Race, kept: Checkpoint) -> None:
    """Let a race go on where it was kept."""
    for n, (trainer, lane) in enumerate(zip(race.trainers, kept.lanes, strict=True)):
        trainer.restore(lane.data, lane.moments)
        race.seconds[n] = lane.seconds
