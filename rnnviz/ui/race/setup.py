"""Who races: the networks beside the first, each by the settings in which it differs from it."""

from rnnviz.settings.experiment import Experiment
from rnnviz.ui.shell import address, lanes

USUAL = ("rnn", "gru", "lstm")
"""The cells that race where nothing else is asked for."""


def begin() -> None:
    """Where the first network races with none, let it race with the usual cells that it has not."""
    if not lanes.chosen():
        cell = address.chosen(Experiment).cell
        lanes.choose(tuple({"cell": other} for other in USUAL if other != cell))
