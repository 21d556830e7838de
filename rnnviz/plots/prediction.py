"""What the network says beside what is right, along the probe sequence.

A few numbers a step are lines, many of them a map of numbers by time steps, class probabilities a map of classes by
time steps. Where there is one step alone, what is said is a curve over what is read.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from rnnviz.language import N_, Message, Text, _, say, sentences
from rnnviz.plots.classes import class_arrays, class_frame, map_canvas, shown_classes
from rnnviz.plots.cursor import read_out
from rnnviz.plots.picture import (
    BLUE,
    COLOURS,
    GREY,
    MARKED,
    VERMILION,
    Arrays,
    Picture,
    canvas,
    holder,
    steady_bounds,
    steps,
)
from rnnviz.plots.standard import standard_note, standard_title
from rnnviz.plots.words import at_step, cells, over_time, points, time_axis, words_key
from rnnviz.scene import Scene
from rnnviz.tasks import task_of
from rnnviz.tasks.task import Task

MOST_LINES = 3
"""How many outputs are drawn as lines, each with its target; more would cover one another."""
MOST_ROWS = 6
"""Up to how many outputs each row of a map is named."""


@dataclass(frozen=True)
class Kind:
    """One way to show what is said. See Picture for arrays, frame, caption and sentence."""

    arrays: Callable[[Scene, Task], Arrays]
    frame: Callable[[Scene, Task], go.Figure]
    caption: Message
    sentence: Message


def _kind(task: Task) -> Kind:
    if task.classes:
        return _MAP_OF_CLASSES
    if task.outputs > MOST_LINES:
        return _MAP
    return _LINES if task.form.has_length else _CURVE


def arrays(scene: Scene) -> Arrays:
    """See Picture.arrays."""
    task = task_of(scene.experiment)
    return _kind(task).arrays(scene, task)


def frame(scene: Scene) -> go.Figure:
    """See Picture.frame."""
    task = task_of(scene.experiment)
    figure = _kind(task).frame(scene, task)
    if task.standardised:
        figure.update_yaxes(title_text=say(standard_title(scene.experiment)))
    return figure


def sentence(scene: Scene) -> Text:
    """See Picture.sentence."""
    task = task_of(scene.experiment)
    note = standard_note(scene.experiment) if task.standardised else ""
    return sentences(_kind(task).sentence, shown_classes(task), marked_note(task), note)


def caption(scene: Scene) -> Text:
    """See Picture.caption."""
    task = task_of(scene.experiment)
    return sentences(_kind(task).caption, marked_note(task))


def marked_note(task: Task) -> Text:
    """Say which of the answers is marked, if not all are."""
    return N_("Only the last step's answer is marked.") if task.leaves_some else ""


def _map_arrays(scene: Scene, task: Task) -> Arrays:
    targets, outputs = scene.snapshot.trace.targets, scene.snapshot.trace.outputs
    low, high = steady_bounds(targets, targets)  # of the targets alone: they keep their colours whatever is said
    between = np.full((1, len(targets)), np.nan)
    rows = np.concatenate([targets.T, between, outputs.T]).astype(np.float32)  # (O + 1 + O, T)
    return [{"z": rows, "zmin": low, "zmax": high}]


def _map_frame(scene: Scene, task: Task) -> go.Figure:
    count, outputs = scene.snapshot.trace.outputs.shape
    numbers = range(1, outputs + 1)
    target, said = [_("target {n}", n=n) for n in numbers], [f"y<sub>t</sub> {n}" for n in numbers]
    rows = (*target, "", *said)
    map_ = go.Heatmap(
        x=steps(count),
        y=steps(len(rows)),
        colorscale="Cividis",
        text=[[name] * count for name in rows],
        hovertemplate=_("{step}: %{text} is %{z:.3~g}<extra></extra>", step=at_step(scene)),
        hoverongaps=False,
        **cells(scene, len(rows)),
        colorbar={"title_text": _("value"), "thickness": 14, "outlinewidth": 0, "nticks": 5},
    )
    step = -(-outputs // MOST_ROWS)
    named = tuple(name if n % (outputs + 1) % step == 0 else "" for n, name in enumerate(rows))
    return map_canvas([map_], scene, named, top=12)


def _probe_arrays(scene: Scene, task: Task) -> Arrays:
    targets, outputs = scene.snapshot.trace.targets, scene.snapshot.trace.outputs
    lines = [{"y": line} for k in range(targets.shape[1]) for line in (targets[:, k], outputs[:, k])]
    return [*lines, {"y": np.array(steady_bounds(targets, outputs))}]


def _probe_frame(scene: Scene, task: Task) -> go.Figure:
    targets = scene.snapshot.trace.targets
    count, outputs = targets.shape
    asked = int(np.isfinite(targets[:, 0]).sum())
    hover = _("{step}: %{fullData.name} %{y:.4~g}<extra></extra>", step=at_step(scene))
    traces = []
    for k in range(outputs):
        colour = COLOURS[k] if outputs > 1 else VERMILION
        target, said = _("target"), "y<sub>t</sub>"
        if outputs > 1:
            target, said = _("target {n}", n=k + 1), f"{said} {k + 1}"
        traces += [
            go.Scatter(
                name=target,
                mode="lines+markers" if asked <= MARKED else "lines",
                line={"color": GREY, "width": 5, "dash": ("solid", "dash", "dot")[k]},
                marker={"size": 8 if asked > 1 else 16},
                cliponaxis=False,
                hovertemplate=hover,
                **read_out(target),
            ),
            go.Scatter(
                name=said,
                mode="lines+markers" if count <= MARKED else "lines",
                line={"color": colour, "width": 2.5},
                marker={"size": 6 if count > 1 else 10},
                hovertemplate=hover,
                **read_out(said),
            ),
        ]
    for trace in traces:
        trace.update(x=steps(count), **points(scene))
    traces.append(holder().update(x=[1, count]))
    return canvas(traces, x=time_axis(scene), y={"title_text": _("value"), "nticks": 6}, **over_time(scene, "x"))


def _curve_arrays(scene: Scene, task: Task) -> Arrays:
    curve, trace = scene.snapshot.curve, scene.snapshot.trace
    if curve is None:
        return [{"x": np.zeros(0), "y": np.zeros(0)}] * 4
    point, bounds = trace.inputs[:, 0], steady_bounds(curve.targets, curve.outputs)
    return [
        {"x": curve.inputs, "y": curve.targets},
        {"x": curve.inputs, "y": curve.outputs},
        {"x": point, "y": trace.outputs[:, 0]},
        {"x": curve.inputs[[0, -1]], "y": np.array(bounds)},
    ]


def _curve_frame(scene: Scene, task: Task) -> go.Figure:
    hover = _("x = %{x:.3f}: %{fullData.name} %{y:.3f}<extra></extra>")
    traces = [
        go.Scatter(name=_("target"), mode="lines", line={"color": GREY, "width": 5}, hovertemplate=hover),
        go.Scatter(name="y<sub>1</sub>", mode="lines", line={"color": VERMILION, "width": 2.5}, hovertemplate=hover),
        go.Scatter(
            name=_("the probe"),
            mode="markers",
            marker={"color": BLUE, "size": 11, "symbol": "diamond"},
            hovertemplate=hover,
        ),
        holder(),
    ]
    return canvas(
        traces, x={"title_text": _("x<sub>1</sub>, what is read")}, y={"title_text": "y<sub>1</sub>", "nticks": 6}
    )


_LINES = Kind(
    _probe_arrays,
    _probe_frame,
    N_("What the network says, y_t, and what it should say."),
    N_(
        "What the network says, y_t, and what it should say, at each time step of a sequence never trained on, "
        "begun with an empty memory (h_0 = 0)."
    ),
)
_CURVE = Kind(
    _curve_arrays,
    _curve_frame,
    N_("What the network says, y_1, of each x, and what it should say."),
    N_(
        "What the network says, y_1, and what it should say, of 64 inputs never trained on; the diamond is the one "
        "whose states and gradients are shown."
    ),
)
_MAP = Kind(
    _map_arrays,
    _map_frame,
    N_("What it should say (rows above) and what it says, y_t (below)."),
    N_(
        "What the network should say (rows above) and what it says, y_t (below), at each time step of a sequence never "
        "trained on, begun with h_0 = 0."
    ),
)
_MAP_OF_CLASSES = Kind(
    class_arrays,
    class_frame,
    N_("How probable it finds each answer; a circle where one is asked."),
    N_(
        "How probable the network finds each answer (row) after every time step (column) of one fixed sequence. "
        "Circles are the right answers, at the steps at which one is asked; at the others nobody asks."
    ),
)


def key(scene: Scene) -> Hashable:
    """See Picture.key."""
    experiment, trace = scene.experiment, scene.snapshot.trace
    asked = int(np.isfinite(trace.targets).sum())
    return trace.outputs.shape, asked, experiment.loss_at, experiment.difference, words_key(scene)


def ghosts(scene: Scene) -> Iterable[int]:
    """See Picture.ghosts: what is said, not what is right."""
    task = task_of(scene.experiment)
    kind = _kind(task)
    return range(1, 2 * task.outputs, 2) if kind is _LINES else (1,) if kind is _CURVE else ()


PREDICTION = Picture(
    name="prediction",
    title=N_("Prediction"),
    alt=N_("Chart of what the network predicts beside what is right."),
    caption=caption,
    sentence=sentence,
    arrays=arrays,
    frame=frame,
    ghosts=ghosts,
    needs=("trace", "curve"),
    key=key,
)
