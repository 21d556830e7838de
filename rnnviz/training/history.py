"""Log: the curves of a run and the profiles of its gradient, thinned evenly while they grow."""

import math
from bisect import bisect_right
from operator import itemgetter
from typing import Any

import numpy as np
import torch

from rnnviz.snapshot import Array, History, Indices, Lows

LIMIT = 256
"""How many points of the loss curves are kept."""
FIRST = 3
"""Points that are never left out: from them progress is counted."""

Point = tuple[int, float, float, float]
"""Training step, training loss, validation loss (NaN where it was not measured), norm of the gradient."""


class Log:
    """The run so far, one point every `stride` steps; a stride of 0 keeps none.

    When it is full, the first three points stay, from which progress is counted, and every second of the others, and
    from then on half as many are recorded. What was left out is kept by itself, without its profile: a few numbers,
    128 points for every doubling of the run's length, from which the history of any step before can be told.

    shape: of a profile, (L, D, T).
    """

    def __init__(self, stride: int, shape: tuple[int, ...]):
        self.stride, self._shape = stride, shape
        self._points: list[Point] = []
        self._profiles: list[Array] = []
        self._left_out: list[Point] = []
        self._lows: list[tuple[int, int, float]] = []
        self._measured = 0

    def due(self, step: int) -> bool:
        """Say whether a point of training step `step`, counted from 1, belongs in it."""
        return bool(self.stride) and (step - 1) % self.stride == 0

    def record(self, point: Point, profile: Array) -> None:
        """Add a point, and the norms of the probe's dL/dh_t then, (L, D, T)."""
        self._points.append(point)
        self._note(point)
        with np.errstate(over="ignore"):  # what float32 can't hold is infinite
            self._profiles.append(profile.astype(np.float32))
        if len(self._points) > LIMIT:
            self.stride *= 2
            stays = [_belongs(point, self.stride) for point in self._points]
            self._left_out += [point for point, stay in zip(self._points, stays, strict=True) if not stay]
            self._points = [point for point, stay in zip(self._points, stays, strict=True) if stay]
            self._profiles = [profile for profile, stay in zip(self._profiles, stays, strict=True) if stay]

    def _note(self, point: Point) -> None:
        step, _loss, validation, _norm = point
        if validation < (self._lows[-1][-1] if self._lows else math.inf):
            self._lows.append((step, self._measured, validation))
        if not math.isnan(validation):
            self._measured = step

    def history(self, step: int, stride: int) -> History:
        """Return the history as it was after training step `step`, when it held every `stride` steps."""
        points = self._points
        if stride != self.stride:
            points = sorted(point for point in [*self._left_out, *points] if stride and _belongs(point, stride))
        if points and points[-1][0] > step:
            points = [point for point in points if point[0] <= step]
        steps, *curves = zip(*points, strict=True) if points else [()] * 4
        loss, validation, norm = (np.array(curve, float) for curve in curves)
        return History(np.array(steps, np.int64), loss, validation, norm, self._lows_until(step))

    def _lows_until(self, step: int) -> Lows:
        lows = self._lows[: bisect_right(self._lows, step, key=itemgetter(0))]
        steps, since, losses = zip(*lows, strict=True) if lows else [()] * 3
        return Lows(np.array(steps, np.int64), np.array(since, np.int64), np.array(losses, float))

    def profiles(self, step: int) -> tuple[Indices, Array]:
        """Return the profiles, (N, L, D, T) float32, that are kept of N training steps up to `step`, and these."""
        steps = np.array([point[0] for point in self._points if point[0] <= step], np.int64)
        return steps, self._stacked[: len(steps)]

    @property
    def _stacked(self) -> Array:
        return np.stack(self._profiles) if self._profiles else np.zeros((0, *self._shape), np.float32)

    def state(self) -> dict[str, Any]:
        """Return all of it, as torch saves it."""
        points, left_out = (np.array(part, np.float64).reshape(-1, 4) for part in (self._points, self._left_out))
        arrays = {"points": points, "left_out": left_out, "profiles": self._stacked}
        return {"stride": self.stride} | {name: torch.from_numpy(array) for name, array in arrays.items()}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` returned."""
        self.stride, self._profiles = state["stride"], list(state["profiles"].numpy())
        self._points, self._left_out = (
            [(int(step), *numbers) for step, *numbers in state[part].tolist()] for part in ("points", "left_out")
        )
        self._lows, self._measured = [], 0
        for point in sorted([*self._left_out, *self._points]):
            self._note(point)


def _belongs(point: Point, stride: int) -> bool:
    return point[0] <= FIRST or (point[0] - 1) % stride == 0
