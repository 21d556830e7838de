"""Airline passengers: Box and Jenkins' series G, the international airline passengers of 1949 to 1960."""

from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from rnnviz.language import N_
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.labels import Labels
from rnnviz.tasks.held_out import HeldOut
from rnnviz.tasks.windows import Windows, array, longest_window, training_part

# Thousands of passengers a month, a row a year.
PASSENGERS = np.array([
    [112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118],
    [115, 126, 141, 135, 125, 149, 170, 170, 158, 133, 114, 140],
    [145, 150, 178, 163, 172, 178, 199, 199, 184, 162, 146, 166],
    [171, 180, 193, 181, 183, 218, 230, 242, 209, 191, 172, 194],
    [196, 196, 236, 235, 229, 243, 264, 272, 237, 211, 180, 201],
    [204, 188, 235, 227, 234, 264, 302, 293, 259, 229, 203, 229],
    [242, 233, 267, 269, 270, 315, 364, 347, 312, 274, 237, 278],
    [284, 277, 317, 313, 318, 374, 413, 405, 355, 306, 271, 306],
    [315, 301, 356, 348, 355, 422, 465, 467, 404, 347, 305, 336],
    [340, 318, 362, 348, 363, 435, 491, 505, 404, 359, 310, 337],
    [360, 342, 406, 396, 420, 472, 548, 559, 463, 407, 362, 405],
    [417, 391, 419, 461, 472, 535, 622, 606, 508, 461, 390, 432],
]).ravel()  # fmt: skip
MONTHS = np.arange(PASSENGERS.size) % 12 + 1
"""The number of each month, 1 for January."""


class Airline(Windows):
    """The month before and the number of the month in, this month's passengers out."""

    sentence = N_(
        "Every month the network reads how many passengers flew the month before and the number of the month, and says "
        "how many fly in it. It trains on the first 70 % of 1949-1960; the rest, with more passengers than it has ever "
        "seen, is the test."
    )
    suggested = MappingProxyType({"seq_len": 12, "batch_size": 32, "learning_rate": 0.003})
    inputs = 2
    features = (N_("passengers"), N_("month"))
    unit = N_("thousand passengers")

    def __init__(self, experiment: Experiment):
        super().__init__(experiment, PASSENGERS.astype(np.float64), MONTHS.astype(np.float64))

    @classmethod
    def longest(cls, experiment: Experiment) -> int:
        """See Task.longest."""
        return longest_window(PASSENGERS.size, experiment.difference)

    @classmethod
    def labels(cls, experiment: Experiment) -> Labels:
        """See Task.labels; the forecast shows every month but the first."""
        months = (f"{1949 + n // 12}-{month:02}" for n, month in enumerate(MONTHS))
        return Labels(cls.unit, N_("month"), tuple(months)[1:])

    @property
    def held_out(self) -> HeldOut:
        """The whole series: warm up on all training months, forecast all test months."""
        return self._forecast(PASSENGERS.size, PASSENGERS.size)

    def ahead(self, steps: int) -> npt.NDArray[np.float32]:
        """See Task.ahead: the months go round, as in the last year."""
        inputs = super().ahead(steps)
        inputs[:, 1] = np.resize(self._inputs[-12:, 1], steps)
        return inputs

    def code(self) -> list[str]:
        """See Task.code."""
        return [
            "# Thousands of passengers a month from January 1949 on, those to train on.\n"
            + array("SERIES", PASSENGERS[: training_part(PASSENGERS.size)]),
            *self.cut(
                f"""
                passengers = normalised({self.read})
                months = normalised(np.arange({1 + self.experiment.difference}, len(SERIES)) % 12 + 1)
                all_inputs = np.stack([passengers[:-1], months], axis=-1)  # of the month before, and the month's number
                all_targets = passengers[1:, None]
                """
            ),
        ]
