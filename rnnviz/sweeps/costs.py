"""What BPTT takes beside real-time recurrent learning, by length and size. The server never loads torch for it."""

import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Array
from rnnviz.sweeps.job import Job

if TYPE_CHECKING:
    from rnnviz.kernels.tape import Tape

LENGTHS = (5, 10, 20, 50, 100)
SIZES = (4, 8, 16, 32, 48)
LENGTH, SIZE = 20, 16
"""What stays when the other is varied."""
REPEATS = 5
"""The quickest of so many is the time something takes."""
SYMBOLS = {"weight_ih": "W_ih", "weight_hh": "W_hh", "bias_ih": "b", "peephole_i": "p_i"}
"""Of which parameters a Cost shows an entry, where a cell has them, and how they are written."""


@dataclass(frozen=True)
class Cost:
    """What BPTT and RTRL take for one sequence and its gradient: seconds, and the most bytes held at once.

    difference: between the two gradients, the largest over all weights, relative to the largest gradient. samples:
    (name of a parameter, one entry of its gradient by BPTT, and by RTRL).
    """

    T: int
    H: int
    bptt_seconds: float
    rtrl_seconds: float
    bptt_bytes: int
    rtrl_bytes: int
    difference: float
    samples: tuple[tuple[str, float, float], ...]


def cost_jobs(cell: str) -> list[Job]:
    """Return jobs whose keys are (T, H) and whose results are Costs, with T or H varied."""
    pairs = dict.fromkeys([(T, SIZE) for T in LENGTHS] + [(LENGTH, H) for H in SIZES])
    return [Job((T, H), cost, (cell, T, H), 1e-3 + T * H**4 * 1e-9) for T, H in pairs]


def cost(cell: str, T: int, H: int) -> Cost:
    """Compute one sequence's gradient both ways, in float64: each runs forwards itself, RTRL forgetting as it goes."""
    import numpy as np
    import torch

    from rnnviz.kernels.scan import back, forwards
    from rnnviz.looks.rtrl import rtrl
    from rnnviz.training.trainer import Trainer

    experiment = Experiment(task="adding", cell=cell, seq_len=T, hidden_size=H)
    trainer = Trainer(experiment, torch.float64, keeps_history=False)
    (seen,) = trainer.subject().recording.tapes
    kernel, x, outside = seen.kernel, seen.x.copy(), seen.outside

    def by_bptt() -> Gradient:
        tape = forwards(kernel, seen.W, seen.P, x)
        back(tape, outside)
        return kernel.weight_gradients(tape)

    def steps() -> "Iterator[Tape]":
        state: tuple[Array, ...] = ()
        for x_t in x:
            step = forwards(kernel, seen.W, seen.P, x_t[None], *state)
            yield step
            state = tuple(part[1] for part in step.states)

    def by_rtrl() -> Gradient:
        return rtrl(kernel, steps(), outside[:, 0])

    (bptt_seconds, bptt_bytes, backwards), (rtrl_seconds, rtrl_bytes, onwards) = _measured(by_bptt), _measured(by_rtrl)
    ours, theirs = (np.concatenate([part.ravel() for part in gradient]) for gradient in (backwards, onwards))
    by_name, also = kernel.unpack(*backwards), kernel.unpack(*onwards)
    return Cost(
        T=T,
        H=H,
        bptt_seconds=bptt_seconds,
        rtrl_seconds=rtrl_seconds,
        bptt_bytes=bptt_bytes,
        rtrl_bytes=rtrl_bytes,
        difference=float(abs(ours - theirs).max() / abs(ours).max()),
        samples=tuple(
            (symbol, float(by_name[name].flat[0]), float(also[name].flat[0]))
            for name, symbol in SYMBOLS.items()
            if name in by_name
        ),
    )


Gradient = tuple[Array, Array]
"""Of W and of the diagonals."""


def _measured(function: Callable[[], Gradient]) -> tuple[float, int, Gradient]:
    """Return the seconds of the quickest call, the most bytes a call holds at once, and what it returns."""
    times = []
    for _repeat in range(REPEATS):
        began = time.perf_counter()
        function()
        times.append(time.perf_counter() - began)
    tracemalloc.start()
    try:
        result = function()
        return min(times), tracemalloc.get_traced_memory()[1], result
    finally:
        tracemalloc.stop()
