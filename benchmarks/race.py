"""Training speed of a race: RNN, GRU and LSTM in step, watched, against three bare torch.nn loops one after another.

`python -m benchmarks.race` runs both in turns, in one process on one thread, and prints the medians. Ours is a run as a
worker has it, which is asked ten times a second for what the page of a race shows of all three, and makes its
checkpoints; a bare step is one of each loop. Networks as the page begins with, and as benchmarks.training has them.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is loaded

import statistics
import sys
import time
from typing import Any

import torch

from benchmarks.training import ROUNDS, SETTINGS, TURN, TURNS, WARM_UP, bare, turn
from rnnviz.runs.messages import Beginning, Frame, Orders, Request
from rnnviz.runs.running import Running
from rnnviz.settings.experiment import Experiment
from rnnviz.ui.live.frames import Asked
from rnnviz.ui.race.together import BOARD
from rnnviz.ui.shell.lanes import USUAL

BAR = 1.5
NETWORKS: dict[str, dict[str, Any]] = {"page": {}, "larger": dict(SETTINGS)}


class Watched:
    """A race as its worker has it. settings: of all its networks, beside the cell."""

    def __init__(self, settings: dict[str, Any]):
        first, *others = (Experiment(cell=cell, **settings) for cell in USUAL)
        self.wanted = BOARD.wanted(Asked(-1, ""), first)
        self.sent: list[Any] = []
        self.running = Running(0, Orders(first, tuple(others)), Beginning(), self.sent.append)
        while not self.running.race:
            self.running.turn()

    def turn(self) -> float:
        """Answer one request, and train until the turn is over; return steps a second of all three together."""
        self.running.ask(Request(0, -1, self.wanted))
        before, start = self.running.steps, time.perf_counter()
        while (now := time.perf_counter()) < start + TURN:
            self.running.turn()
        return (self.running.steps - before) / (now - start)

    def seen(self) -> int:
        """Return how many frames with all that the page shows have been sent."""
        frames = [frame for frame in self.sent if isinstance(frame, Frame)]
        return sum(all(self.wanted.parts <= lane.snapshot.parts.keys() for lane in frame.lanes) for frame in frames)


def main() -> int:
    torch.set_num_threads(1)
    print(f"{'networks':10}{'torch/s':>9}{'ours/s':>9}{'ratio':>8}{'least':>8}{'most':>8}{'bar':>8}{'frames/s':>10}")
    met = True
    for name, settings in NETWORKS.items():
        loops, race = [bare(cell, settings) for cell in USUAL], Watched(settings)

        def one_of_each(loops: Any = loops) -> None:
            for step in loops:
                step()

        for _ in range(WARM_UP):
            one_of_each()
        while race.running.steps < WARM_UP:
            race.turn()
        race.sent.clear()
        rounds = []
        for _ in range(ROUNDS):
            turns = [(turn(one_of_each), race.turn()) for _ in range(TURNS)]
            rounds.append([statistics.mean(speeds) for speeds in zip(*turns, strict=True)])
        ratios = [ours / torchs for torchs, ours in rounds]
        ratio = statistics.median(ratios)
        torchs, ours = (statistics.median(speeds) for speeds in zip(*rounds, strict=True))
        met &= ratio >= BAR
        times = "".join(f"{value:7.2f}x" for value in (ratio, min(ratios), max(ratios), BAR))
        frames = race.seen() / (ROUNDS * TURNS * TURN)
        print(
            f"{name:10}{torchs:9.0f}{ours:9.0f}{times}{frames:10.1f}  {'met' if ratio >= BAR else 'MISSED'}", flush=True
        )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
