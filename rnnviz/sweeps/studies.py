"""What the gradient lab measures of many networks: jobs for a Sweep. The server never loads torch for them."""

import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rnnviz.cost import training
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Array
from rnnviz.sweeps.job import Job
from rnnviz.sweeps.learning import BATCH_SIZE, HIDDEN_SIZE

if TYPE_CHECKING:
    from rnnviz.training.trainer import Trainer

VARIANTS = {
    "rnn": {"cell": "rnn"},
    "gru": {"cell": "gru"},
    "lstm": {"cell": "lstm"},
    "lstm_2": {"cell": "lstm", "forget_bias": 2.0},
}
"""The networks that are compared, by the names they go under: the settings by which they differ."""
LENGTHS = (10, 20, 50, 100, 200, 500)
RADII = (0.1, 0.3, 0.5, 0.7, 0.9, 1.0, 1.1, 1.3, 1.6, 2.0)
RADIUS_LENGTH = 200
"""The sequence length at which the spectral radius is varied."""
STEPS = 200
"""Training steps between the first and the second look at a network."""
COST_LENGTHS = (5, 10, 20, 50, 100)
COST_SIZES = (4, 8, 16, 32, 48)
COST_LENGTH, COST_SIZE = 20, 16
"""What stays when the other is varied."""
REPEATS = 5
"""The quickest of so many is the time something takes."""


@dataclass(frozen=True, eq=False)
class Look:
    """The gradient of one network at one moment, by distance d = T - t from the last step, at which its loss is.

    total: the norm of dL/dh_(T-d), (T,). memory: that of dh_T/dh_(T-d), (T,); of an LSTM, of dh_T/dc_(T-d).
    horizon, floor: the distances at which memory has fallen to 1/e of its start and to float32's smallest normal
    number, infinity where it has not.
    """

    total: Array
    memory: Array
    horizon: float
    floor: float


@dataclass(frozen=True, eq=False)
class Profile:
    """A network before and after training; `after` is None if it was not trained, or diverged."""

    before: Look
    after: Look | None


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


SYMBOLS = {"weight_ih": "W_ih", "weight_hh": "W_hh", "bias_ih": "b"}
"""Of which parameters a Cost shows an entry, and how they are written."""


def length_jobs() -> list[Job]:
    """Return jobs by (variant, radius), then by (variant, length), the quickest first; their results are Profiles."""
    lengths = [
        Job((variant, length), profile, (experiment, STEPS), training(experiment, STEPS))
        for variant in VARIANTS
        for length in LENGTHS
        for experiment in [_recall(variant, seq_len=length)]
    ]
    radii = [
        Job(
            (variant, radius),
            profile,
            (_recall(variant, seq_len=RADIUS_LENGTH, initialisation="spectral", spectral_radius=radius), 0),
            0.05,
        )
        for variant in VARIANTS
        for radius in RADII
    ]
    return radii + sorted(lengths, key=lambda job: job.cost)


def _recall(variant: str, **settings: object) -> Experiment:
    fixed = {"task": "recall", "hidden_size": HIDDEN_SIZE, "batch_size": BATCH_SIZE, "clip_norm": 1.0}
    return Experiment(**fixed | VARIANTS[variant] | settings)  # pyright: ignore[reportArgumentType]


def profile(experiment: Experiment, steps: int) -> Profile:
    """Look at a network at its start, and after `steps` training steps."""
    from rnnviz.training.trainer import Diverged, Trainer

    trainer = Trainer(experiment, keeps_history=False)
    before = _look(trainer)
    try:
        trainer.step(steps)
    except Diverged:
        return Profile(before, None)
    return Profile(before, _look(trainer) if steps else None)


def _look(trainer: "Trainer") -> Look:
    from rnnviz.looks.gradients import memory

    snapshot = trainer.snapshot()
    found = memory(trainer.subject().recording.tapes[0], 1)
    return Look(snapshot.gradients.hidden_norms[0, 0, ::-1], found.path[::-1], found.horizon, found.floor)


def cost_jobs(cell: str) -> list[Job]:
    """Return jobs whose keys are (T, H) and whose results are Costs, with T or H varied."""
    pairs = dict.fromkeys([(T, COST_SIZE) for T in COST_LENGTHS] + [(COST_LENGTH, H) for H in COST_SIZES])
    return [Job((T, H), cost, (cell, T, H), 1e-3 + T * H**4 * 1e-9) for T, H in pairs]


def cost(cell: str, T: int, H: int) -> Cost:
    """Compute one sequence's gradient both ways, in float64: each runs forwards itself, RTRL forgetting as it goes."""
    import numpy as np
    import torch

    from rnnviz.kernels.tape import Tape
    from rnnviz.looks.gradients import carry, no_influence, weighed
    from rnnviz.training.trainer import Trainer

    experiment = Experiment(task="adding", cell=cell, seq_len=T, hidden_size=H)
    trainer = Trainer(experiment, torch.float64, keeps_history=False)
    trainer.snapshot()
    (seen,) = trainer.subject().recording.tapes
    kernel, x, outside = seen.kernel, seen.x.copy(), seen.outside

    def begun(steps: int) -> Tape:
        return Tape(kernel, seen.W, seen.P, steps, 1).begin()

    def bptt() -> Array:
        tape = begun(T)
        tape.x[:] = x
        for _ in kernel.forward(tape):
            pass
        tape.expect().outward(tape.dh[1:])[:] = outside
        kernel.backward(tape)
        return kernel.weight_gradients(tape)[0]

    def rtrl() -> Array:
        step = begun(1)
        influence, gradient = no_influence(step), np.zeros_like(seen.W)
        for t in range(T):
            step.x[0] = x[t]
            for _ in kernel.forward(step):
                pass
            influence = carry(influence, step)
            gradient += weighed(influence, outside[t, 0])
            step.begin(*(state[1] for state in step.states))
        return gradient

    (bptt_seconds, bptt_bytes, backwards), (rtrl_seconds, rtrl_bytes, forwards) = _measured(bptt), _measured(rtrl)
    ours, theirs = kernel.unpack(backwards), kernel.unpack(forwards)
    return Cost(
        T=T,
        H=H,
        bptt_seconds=bptt_seconds,
        rtrl_seconds=rtrl_seconds,
        bptt_bytes=bptt_bytes,
        rtrl_bytes=rtrl_bytes,
        difference=float(abs(backwards - forwards).max() / abs(backwards).max()),
        samples=tuple(
            (symbol, float(ours[name].flat[0]), float(theirs[name].flat[0]))
            for name, symbol in SYMBOLS.items()
            if name in ours
        ),
    )


def _measured(function: Callable[[], Array]) -> tuple[float, int, Array]:
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
