"""A visitor's own series: read a value, say the next."""

from types import MappingProxyType

import numpy as np

from rnnviz.experiment import Experiment
from rnnviz.tasks.task import HeldOut
from rnnviz.tasks.windows import Windows, longest_window
from rnnviz.text import N_, _


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
            raise ValueError(_("There is no series yet: upload a CSV file and choose one of its columns."))
        super().__init__(experiment, np.array(experiment.series, dtype=np.float64))

    @classmethod
    def longest(cls, experiment: Experiment) -> int:
        """See Task.longest; never below 2, though a series of fewer than 5 values does not allow even that."""
        return max(longest_window(len(experiment.series), experiment.difference), 2)

    @property
    def held_out(self) -> HeldOut:
        """The first 100 test values, after 100 values to warm up: a forecast stays cheap for a long series."""
        return self._forecast(warm_up=100, steps=100)
