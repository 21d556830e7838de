"""HeldOut: a series to forecast, and what is said of it in its own units."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class HeldOut:
    """A series to forecast, for networks that read the value before and say the next.

    inputs: (N, I) float32; targets: (N,) float32, the next value, both in the network's normalised units. Input
    column `feedback` at step n+1 is the target of step n: a free-running forecast puts its own output there.
    The first `start` steps are the warm-up; a value v is `v * scale + offset` in the series' own units.
    last: where inputs and targets are changes from one value to the next, the values (N,) float64, in their own units,
    that the targets change; else None.
    """

    inputs: npt.NDArray[np.float32]
    targets: npt.NDArray[np.float32]
    start: int
    scale: float
    offset: float
    feedback: int = 0
    last: npt.NDArray[np.float64] | None = None

    def values(self, said: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        """Return in the series' own units what was said (N,), each step having been told the true value before."""
        own = said.astype(np.float64) * self.scale + self.offset
        return own if self.last is None else self.last + own

    def summed(self, said: npt.NDArray[np.floating], before: float) -> npt.NDArray[np.float64]:
        """Return in the series' own units what was said (M,) after the value `before`, each step being told what the
        one before it said."""
        own = said.astype(np.float64) * self.scale + self.offset
        return own if self.last is None else before + own.cumsum()

    @property
    def repeat_last(self) -> npt.NDArray[np.float64]:
        """The last value (N,) before each target, in the series' own units."""
        return (
            self.inputs[:, self.feedback].astype(np.float64) * self.scale + self.offset
            if self.last is None
            else self.last
        )
