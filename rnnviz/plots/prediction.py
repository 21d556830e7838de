"""What the network says beside what is right, along the probe sequence.

A few numbers a step are lines, many of them a map of numbers by time steps. Class probabilities are bars where one
answer is asked, and a map of classes by time steps where there are several.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from rnnviz.experiment import Experiment
from rnnviz.plots.picture import (
    COLOURS,
    GREEN,
    GREY,
    VERMILION,
    Arrays,
    Picture,
    canvas,
    holder,
    steady_bounds,
    steps,
    steps_axis,
)
from rnnviz.snapshot import Array, Snapshot
from rnnviz.tasks import TASKS
from rnnviz.tasks.task import Task
from rnnviz.text import N_, _
from rnnviz.view import View

MOST_LINES = 3
"""How many outputs are drawn as lines, each with its target; more would cover one another."""
MOST_ROWS = 6
"""Up to how many outputs each row of a map is named."""
MARKED_STEPS = 60
"""Up to how many time steps each has its own mark; more would run into one another."""
LARGE_MARKS = 25
"""Up to how many time steps the marks on a map may be large."""
BLUES = "Blues"
"""White is 0, dark blue 1: the circles of the right answers stand out on both."""

HOVER = N_("step %{x}: %{fullData.name} %{y:.4~g}<extra></extra>")


@dataclass(frozen=True)
class _Kind:
    """One way to show what is said. See Picture for arrays and frame; sentence: what is shown."""

    arrays: Callable[[Snapshot, type[Task]], Arrays]
    frame: Callable[[Snapshot, type[Task]], go.Figure]
    sentence: str


def _kind(snapshot: Snapshot, task: type[Task]) -> _Kind:
    if task.classes:
        return _MAP_OF_CLASSES if _asked(snapshot).sum() > 1 else _BARS
    if task.outputs > MOST_LINES:
        return _MAP
    return _LINES if task.form.has_length else _POINTS


def _asked(snapshot: Snapshot) -> npt.NDArray[np.bool_]:
    """Return at which steps of the probe an answer is asked, (T,)."""
    return np.isfinite(snapshot.trace.targets[:, 0])


def arrays(snapshot: Snapshot, view: View, experiment: Experiment) -> Arrays:
    """See Picture.arrays."""
    task = TASKS[experiment.task]
    return _kind(snapshot, task).arrays(snapshot, task)


def frame(snapshot: Snapshot, view: View, experiment: Experiment) -> go.Figure:
    """See Picture.frame."""
    task = TASKS[experiment.task]
    return _kind(snapshot, task).frame(snapshot, task)


def sentence(snapshot: Snapshot, view: View, experiment: Experiment) -> str:
    """See Picture.sentence."""
    task = TASKS[experiment.task]
    said = _(_kind(snapshot, task).sentence)
    if task.form.one_answer or experiment.loss_at == "every":
        return said
    return said + " " + _("Only the last step's answer is marked.")


def _class_arrays(snapshot: Snapshot, task: type[Task]) -> Arrays:
    said, right = snapshot.trace.outputs[-1], snapshot.trace.targets[-1] > 0.5
    return [{"y": np.where(right, said, np.nan)}, {"y": np.where(right, np.nan, said)}]


def _class_frame(snapshot: Snapshot, task: type[Task]) -> go.Figure:
    classes = task.classes
    hover = _("probability of %{x}: %{y:.3f}") + "<extra></extra>"
    style = {"x": classes, "hovertemplate": hover, "marker_line_width": 0}
    right = go.Bar(
        name=_("the right answer"),
        marker={"color": GREEN, "pattern": {"shape": "/", "fillmode": "overlay", "size": 12, "solidity": 0.15}},
        **style,
    )
    others = go.Bar(name=_("other answers"), marker_color=GREY, **style)
    return canvas(
        [right, others],
        x={"type": "category", "categoryarray": classes},
        y={"title_text": _("probability"), "range": [0, 1.02], "tickvals": [0, 0.25, 0.5, 0.75, 1]},
        barmode="overlay",
        bargap=0.25,
        hovermode="closest",
    )


def _class_map_arrays(snapshot: Snapshot, task: type[Task]) -> Arrays:
    trace, asked = snapshot.trace, _asked(snapshot)
    said = np.where(asked[:, None], trace.outputs, np.nan).astype(np.float32)  # (T, C)
    right = [{"z": np.ascontiguousarray(said.T)}, {"y": _which(trace.targets)}]
    return [*right, {"y": _which(trace.inputs)}] if task.words == task.classes else right


def _which(one_hot: Array) -> Array:
    """Return which class is the 1 of each step's (T, C), counted from 1; NaN where there is none."""
    return np.where((one_hot > 0.5).any(axis=1), one_hot.argmax(axis=1) + 1.0, np.nan)


def _class_map_frame(snapshot: Snapshot, task: type[Task]) -> go.Figure:
    classes, count = task.classes or (), len(snapshot.trace.outputs)
    x, place = steps(count), _("step %{x}:") + " "
    map_ = go.Heatmap(
        x=x,
        y=steps(len(classes)),
        zmin=0,
        zmax=1,
        colorscale=BLUES,
        text=[[name] * count for name in classes],
        hovertemplate=place + _("probability of %{text}: %{z:.3f}") + "<extra></extra>",
        hoverongaps=False,
        colorbar={"title_text": _("prob."), "thickness": 14, "outlinewidth": 0, "tickvals": [0, 0.5, 1]},
    )
    size = 12 if count <= LARGE_MARKS else 6 if count <= MARKED_STEPS else 3
    marks = [(_("the right answer"), "circle-open", VERMILION, 3)]
    if task.words == task.classes:
        marks.append((_("read"), "square", GREY, 0))
    marked = [
        go.Scatter(
            name=name,
            x=x,
            mode="markers",
            marker={"symbol": symbol, "size": size, "color": colour, "line_width": width},
            hovertemplate=place + name + "<extra></extra>",
        )
        for name, symbol, colour, width in marks
    ]
    return _map_canvas([map_, *marked], count, classes, top=34)


def _map_canvas(traces: list[Any], count: int, rows: tuple[str, ...], top: int) -> go.Figure:
    """Return a figure of rows by time steps, the first row on top, with a colour bar; top: room above, in pixels."""
    return canvas(
        traces,
        x=steps_axis(count, _("time step t")) | {"range": [0.5, count + 0.5], "showgrid": False},
        y={
            "range": [len(rows) + 0.5, 0.5],
            "showgrid": False,
            "tickvals": [n for n, name in enumerate(rows, 1) if name],
            "ticktext": [name for name in rows if name],
        },
        hovermode="closest",
        margin={"l": 66, "r": 80, "t": top, "b": 46, "autoexpand": False},  # as in the map of the states
    )


def _map_arrays(snapshot: Snapshot, task: type[Task]) -> Arrays:
    targets, outputs = snapshot.trace.targets, snapshot.trace.outputs
    low, high = steady_bounds(targets, targets)  # of the targets alone: they keep their colours whatever is said
    between = np.full((1, len(targets)), np.nan)
    rows = np.concatenate([targets.T, between, outputs.T]).astype(np.float32)  # (O + 1 + O, T)
    return [{"z": rows, "zmin": low, "zmax": high}]


def _map_frame(snapshot: Snapshot, task: type[Task]) -> go.Figure:
    count, outputs = snapshot.trace.outputs.shape
    numbers = range(1, outputs + 1)
    target, said = ([f"{name} {n}" for n in numbers] for name in (_("target"), "y<sub>t</sub>"))
    rows = (*target, "", *said)
    map_ = go.Heatmap(
        x=steps(count),
        y=steps(len(rows)),
        colorscale="Cividis",
        text=[[name] * count for name in rows],
        hovertemplate=_("step %{x}: %{text} is %{z:.3~g}") + "<extra></extra>",
        hoverongaps=False,
        colorbar={"title_text": _("value"), "thickness": 14, "outlinewidth": 0, "nticks": 5},
    )
    step = -(-outputs // MOST_ROWS)
    named = tuple(name if n % (outputs + 1) % step == 0 else "" for n, name in enumerate(rows))
    return _map_canvas([map_], count, named, top=12)


def _probe_arrays(snapshot: Snapshot, task: type[Task]) -> Arrays:
    targets, outputs = snapshot.trace.targets, snapshot.trace.outputs
    lines = [{"y": line} for k in range(targets.shape[1]) for line in (targets[:, k], outputs[:, k])]
    return [*lines, {"y": np.array(steady_bounds(targets, outputs))}]


def _probe_frame(snapshot: Snapshot, task: type[Task]) -> go.Figure:
    count, outputs = snapshot.trace.targets.shape
    asked = int(np.isfinite(snapshot.trace.targets[:, 0]).sum())
    traces = []
    for k in range(outputs):
        number = f" {k + 1}" if outputs > 1 else ""
        colour = COLOURS[k] if outputs > 1 else VERMILION
        target, said = _("target") + number, _("prediction y<sub>t</sub>") + number
        traces += [
            go.Scatter(
                name=target,
                mode="lines+markers" if asked <= MARKED_STEPS else "lines",
                line={"color": GREY, "width": 5, "dash": ("solid", "dash", "dot")[k]},
                marker={"size": 8 if asked > 1 else 16},
                hovertemplate=_(HOVER),
            ),
            go.Scatter(
                name=said,
                mode="lines+markers" if count <= MARKED_STEPS else "lines",
                line={"color": colour, "width": 2.5},
                marker={"size": 6 if count > 1 else 10},
                hovertemplate=_(HOVER),
            ),
        ]
    for trace in traces:
        trace.x = steps(count)
    traces.append(holder().update(x=[1, count]))
    y = {"title_text": _("value"), "nticks": 6}
    return canvas(traces, x=steps_axis(count, _("time step t")), y=y)


_SAID = N_(
    "What the network says, y_t, and what it should say, at each time step of a sequence never trained on, "
    "begun with an empty memory (h_0 = 0)."
)
_LINES = _Kind(_probe_arrays, _probe_frame, _SAID)
_POINTS = _Kind(
    _probe_arrays, _probe_frame, N_("What the network says, y_1, and what it should say, of an input never trained on.")
)
_MAP = _Kind(
    _map_arrays,
    _map_frame,
    N_(
        "What the network should say (rows above) and what it says, y_t (below), at each time step of a sequence never "
        "trained on, begun with h_0 = 0."
    ),
)
_BARS = _Kind(
    _class_arrays,
    _class_frame,
    N_("How probable the network finds each answer at the last time step of a sequence never trained on."),
)
_MAP_OF_CLASSES = _Kind(
    _class_map_arrays,
    _class_map_frame,
    N_(
        "How probable the network finds each answer (row) at every time step (column) at which one is asked, in a "
        "sequence never trained on."
    ),
)

PREDICTION = Picture(
    name="prediction",
    title=N_("Prediction"),
    alt=N_("Chart of what the network predicts beside what is right."),
    sentence=sentence,
    arrays=arrays,
    frame=frame,
)
