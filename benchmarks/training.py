"""Training speed: our Trainer, with every step's gradient recorded, against a bare torch loop that records nothing.

`python -m benchmarks.training` runs both in turns, in one process on one thread, and prints the medians.
Ours takes a snapshot ten times a second, as a watched page does. The cells that torch.nn does not have are compared
with the same cell written with torch's operations.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is loaded

import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from typing_extensions import override

from rnnviz.cells import CELLS
from rnnviz.settings.experiment import Experiment
from rnnviz.training.trainer import Trainer

ROWS: list[tuple[dict[str, int], dict[str, float]]] = [
    (
        {"seq_len": 20, "hidden_size": 32, "batch_size": 1},
        {"rnn": 15, "gru": 10, "lstm": 7, "peephole": 7, "coupled": 7, "mingru": 10},
    ),
    ({"seq_len": 50, "hidden_size": 32, "batch_size": 16}, {"rnn": 5, "gru": 4.5, "lstm": 1}),
    ({"seq_len": 160, "hidden_size": 32, "batch_size": 32}, {"rnn": 3.6, "gru": 4}),
]
"""Sizes, and how many times as fast as bare torch each cell has to train."""
ROUNDS, TURNS = 7, 10
TURN = 0.1
"""Seconds. Turns are short, so that whatever else the machine does meets both alike."""
WARM_UP = 500
SETTINGS = {"task": "sine", "hidden_size": 32, "seq_len": 50, "batch_size": 16}


def bare(cell: str, settings: Mapping[str, Any] = SETTINGS) -> Callable[[], None]:
    """Return one training step of the loop anybody would write, its one batch made beforehand."""
    trainer = Trainer(Experiment(cell=cell, **settings))
    batch = trainer.task.training_batch(0)
    inputs, targets = torch.from_numpy(batch.inputs), torch.from_numpy(batch.targets)
    recurrent, readout = (
        trainer.model.to_torch()
        if CELLS[cell].torch
        else (
            Written(cell, trainer.experiment.hidden_size),
            trainer.model.readout,
        )
    )
    criterion = nn.MSELoss()
    optimizer = torch.optim.Adam([*recurrent.parameters(), *readout.parameters()], lr=0.01)

    def step() -> None:
        hidden, _ = recurrent(inputs)
        loss = criterion(readout(hidden), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


class Written(nn.Module):
    """A cell of one layer, written with torch's operations as anybody would; takes x (T, B, I), returns h_t and h_T."""

    def __init__(self, cell: str, hidden_size: int):
        super().__init__()
        self.step, self.hidden_size = STEPS[cell], hidden_size
        self.has_c = CELLS[cell].has_c
        for name, shape in CELLS[cell].parameters(1, hidden_size).items():
            self.register_parameter(
                name, nn.Parameter(torch.empty(shape).uniform_(-(hidden_size**-0.5), hidden_size**-0.5))
            )

    @override
    def forward(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        zero = inputs.new_zeros(inputs.shape[1], self.hidden_size)
        state, w, hidden = (zero, zero) if self.has_c else (zero,), dict(self.named_parameters()), []
        sums = inputs @ w["weight_ih"].T + w["bias_ih"]  # of all steps at once
        for sums_t in sums:
            state = self.step(sums_t, state, w)
            hidden.append(state[0])
        return torch.stack(hidden), hidden[-1]


State = tuple[Tensor, ...]


def peephole(sums: Tensor, state: State, w: Mapping[str, Tensor]) -> State:
    h, c = state
    i, f, g, o = (sums + functional.linear(h, w["weight_hh"], w["bias_hh"])).chunk(4, 1)
    i, f = torch.sigmoid(i + w["peephole_i"] * c), torch.sigmoid(f + w["peephole_f"] * c)
    c = f * c + i * torch.tanh(g)
    return torch.sigmoid(o + w["peephole_o"] * c) * torch.tanh(c), c


def coupled(sums: Tensor, state: State, w: Mapping[str, Tensor]) -> State:
    h, c = state
    i, g, o = (sums + functional.linear(h, w["weight_hh"], w["bias_hh"])).chunk(3, 1)
    i = torch.sigmoid(i)
    c = (1 - i) * c + i * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def mingru(sums: Tensor, state: State, w: Mapping[str, Tensor]) -> State:
    z, n = sums.chunk(2, 1)
    z = torch.sigmoid(z)
    return ((1 - z) * state[0] + z * n,)


STEPS: dict[str, Callable[[Tensor, State, Mapping[str, Tensor]], State]] = {
    "peephole": peephole,
    "coupled": coupled,
    "mingru": mingru,
}


def turn(step: Callable[[], None], first: Callable[[], object] | None = None) -> float:
    """Do `first`, then train until the turn is over; return steps a second, over all of it."""
    steps, start = 0, time.perf_counter()
    if first:
        first()
    while (now := time.perf_counter()) < start + TURN:
        step()
        steps += 1
    return steps / (now - start)


def in_turns(torchs_step: Callable[[], None], trainer: Trainer, warm_up: int = WARM_UP) -> list[tuple[float, float]]:
    """Return the steps a second of the two, after so many to warm up and then in turns, for each round."""
    for _ in range(warm_up):
        torchs_step()
        trainer.step()
    rounds = []
    for _ in range(ROUNDS):
        turns = [(turn(torchs_step), turn(trainer.step, trainer.snapshot)) for _ in range(TURNS)]
        torchs, own = (statistics.mean(speeds) for speeds in zip(*turns, strict=True))
        rounds.append((torchs, own))
    return rounds


def told(what: str, rounds: Sequence[tuple[float, float]], bar: float) -> bool:
    """Print a line of the table, of what `in_turns` returned; say whether the bar is met."""
    ratios = [own / torchs for torchs, own in rounds]
    ratio = statistics.median(ratios)
    torchs, own = (statistics.median(speeds) for speeds in zip(*rounds, strict=True))
    times = "".join(f"{value:7.2f}x" for value in (ratio, min(ratios), max(ratios), bar))
    print(f"{what}{torchs:9.0f}{own:9.0f}{times}  {'met' if ratio >= bar else 'MISSED'}", flush=True)
    return ratio >= bar


def main() -> int:
    torch.set_num_threads(1)
    print(f"{'sizes':18}{'cell':9}{'torch/s':>9}{'ours/s':>9}{'ratio':>8}{'least':>8}{'most':>8}{'bar':>8}")
    met = True
    for sizes, bars in ROWS:
        T, H, B = sizes.values()
        for cell, bar in bars.items():
            settings = {"task": "sine", **sizes}
            rounds = in_turns(bare(cell, settings), Trainer(Experiment(cell=cell, **settings)))
            sizes_said = f"T {T:3} H {H:3} B {B:3}"
            met &= told(f"{sizes_said:18}{cell:9}", rounds, bar)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
