"""What a picture draws, as a figure and as the arrays that travel."""

from collections.abc import Hashable
from typing import Any

from rnnviz.plots import EXACTNESS, PAIRS, PATHS, PICTURES, RACE
from rnnviz.plots.picture import Picture
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment

OF_ONE = {name: picture for name, picture in RACE.items() if picture.lane == 0}
"""Those of a race of one network."""
ALL = PICTURES | PAIRS | PATHS | EXACTNESS | OF_ONE
"""The bench's, those of two sequences, and those of a race."""


def shown(experiment: Experiment) -> dict[str, Picture]:
    """The pictures there is something to see in."""
    return {name: picture for name, picture in ALL.items() if picture.shown(experiment)}


def example(name: str) -> Experiment:
    """An experiment of which a picture has something to show."""
    some = Experiment(), Experiment(task="languages"), Experiment(task="reverse", attention="dot", hidden_size=4)
    return next(experiment for experiment in some if ALL[name].shown(experiment))


def draw(name: str, scene: Scene) -> Any:
    return ALL[name].figure(scene)


def key(scene: Scene) -> Hashable:
    """What the figures that can be drawn depend on beside their arrays."""
    pictures = shown(scene.experiment).values()
    return tuple(p.depends(scene) for p in pictures if set(p.needs) <= scene.snapshot.parts.keys())


def lines(name: str, scene: Scene) -> list:
    return ALL[name].arrays(scene)
