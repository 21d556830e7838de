"""What the networks of a race say, beside the one target they all have.

A few numbers a step are lines. Of many, and of class probabilities, what there is of each network is one line: how far
it is off, and how probable it finds the right answer. Where there is one step alone, each is a curve over what is read.
"""

from collections.abc import Hashable
from typing import Any
from zlib import crc32

import numpy as np
import plotly.graph_objects as go

from rnnviz.language import N_, Text, _, say, sentences
from rnnviz.plots.cursor import read_out
from rnnviz.plots.picture import GREY, MARKED, Arrays, Picture, canvas, holder, shown_label, steady_bounds, steps
from rnnviz.plots.prediction import MOST_LINES, Kind, marked_note
from rnnviz.plots.race.lane import drawn, lanes_key
from rnnviz.plots.standard import standard_note, standard_title
from rnnviz.plots.words import DECODERS, LETTERS, at_step, over_time, points, time_axis, words_key, writes
from rnnviz.scene import Scene
from rnnviz.snapshot import Array, Indices
from rnnviz.tasks import task_of
from rnnviz.tasks.task import Mask, Task

TARGET = {"color": GREY, "width": 5}


def _kind(task: Task) -> Kind:
    if task.classes:
        return _CHANCES
    if task.outputs > MOST_LINES:
        return _ERRORS
    return _LINES if task.form.has_length else _CURVES


def arrays(scene: Scene) -> Arrays:
    """See Picture.arrays."""
    task = task_of(scene.experiment)
    return _kind(task).arrays(scene, task)


def frame(scene: Scene) -> go.Figure:
    """See Picture.frame."""
    task = task_of(scene.experiment)
    return _kind(task).frame(scene, task)


def sentence(scene: Scene) -> Text:
    """See Picture.sentence."""
    task = task_of(scene.experiment)
    note = standard_note(scene.experiment) if task.standardised else ""
    return sentences(_kind(task).sentence, marked_note(task), note, DECODERS if writes(scene.experiment) else "")


def caption(scene: Scene) -> Text:
    """See Picture.caption."""
    task = task_of(scene.experiment)
    return sentences(_kind(task).caption, marked_note(task))


def _over_time(scene: Scene, traces: list[go.Scatter], y: dict[str, Any]) -> go.Figure:
    """Return a figure of lines over the time steps."""
    count = len(scene.snapshot.trace.outputs)
    for trace in traces:
        trace.update(x=steps(count), **points(scene))
    return canvas([*traces, holder().update(x=[1, count])], x=time_axis(scene), y=y, **over_time(scene, "x"))


def _line_arrays(scene: Scene, task: Task) -> Arrays:
    targets = scene.snapshot.trace.targets
    said = [own.snapshot.trace.outputs for own in scene.lanes]
    bounds = steady_bounds(targets, np.concatenate([targets, *said]))
    return [*({"y": line} for values in (targets, *said) for line in values.T), {"y": np.array(bounds)}]


def _line_frame(scene: Scene, task: Task) -> go.Figure:
    targets = scene.snapshot.trace.targets
    count, outputs = targets.shape
    asked = int(np.isfinite(targets[:, 0]).sum())
    hover = _("{step}: %{fullData.name} %{y:.4~g}<extra></extra>", step=at_step(scene))
    several = [f" {k + 1}" for k in range(outputs)] if outputs > 1 else [""]
    traces = [
        go.Scatter(
            name=_("target") + number,
            mode="lines+markers" if asked <= MARKED else "lines",
            line=TARGET,
            marker={"size": 8 if asked > 1 else 16},
            cliponaxis=False,
            showlegend=not k,
            hovertemplate=hover,
            **read_out(_("target") + number),
        )
        for k, number in enumerate(several)
    ]
    traces += [
        go.Scatter(
            name=name + number,
            line=lane.line(),
            showlegend=not k,
            hovertemplate=hover,
            **lane.points(count),
            **lane.read(f"y<sub>t</sub>{number}"),
        )
        for name, lane, _own in drawn(scene)
        for k, number in enumerate(several)
    ]
    title = standard_title(scene.experiment) if task.standardised else N_("value")
    return _over_time(scene, traces, {"title_text": say(title), "nticks": 6})


def _error_arrays(scene: Scene, task: Task) -> Arrays:
    errors = [_errors(own) for own in scene.lanes]
    targets = scene.snapshot.trace.targets
    by_chance = np.sqrt(np.nanmean(np.square(targets - np.nanmean(targets, axis=0))))  # off by as much: always the mean
    _low, high = steady_bounds(np.array([0.0, by_chance]), np.concatenate(errors))
    return [*({"y": error} for error in errors), {"y": np.array([0.0, high])}]


def _errors(scene: Scene) -> Array:
    """Return how far one network is off at each step, (T,): the root of the mean square over its outputs."""
    trace = scene.snapshot.trace
    return np.sqrt(np.square(trace.outputs.astype(np.float64) - trace.targets).mean(axis=1))


def _error_frame(scene: Scene, task: Task) -> go.Figure:
    count = len(scene.snapshot.trace.outputs)
    hover = _("{step}: %{fullData.name} is off by %{y:.3~g}<extra></extra>", step=at_step(scene))
    traces = [
        go.Scatter(name=name, line=lane.line(), hovertemplate=hover, **lane.points(count), **lane.read(N_("error")))
        for name, lane, _own in drawn(scene)
    ]
    return _over_time(scene, traces, {"title_text": _("error, root mean square"), "nticks": 6})


def _chance_arrays(scene: Scene, task: Task) -> Arrays:
    right, asked = _right(scene)
    rows = np.arange(len(right))
    chances = [np.where(right < 0, np.nan, own.snapshot.trace.outputs[rows, right]) for own in scene.lanes]
    return [{"y": np.where(asked, 1.0, np.nan)}, *({"y": chance} for chance in chances), {"y": np.array([0.0, 1.0])}]


def _right(scene: Scene) -> tuple[Indices, Mask]:
    """Return which answer is the right one at each step, (T,), -1 for none, and at which steps one is asked: where that
    is a single one, its answer is the right one at all steps on the way to it."""
    targets = scene.snapshot.trace.targets
    asked = np.asarray((targets > 0.5).any(axis=1))
    right = np.where(asked, np.nan_to_num(targets).argmax(axis=1), -1)
    return (np.full(len(right), right.max()) if asked.sum() == 1 else right), asked


def _chance_frame(scene: Scene, task: Task) -> go.Figure:
    right, asked = _right(scene)
    count, names = len(right), [shown_label(say(name), LETTERS) for name in task.classes or ()]
    words = [names[answer] if answer >= 0 else "" for answer in right]
    hover = _("{step}: %{fullData.name} finds “%{text}” %{y:.3f} probable<extra></extra>", step=at_step(scene))
    answer = go.Scatter(
        name=_("right answer"),
        mode="markers",
        marker={"symbol": "circle-open", "size": 10 if asked.sum() <= MARKED else 4, "color": GREY, "line_width": 3},
        text=words,
        cliponaxis=False,
        hovertemplate=_("{step}: the right answer is “%{text}”<extra></extra>", step=at_step(scene)),
    )
    lines = [
        go.Scatter(
            name=name,
            line=lane.line(),
            text=words,
            hovertemplate=hover,
            **lane.points(count),
            **lane.read(N_("probability")),
        )
        for name, lane, _own in drawn(scene)
    ]
    y = {"title_text": _("probability"), "range": [-0.03, 1.06], "nticks": 6}
    return _over_time(scene, [answer, *lines], y)


def _curve_arrays(scene: Scene, task: Task) -> Arrays:
    curves = [own.snapshot.curve for own in scene.lanes]
    assert curves[0]
    x, targets, said = curves[0].inputs, curves[0].targets, [curve.outputs for curve in curves if curve]
    bounds = steady_bounds(targets, np.concatenate(said))
    return [*({"x": x, "y": y} for y in (targets, *said)), {"x": x[[0, -1]], "y": np.array(bounds)}]


def _curve_frame(scene: Scene, task: Task) -> go.Figure:
    hover = _("x = %{x:.3f}: %{fullData.name} %{y:.3f}<extra></extra>")
    traces = [go.Scatter(name=_("target"), mode="lines", line=TARGET, hovertemplate=hover)]
    traces += [
        go.Scatter(name=name, mode="lines", line=lane.line(), hovertemplate=hover) for name, lane, _own in drawn(scene)
    ]
    x, y = {"title_text": _("x<sub>1</sub>, what is read")}, {"title_text": "y<sub>1</sub>", "nticks": 6}
    return canvas([*traces, holder()], x=x, y=y)


_LINES = Kind(
    _line_arrays,
    _line_frame,
    N_("What each network says, y_t, and what all of them should say."),
    N_(
        "What each network says, y_t, and what all of them should say, at each time step of one sequence never trained "
        "on, begun with an empty memory (h_0 = 0)."
    ),
)
_CURVES = Kind(
    _curve_arrays,
    _curve_frame,
    N_("What each network says, y_1, of each x, and what it should say."),
    N_("What each network says, y_1, and what it should say, of 64 inputs never trained on."),
)
_ERRORS = Kind(
    _error_arrays,
    _error_frame,
    N_("How far each network's y_t is from what it should say."),
    N_(
        "How far each network's y_t is from what all of them should say, at each time step of one sequence never "
        "trained on: the root of the mean square over the outputs."
    ),
)
_CHANCES = Kind(
    _chance_arrays,
    _chance_frame,
    N_("How probable each network finds the right answer; a circle where one is asked."),
    N_(
        "How probable each network finds the right answer at each time step of one fixed sequence. Circles, at 1, are "
        "where one is asked; where that is once alone, it is the same answer at all steps on the way."
    ),
)


def key(scene: Scene) -> Hashable:
    """See Picture.key."""
    experiment, trace = scene.experiment, scene.snapshot.trace
    asked = np.ascontiguousarray(np.nan_to_num(trace.targets, nan=-1.0))
    answers = crc32(asked.tobytes()) if task_of(experiment).classes else int(np.isfinite(trace.targets).sum())
    return lanes_key(scene), trace.outputs.shape, answers, experiment.loss_at, experiment.difference, words_key(scene)


ANSWERS = Picture(
    name="answers",
    title=N_("Predictions"),
    alt=N_("Line chart of what all networks of the race say beside the one target."),
    caption=caption,
    sentence=sentence,
    arrays=arrays,
    frame=frame,
    needs=("trace", "curve"),
    key=key,
)
