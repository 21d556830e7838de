"""The states as a heat map: units by time steps, in colours centred on zero."""

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from rnnviz.cells import CELLS
from rnnviz.language import N_, Message, Text, _, sentences
from rnnviz.plots.cursor import read_out
from rnnviz.plots.picture import MAP_MARGIN, Arrays, Picture, canvas, steps, whole_numbers
from rnnviz.plots.words import DECODERS, at_step, cells, over_time, time_axis, words_key, writes
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.snapshot import Array

BLUE_TO_RED = "RdBu_r"
"""Blue is negative, red positive, white zero: told apart by colour-blind people."""


def available_states(experiment: Experiment) -> tuple[str, ...]:
    """Return which of View's states the experiment's cell has."""
    return tuple(CELLS[experiment.cell].states_shown)


def shown_states(view: View, experiment: Experiment) -> tuple[str, int, int]:
    """Return what the heat map shows, as (state, layer index, direction index): the nearest there is to the view."""
    state = view.states if view.states in available_states(experiment) else "h"
    direction = view.direction == "backward" and experiment.bidirectional
    return state, min(view.layer, experiment.num_layers) - 1, int(direction)


def values_of(scene: Scene) -> Array:
    """Return the values shown, (H, T)."""
    state, layer, direction = shown_states(scene.view, scene.experiment)
    trace = scene.snapshot.trace
    values = {"h": trace.hidden, "c": trace.cell}.get(state)
    return (trace.gates[state] if values is None else values)[layer, direction].T


def arrays(scene: Scene) -> Arrays:
    """See Picture.arrays."""
    return centred_arrays(values_of(scene), scene.view)


def centred_arrays(values: Array, view: View, beside: Sequence[Array] = ()) -> Arrays:
    """Return the arrays of `centred_map`, for values (units, steps). beside: those of other maps, on the same scale."""
    values = np.ascontiguousarray(values, np.float32)
    size = np.where(np.isfinite(values), np.abs(values), 0)
    if view.scale == "layer":
        largest = max(float(size.max()), *(float(np.nan_to_num(np.abs(other), posinf=0).max()) for other in beside), 0)
        largest = largest or 1.0
        ticks = np.array([-largest, 0, largest])
        return [{"z": values, "zmin": -largest, "zmax": largest, "colorbar.tickvals": ticks}]
    if view.scale == "unit":
        largest = size.max(axis=1, keepdims=True)
        return [{"z": values / np.where(largest > 0, largest, 1), "customdata": values}]
    return [{"z": values}]


def centred_map(units: int, count: int, symbol: str, step: Message, view: View) -> go.Heatmap:
    """Return an empty map of units by steps, in colours centred on zero. symbol: what it shows, as plotly.js writes it.
    step: what is said of the step one points at."""
    value = "%{customdata:.3~g}" if view.scale == "unit" else "%{z:.3~g}"
    bar = {
        "title_text": symbol,
        "thickness": 14,
        "outlinewidth": 0,
        "tickvals": [-1, 0, 1],
        "tickformat": ".2~g",
    }
    if view.scale == "unit":
        bar["ticktext"] = [_("−max"), "0", _("max")]
    return go.Heatmap(
        x=steps(count),
        y=steps(units),
        zmin=-1,
        zmax=1,
        colorscale=BLUE_TO_RED,
        hovertemplate=_("unit %{y}, {step}: {symbol} = {value}<extra></extra>", step=step, symbol=symbol, value=value),
        colorbar=bar,
        **read_out(symbol, "span", values="customdata" if view.scale == "unit" else ""),
    )


def units_axis(units: int) -> dict[str, Any]:
    """Return the axis of the units, from top to bottom."""
    return {"title_text": _("unit"), "range": [units + 0.5, 0.5], "showgrid": False} | whole_numbers(units)


def words_in(view: View) -> str:
    """Return under which name such a map is given the words of its steps: the other one holds values."""
    return "hovertext" if view.scale == "unit" else "customdata"


def frame(scene: Scene) -> go.Figure:
    """See Picture.frame."""
    units, count = values_of(scene).shape
    symbol, where = f"{shown_states(scene.view, scene.experiment)[0]}<sub>t</sub>", words_in(scene.view)
    map_ = centred_map(units, count, symbol, at_step(scene, where), scene.view)
    return canvas(
        [map_.update(cells(scene, units, where))],
        x=time_axis(scene) | {"range": [0.5, count + 0.5], "showgrid": False},
        y=units_axis(units),
        hovermode="closest",
        margin=MAP_MARGIN,
        **over_time(scene, "x"),
    )


def sentence(scene: Scene) -> Text:
    """See Picture.sentence."""
    state = shown_states(scene.view, scene.experiment)[0]
    text = N_(
        "The {name} {state}_t of every unit (row) at every time step (column): red positive, blue negative.",
        name=CELLS[scene.experiment.cell].states_shown[state],
        state=state,
    )
    return sentences(text, DECODERS if writes(scene.experiment) else "")


def caption(scene: Scene) -> Message:
    """See Picture.caption."""
    state = shown_states(scene.view, scene.experiment)[0]
    return N_("{state}_t of each unit (row): red positive, blue negative.", state=state)


def key(scene: Scene) -> Hashable:
    """See Picture.key."""
    return (
        shown_states(scene.view, scene.experiment),
        scene.view.scale,
        scene.snapshot.trace.hidden.shape,
        words_key(scene),
    )


STATES_PICTURE = Picture(
    name="states",
    title=N_("States"),
    alt=N_("Heat map of the network's states, units by time steps."),
    caption=caption,
    sentence=sentence,
    arrays=arrays,
    frame=frame,
    needs=("trace",),
    key=key,
)
