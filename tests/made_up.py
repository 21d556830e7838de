"""Experiments of all kinds, and snapshots with known numbers, made without training anything."""

import numpy as np
from hypothesis import strategies as st

from rnnviz.cells import CELLS
from rnnviz.language import N_
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import (
    Baseline,
    Curve,
    Distances,
    Exactness,
    Flow,
    Forecast,
    Gradients,
    History,
    Lows,
    Memory,
    Paths,
    Snapshot,
    Source,
    Trace,
)
from rnnviz.tasks import TASKS, task_of

SINGLE = st.builds(
    Experiment,
    task=st.sampled_from(["sine", "adding", "recall", "square", "wave", "reversal", "video"]),
    cell=st.sampled_from(list(CELLS)),
    num_layers=st.integers(1, 4),
    bidirectional=st.booleans(),
    hidden_size=st.integers(1, 5),
    seq_len=st.integers(2, 70),
    loss_at=st.sampled_from(["every", "last"]),
)
DOUBLE = st.builds(
    Experiment,
    task=st.just("reverse"),
    cell=st.sampled_from(list(CELLS)),
    num_layers=st.integers(1, 4),
    hidden_size=st.integers(1, 5),
    seq_len=st.integers(5, 30),
    attention=st.sampled_from(["none", "additive", "dot"]),
    bidirectional_encoder=st.booleans(),
)
EXPERIMENTS = SINGLE | DOUBLE
"""Of one sequence, and of two."""


def a_snapshot(
    experiment: Experiment,
    *,
    seed: int = 0,
    norms: np.ndarray | None = None,
    source_norms: np.ndarray | None = None,
    losses: np.ndarray | None = None,
    norm: float = 0.5,
    baseline: float = 1.0,
    forecast: Forecast | None = None,
) -> Snapshot:
    """Make a snapshot of `experiment`; norms: (L, D, T) of dL/dh_t, source_norms: (S,) of
    dL/dh_s in the encoder's last layer, of two sequences, losses: (N,), norm: of all parameter gradients.

    The validation loss is a tenth above the training loss; baseline: the loss there is to beat.
    """
    rng = np.random.default_rng(seed)
    T, H, L, D = (
        TASKS[experiment.task].length(experiment),
        experiment.hidden_size,
        experiment.num_layers,
        1 + experiment.bidirectional,
    )
    shape = (L, D, T, H)
    task = task_of(experiment)
    inputs = np.random.default_rng(experiment.seed).normal(size=(T, task.inputs)).astype(np.float32)
    tokens = np.arange(T) % task.inputs if task.vocabulary else None
    outputs = rng.normal(size=(T, task.outputs)).astype(np.float32)
    targets = np.sin(np.arange(1, T + 1)[:, None] / 3 + np.arange(task.outputs)).astype(np.float32)
    if task.classes:
        outputs = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
        targets = np.eye(task.outputs, dtype=np.float32)[np.full(T, 1)]
    asked = task.asked
    targets[~asked] = np.nan
    marked = np.full(T, 0.1)
    marked[~task.marked(asked)] = np.nan
    states = {name: np.tanh(rng.normal(size=shape)).astype(np.float32) for name in CELLS[experiment.cell].states_shown}
    hidden, cell = states.pop("h"), states.pop("c", None)
    direction = rng.normal(size=shape)
    direction /= np.linalg.norm(direction, axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", over="ignore", under="ignore"):
        gradient = direction * (np.full(shape[:3], 0.01) if norms is None else norms)[..., None]
    losses = np.geomspace(1, 0.01, 200) if losses is None else losses
    step = np.arange(1, len(losses) + 1) * 5
    measured = np.where(np.arange(len(losses)) % 4 == 0, losses * 1.1, np.nan)
    return Snapshot(
        step=int(step[-1]) if len(losses) else 0,
        loss=float(losses[-1]) if len(losses) else float("nan"),
        validation_loss=float(losses[-1] * 1.1) if len(losses) else float("nan"),
        accuracy=0.5 if task.classes else None,
        validated=64,
        baselines=(Baseline("mean", N_("always saying the mean"), baseline),),
        parameters=1000,
        history=History(step, losses, measured, np.full(len(losses), norm), the_lows(step, measured)),
        parts={
            "trace": Trace(
                inputs, hidden, cell, states, outputs, targets, marked, tokens, *a_source(experiment, source_norms, rng)
            ),
            "gradients": Gradients(hidden=gradient, preactivations={}, norm=norm, clipped_norm=norm),
            "flow": a_flow(shape[:3], cell is not None),
            "forecast": forecast,
            "distances": a_distance() if task.by_distance else None,
            "curve": None if task.form.has_length else a_curve(rng),
            "paths": a_pair_of_paths(experiment, rng),
            "exactness": an_exactness() if task.source_vocabulary else None,
            "memory": a_memory(T, cell is not None),
        },
    )


def the_lows(step: np.ndarray, validation: np.ndarray) -> Lows:
    """When a validation loss, NaN where it was not measured, was lower than ever before."""
    step, loss = step[~np.isnan(validation)], validation[~np.isnan(validation)]
    lower = loss < np.minimum.accumulate([np.inf, *loss])[:-1]
    return Lows(step[lower], np.array([0, *step])[:-1][lower], loss[lower])


def a_source(
    experiment: Experiment, norms: np.ndarray | None, rng: np.random.Generator
) -> tuple[Source | None, np.ndarray | None]:
    """Make the source of the experiment's probe, or one of as many steps as there are norms of its gradient; and what
    looks at it."""
    source = task_of(experiment).probe.source
    if source is None:
        return None, None
    tokens = source[:, 0] if norms is None else np.arange(len(norms))
    shape = experiment.num_layers, experiment.encoder_directions, len(tokens), experiment.hidden_size
    hidden, gradient = (np.tanh(rng.normal(size=shape)).astype(np.float32) for _ in range(2))
    if norms is not None:
        gradient = np.zeros(shape)
        gradient[..., 0] = norms
    weights = rng.dirichlet(np.ones(len(tokens)), task_of(experiment).steps)
    inputs = rng.normal(size=(len(tokens), 3)).astype(np.float32)
    return Source(tokens, hidden, gradient, inputs), None if experiment.attention == "none" else weights


def a_pair_of_paths(experiment: Experiment, rng: np.random.Generator) -> Paths | None:
    """Make what losses ask of a source, if there is one: by the state ever less of what is written later."""
    task = task_of(experiment)
    tokens = task.probe.source
    if tokens is None:
        return None
    state = np.geomspace(1, 1e-6, task.steps)[:, None] * rng.uniform(0.5, 1, (1, len(tokens)))
    attention = np.zeros_like(state) if experiment.attention == "none" else rng.uniform(0.1, 1, state.shape)
    return Paths(state, attention, state + attention)


def a_memory(T: int, has_c: bool) -> Memory:
    """Make a memory that fades, by c_t more slowly."""
    none, norm = np.zeros(0), np.geomspace(1e-3, 2, T)
    return Memory(norm, np.sqrt(norm) if has_c else None, none.astype(int), none, none, 5.0, np.inf)


def an_exactness() -> Exactness:
    """Make shares that fall with the length and rise with the position."""
    lengths, positions = np.arange(5, 9), np.arange(1, 9)
    counts = np.array([10, 12, 8, 10])
    return Exactness(lengths, counts, np.linspace(1, 0.25, 4), positions, np.full(8, 40), np.linspace(0.25, 0.75, 8))


def a_distance() -> Distances:
    """Make an accuracy that falls with the distance."""
    return Distances(np.arange(31), np.geomspace(1, 0.1, 31), np.full(31, 16))


def a_curve(rng: np.random.Generator) -> Curve:
    """Make a parabola, and something beside it that is said."""
    x = np.linspace(-1, 1, 8)
    return Curve(x, x * x, x * x + rng.normal(size=8))


def a_flow(shape: tuple[int, ...], has_c: bool) -> Flow:
    """Make a flow of ones through a network of this shape, (L, D, T)."""
    L, D, T = shape
    ones = np.ones(shape)
    return Flow(np.ones(T), np.ones((D, T)), np.ones((L, D, D, T)), ones, ones if has_c else None, np.ones(T))


def a_forecast(
    *,
    one_step: float = 1.0,
    free_running: float = 5.0,
    repeat_last: float = 2.0,
    length: int = 60,
    start: int = 40,
    beyond: int = 0,
) -> Forecast:
    """Make a forecast of a rising series with the given RMS errors."""
    truth = 2.0 * np.arange(length) + 100
    return Forecast(
        start=start,
        truth=truth,
        one_step=truth + one_step,
        free_running=np.where(np.arange(length) < start, np.nan, truth + free_running),
        repeat_last=truth - repeat_last,
        beyond=truth[-1] + 2.0 * np.arange(1, beyond + 1),
    )
