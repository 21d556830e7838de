"""How the networks of a race are told apart in every picture: by a colour each, and without it by a kind of line."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from rnnviz.language import N_, Text, say
from rnnviz.plots.cursor import How, read_out
from rnnviz.plots.picture import COLOURS, MARKED, shown_label
from rnnviz.scene import Scene
from rnnviz.settings import race
from rnnviz.settings.race import names

LETTERS = 24
"""Of a network's name that a legend has room for."""


@dataclass(frozen=True)
class Lane:
    """How one network of a race is drawn: plotly's names of its line's dashes and of its points' form, its letter."""

    colour: str
    dash: str
    symbol: str
    letter: str

    def line(self, width: float = 2.5) -> dict[str, Any]:
        """Return what a line of its own looks like."""
        return {"color": self.colour, "dash": self.dash, "width": width}

    def read(self, symbol: Text, how: How = "value", values: str = "") -> dict[str, Any]:
        """Return what a trace of its own is given for its values to be read out: see `read_out`."""
        return read_out(N_("{symbol} of {network}", symbol=symbol, network=self.letter), how, values)

    def points(self, count: int) -> dict[str, Any]:
        """Return what a line of so many points is given to show them, as far as there is room."""
        mode = "lines+markers" if count <= MARKED else "lines"
        return {"mode": mode, "marker": {"symbol": self.symbol, "size": 7, "color": self.colour}}


LANES = tuple(
    Lane(*looks)
    for looks in zip(
        COLOURS,
        ("solid", "dash", "dot", "dashdot"),
        ("circle", "square", "diamond", "triangle-up"),
        race.LANES,
        strict=True,
    )
)
"""Of the first to the fourth."""


def named(scene: Scene) -> list[tuple[Text, Lane, Scene]]:
    """Return the networks of a race: what each is called, how it is drawn, and its own scene."""
    scenes = scene.lanes
    called = names([lane.experiment for lane in scenes])
    return list(zip(called, LANES, scenes, strict=False))


def drawn(scene: Scene) -> list[tuple[str, Lane, Scene]]:
    """Return the same with each name as a legend shows it."""
    return [(shown_label(say(name), LETTERS), lane, own) for name, lane, own in named(scene)]


def lanes_key(scene: Scene) -> Hashable:
    """Return what names and number of the lines depend on."""
    return tuple(name for name, _lane, _own in named(scene))
