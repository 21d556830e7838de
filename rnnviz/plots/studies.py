"""What was measured of many networks: gradient profiles and horizons by length, cell and radius; BPTT beside RTRL."""

import itertools
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from rnnviz.language import N_, Text, _, say
from rnnviz.plots.decades import FLOOR
from rnnviz.plots.picture import BLUE, COLOURS, GREY, VERMILION, canvas
from rnnviz.snapshot import Array

Names = Mapping[str, Text]
"""What the networks of a picture are called, by the names their Profiles have them under."""
ACROSS, ACROSS_OF_MANY = 4, 3
"""Up to how many fields stand side by side, and how many where there are more."""
NAMED = 4
"""Up to how many lines are named in a legend that is no higher than usual."""
TALL = 320
"""Height of these pictures, in pixels."""
TEXT = {"tickfont_size": 14, "title_font_size": 14}
"""Streamlit's theme would have it smaller."""


def profiles(found: Mapping[Any, Any], names: Names, lengths: tuple[int, ...]) -> go.Figure:
    """Draw dL/dh_t against the distance T - t: a field per network, a line per length, dotted before training.

    found: Profiles by (network, length), as far as they have come.
    """
    colours = sample_colorscale("Viridis", np.linspace(0.85, 0.0, len(lengths)).tolist())
    traces, layout = [], {}
    columns = len(names) if len(names) <= ACROSS else ACROSS_OF_MANY
    rows = -(-len(names) // columns)
    for i, (network, called) in enumerate(names.items(), 1):
        row = 1 + (i - 1) // columns
        for length, colour in zip(lengths, colours, strict=True):
            profile = found.get((network, length))
            for look, dash in ((profile and profile.before, "dot"), (profile and profile.after, "solid")):
                shown = dash == "solid" and i == 1
                traces.append(
                    go.Scatter(
                        name=str(length),
                        legendgroup=str(length),
                        showlegend=shown,
                        x=np.arange(length) if look else [None],
                        y=_drawable(look.total) if look else [None],
                        xaxis=f"x{i}",
                        yaxis=f"y{row}",
                        mode="lines",
                        line={"color": colour, "width": 2.5, "dash": dash},
                        hovertemplate=_("T = {length}, distance %{x}: %{y:.1e}<extra></extra>", length=length),
                    )
                )
        layout[f"xaxis{i}"] = {
            "domain": _across((i - 1) % columns, columns),
            "title_text": _("{cell}<br>distance T - t", cell=called),
            "nticks": 5,
            "anchor": f"y{row}",
            **TEXT,
        }
    norm = {"title_text": _("norm of dL/dh<sub>t</sub>"), "type": "log", "exponentformat": "power", "nticks": 6, **TEXT}
    for row in range(1, rows + 1):
        layout[f"yaxis{row}"] = norm | {"domain": _down(row - 1, rows), **({"matches": "y"} if row > 1 else {})}
    x, y = layout.pop("xaxis1"), layout.pop("yaxis1")
    figure = canvas(
        traces,
        x=x,
        y=y,
        shapes=[
            {
                "type": "line",
                "xref": "paper",
                "yref": f"y{row}" if row > 1 else "y",
                "x0": 0,
                "x1": 1,
                "y0": FLOOR,
                "y1": FLOOR,
                "line": {"color": GREY, "dash": "dash"},
            }
            for row in range(1, rows + 1)
        ],
        hovermode="closest",
        height=TALL * rows,
        **layout,
    )
    legend = {"title": {"text": "T =", "side": "left"}, "font_size": 14}
    return figure.update_layout(legend=legend, margin_t=40, margin_b=62)


def _across(column: int, columns: int) -> list[float]:
    """Return where a column stands, as parts of the width."""
    return [column / columns + 0.015 * (column > 0), (column + 1) / columns - 0.015]


def _down(row: int, rows: int) -> list[float]:
    """Return where a row stands, as parts of the height; below each but the last is room for its axes' titles."""
    room = 0.27 / rows if rows > 1 else 0
    return [1 - (row + 1) / rows + room * (row < rows - 1), 1 - row / rows]


def _drawable(norms: Array) -> Array:
    return np.where(np.isfinite(norms) & (norms >= FLOOR), norms, np.nan)


def horizons(
    found: Mapping[Any, Any], names: Names, over: tuple[float, ...], level: str, trained: bool = True
) -> go.Figure:
    """Draw the memory horizon against the length, or the spectral radius: a line per network, dotted before training.

    found: Profiles by (network, length or radius). level: "horizon" or "floor" of a Look. trained: whether there are
    networks after training. A horizon beyond the sequence is an open triangle at its length.
    """
    traces = []
    styles = itertools.product(((3, "circle"), (1.5, "square")), COLOURS)  # a second round of colours is thinner
    for (network, called), ((width, symbol), colour) in zip(names.items(), styles, strict=False):
        for name, dash in (("before", "dot"), ("after", "solid")):
            if not trained and name == "after":
                continue
            looks = {x: getattr(found[network, x], name) for x in over if (network, x) in found}
            horizons = {x: (getattr(look, level), len(look.memory)) for x, look in looks.items() if look}
            beyond = [math.isinf(horizon) for horizon, _longest in horizons.values()]
            traces.append(
                go.Scatter(
                    name=say(called),
                    legendgroup=network,
                    showlegend=name == "after" or not trained,
                    x=list(horizons),
                    y=[max(min(horizon, longest), 0.1) for horizon, longest in horizons.values()],
                    mode="lines+markers",
                    line={"color": colour, "width": width, "dash": dash if trained else "solid"},
                    marker={"size": 10, "symbol": ["triangle-up-open" if more else symbol for more in beyond]},
                    hovertemplate=_("%{fullData.name}, {when}: %{y:.3~g} steps", when=WHEN[name]) + "<extra></extra>",
                )
            )
    x = {"title_text": _("spectral radius of W<sub>hh</sub>"), "dtick": 0.5}
    if trained:
        ticks = {"tickvals": list(over), "ticktext": [f"{x:g}" for x in over]}
        x = ticks | {"title_text": _("sequence length T"), "type": "log"}
    y = {"title_text": _("memory horizon, steps"), "type": "log", "nticks": 6, "exponentformat": "none"}
    more = 22 * max(0, len(names) - NAMED)  # a row of the legend each
    figure = canvas(traces, x=x | TEXT, y=y | TEXT, height=TALL + more)
    return figure.update_layout(margin_t=106 + more, legend_font_size=14)


WHEN = {"before": N_("at the start"), "after": N_("trained")}


def costs(found: Mapping[Any, Any], lengths: tuple[int, ...], sizes: tuple[int, ...], T: int, H: int) -> go.Figure:
    """Draw time and memory of BPTT and RTRL against T (at H) and against H (at T). found: Costs by (T, H)."""
    fields = (("seconds", "T", lengths), ("seconds", "H", sizes), ("bytes", "T", lengths), ("bytes", "H", sizes))
    traces, layout = [], {}
    for i, (what, letter, over) in enumerate(fields, 1):
        keys = [(n, H) if letter == "T" else (T, n) for n in over]
        there = [(n, found[key]) for n, key in zip(over, keys, strict=True) if key in found]
        for way, colour in (("bptt", BLUE), ("rtrl", VERMILION)):
            traces.append(
                go.Scatter(
                    name=way.upper(),
                    legendgroup=way,
                    showlegend=i == 1,
                    x=[n for n, _cost in there],
                    y=[getattr(cost, f"{way}_{what}") for _n, cost in there],
                    xaxis=f"x{i}",
                    yaxis=f"y{i}",
                    mode="lines+markers",
                    line={"color": colour, "width": 3},
                    marker={"size": 9},
                    hovertemplate=f"{letter} = %{{x}}: %{{y:.3~s}}{UNITS[what]}<extra></extra>",
                )
            )
        column, row = (i - 1) % 2, (i - 1) // 2
        across, up = ([0, 0.45], [0.55, 1])[column], ([0.6, 1], [0, 0.4])[row]
        fixed = f"H = {H}" if letter == "T" else f"T = {T}"
        axis = {"type": "log", "zeroline": False, **TEXT}
        layout[f"xaxis{i}"] = axis | {
            "domain": across,
            "anchor": f"y{i}",
            "title_text": _("{what} ({fixed})", what=WORDS[letter], fixed=fixed),
            "tickvals": list(over),
        }
        layout[f"yaxis{i}"] = axis | {
            "domain": up,
            "anchor": f"x{i}",
            "title_text": say(WORDS[what]),
            "exponentformat": "SI",
            "ticksuffix": UNITS[what],
            "dtick": 1,
        }
    x, y = layout.pop("xaxis1"), layout.pop("yaxis1")
    return canvas(
        traces, x=x, y=y, height=480, hovermode="closest", margin={"l": 70, "r": 12, "t": 40, "b": 50}, **layout
    )


UNITS = {"seconds": "s", "bytes": "B"}
WORDS = {
    "T": N_("sequence length T"),
    "H": N_("hidden units H"),
    "seconds": N_("time"),
    "bytes": N_("memory"),
}
