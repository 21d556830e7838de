"""Scenes of a race whose numbers are known."""

from dataclasses import replace
from typing import Any

import numpy as np
from made_up import the_lows

from rnnviz.language import N_
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.snapshot import Baseline, History, Snapshot

CELLS = "rnn", "gru", "lstm", "mingru"
NAMES = "a: RNN", "b: GRU", "c: LSTM", "d: minGRU"
BAR = 2.0
"""The loss of guessing."""


def scene(losses: Any, cell: str = "rnn", *, apart: int = 1, view: View | None = None, **more: Any) -> Scene:
    """A network of recall with these validation losses at the training steps `apart`, 2 `apart`, ..., the last."""
    losses = np.array(losses, float)
    steps = apart * np.arange(1, len(losses) + 1)
    parts: Any = {name: more.pop(name) for name in ("memory",) if name in more}
    seen = {name: more.pop(name) for name in ("accuracy", "parameters") if name in more}
    snapshot = Snapshot(
        step=int(steps[-1]) if len(losses) else 0,
        loss=1.0,
        validation_loss=float(losses[-1]) if len(losses) else np.nan,
        validated=64,
        baselines=(Baseline("chance", N_("guessing"), BAR, 0.25),),
        history=History(steps, losses, losses, losses, the_lows(steps, losses)),
        parts=parts,
        **({"accuracy": 0.25, "parameters": 1000} | seen),
    )
    return Scene(Experiment(task="recall", cell=cell), snapshot, view or View(), **more)


def race(*scenes: Scene) -> tuple[Scene, ...]:
    """These as the networks of one race, each with a cell of its own."""
    return tuple(
        replace(scene, experiment=replace(scene.experiment, cell=cell))
        for scene, cell in zip(scenes, CELLS, strict=False)
    )


def level(loss: float, steps: int = 200, **more: Any) -> Scene:
    return scene(np.full(steps, loss), **more)


def falling(step: int, to: float = 0.1, steps: int = 200, **more: Any) -> Scene:
    """One whose loss falls from that of guessing to `to` at a training step."""
    return scene(np.where(np.arange(1, steps + 1) < step, BAR, to), **more)
