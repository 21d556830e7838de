"""The validation loss of a race's networks over several seeds: a line for the median, and a band that holds all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import plotly.graph_objects as go

from rnnviz.language import Text, _, say
from rnnviz.plots.picture import GREY, canvas, training_axis
from rnnviz.plots.race.lane import Lane

TALL = 340
"""Height of the picture, in pixels."""
TEXT = {"tickfont_size": 14, "title_font_size": 14}
"""Streamlit's theme would have it smaller."""
MARKS = 8
"""Points of a line that have a mark, evenly spread."""
BAND = 0.15
"""How opaque a band is: three above one another can be told apart."""


class Spread(Protocol):
    """See standing.Spread."""

    @property
    def at(self) -> Sequence[int]:
        """Training steps, (N,)."""
        ...

    @property
    def middle(self) -> Sequence[float]:
        """The median over the seeds."""
        ...

    @property
    def low(self) -> Sequence[float]:
        """The best seed."""
        ...

    @property
    def high(self) -> Sequence[float]:
        """The worst, infinite where it diverged."""
        ...


@dataclass(frozen=True)
class Line:
    """One network: what it is called, how it is drawn, and what there is of it."""

    name: Text
    lane: Lane
    spread: Spread


def figure(lines: Sequence[Line], baseline: float, beaten: Text, goal: float, loss: Text, linear: bool) -> go.Figure:
    """Draw the networks' losses, and what there is to beat and to reach. beaten: the baseline's words; loss: what the
    axis is called; linear: whether nobody brings that near 0, so that it needs no powers of ten."""
    end = max(line.spread.at[-1] for line in lines)
    marks = ((baseline, beaten, "dash"), (goal, _("loss to reach"), "dot"))
    traces = [
        *(_band(line, linear) for line in lines),
        *(_middle(line, linear) for line in lines),
        *(_level(value, say(words), dash, end) for value, words, dash in marks if value > 0),
    ]
    axis: dict[str, Any] = (
        {"rangemode": "tozero"} if linear else {"type": "log", "exponentformat": "power", "nticks": 4}
    )
    picture = canvas(
        traces,
        x=training_axis() | {"range": [0, end]} | TEXT,
        y={"title_text": say(loss)} | axis | TEXT,
        height=TALL,
    )
    return picture.update_layout(legend_font_size=14)


def _drawable(values: Sequence[float], linear: bool) -> np.ndarray:
    """Return what the axis can show, NaN elsewhere."""
    losses = np.array(values, float)
    return np.where(np.isfinite(losses) & (linear | (losses > 0)), losses, np.nan)


def _band(line: Line, linear: bool) -> go.Scatter:
    """Return what lies between the best and the worst seed, as far as that is finite."""
    low, high = (_drawable(values, linear) for values in (line.spread.low, line.spread.high))
    there = np.isfinite(low) & np.isfinite(high)
    at = np.array(line.spread.at)[there]
    red, green, blue = (int(line.lane.colour[i : i + 2], 16) for i in (1, 3, 5))
    return go.Scatter(
        x=np.concatenate([at, at[::-1]]),
        y=np.concatenate([low[there], high[there][::-1]]),
        fill="toself",
        fillcolor=f"rgba({red}, {green}, {blue}, {BAND})",
        line={"color": line.lane.colour, "width": 1, "dash": line.lane.dash},
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
    )


def _middle(line: Line, linear: bool) -> go.Scatter:
    spread = line.spread
    apart = max(len(spread.at) // MARKS, 1)
    return go.Scatter(
        name=say(line.name),
        x=np.array(spread.at),
        y=_drawable(spread.middle, linear),
        mode="lines+markers",
        line={"color": line.lane.colour, "width": 3, "dash": line.lane.dash},
        marker={"symbol": line.lane.symbol, "size": [9 if i % apart == 0 else 0 for i in range(len(spread.at))]},
        customdata=np.stack([spread.low, spread.high], axis=-1),
        hovertemplate=_(
            "step {step}, {name}: median {middle}, {low} to {high}",
            step="%{x}",
            name="%{fullData.name}",
            middle="%{y:.3~g}",
            low="%{customdata[0]:.3~g}",
            high="%{customdata[1]:.3~g}",
        )
        + "<extra></extra>",
    )


def _level(value: float, words: str, dash: str, end: int) -> go.Scatter:
    return go.Scatter(
        name=words,
        x=[0, end],
        y=[value, value],
        mode="lines",
        line={"color": GREY, "width": 2, "dash": dash},
        hovertemplate=words + ": %{y:.3~g}<extra></extra>",
    )
