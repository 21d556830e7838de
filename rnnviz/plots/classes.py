"""How probable a network finds each class, as a map of classes by time steps; of very many classes, some."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from rnnviz.language import N_, Text, _, say
from rnnviz.plots.cursor import read_out
from rnnviz.plots.picture import MARKED, VERMILION, Arrays, canvas, shown_label, steps
from rnnviz.plots.sides import width
from rnnviz.plots.words import LETTERS, at_step, cells, over_time, points, time_axis
from rnnviz.scene import Scene
from rnnviz.snapshot import Indices
from rnnviz.tasks.task import Task

MOST_CLASSES, MOST_RIGHT = 16, 12
"""How many classes a map shows, and how many of them may be there because they are right."""
LARGE_MARKS = 25
"""Up to how many time steps the marks on a map may be large."""
ASIDE, FREE = 36, 30
"""Pixels left of a map for the names of its rows: in the column beside it, and in that beyond."""
SMALL = 12
SMALLER = SMALL / 14
"""A name's size, and how much narrower it is than at the usual one."""
MOVES = 2 * 0.8 * (ASIDE - 1)
"""The size of a mark from whose edge plotly.js takes a text aside, by ASIDE: names of low rows would overlap."""
BLUES = "Blues"
"""White is 0, dark blue 1: the circles of the right answers stand out on both."""


def shown_classes(task: Task) -> Text:
    """Say which of many classes are shown."""
    if not (task.classes and _some(task)):
        return ""
    return N_(
        "Of {all} classes up to {most} are shown: the right ones, and those it finds most probable in the mean.",
        all=task.outputs,
        most=MOST_CLASSES,
    )


def class_arrays(scene: Scene, task: Task) -> Arrays:
    """Return what the traces show: the map, which row is right, and of some of many classes the rows' names."""
    trace = scene.snapshot.trace
    rows = _rows(scene, task)
    place = np.full(trace.outputs.shape[1], np.nan)
    place[rows] = steps(len(rows))
    right = place[np.nan_to_num(trace.targets).argmax(axis=1)]
    right[~(trace.targets > 0.5).any(axis=1)] = np.nan
    arrays: Arrays = [{"z": np.ascontiguousarray(trace.outputs.T[rows], np.float32)}, {"y": right}]
    if _some(task):
        names = _names(task, rows)
        arrays[0]["text"] = [[name] * len(right) for name in names]
        arrays.append({"text": _beside(names)})
    return arrays


def _some(task: Task) -> bool:
    """Say whether there are too many classes to show them all."""
    return task.outputs > MOST_CLASSES


def _rows(scene: Scene, task: Task) -> Indices:
    """Return which classes are shown, in their order: all, or of many the right answers of the sequence, the most
    frequent first, and then those it finds most probable in the mean."""
    trace = scene.snapshot.trace
    if not _some(task):
        return np.arange(task.outputs)
    asked = np.isfinite(trace.targets[:, 0])
    counts, means = trace.targets[asked].sum(axis=0), np.nan_to_num(trace.outputs[asked].mean(axis=0))
    right = np.argsort(-counts, kind="stable")[: min(MOST_RIGHT, np.count_nonzero(counts))]
    means[right] = -1
    likely = np.argsort(-means, kind="stable")[: MOST_CLASSES - len(right)]
    return np.sort(np.append(right, likely))


def _beside(names: Sequence[str]) -> list[str]:
    """Return what stands beside the rows, the first of which is moved to the left, and every second one after it: all
    names, or, if they are too long for two columns, those that are not moved."""
    fit = all(SMALLER * width(name) <= (ASIDE if n % 2 else FREE) for n, name in enumerate(names))
    return [name if fit or n % 2 else "" for n, name in enumerate(names)]


def _names(task: Task, rows: Indices) -> list[str]:
    assert task.classes
    return [shown_label(say(task.classes[row]), LETTERS) for row in rows]


def class_frame(scene: Scene, task: Task) -> go.Figure:
    """Return the map, still empty; of some of many classes it names none, for they change while it learns."""
    rows, count = _rows(scene, task), len(scene.snapshot.trace.outputs)
    some, names, x = _some(task), _names(task, rows), steps(count)
    map_ = go.Heatmap(
        x=x,
        y=steps(len(rows)),
        zmin=0,
        zmax=1,
        colorscale=BLUES,
        hovertemplate=_("{step}: probability of %{text}: %{z:.3f}<extra></extra>", step=at_step(scene)),
        hoverongaps=False,
        colorbar={"thickness": 14, "outlinewidth": 0, "tickvals": [0, 1], "len": 0.6, "y": 0, "yanchor": "bottom"},
        **cells(scene, len(rows)),
        **read_out(N_("likeliest"), "most"),
    )
    right = go.Scatter(
        name=_("right"),
        x=x,
        mode="markers",
        marker={
            "symbol": "circle-open",
            "size": 12 if count <= LARGE_MARKS else 6 if count <= MARKED else 3,
            "color": VERMILION,
            "line_width": 3,
        },
        hovertemplate=_("{step}: the right answer<extra></extra>", step=at_step(scene)),
        **points(scene),
    )
    if not some:
        map_.text = [[name] * count for name in names]
        return map_canvas([map_, right], scene, names, top=34)
    labels = go.Scatter(
        x=np.full(len(rows), 0.5),
        y=steps(len(rows)),
        mode="markers+text",
        marker={"opacity": 0, "size": np.where(np.arange(len(rows)) % 2, 0, MOVES)},
        textposition="middle left",
        textfont_size=SMALL,
        cliponaxis=False,
        showlegend=False,
        hoverinfo="skip",
    )
    return map_canvas([map_, right, labels], scene, [""] * len(rows), top=34)


SHORT = 7
"""Letters of a row's name that fit beside a map at its usual size."""


def map_canvas(traces: list[Any], scene: Scene, rows: Sequence[str], top: int) -> go.Figure:
    """Return a figure of rows by time steps, the first row on top, with a colour bar; top: room above, in pixels."""
    count = len(scene.snapshot.trace.outputs)
    return canvas(
        traces,
        x=time_axis(scene) | {"range": [0.5, count + 0.5], "showgrid": False},
        y={
            "range": [len(rows) + 0.5, 0.5],
            "showgrid": False,
            "tickvals": [n for n, name in enumerate(rows, 1) if name],
            "ticktext": [name for name in rows if name],
            "tickfont_size": 14 if all(len(name) <= SHORT for name in rows) else 11,
        },
        hovermode="closest",
        margin={"l": 66, "r": 92, "t": top, "b": 46, "autoexpand": False},  # as in the map of the states
        **over_time(scene, "x"),
    )
