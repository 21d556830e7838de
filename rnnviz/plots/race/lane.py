"""How the networks of a race are told apart in every picture: by a colour each, and without it by a kind of line."""

from dataclasses import dataclass

from rnnviz.language import Text
from rnnviz.plots.picture import COLOURS
from rnnviz.scene import Scene
from rnnviz.settings.race import names


@dataclass(frozen=True)
class Lane:
    """How one network of a race is drawn: plotly's names of its line's dashes and of its points' form."""

    colour: str
    dash: str
    symbol: str


LANES = tuple(
    Lane(*looks)
    for looks in zip(
        COLOURS, ("solid", "dash", "dot", "dashdot"), ("circle", "square", "diamond", "triangle-up"), strict=True
    )
)
"""Of the first to the fourth."""


def named(scene: Scene) -> list[tuple[Text, Lane, Scene]]:
    """Return the networks of a race: what each is called, how it is drawn, and its own scene."""
    scenes = scene.lanes
    called = names([lane.experiment for lane in scenes])
    return list(zip(called, LANES, scenes, strict=False))
