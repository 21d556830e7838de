"""What the loss of each target step asks of each source state, on two ways back: by the state, and by attention."""

from collections.abc import Callable, Hashable

import numpy as np
import plotly.graph_objects as go

from rnnviz.language import N_, Message, Text, _, sentences
from rnnviz.plots import sides
from rnnviz.plots.alignment import attends
from rnnviz.plots.decade_maps import decade_map, decade_map_arrays
from rnnviz.plots.picture import Arrays, Picture, canvas, steps
from rnnviz.plots.words import writes
from rnnviz.scene import Scene
from rnnviz.snapshot import Array, Paths


def _paths(scene: Scene) -> Paths:
    paths = scene.snapshot.paths
    assert paths
    return paths


def _state(paths: Paths) -> Array:
    return paths.state


def _attention(paths: Paths) -> Array:
    return paths.attention


def _arrays(way: Callable[[Paths], Array]) -> Callable[[Scene], Arrays]:
    def arrays(scene: Scene) -> Arrays:
        paths = _paths(scene)
        both = np.concatenate([paths.state, paths.attention])  # one scale for both, so that they can be compared
        return decade_map_arrays(way(paths), float(both[np.isfinite(both)].max(initial=0.0)))

    return arrays


def _frame(scene: Scene) -> go.Figure:
    T, S = _paths(scene).state.shape
    x, y, margin = sides.axes(scene)
    place = N_(
        "loss at t = {t} ({written}), source step s = {s} ({read})",
        t="%{y}",
        written="%{customdata[0]}",
        s="%{x}",
        read="%{customdata[1]}",
    )
    named = {"x": steps(S), "y": steps(T), "customdata": sides.pairs(scene)}
    maps = [map_.update(named) for map_ in decade_map(place)]
    figure = canvas(
        maps,
        x=x,
        y=y | {"title_text": _("loss term t")},
        hovermode="closest",
        margin=margin | {"r": 80},
        meta=sides.both(scene),
    )
    return figure.update_layout(height=sides.HIGH)


def _state_sentence(scene: Scene) -> Text:
    text = N_(
        "What the loss of each step t that writes (row) asks of the source state h̄_s (column) through the state that "
        "the decoder begins in: the norm of dloss_t/dh̄_s on that way. It has to come back through all steps that "
        "write, then through all that read after s. Grey is exactly 0, orange too large for float32."
    )
    alone = N_("Without attention there is no other way.")
    return sentences(text, "" if attends(scene.experiment) else alone)


def _attention_sentence(scene: Scene) -> Message:
    return N_(
        "The same through attention, on the same scale of colours: by all looks at h̄_s of step t and of those before "
        "it, and from there through the encoder. A look at s is one step away from h̄_s, however far apart the words "
        "are. The two gradients, not their norms, add up to the whole of dloss_t/dh̄_s."
    )


def _key(scene: Scene) -> Hashable:
    return sides.key(scene), scene.experiment.attention


STATE_PATH = Picture(
    name="state_path",
    title=N_("Through the state"),
    alt=N_("Heat map of what each loss term asks of each source state through the decoder's first state."),
    sentence=_state_sentence,
    arrays=_arrays(_state),
    frame=_frame,
    needs=("trace", "paths"),
    key=_key,
    shown=writes,
)
ATTENTION_PATH = Picture(
    name="attention_path",
    title=N_("Through attention"),
    alt=N_("Heat map of what each loss term asks of each source state through attention."),
    sentence=_attention_sentence,
    arrays=_arrays(_attention),
    frame=_frame,
    needs=("trace", "paths"),
    key=_key,
    shown=attends,
)
