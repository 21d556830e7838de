"""The gradient that reaches each time step: the norm of dL/dh_t over the units, on a log axis."""

import numpy as np
import plotly.graph_objects as go

from rnnviz.experiment import Experiment
from rnnviz.plots.picture import COLOURS, GREY, Arrays, Picture, canvas, holder, steps, steps_axis
from rnnviz.snapshot import Snapshot
from rnnviz.text import N_, _
from rnnviz.view import View

FLOOR = float(np.finfo(np.float32).tiny)
"""The smallest number float32 holds with full precision; below it digits go, and below 1.4e-45 all is 0."""
LOWER_DECADES = (-6, -12, -24, -48)
UPPER_DECADES = (0, 3, 6, 12, 24, 48)
"""Where the axis may begin and end: a healthy profile fills it, and only a vanished or exploding one stretches it."""
MARKED_STEPS = 60
"""Up to how many time steps each has its own mark; more would run into one another."""


def arrays(snapshot: Snapshot, view: View, experiment: Experiment) -> Arrays:
    """See Picture.arrays."""
    norms = snapshot.gradients.hidden_norms  # (L, D, T)
    count = norms.shape[-1]
    lines = norms.reshape(-1, count)
    drawable = np.isfinite(lines) & (lines > 0)
    lines = np.where(drawable, lines, np.nan)
    decades = np.log10(lines[drawable])
    low = next((d for d in LOWER_DECADES if d <= decades.min(initial=0)), LOWER_DECADES[-1])
    high = next((d for d in UPPER_DECADES if d >= decades.max(initial=0)), UPPER_DECADES[-1])
    bottom, top = 10.0**low, 10.0**high
    t = steps(count)
    zero, broken = t[(norms == 0).all(axis=(0, 1))], t[~np.isfinite(norms).all(axis=(0, 1))]
    in_range = bottom <= FLOOR
    return [
        *({"y": line} for line in lines),
        {"x": zero, "y": np.full(len(zero), bottom)},
        {"x": broken, "y": np.full(len(broken), top)},
        {"y": np.full(2, FLOOR if in_range else np.nan)},
        {"y": np.array([np.nan if in_range else bottom * 10 ** (zero.size and (high - low) / 12)])},  # above the zeros
        {"y": np.array([bottom, top])},
    ]


def frame(snapshot: Snapshot, view: View, experiment: Experiment) -> go.Figure:
    """See Picture.frame."""
    layers, directions, count, _units = snapshot.gradients.hidden.shape
    hover = _("layer %{fullData.name}, step %{x}: norm of dL/dh<sub>t</sub> %{y:.2e}<extra></extra>")
    lines = [
        go.Scatter(
            name=name,
            x=steps(count),
            mode="lines+markers" if count <= MARKED_STEPS else "lines",
            line={"color": COLOURS[layer], "width": 3, "dash": "dot" if direction else "solid"},
            marker={"size": 7},
            showlegend=layers * directions > 1,
            hovertemplate=hover,
        )
        for layer in range(layers)
        for direction in range(directions)
        for name in [line_name(layer, direction, directions)]
    ]
    marks = [
        go.Scatter(
            mode="markers+text",
            marker={"symbol": symbol, "size": 11, "color": GREY},
            text=[words],  # beside the first of the marks
            textposition=place,
            textfont_size=13,
            showlegend=False,
            hovertemplate=_("step %{x}: dL/dh<sub>t</sub> is") + f" {words}<extra></extra>",
        )
        for symbol, words, place in (
            ("triangle-down", _("exactly 0"), "top right"),
            ("x", _("infinite or not a number"), "bottom right"),
        )
    ]
    note = {"showlegend": False, "hoverinfo": "skip", "textfont_size": 13}
    floor = go.Scatter(
        x=[0.5, count + 0.5],  # a line, even where there is one step
        mode="lines+text",
        line={"color": GREY, "width": 2, "dash": "dash"},
        text=["", _("floor of float32: 1.2e-38")],
        textposition="top left",
        **note,
    )
    below = go.Scatter(
        x=[count], mode="text", text=[_("floor of float32, 1.2e-38: far below ↓")], textposition="top left", **note
    )
    figure = canvas(
        [*lines, *marks, floor, below, holder().update(x=[1, count])],
        x=steps_axis(count, _("time step t")),
        y={"title_text": _("norm of dL/dh<sub>t</sub>"), "type": "log", "exponentformat": "power", "nticks": 7},
    )
    if layers * directions > 1:
        figure.update_layout(legend_title={"text": _("layer"), "font_size": 14})
    return figure


def line_name(layer: int, direction: int, directions: int) -> str:
    """Return the name of the line of a layer and direction, both counted from 0."""
    if directions == 1:
        return str(layer + 1)
    return f"{layer + 1} {'←' if direction else '→'}"


def sentence(snapshot: Snapshot, view: View, experiment: Experiment) -> str:
    """See Picture.sentence."""
    return _(
        "How much the loss L would change with the state at each time step: the length of dL/dh_t over the units, "
        "through all later steps and layers."
    )


GRADIENTS = Picture(
    name="gradients",
    title=N_("Gradients"),
    alt=N_("Line chart of the norm of the gradient dL/dh_t at each time step, on a log axis."),
    sentence=sentence,
    arrays=arrays,
    frame=frame,
)
