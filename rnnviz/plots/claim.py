"""What is written right with each kind of attention: whole targets by the source's length, tokens by their place in it.

A line is the median over the seeds; from each of its points a bar reaches to the worst and to the best seed.
"""

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from rnnviz.language import _, say
from rnnviz.plots.finding import NAMES, Outcomes, Shares, by_length, by_position, line
from rnnviz.plots.picture import BLUE, GREEN, VERMILION, canvas, whole_numbers

LOOKS = {
    "none": (VERMILION, "solid", "circle"),
    "additive": (BLUE, "dash", "square"),
    "dot": (GREEN, "dot", "diamond"),
}
"""Colour, dash and mark of each kind of attention."""
APART = 0.16
"""How far beside one another the kinds' bars stand."""
TALL = 300
"""Height of these pictures, in pixels."""
TEXT = {"tickfont_size": 14, "title_font_size": 14}
"""Streamlit's theme would have it smaller."""

Lines = Mapping[str, Mapping[int, Shares]]
"""By kind of attention, and by length or position."""


def by_lengths(outcomes: Outcomes, order: str) -> Lines:
    """Return what is right in full by the source's length."""
    return {attention: line(by_length(outcomes, order, attention)) for attention in NAMES}


def by_positions(outcomes: Outcomes, order: str) -> Lines:
    """Return which tokens are right by their place in a long source."""
    return {attention: line(by_position(outcomes, order, attention)) for attention in NAMES}


def figure(lines: Lines, place: str, share: str) -> go.Figure:
    """Draw a line for each kind of attention. place, share: what the axes are called."""
    places = sorted({at for shares in lines.values() for at in shares}) or [1]
    first, last = places[0], places[-1]
    figure = canvas(
        [_trace(attention, side, shares) for side, (attention, shares) in enumerate(lines.items(), -1)],
        x={"title_text": place, "range": [first - 0.7, last + 0.7]} | whole_numbers(last - first + 1) | TEXT,
        y={"title_text": share, "range": [-4, 104], "tickvals": [0, 50, 100], "ticktext": ["0%", "50%", "100%"]} | TEXT,
        hovermode="closest",
        height=TALL,
    )
    return figure.update_layout(legend_font_size=14)


def _trace(attention: str, side: int, shares: Mapping[int, Shares]) -> go.Scatter:
    colour, dash, symbol = LOOKS[attention]
    middles = [100 * there.median for there in shares.values()]
    highs, lows = ([100 * of(there.right) for there in shares.values()] for of in (max, min))
    return go.Scatter(
        name=say(NAMES[attention]),
        x=[place + side * APART for place in shares],
        y=middles,
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [high - middle for high, middle in zip(highs, middles, strict=True)],
            "arrayminus": [middle - low for low, middle in zip(lows, middles, strict=True)],
            "thickness": 1.5,
            "width": 3,
        },
        mode="lines+markers",
        line={"color": colour, "width": 3, "dash": dash},
        marker={"size": 8, "symbol": symbol},
        customdata=[[place, say(there.said), sum(there.counts)] for place, there in shares.items()],
        hovertemplate=_(
            "{kind}, {place}: {right} of {count}",
            kind="%{fullData.name}",
            place="%{customdata[0]}",
            right="%{customdata[1]}",
            count="%{customdata[2]:,}",
        )
        + "<extra></extra>",
    )


def table(lines: Lines, place: str) -> dict[str, list[Any]]:
    """Return the values of a picture, column by column. place: what the first column is called."""
    places = sorted({at for shares in lines.values() for at in shares})
    columns = {
        say(NAMES[attention]): [say(shares[at].said) if at in shares else "–" for at in places]
        for attention, shares in lines.items()
    }
    return {place: places} | columns
