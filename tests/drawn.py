"""What a picture draws, as a figure and as the arrays that travel."""

from collections.abc import Hashable
from typing import Any

from rnnviz.plots import PICTURES
from rnnviz.scene import Scene


def draw(name: str, scene: Scene) -> Any:
    return PICTURES[name].figure(scene)


def key(scene: Scene) -> Hashable:
    """What the bench's figures depend on beside their arrays."""
    return tuple(picture.depends(scene) for picture in PICTURES.values())


def lines(name: str, scene: Scene) -> list:
    return PICTURES[name].arrays(scene)
