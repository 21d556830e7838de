"""The gradient that reaches each time step: the norm of dL/dh_t over the units, on a log axis."""

from collections.abc import Hashable
from typing import Any

import plotly.graph_objects as go

from rnnviz.language import N_, Message, Text, _, sentences, template
from rnnviz.plots.cursor import read_out
from rnnviz.plots.decades import AT_STEP, decade_arrays, decade_figure
from rnnviz.plots.picture import COLOURS, MARKED, Arrays, Picture, steps
from rnnviz.plots.words import DECODERS, at_step, over_time, points, time_axis, words_key, writes
from rnnviz.scene import Scene
from rnnviz.snapshot import Array

_OF_LAYER = template("{symbol} of layer {layer}")


def arrays(scene: Scene) -> Arrays:
    """See Picture.arrays."""
    return profile_arrays(scene.snapshot.gradients.hidden_norms)


def profile_arrays(norms: Array) -> Arrays:
    """Return the arrays of `profile_figure`, for norms (L, D, steps)."""
    lines = norms.reshape(-1, norms.shape[-1])
    t = steps(norms.shape[-1])
    return decade_arrays([(t, line) for line in lines], lines)


def frame(scene: Scene) -> go.Figure:
    """See Picture.frame."""
    shape = scene.snapshot.gradients.hidden_norms.shape
    figure = profile_figure(shape, "dL/dh<sub>t</sub>", at_step(scene), time_axis(scene), points(scene))
    return figure.update_layout(over_time(scene, "x"))


def profile_figure(
    shape: tuple[int, ...], symbol: str, step: Message, x: dict[str, Any], named: dict[str, Any]
) -> go.Figure:
    """Return the empty figure of the norms, (L, D, steps), of what `symbol` says: a line for each layer and direction.

    step: what is said of the step one points at. x: the axis of the steps. named: what a line is given beside its
    values.
    """
    layers, directions, count = shape
    hover = _(
        "layer %{fullData.name}, {step}: norm of {symbol} %{y:.2e}<extra></extra>",
        step=step,
        symbol=symbol,
    )
    norm = f"‖{symbol}‖"
    lines = [
        go.Scatter(
            name=name,
            mode="lines+markers" if count <= MARKED else "lines",
            line={"color": COLOURS[layer], "width": 3, "dash": "dot" if direction else "solid"},
            marker={"size": 7},
            showlegend=layers > 1 and not direction,
            hovertemplate=hover,
            **read_out(_OF_LAYER.given(symbol=norm, layer=name) if layers * directions > 1 else norm),
            **named,
        )
        for layer in range(layers)
        for direction in range(directions)
        for name in [line_name(layer, direction, directions)]
    ]
    figure = decade_figure(lines, x, (1, count), norm, AT_STEP.given(symbol=symbol))
    if layers * directions > 1:
        figure.update_layout(legend_title={"text": _("layer"), "font_size": 13})
    return figure


def line_name(layer: int, direction: int, directions: int) -> str:
    """Return the name of the line of a layer and direction, both counted from 0."""
    if directions == 1:
        return str(layer + 1)
    return f"{layer + 1} {'←' if direction else '→'}"


def sentence(scene: Scene) -> Text:
    """See Picture.sentence."""
    text = N_(
        "How much the loss L would change with the state at each time step: the length of dL/dh_t over the units, "
        "through all later steps and layers. What is below the floor of float32 is as good as 0."
    )
    return sentences(text, DECODERS if writes(scene.experiment) else "")


def caption(scene: Scene) -> Text:
    """See Picture.caption."""
    text = N_("Norm of dL/dh_t: how much the loss L would change with the state h_t.")
    return sentences(text, N_("Dotted: the backward pass.") if scene.experiment.bidirectional else "")


def key(scene: Scene) -> Hashable:
    """See Picture.key."""
    return scene.snapshot.gradients.hidden.shape, words_key(scene)


def ghosts(scene: Scene) -> range:
    """See Picture.ghosts: a line of each layer and direction."""
    layers, directions, _steps = scene.snapshot.gradients.hidden_norms.shape
    return range(layers * directions)


GRADIENTS = Picture(
    name="gradients",
    title=N_("Gradients"),
    alt=N_("Line chart of the norm of the gradient dL/dh_t at each time step, on a log axis."),
    caption=caption,
    sentence=sentence,
    arrays=arrays,
    frame=frame,
    ghosts=ghosts,
    needs=("trace", "gradients"),
    key=key,
)
