"""Lines over many powers of ten: a log axis that moves in big steps; zeros, overflows, float32's floor are marked."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from rnnviz.language import N_, Message, Text, _, say, template
from rnnviz.plots.picture import GREY, Arrays, canvas, holder
from rnnviz.snapshot import Array, Indices

FLOOR = float(np.finfo(np.float32).tiny)
"""The smallest number float32 holds with full precision; below it digits go, and below 1.4e-45 all is 0."""
LOWER_DECADES = (-6, -12, -24, -48, -96, -192)
UPPER_DECADES = (0, 3, 6, 12, 24, 48, 96, 192)
"""Where the axis may begin and end: a healthy profile fills it, and only a vanished or exploding one stretches it."""

AT_STEP = template("step %{x}: {symbol} is {value}<extra></extra>")
"""What is said over a mark at a time step: see `decade_figure`."""


def decade_arrays(lines: Sequence[tuple[Array | Indices, Array]], *judged: Array) -> Arrays:
    """Return the arrays of `decade_figure`'s traces, for lines of (x, y).

    judged: (lines, N) each, over the first line's x: where all of one is exactly 0, or any of it is no finite number,
    it has a mark; the first line's own values if there is none.
    """
    x, first = lines[0]
    judged = judged or (first[None],)
    drawn = [np.where(np.isfinite(y) & (y > 0), y, np.nan) for _x, y in lines]
    decades = np.concatenate([np.log10(y[np.isfinite(y)]) for y in drawn])
    low = next((d for d in LOWER_DECADES if d <= decades.min(initial=0)), LOWER_DECADES[-1])
    high = next((d for d in UPPER_DECADES if d >= decades.max(initial=0)), UPPER_DECADES[-1])
    bottom, top = 10.0**low, 10.0**high
    row, marks, marked = 10.0 ** ((high - low) / 12), [], 0  # of each a row of marks, above the one before
    for n, values in enumerate(judged):
        zero, broken = x[(values == 0).all(axis=0)], x[(~np.isfinite(values)).any(axis=0)]
        marks += [{"x": zero, "y": np.full(len(zero), bottom * row**n)}]
        marks += [{"x": broken, "y": np.full(len(broken), top / row**n)}]
        marked = n + 1 if zero.size else marked
    in_range = bottom <= FLOOR
    return [
        *({"x": x, "y": y} for (x, _y), y in zip(lines, drawn, strict=True)),
        *marks,
        {"y": np.full(2, FLOOR if in_range else np.nan)},
        {"y": np.array([np.nan if in_range else bottom * row**marked])},  # above the zeros
        {"y": np.array([bottom, top])},
    ]


def decade_figure(
    lines: list[go.Scatter],
    x: dict[str, Any],
    span: tuple[float, float],
    title: str,
    marked: Message,
    marks: Sequence[tuple[Text, str]] = (("", GREY),),
) -> go.Figure:
    """Return the empty figure: `lines` over an axis `x` from span[0] to span[1], and the marks.

    title: of the log axis. marked: what is said over a mark, with a place for the {value} it stands for. marks: for
    each that is judged, whose marks these are, "" if of all, and their colour.
    """
    traces = [
        go.Scatter(
            name=said,
            mode="markers+text",
            marker={"symbol": symbol, "size": 11, "color": colour},
            text=[said],  # beside the first of the marks
            textposition=place,
            textfont_size=13,
            showlegend=False,
            hovertemplate=say(marked.given(value=said)),
        )
        for whose, colour in marks
        for symbol, words, place in (
            ("triangle-down", N_("exactly 0"), "top right"),
            ("x", N_("infinite or not a number"), "bottom right"),
        )
        for said in [_("{whose}: {value}", whose=whose, value=words) if whose else say(words)]
    ]
    note: dict[str, Any] = {"showlegend": False, "hoverinfo": "skip", "textfont_size": 13, "textposition": "top left"}
    floor = go.Scatter(
        x=[span[0] - 0.5, span[1] + 0.5],  # a line, even where there is one step
        mode="lines+text",
        line={"color": GREY, "width": 2, "dash": "dash"},
        text=["", _("floor of float32: 1.2e-38")],
        **note,
    )
    below = go.Scatter(x=[span[1] + 0.5], mode="text", text=[_("floor 1.2e-38: below ↓")], **note)
    return canvas(
        [*lines, *traces, floor, below, holder().update(x=list(span))],
        x=x,
        y={"title_text": title, "type": "log", "exponentformat": "power", "nticks": 7},
    )
