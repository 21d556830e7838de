"""The sine wave: read a value, say the next."""

import math
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from rnnviz.language import N_
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks.form import EQUAL
from rnnviz.tasks.held_out import HeldOut
from rnnviz.tasks.task import MEAN_OR_REPEAT, Batch, Task

PERIOD = 40
"""Samples per period 2 pi: the 21 points of a half period, both ends counted, are 20 steps of pi/20."""
WARM_UP = 5 * PERIOD
"""Samples after which a state carried on from zero is as good as one carried on for ever: a well-trained plain
RNN (seed 0, 400 steps) errs 700 times as much after one period, 15 times after two, and the same after five."""


def wave(samples: int, streams: int, shift: float = 0.0) -> npt.NDArray[np.float32]:
    """Return (samples, streams, 1): sin(t) from sample `shift` on, stream b of B ahead by b/B of a period."""
    # Reduced to one period first, so that the last of many samples is as accurate as the first.
    t = (np.arange(samples) % PERIOD + shift) * (2 * np.pi / PERIOD)
    ahead = np.arange(streams) * (2 * np.pi / streams)
    return np.sin(t[:, None] + ahead)[..., None].astype(np.float32)


class Sine(Task):
    """x = sin(t), cut into segments that follow one another; each stream of a batch reads on where it stopped."""

    sentence = N_("The network reads a sine wave value by value and says, at every step, what the next value will be.")
    suggested = MappingProxyType({})
    form = EQUAL
    features = (N_("value"),)
    consecutive = True
    forecasts = True
    baselines = MEAN_OR_REPEAT

    def __init__(self, experiment: Experiment):
        super().__init__(experiment)
        T = experiment.seq_len
        # One period and one segment more: every segment there is starts within the first period.
        self._wave = wave(PERIOD + T + 1, experiment.batch_size)
        self._advance = T
        if self.leaves_some:
            # In segments of whole half periods, as T = 20, the last answer would always be 0: let every phase end one.
            while math.gcd(self._advance, PERIOD) > 1:
                self._advance += 1
        self._mask = self.asked

    def training_batch(self, step: int) -> Batch:
        """Segment `step`, which covers [step, step + 1] * T * pi/20: its first T points in, its last T asked."""
        return self._segment(self._wave, step * self._advance % PERIOD)

    @property
    def validation(self) -> Batch:
        """Four streams of the same wave, at points halfway between those of the training.

        Where training carries the state on, it starts warm but once; so do these, after periods that are not asked for.
        """
        warm_up = WARM_UP if self.experiment.carry_state else 0
        steps = warm_up + self.experiment.seq_len
        values = wave(steps + 1, 4, shift=0.5)
        return Batch(values[:-1], values[1:], np.arange(steps) >= warm_up)

    @property
    def probe(self) -> Batch:
        """The wave's first segment, at points halfway between those of the training."""
        return self._segment(wave(self.experiment.seq_len + 1, 1, shift=0.5))

    @property
    def held_out(self) -> HeldOut:
        """One period to warm up and two to forecast, at points halfway between those of the training."""
        values = wave(3 * PERIOD + 1, 1, shift=0.5)[:, 0]
        return HeldOut(inputs=values[:-1], targets=values[1:, 0], start=PERIOD, scale=1.0, offset=0.0)

    def _segment(self, wave: npt.NDArray[np.float32], start: int = 0) -> Batch:
        stop = start + self.experiment.seq_len
        return Batch(wave[start:stop], wave[start + 1 : stop + 1], self._mask)

    def code(self) -> list[str]:
        """See Task.code."""
        T, B, advance = self.experiment.seq_len, self.experiment.batch_size, self._advance
        start = "SEQ_LEN" if advance == T else f"{advance}  # not {T}, so that every phase is the last some time"
        ahead = " + np.arange(BATCH_SIZE) * (2 * np.pi / BATCH_SIZE)" if B > 1 else ""
        return [
            f'''
            def batch(step):
                """Return segment `step` of a sine wave, (T, B, 1), and the value after {self.each} one of it."""
                start = step * {start}
                t = (start + np.arange(SEQ_LEN + 1)) % {PERIOD} * (2 * np.pi / {PERIOD})  # {PERIOD} samples a period
                wave = np.sin(t[:, None]{ahead}).astype(np.float32)  # (T + 1, B)
                wave = torch.from_numpy(wave)[..., None]
                return wave[:-1], wave[{"-1" if self.leaves_some else "1:"}]
            '''
        ]
