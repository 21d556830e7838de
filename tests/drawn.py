"""What a picture draws, as a figure and as the arrays that travel."""

from typing import Any

from rnnviz.plots import PICTURES
from rnnviz.scene import Scene


def draw(name: str, scene: Scene) -> Any:
    return PICTURES[name].figure(scene)


def lines(name: str, scene: Scene) -> list:
    return PICTURES[name].arrays(scene)
