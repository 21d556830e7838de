"""The gradient that reaches each time step, of all networks of a race on one log axis."""

from collections.abc import Hashable

import plotly.graph_objects as go

from rnnviz.language import N_, Text, _, sentences
from rnnviz.plots.decades import AT_STEP, decade_arrays, decade_figure
from rnnviz.plots.picture import Arrays, Picture, steps
from rnnviz.plots.race.lane import drawn, lanes_key
from rnnviz.plots.words import DECODERS, at_step, over_time, points, time_axis, words_key, writes
from rnnviz.scene import Scene
from rnnviz.snapshot import Array

SYMBOL = "dL/dh<sub>t</sub>"


def arrays(scene: Scene) -> Arrays:
    """See Picture.arrays."""
    profiles = [_profile(own) for own in scene.lanes]
    t = steps(len(profiles[0]))
    return decade_arrays([(t, norms) for norms in profiles], *(norms[None] for norms in profiles))


def _profile(scene: Scene) -> Array:
    """Return one network's norms of dL/dh_t, (T,): those of the last layer, which the read-out sees, read forwards."""
    return scene.snapshot.gradients.hidden_norms[-1, 0]


def frame(scene: Scene) -> go.Figure:
    """See Picture.frame."""
    count = len(_profile(scene))
    step, said = at_step(scene), points(scene)
    hover = _("{step}: %{fullData.name}: norm of {symbol} %{y:.2e}<extra></extra>", step=step, symbol=SYMBOL)
    lanes = drawn(scene)
    lines = [
        go.Scatter(
            name=name, line=lane.line(3), hovertemplate=hover, **lane.points(count), **said, **lane.read(f"‖{SYMBOL}‖")
        )
        for name, lane, _own in lanes
    ]
    marks = [(lane.letter, lane.colour) for _name, lane, _own in lanes]
    marked = AT_STEP.given(symbol=SYMBOL)
    figure = decade_figure(lines, time_axis(scene), (1, count), f"‖{SYMBOL}‖", marked, marks)
    return figure.update_layout(over_time(scene, "x"))


def sentence(scene: Scene) -> Text:
    """See Picture.sentence."""
    text = N_(
        "How much the loss L of each network would change with its state at each time step: the length of dL/dh_t over "
        "the units of the last layer. Equal lines say that the gradient reaches equally far back; whether that is "
        "used to learn, the losses say. What is below the floor of float32 is as good as 0."
    )
    return sentences(text, _forwards(scene), DECODERS if writes(scene.experiment) else "")


def caption(scene: Scene) -> Text:
    """See Picture.caption."""
    return N_("Norm of dL/dh_t of each network's last layer: how much its loss L would change with h_t.")


def _forwards(scene: Scene) -> Text:
    both = any(own.experiment.bidirectional for own in scene.lanes)
    return N_("Of two directions it is the one that reads forwards.") if both else ""


def key(scene: Scene) -> Hashable:
    """See Picture.key."""
    both = any(own.experiment.bidirectional for own in scene.lanes)
    return lanes_key(scene), both, len(_profile(scene)), words_key(scene)


PROFILES = Picture(
    name="profiles",
    title=N_("Gradients"),
    alt=N_("Line chart of the norm of dL/dh_t of all networks of the race at each time step, on a log axis."),
    caption=caption,
    sentence=sentence,
    arrays=arrays,
    frame=frame,
    needs=("trace", "gradients"),
    key=key,
)
