"""A visitor's own series: read a value, say the next."""

from types import MappingProxyType

import numpy as np

from rnnviz.language import N_, BadValue
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.labels import Labels
from rnnviz.tasks.held_out import HeldOut
from rnnviz.tasks.windows import Windows, array, longest_window, training_part

WARM_UP = FORECAST = 100
"""Values the forecast shows: read before it begins, and foretold."""


class Series(Windows):
    """The values an Experiment brings."""

    sentence = N_(
        "The network reads your series value by value and says, at every step, what the next value will be. It trains "
        "on the first 70 %; the rest is the test."
    )
    features = (N_("value"),)
    suggested = MappingProxyType({"seq_len": 20, "batch_size": 16, "learning_rate": 0.01})

    def __init__(self, experiment: Experiment):
        if not experiment.series:
            raise BadValue(N_("There is no series yet: upload a CSV file and choose one of its columns."))
        super().__init__(experiment, np.array(experiment.series, dtype=np.float64))

    @classmethod
    def longest(cls, experiment: Experiment) -> int:
        """See Task.longest; never below 2, though a series of fewer than 5 values does not allow even that."""
        return max(longest_window(len(experiment.series), experiment.difference), 2)

    @staticmethod
    def shown(values: int) -> slice:
        """Return which of so many values the forecast shows; the first is said by no step."""
        begin = max(training_part(values), values - FORECAST)
        return slice(max(begin - WARM_UP, 1), values)

    @classmethod
    def labels(cls, experiment: Experiment) -> Labels:
        """See Task.labels."""
        return experiment.labels

    @property
    def held_out(self) -> HeldOut:
        """The last test values, after some to warm up: a forecast stays cheap for a long series, and what goes on
        beyond the data stands beside them. Of a long series the network has read those before it alone, at least 199;
        the values it warms up with may be test values too, and were never trained on."""
        return self._forecast(WARM_UP, FORECAST)

    def code(self) -> list[str]:
        """See Task.code."""
        series = self.experiment.series
        return [
            "# The first 70 % of the series, those to train on.\n"
            + array("SERIES", series[: training_part(len(series))]),
            *self.cut(
                f"""
                values = normalised({self.read})[:, None]
                all_inputs, all_targets = values[:-1], values[1:]
                """
            ),
        ]
