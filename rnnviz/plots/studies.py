"""What was measured of many networks: gradient profiles and horizons by length, cell and radius; BPTT beside RTRL."""

import math
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from rnnviz.language import N_, _, say
from rnnviz.plots.decades import FLOOR
from rnnviz.plots.picture import BLUE, COLOURS, GREY, VERMILION, canvas
from rnnviz.snapshot import Array

NAMES = {"rnn": "RNN", "gru": "GRU", "lstm": "LSTM", "lstm_2": N_("LSTM, forget bias 2")}
TALL = 320
"""Height of these pictures, in pixels."""
TEXT = {"tickfont_size": 14, "title_font_size": 14}
"""Streamlit's theme would have it smaller."""


def profiles(found: Mapping[Any, Any], cells: Collection[str], lengths: tuple[int, ...]) -> go.Figure:
    """Draw dL/dh_t against the distance T - t: a field per cell, a line per length, dotted before training.

    found: Profiles by (cell, length), as far as they have come.
    """
    colours = sample_colorscale("Viridis", np.linspace(0.85, 0.0, len(lengths)).tolist())
    traces, layout = [], {}
    width = 1 / len(cells)
    for i, cell in enumerate(cells, 1):
        for length, colour in zip(lengths, colours, strict=True):
            profile = found.get((cell, length))
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
                        yaxis="y",
                        mode="lines",
                        line={"color": colour, "width": 2.5, "dash": dash},
                        hovertemplate=_("T = {length}, distance %{x}: %{y:.1e}<extra></extra>", length=length),
                    )
                )
        domain = [(i - 1) * width + 0.015 * (i > 1), i * width - 0.015]
        title = _("{cell}: distance T - t", cell=NAMES[cell])
        layout[f"xaxis{i}" if i > 1 else "x"] = {
            "domain": domain,
            "title_text": title,
            "nticks": 5,
            "anchor": "y",
            **TEXT,
        }
    x = layout.pop("x")
    figure = canvas(
        traces,
        x=x,
        y={"title_text": _("norm of dL/dh<sub>t</sub>"), "type": "log", "exponentformat": "power", "nticks": 6, **TEXT},
        shapes=[
            {
                "type": "line",
                "xref": "paper",
                "x0": 0,
                "x1": 1,
                "y0": FLOOR,
                "y1": FLOOR,
                "line": {"color": GREY, "dash": "dash"},
            }
        ],
        hovermode="closest",
        height=TALL,
        **layout,
    )
    return figure.update_layout(legend={"title": {"text": "T =", "side": "left"}, "font_size": 14}, margin_t=40)


def _drawable(norms: Array) -> Array:
    return np.where(np.isfinite(norms) & (norms >= FLOOR), norms, np.nan)


def horizons(
    found: Mapping[Any, Any], cells: Collection[str], over: tuple[float, ...], level: str, trained: bool = True
) -> go.Figure:
    """Draw the memory horizon against the length, or the spectral radius: a line per cell, dotted before training.

    found: Profiles by (cell, length or radius). level: "horizon" or "floor" of a Look. trained: whether there are
    networks after training. A horizon beyond the sequence is an open triangle at its length.
    """
    traces = []
    for cell, colour in zip(cells, COLOURS, strict=False):
        for name, dash in (("before", "dot"), ("after", "solid")):
            if not trained and name == "after":
                continue
            looks = {x: getattr(found[cell, x], name) for x in over if (cell, x) in found}
            horizons = {x: (getattr(look, level), len(look.memory)) for x, look in looks.items() if look}
            beyond = [math.isinf(horizon) for horizon, _longest in horizons.values()]
            traces.append(
                go.Scatter(
                    name=_("{cell}, {when}", cell=NAMES[cell], when=WHEN[name]) if trained else say(NAMES[cell]),
                    x=list(horizons),
                    y=[max(min(horizon, longest), 0.1) for horizon, longest in horizons.values()],
                    mode="lines+markers",
                    line={"color": colour, "width": 3, "dash": dash if trained else "solid"},
                    marker={"size": 10, "symbol": ["triangle-up-open" if more else "circle" for more in beyond]},
                    hovertemplate=_("%{fullData.name}: %{y:.3~g} steps<extra></extra>"),
                )
            )
    x = {"title_text": _("spectral radius of W<sub>hh</sub>"), "dtick": 0.5}
    if trained:
        ticks = {"tickvals": list(over), "ticktext": [f"{x:g}" for x in over]}
        x = ticks | {"title_text": _("sequence length T"), "type": "log"}
    y = {"title_text": _("memory horizon, steps"), "type": "log", "nticks": 6, "exponentformat": "none"}
    figure = canvas(traces, x=x | TEXT, y=y | TEXT, height=TALL)
    return figure.update_layout(margin_t=106 if trained else 62, legend_font_size=14)


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
