"""The encoder over the source's steps: its states, and the gradient that reaches each of them."""

from collections.abc import Hashable

import plotly.graph_objects as go

from rnnviz.language import N_, Message, Text, sentences, template
from rnnviz.plots import sides
from rnnviz.plots.gradients import profile_arrays, profile_figure
from rnnviz.plots.picture import MAP_MARGIN, Arrays, Picture, canvas
from rnnviz.plots.states import centred_arrays, centred_map, units_axis, words_in
from rnnviz.plots.words import writes
from rnnviz.scene import Scene
from rnnviz.snapshot import Array

_STEP = template("source step %{x:d} ({word})")


def _values(scene: Scene) -> Array:
    """Return the states shown, (H, S)."""
    view, experiment = scene.view, scene.experiment
    backward = view.direction == "backward" and experiment.encoder_directions == 2
    return sides.source_of(scene).hidden[min(view.layer, experiment.num_layers) - 1, int(backward)].T


def _state_arrays(scene: Scene) -> Arrays:
    return centred_arrays(_values(scene), scene.view)


def _state_frame(scene: Scene) -> go.Figure:
    units, count = _values(scene).shape
    where = words_in(scene.view)
    map_ = centred_map(units, count, "h̄<sub>s</sub>", _STEP.given(word=f"%{{{where}}}"), scene.view)
    said = sides.quoted(sides.read(scene))
    return canvas(
        [map_.update({where: [said] * units})],
        x=sides.source_axis(scene) | {"range": [0.5, count + 0.5]},
        y=units_axis(units),
        hovermode="closest",
        margin=MAP_MARGIN,
        meta=sides.over_source(scene),
    )


def _state_sentence(scene: Scene) -> Text:
    text = N_(
        "The state h̄_s of every unit (row) of the encoder after every token of the source (column), read from a zero "
        "state: red positive, blue negative. The decoder begins in what the encoder ends in."
    )
    both = N_("The second pass reads from the last token to the first.")
    return sentences(text, both if scene.experiment.encoder_directions == 2 else "")


def _state_caption(scene: Scene) -> Message:
    return N_("h̄_s of each unit (row).")


def _state_key(scene: Scene) -> Hashable:
    view = scene.view
    return view.layer, view.direction, view.scale, sides.source_of(scene).hidden.shape, sides.key(scene)


def _gradient_arrays(scene: Scene) -> Arrays:
    return profile_arrays(sides.source_of(scene).gradient_norms)


def _gradient_frame(scene: Scene) -> go.Figure:
    said = sides.quoted(sides.read(scene))
    figure = profile_figure(
        sides.source_of(scene).gradient_norms.shape,
        "dL/dh̄<sub>s</sub>",
        _STEP.given(word="%{customdata}"),
        sides.source_axis(scene),
        {"customdata": said},
    )
    return figure.update_layout(meta=sides.over_source(scene))


def _gradient_sentence(scene: Scene) -> Text:
    text = N_(
        "How much the loss L would change with the encoder's state at each source step: the length of dL/dh̄_s over "
        "the units, on every way back from what is written. What is below the floor of float32 is as good as 0."
    )
    dotted = N_("Dotted: the pass that reads from the last token to the first.")
    return sentences(text, dotted if scene.experiment.encoder_directions == 2 else "")


def _gradient_caption(scene: Scene) -> Message:
    if scene.experiment.encoder_directions == 2:
        return N_("Norm of dL/dh̄_s; dotted: read backwards.")
    return N_("Norm of dL/dh̄_s.")


def _gradient_key(scene: Scene) -> Hashable:
    return sides.source_of(scene).gradient.shape, sides.key(scene)


ENCODER = Picture(
    name="encoder",
    title=N_("Encoder's states"),
    alt=N_("Heat map of the encoder's states, units by source steps."),
    caption=_state_caption,
    sentence=_state_sentence,
    arrays=_state_arrays,
    frame=_state_frame,
    needs=("trace",),
    key=_state_key,
    shown=writes,
)
ENCODER_GRADIENTS = Picture(
    name="encoder_gradients",
    title=N_("Encoder's gradients"),
    alt=N_("Line chart of the norm of the gradient dL/dh̄_s at each source step, on a log axis."),
    caption=_gradient_caption,
    sentence=_gradient_sentence,
    arrays=_gradient_arrays,
    frame=_gradient_frame,
    needs=("trace",),
    key=_gradient_key,
    shown=writes,
)
