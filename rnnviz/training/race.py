"""Race: up to four networks that train in step, on the same batches."""

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

import torch

from rnnviz.moment import BUDGET
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.race import check
from rnnviz.training.trainer import Diverged, Trainer


class Race:
    """Trains networks step by step together; each has the losses it would have alone, to the last bit.

    by_time: whether each has the same seconds of the processor, so that a quick one makes more steps, instead of the
    same training steps. Then which step one is at depends on the machine; what it is at that step does not.

    trainers: one for each experiment. seconds: of the processor that each has trained. problems: why one stands still,
    None if it does not: the others go on. Raises ValueError for more than four experiments, none, or other data.
    """

    def __init__(
        self,
        experiments: Sequence[Experiment],
        dtype: torch.dtype = torch.float32,
        *,
        by_time: bool = False,
        keeps_history: bool = True,
    ):
        check(tuple(experiments))
        if len(experiments) > 1:
            _load(experiments, dtype, keeps_history)
        budget = BUDGET // len(experiments)
        self.trainers = [Trainer(one, dtype, keeps_history=keeps_history, budget=budget) for one in experiments]
        self.by_time = by_time
        self.seconds = [0.0] * len(experiments)
        self.problems: list[Diverged | None] = [None] * len(experiments)

    def step(self, n: int = 1) -> None:
        """Make n training steps of every network that still trains. By time: as many of the first of them.

        Raises Diverged once none can go on.
        """
        for _ in range(n):
            for _piece in self.pieces():
                pass

    def pieces(self) -> Iterator[None]:
        """Make one training step of each, piece by piece: see Trainer.pieces. Raises Diverged once none can go on."""
        self._check()
        first, *others = going = self.going
        turn = self.first.steps % len(going)  # whoever is first after a pause finds the caches cold: each in turn
        if not self.by_time:
            for lane in (*going[turn:], *going[:turn]):
                yield from self._step(lane)
            return self._check()
        spent, mean, early = self.seconds[first], self.means[first], going[turn:] if turn else []
        if early and self.seconds[early[0]] < spent + mean * len(going):  # ahead, but not for as long as till next time
            yield from self._step(early[0])
            yield
        for lane in early:
            yield from self._train(lane, spent + mean)
        yield from self._step(first)
        for lane in others:
            yield from self._train(lane, self.seconds[first])
        self._check()

    def alone(self) -> None:
        """Let the first network go on without the others. Raises Diverged if it can't."""
        self.trainers, self.seconds, self.problems = self.trainers[:1], self.seconds[:1], self.problems[:1]
        self._check()

    def _check(self) -> None:
        if None not in self.problems:
            raise next(problem for problem in self.problems if problem)

    @property
    def going(self) -> list[int]:
        """Which of the networks still train, counted from 0."""
        return [lane for lane, problem in enumerate(self.problems) if problem is None]

    @property
    def means(self) -> list[float]:
        """Seconds of the processor that a training step of each has taken in the mean; 0 before the first."""
        return [spent / max(trainer.steps, 1) for spent, trainer in zip(self.seconds, self.trainers, strict=True)]

    @property
    def first(self) -> Trainer:
        """The first network that still trains, by whose training steps a moment is named; the first, if none does."""
        return self.trainers[(self.going or [0])[0]]

    @property
    def moments(self) -> tuple[int, ...]:
        """The training steps at which all networks that made them can be looked at, rising, and the newest of all. By
        time: those at which the first one can be; see `step_at`."""
        if self.by_time or len(self.trainers) == 1:
            return self.first.moments
        longest = max(self.trainers, key=lambda trainer: trainer.steps)
        kept = [(trainer.steps, set(trainer.moments)) for trainer in self.trainers]
        return tuple(step for step in longest.moments if all(step >= end or step in known for end, known in kept))

    def step_at(self, lane: int, at: int | None) -> int | None:
        """Return which training step a network was at, or would have been, when the first one was at step `at`: the
        same, or by time that after as many seconds, if all its steps took equally long. None for the newest."""
        if at is None or not self.by_time:
            return at
        first = self.trainers.index(self.first)
        if at >= self.first.steps or not self.means[lane]:
            return None
        return round(at * self.means[first] / self.means[lane])

    def _train(self, lane: int, due: float) -> Iterator[None]:
        while self.problems[lane] is None and self.seconds[lane] < due:
            yield from self._step(lane)
            yield

    def _step(self, lane: int) -> Iterator[None]:
        pieces, spent = self.trainers[lane].pieces(), 0.0
        while True:
            began = time.thread_time()
            try:
                next(pieces)
            except StopIteration:
                break
            except Diverged as problem:
                self.problems[lane] = problem
                break
            finally:
                spent += time.thread_time() - began
            yield
        self.seconds[lane] += spent


def _load(experiments: Sequence[Experiment], dtype: torch.dtype, keeps_history: bool) -> None:
    """Train networks like these for a step, so that what a process compiles or loads at first is no lane's time."""
    for experiment in experiments:
        with suppress(Diverged):
            Trainer(replace(experiment, batch_size=2), dtype, keeps_history=keeps_history).step()
