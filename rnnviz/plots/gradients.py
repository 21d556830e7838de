"""The gradient that reaches each time step: the norm of dL/dh_t over the units, on a log axis."""

from collections.abc import Hashable

import plotly.graph_objects as go

from rnnviz.language import N_, Message, Text, _, sentences
from rnnviz.plots.decades import AT_STEP, decade_arrays, decade_figure
from rnnviz.plots.picture import COLOURS, MARKED, Arrays, Picture, steps
from rnnviz.plots.words import at_step, over_time, points, time_axis, words_key
from rnnviz.scene import Scene


def arrays(scene: Scene) -> Arrays:
    """See Picture.arrays."""
    norms = scene.snapshot.gradients.hidden_norms  # (L, D, T)
    lines = norms.reshape(-1, norms.shape[-1])
    t = steps(norms.shape[-1])
    return decade_arrays([(t, line) for line in lines], lines)


def frame(scene: Scene) -> go.Figure:
    """See Picture.frame."""
    layers, directions, count, _units = scene.snapshot.gradients.hidden.shape
    hover = _("layer %{fullData.name}, {step}: norm of dL/dh<sub>t</sub> %{y:.2e}<extra></extra>", step=at_step(scene))
    lines = [
        go.Scatter(
            name=name,
            mode="lines+markers" if count <= MARKED else "lines",
            line={"color": COLOURS[layer], "width": 3, "dash": "dot" if direction else "solid"},
            marker={"size": 7},
            showlegend=layers > 1 and not direction,
            hovertemplate=hover,
            **points(scene),
        )
        for layer in range(layers)
        for direction in range(directions)
        for name in [line_name(layer, direction, directions)]
    ]
    symbol = "dL/dh<sub>t</sub>"
    figure = decade_figure(lines, time_axis(scene), (1, count), f"‖{symbol}‖", AT_STEP.given(symbol=symbol))
    figure.update_layout(over_time(scene, "x"))
    if layers * directions > 1:
        figure.update_layout(legend_title={"text": _("layer"), "font_size": 13})
    return figure


def line_name(layer: int, direction: int, directions: int) -> str:
    """Return the name of the line of a layer and direction, both counted from 0."""
    if directions == 1:
        return str(layer + 1)
    return f"{layer + 1} {'←' if direction else '→'}"


def sentence(scene: Scene) -> Message:
    """See Picture.sentence."""
    return N_(
        "How much the loss L would change with the state at each time step: the length of dL/dh_t over the units, "
        "through all later steps and layers. What is below the floor of float32 is as good as 0."
    )


def caption(scene: Scene) -> Text:
    """See Picture.caption."""
    text = N_("Norm of dL/dh_t: how much the loss L would change with the state h_t.")
    return sentences(text, N_("Dotted: the backward pass.") if scene.experiment.bidirectional else "")


def key(scene: Scene) -> Hashable:
    """See Picture.key."""
    return scene.snapshot.gradients.hidden.shape, words_key(scene)


GRADIENTS = Picture(
    name="gradients",
    title=N_("Gradients"),
    alt=N_("Line chart of the norm of the gradient dL/dh_t at each time step, on a log axis."),
    caption=caption,
    sentence=sentence,
    arrays=arrays,
    frame=frame,
    needs=("trace", "gradients"),
    key=key,
)
