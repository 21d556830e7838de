"""Moments: which training steps' weights are kept, so that all there was to see of them can be seen again."""

from collections.abc import Iterable
from typing import Any

import torch

from rnnviz.moment import Moment, Progress, most_kept


class Moments:
    """Step 0 and every `apart`-th after it; `apart` is doubled when they become too many.

    size: bytes of one moment's weights. budget: bytes of all; none is kept of a network that is larger.
    """

    def __init__(self, size: int, budget: int):
        self.budget = budget
        self._most = most_kept(size, budget)
        self._apart = 1
        self._kept: dict[int, Moment] = {}

    def due(self, step: int) -> bool:
        """Say whether the moment after training step `step` is to be kept."""
        return self._most > 0 and step % self._apart == 0

    def keep(self, moment: Moment) -> None:
        """Keep a moment, the newest so far, and let go of every second one if they are too many now."""
        self._kept[moment.progress.step] = moment
        while len(self._kept) > self._most:
            self._apart *= 2
            self._kept = {step: moment for step, moment in self._kept.items() if step % self._apart == 0}

    @property
    def steps(self) -> tuple[int, ...]:
        """The training steps that are kept, rising."""
        return tuple(self._kept)

    def at(self, step: int) -> Moment | None:
        """Return the moment of training step `step`, if it is kept."""
        return self._kept.get(step)

    def without(self, steps: Iterable[int]) -> tuple[Moment, ...]:
        """Return the moments that are kept but those of these training steps."""
        known = set(steps)
        return tuple(moment for step, moment in self._kept.items() if step not in known)

    def restore(self, moments: Iterable[Moment], apart: int) -> None:
        """Go on from the moments of another training of the same network, and how far they were apart."""
        self._kept, self._apart = {moment.progress.step: moment for moment in moments}, apart

    @property
    def apart(self) -> int:
        """How many training steps lie between two moments."""
        return self._apart


def packed(moments: tuple[Moment, ...]) -> dict[str, Any]:
    """Return moments as torch saves them."""
    progress = [list(vars(moment.progress).values()) for moment in moments]
    weights = torch.stack([torch.from_numpy(moment.weights) for moment in moments]) if moments else torch.zeros(0, 0)
    return {"progress": torch.tensor(progress, dtype=torch.float64), "weights": weights}


def unpacked(saved: dict[str, Any]) -> list[Moment]:
    """Return the moments that `packed` was given."""
    return [
        Moment(Progress(int(step), loss, norm, clipped_norm, int(stride)), weights)
        for (step, loss, norm, clipped_norm, stride), weights in zip(
            saved["progress"].tolist(), saved["weights"].numpy(), strict=True
        )
    ]
