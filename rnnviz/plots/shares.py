"""dL/dW_hh taken apart: the map of pairs (t, k), and the sums by distance; and the profile over the whole training."""

from collections.abc import Hashable

import numpy as np
import plotly.graph_objects as go

from rnnviz.cells import CELLS
from rnnviz.language import N_, Message, Text, _, sentences, template
from rnnviz.plots.decade_maps import decade_map, decade_map_arrays, thinned
from rnnviz.plots.decades import decade_arrays, decade_figure
from rnnviz.plots.memory import analysis_of
from rnnviz.plots.picture import (
    BLUE,
    MAP_MARGIN,
    VERMILION,
    Arrays,
    Picture,
    canvas,
    steps,
    training_axis,
    whole_numbers,
)
from rnnviz.plots.words import over_time, quoted, time_axis, words_key, writes
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment


def _shares_arrays(scene: Scene) -> Arrays:
    shares = analysis_of(scene).shares
    rows, columns = thinned(shares.marked), thinned(np.arange(len(shares.norms)))
    t = steps(len(shares.norms))
    place = {"x": t[columns], "y": t[rows]}
    return [place | arrays for arrays in decade_map_arrays(shares.norms[np.ix_(rows, columns)])]


def _matrix(experiment: Experiment) -> str:
    """Return the matrix whose gradient is taken apart, as plotly.js writes it."""
    letter, _sign, index = CELLS[experiment.cell].recurrent.partition("_")
    return f"{letter}<sub>{index}</sub>"


def _shares_frame(scene: Scene) -> go.Figure:
    shares = analysis_of(scene).shares
    first, last = (int(shares.marked[i]) + 1 for i in (0, -1)) if len(shares.marked) else (1, 1)
    ends = {"showgrid": False, "nticks": 8}
    matrix, whole = _matrix(scene.experiment), [0.5, len(shares.norms) + 0.5]
    place, said = N_("loss at t = %{y}, {matrix} used at k = %{x}", matrix=matrix), quoted(scene)
    named = None
    if said:
        place = N_("loss at t = %{y} (%{customdata[0]}), {matrix} used at k = %{x} (%{customdata[1]})", matrix=matrix)
        columns = [said[k] for k in thinned(np.arange(len(said)))]
        named = [[(said[t], word) for word in columns] for t in thinned(shares.marked)]
    return canvas(
        [map_.update(customdata=named) for map_ in decade_map(place)],
        x={"title_text": _("step k, where {matrix} is used", matrix=matrix), "range": whole} | ends,
        y={"title_text": _("loss term t"), "range": [last + 0.5, first - 0.5]} | ends | whole_numbers(last - first + 1),
        hovermode="closest",
        margin=MAP_MARGIN,
        **over_time(scene, "x", also="y"),
    )


def _shares_sentence(scene: Scene) -> Text:
    if CELLS[scene.experiment.cell].from_hidden:
        text = N_(
            "dL/dW_hh is the sum of these shares: what the loss at step t (row) asks of W_hh for its use at step k "
            "(column), dloss_t/da_k times h_(k-1). Grey is exactly 0, orange too large for float32, empty has no way "
            "back."
        )
        first = "" if writes(scene.experiment) else N_("All of k = 1 is grey, for h_0 is 0.")
    else:
        text = N_(
            "This cell has no W_hh. dL/dW_ih is the sum of these shares: what the loss at step t (row) asks of W_ih "
            "for its use at step k (column), dloss_t/da_k times x_k. Grey is exactly 0, orange too large for float32, "
            "empty has no way back."
        )
        first = ""
    return sentences(text, first)


def _shares_key(scene: Scene) -> Hashable:
    shares = analysis_of(scene).shares
    ends = tuple(shares.marked[[0, -1]].tolist()) if len(shares.marked) else None
    return len(shares.norms), ends, _matrix(scene.experiment), words_key(scene)


def _distance_arrays(scene: Scene) -> Arrays:
    shares = analysis_of(scene).shares
    whole = np.full(len(shares.distances), shares.norm)
    return decade_arrays([(shares.distances.astype(np.int32), shares.by_distance), (shares.distances, whole)])


AT_DISTANCE = template("distance %{x}: the sum is {value}<extra></extra>")


def _distance_frame(scene: Scene) -> go.Figure:
    distances, matrix = analysis_of(scene).shares.distances, _matrix(scene.experiment)
    lines = [
        go.Scatter(
            name=_("shares, summed"),
            mode="lines+markers",
            line={"color": BLUE, "width": 3},
            marker={"size": 6},
            hovertemplate=_("distance %{x}: norm %{y:.2e}<extra></extra>"),
        ),
        go.Scatter(
            name=f"dL/d{matrix}",
            mode="lines",
            line={"color": VERMILION, "width": 2, "dash": "dash"},
            hovertemplate=_("dL/d{matrix}: norm %{y:.2e}", matrix=_matrix(scene.experiment)) + "<extra></extra>",
        ),
    ]
    span = (0, int(distances[-1]))
    room = max(0.5, span[1] / 35)
    apart = (
        _("distance |t - k|, in time steps") if scene.experiment.bidirectional else _("distance t - k, in time steps")
    )
    x = {"title_text": apart, "range": [-room, span[1] + room], "nticks": 8}
    return decade_figure(lines, x, span, _("norm of the sum"), AT_DISTANCE)


def _distance_sentence(scene: Scene) -> Message:
    return N_(
        "The shares added up by distance. dL/d{matrix} itself need not vanish: its near shares stay large while the "
        "far ones die, so it points where the recent past wants it, and the distant past has no say.",
        matrix=CELLS[scene.experiment.cell].recurrent,
    )


def _distance_key(scene: Scene) -> Hashable:
    distances, experiment = analysis_of(scene).shares.distances, scene.experiment
    return int(distances[-1]), experiment.bidirectional, _matrix(experiment)


def _training_arrays(scene: Scene) -> Arrays:
    analysis = analysis_of(scene)
    some = thinned(np.arange(analysis.profiles.shape[1]))
    t = steps(analysis.profiles.shape[1])[some]
    step = analysis.profile_steps.astype(np.int32)
    return [{"x": step, "y": t} | arrays for arrays in decade_map_arrays(analysis.profiles[:, some].T)]


def _training_frame(scene: Scene) -> go.Figure:
    count = analysis_of(scene).profiles.shape[1]
    return canvas(
        decade_map(N_("training step %{x}, time step %{y}")),
        x=training_axis() | {"showgrid": False} | whole_numbers(scene.snapshot.step),
        y=time_axis(scene) | {"range": [0.5, count + 0.5], "showgrid": False},
        hovermode="closest",
        margin=MAP_MARGIN,
        **over_time(scene, "y"),
    )


def _training_sentence(scene: Scene) -> Message:
    return N_(
        "The norm of dL/dh_t at every time step (row) after every training step (column) so far: does the gradient "
        "reach further back as it learns? Each column is one profile of the first picture."
    )


def _training_key(scene: Scene) -> Hashable:
    return analysis_of(scene).profiles.shape[1], *whole_numbers(scene.snapshot.step), words_key(scene)


SHARES = Picture(
    name="shares",
    title=N_("Shares of dL/dW"),
    alt=N_("Heat map of the shares of dL/dW, loss terms t by steps k, in powers of ten."),
    sentence=_shares_sentence,
    arrays=_shares_arrays,
    frame=_shares_frame,
    needs=("trace", "analysis"),
    key=_shares_key,
)
DISTANCE = Picture(
    name="distance",
    title=N_("Shares by distance"),
    alt=N_("Line chart of the norm of the summed shares of dL/dW by their distance t - k, on a log axis."),
    sentence=_distance_sentence,
    arrays=_distance_arrays,
    frame=_distance_frame,
    needs=("trace", "analysis"),
    key=_distance_key,
)
TRAINING = Picture(
    name="training",
    title=N_("While it trains"),
    alt=N_("Heat map of the norm of dL/dh_t, time steps by training steps, in powers of ten."),
    sentence=_training_sentence,
    arrays=_training_arrays,
    frame=_training_frame,
    needs=("trace", "analysis"),
    key=_training_key,
)
