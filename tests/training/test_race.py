"""Networks side by side: each as it is alone."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from trained import losses, same_bits

import rnnviz
from rnnviz.settings.experiment import Experiment
from rnnviz.standing.margin import CLOCK
from rnnviz.training.race import Race
from rnnviz.training.trainer import Diverged, Trainer

ROOT = Path(__file__).parents[2]
LANES = (
    Experiment(task="recall", batch_size=8, seq_len=12, hidden_size=8),
    Experiment(task="recall", batch_size=8, seq_len=12, hidden_size=12, cell="gru", num_layers=2, learning_rate=0.003),
    Experiment(task="recall", batch_size=8, seq_len=12, hidden_size=8, cell="lstm", bidirectional=True, clip_norm=0.1),
    Experiment(task="recall", batch_size=8, seq_len=12, hidden_size=5, cell="mingru", optimizer="sgd", dropout=0.2),
)
SLOW = Experiment(task="recall", batch_size=64, seq_len=60, hidden_size=64, num_layers=2, cell="gru")
QUICK = Experiment(task="recall", batch_size=64, seq_len=60, hidden_size=2)
WILD = Experiment(task="recall", batch_size=8, seq_len=12, nonlinearity="relu", learning_rate=10.0, optimizer="sgd")


def test_each_has_the_losses_it_has_alone_to_the_last_bit():
    race, found = Race(LANES), []
    for _ in range(12):
        race.step()
        found.append([trainer.loss for trainer in race.trainers])
    for trainer, experiment, ours in zip(race.trainers, LANES, zip(*found, strict=True), strict=True):
        alone = Trainer(experiment)
        assert list(ours) == losses(alone, 12)
        assert same_bits(trainer, alone)
        assert trainer.snapshot(at=8).loss == alone.snapshot(at=8).loss


def test_the_notebooks_name_is_the_race():
    race = rnnviz.Race(list(LANES[:2]))
    race.step(3)
    assert [trainer.steps for trainer in race.trainers] == [3, 3]
    assert all(seconds > 0 for seconds in race.seconds)


def test_by_time_each_has_the_same_seconds_and_is_still_what_it_is_alone():
    race = Race([SLOW, QUICK], by_time=True)
    race.step(5)
    first, second = race.trainers
    assert first.steps == 5 < second.steps
    longest = race.seconds[1] / second.steps * 5  # a step may take longer than others do
    assert race.seconds[0] <= race.seconds[1] < race.seconds[0] + longest
    alone = Trainer(second.experiment)
    alone.step(second.steps)
    assert same_bits(second, alone)


def test_one_that_diverges_stands_still_and_the_others_go_on():
    race = Race([WILD, LANES[0]])
    race.step(50)
    problem, other = race.problems
    assert problem
    assert other is None
    assert race.trainers[0].steps == problem.step - 1
    assert race.trainers[1].steps == 50
    assert race.going == [1]
    alone = Race([WILD])
    with pytest.raises(Diverged):
        alone.step(50)


@pytest.mark.parametrize(
    ("experiments", "said"),
    [
        ([], "From 1 to 4"),
        ([Experiment()] * 5, "From 1 to 4"),
        ([Experiment(), Experiment(seed=1)], "Seed"),
        ([Experiment(), Experiment(), Experiment(task="adding")], "network c"),
        ([Experiment(task="series", series=(1.0, 2.0) * 20), Experiment(task="series")], "own data"),
    ],
)
def test_what_cannot_race_is_said(experiments, said):
    with pytest.raises(ValueError, match=said):
        Race(experiments)


def test_once_none_can_go_on_every_step_says_so():
    race = Race([WILD])
    for _ in range(2):
        with pytest.raises(Diverged):
            race.step(50)


def test_by_time_every_training_step_leaves_room_for_others():
    race = Race([SLOW, QUICK], by_time=True, keeps_history=False)
    pieces = sum(1 for _piece in race.pieces())
    assert pieces >= race.trainers[1].steps > 1


def test_by_time_a_moment_is_one_of_equal_seconds():
    race = Race([SLOW, QUICK], by_time=True)
    race.step(6)
    slow, quick = race.trainers
    assert race.moments == slow.moments
    for at in range(1, 6):
        assert race.step_at(0, at) == at
        step = race.step_at(1, at)
        assert step is not None
        assert step * race.means[1] == pytest.approx(at * race.means[0], abs=race.means[1])
        assert at < step < quick.steps
    assert [race.step_at(lane, at) for lane in (0, 1) for at in (None, 6, 99)] == [None] * 6
    assert [Race([SLOW, QUICK]).step_at(1, at) for at in (None, 7)] == [None, 7]


class Clock:
    """A made-up clock of the processor: a training step takes a second, the first after a pause `cold` more of them."""

    def __init__(self, race: Race, monkeypatch: pytest.MonkeyPatch, cold: float = 0.0):
        self.made: list[int] = []
        self.now, self.waits, self._cold = 0.0, 0.0, cold
        monkeypatch.setattr(time, "thread_time", lambda: self.now)
        for lane, trainer in enumerate(race.trainers):
            monkeypatch.setattr(trainer, "pieces", self._timed(lane, trainer.pieces))

    def pause(self) -> None:
        self.waits = self._cold

    def _timed(self, lane: int, pieces: Callable[[], Iterator[None]]) -> Callable[[], Iterator[None]]:
        def timed() -> Iterator[None]:
            self.made.append(lane)
            self.now, self.waits = self.now + 1.0 + self.waits, 0.0
            yield from pieces()

        return timed


@pytest.mark.parametrize("by_time", [False, True])
def test_each_comes_first_as_often_as_the_others(by_time, monkeypatch):
    race = Race([Experiment(hidden_size=3, seq_len=4)] * 3, by_time=by_time)
    clock = Clock(race, monkeypatch)
    race.step(4)
    assert clock.made == [0, 1, 2, 1, 2, 0, 2, 0, 1, 0, 1, 2]


@pytest.mark.parametrize("lanes", [2, 3, 4])
def test_by_time_a_pause_before_every_step_is_paid_by_all_alike(lanes, monkeypatch):
    race = Race([Experiment(hidden_size=3, seq_len=4)] * lanes, by_time=True)
    clock = Clock(race, monkeypatch, cold=3.0)
    for _ in range(60):
        clock.pause()
        race.step()
    assert race.trainers[0].steps == 60
    assert max(race.means) < (1 + CLOCK) * min(race.means)


@pytest.mark.slow
def test_what_a_process_loads_at_first_is_charged_to_none():
    script = """
from rnnviz.kernels.cache import Kept
from rnnviz.settings.experiment import Experiment
from rnnviz.training.race import Race

loaded = []
load = Kept.load_overload
Kept.load_overload = lambda self, sig, context: loaded.append(sig) or load(self, sig, context)
more = {"hidden_size": 9, "num_layers": 2, "dropout": 0.2}, {"cell": "lstm", "bidirectional": True}
race = Race([Experiment(task="recall", seq_len=12, **settings) for settings in ({}, *more)])
before = len(loaded)
race.step(4)
print(before > 0, len(loaded) - before)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.split() == ["True", "0"]
