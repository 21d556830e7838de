"""Windows cut from one series: what the airline's passengers and a visitor's own series have in common."""

import textwrap
from collections.abc import Iterable
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from rnnviz.language import N_, BadValue, counted
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks.form import EQUAL
from rnnviz.tasks.held_out import HeldOut
from rnnviz.tasks.task import COLUMNS, MEAN_OR_REPEAT, STREAM, TRAINING, Batch, Mask, Task

Values = npt.NDArray[np.float64]

FARTHEST = 1e6
"""How many standard deviations a value may lie from the mean: squares of errors have to fit into float32."""
ROUNDING = 1e-12
"""Changes that differ by less than this part of the series' range differ by its rounding alone."""
CHANGES = MappingProxyType({**MEAN_OR_REPEAT, "mean": N_("always saying the mean change")})
"""The baselines of what is learned as changes."""


def training_part(values: int) -> int:
    """Return how many of a series' values are for training: the first 70 %."""
    return values * 7 // 10


def longest_window(values: int, difference: bool = False) -> int:
    """Return the longest window the training part of so many values holds: each step needs the value after it.

    difference: whether what is read are the changes, of which there is one less.
    """
    return min(training_part(values) - 1 - difference, 500)


class Windows(Task):
    """A series of N values, the first 70 % to train on and the rest to test with.

    Step n reads value n, and what else is known by then, and says value n + 1; a test step is one that says a test
    value. All is normalised to mean 0 and standard deviation 1 of the training part alone. With `difference`, the
    series read and said is that of the N - 1 changes from one value to the next.
    """

    form = EQUAL
    forecasts = True
    differences = True
    standardised = True
    baselines = MEAN_OR_REPEAT

    def __init__(self, experiment: Experiment, values: Values, *known: Values):
        """Take the series, and further inputs whose element n + 1 is known when step n says value n + 1; (N,) each."""
        super().__init__(experiment)
        T, N = experiment.seq_len, len(values)
        train = training_part(N)
        if longest_window(N, experiment.difference) < T:
            raise BadValue(
                counted(
                    "There is one value, and a sequence length of {length} needs at least {needed}, because the "
                    "network trains on the first 70 % of them: take a longer series or a shorter sequence.",
                    "There are {n} values, and a sequence length of {length} needs at least {needed}, because the "
                    "network trains on the first 70 % of them: take a longer series or a shorter sequence.",
                    N,
                    length=T,
                    needed=-(-10 * (T + 1 + experiment.difference) // 7),
                )
            )
        if np.all(values[:train] == values[0]):
            raise BadValue(
                N_(
                    "The first 70 % of the series, on which the network trains, are all the same value: "
                    "there is nothing to learn from them."
                )
            )
        self._last = None
        if experiment.difference:
            self.baselines = CHANGES
            self._last, known, train = values[1:-1], tuple(column[1:] for column in known), train - 1
            values = self._changes(values, train)
        self._offset, self._scale, normal = _normalise(values, slice(0, train))
        others = [_normalise(column[1:], slice(0, train - 1))[2] for column in known]
        self._inputs = np.stack([normal[:-1], *others], axis=-1)  # (N-1, I)
        self._targets = normal[1:, None]  # (N-1, 1)
        if not (np.isfinite(self._scale) and np.all(np.abs(normal) < FARTHEST)):
            raise BadValue(N_("The series' values lie too far apart to compute with: leave out the extreme ones."))
        self._test = train - 1  # the first test step
        self._steps = np.arange(T)[:, None]
        self._mask = self.asked
        # Where windows of the test part may start; with too few test steps for one, training steps lead up to them.
        steps = len(normal) - 1
        self._test_starts = np.arange(min(self._test, steps - T), steps - T + 1)

    def _changes(self, values: Values, train: int) -> Values:
        """Return how each value changes to the next, (N-1,)."""
        with np.errstate(all="ignore"):  # what overflows is found later
            changes = np.diff(values)
            even = np.ptp(changes[:train]) <= ROUNDING * np.ptp(values[: train + 1])
        if even:
            raise BadValue(
                N_(
                    "In the first 70 % of the series, on which the network trains, every value changes by as much to "
                    'the next: there is nothing to learn from that. Switch off "{switch}".',
                    switch=Experiment.SETTINGS["difference"].label,
                )
            )
        return changes

    def repeated(self, inputs: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """See Task.repeated; a value that is repeated has changed by 0."""
        last = super().repeated(inputs)
        return last if self._last is None else np.full_like(last, -self._offset / self._scale)

    def training_batch(self, step: int) -> Batch:
        """Windows that start anywhere in the training part."""
        starts = self.generator(TRAINING, step).integers(
            0, self._test - self.experiment.seq_len + 1, self.experiment.batch_size
        )
        return self._cut(starts, self._mask)

    @property
    def validation(self) -> Batch:
        """Up to 16 windows, spread evenly over the test part."""
        return self._cut_test(np.unique(np.linspace(0, len(self._test_starts) - 1, 16).astype(int)))

    @property
    def probe(self) -> Batch:
        """The first window of the test part."""
        return self._cut_test(np.zeros(1, dtype=int))

    def _forecast(self, warm_up: int, steps: int) -> HeldOut:
        """Hold out the last test steps, as many as `steps`, after as many as `warm_up` steps before them."""
        begin = max(self._test, len(self._targets) - steps)
        start = max(begin - warm_up, 0)
        part = slice(start, None)
        return HeldOut(
            inputs=self._inputs[part],
            targets=self._targets[part, 0],
            start=begin - start,
            scale=self._scale,
            offset=self._offset,
            last=None if self._last is None else self._last[part],
        )

    def _cut(self, starts: npt.NDArray[np.integer], mask: Mask) -> Batch:
        steps = self._steps + starts  # (T, B)
        return Batch(self._inputs.take(steps, axis=0), self._targets.take(steps, axis=0), mask)

    def _cut_test(self, which: npt.NDArray[np.integer]) -> Batch:
        return self._cut(self._test_starts[which], self._test_starts[0] + self._steps[:, 0] >= self._test)

    @property
    def read(self) -> str:
        """What is read and said, in a script, of SERIES: its values, or their changes."""
        return "np.diff(SERIES)" if self.experiment.difference else "SERIES"

    def cut(self, given: str) -> list[str]:
        """Return the rest of a script's data. given: the code that makes all_inputs (N, I) and all_targets (N, 1)."""
        I, steps = self.inputs, "steps[-1]" if self.leaves_some else "steps"  # noqa: E741
        return [
            _NORMALISED,
            given,
            f'''
            def batch(step):
                """Return windows that start anywhere, (T, B, {I}), and what to say at {self.each} step of them."""
                random = {STREAM}
                starts = random.integers(0, len(all_inputs) - SEQ_LEN + 1, BATCH_SIZE)
                steps = starts + np.arange(SEQ_LEN)[:, None]  # (T, B)
                return torch.from_numpy(all_inputs[steps]), torch.from_numpy(all_targets[{steps}])
            ''',
        ]


_NORMALISED = '''
def normalised(values):
    """Return values of mean 0 and standard deviation 1."""
    return ((values - values.mean()) / values.std()).astype(np.float32)
'''


def array(name: str, values: Iterable[float]) -> str:
    """Write an array for a script, its numbers in rows; only numbers get in."""
    floats = [float(value) for value in values]
    numbers = [f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value) for value in floats]
    rows = textwrap.fill(
        ", ".join(numbers), COLUMNS - 1, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False
    )
    return f"{name} = np.array([\n{rows},\n], dtype=float)  # fmt: skip"


def _normalise(values: Values, training: slice) -> tuple[float, float, npt.NDArray[np.float32]]:
    """Return the training part's mean and standard deviation, and all values in those terms."""
    with np.errstate(all="ignore"):  # what overflows is found by the caller
        offset, scale = float(values[training].mean()), float(values[training].std())
        return offset, scale, ((values - offset) / scale).astype(np.float32)
