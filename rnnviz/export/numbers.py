"""How numbers are written in a script."""

from rnnviz.settings.experiment import Experiment


def number(experiment: Experiment, name: str) -> str:
    """Write the value of a setting."""
    return Experiment.SETTINGS[name].format(getattr(experiment, name))


def times(n: int, name: str) -> str:
    """Write n times what `name` stands for."""
    return name if n == 1 else f"{n} * {name}"
