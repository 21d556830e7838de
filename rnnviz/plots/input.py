"""What the network reads: numbers as lines, numbers with marks as bars, words as words, frames as small pictures."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from rnnviz.experiment import Experiment
from rnnviz.plots.picture import (
    BLUE,
    COLOURS,
    DARK_GREY,
    GREY,
    VERMILION,
    Arrays,
    Picture,
    canvas,
    steps,
    steps_axis,
)
from rnnviz.snapshot import Array, Snapshot
from rnnviz.tasks import TASKS
from rnnviz.tasks.task import Task
from rnnviz.text import N_, _
from rnnviz.view import View

MARKED_STEPS = 60
"""Up to how many time steps each has its own mark or word; more would run into one another."""
FRAME = 0.42
"""Half the width of a frame, in time steps: between two frames there is a gap."""


@dataclass(frozen=True)
class _Kind:
    """One way to show what is read: arrays of the inputs (T, I), and the frame. caption: what is shown."""

    arrays: Callable[[Array, type[Task]], Arrays]
    frame: Callable[[Array, type[Task]], go.Figure]
    caption: str


def _kind(task: type[Task]) -> _Kind:
    if task.words:
        return _WORDS
    if task.pixels:
        return _FRAMES
    return _LINES if task.mark is None else _BARS


def _canvas(traces: list, inputs: Array, y: dict) -> go.Figure:
    x = steps_axis(len(inputs), _("time step t"))
    return canvas(traces, x=x, y={"title_text": _("x<sub>t</sub>"), "nticks": 4} | y, bargap=0.1, hovermode="closest")


def _line_arrays(inputs: Array, task: type[Task]) -> Arrays:
    given = np.where(np.arange(len(inputs))[:, None] < (1 if task.form.one_input else len(inputs)), inputs, np.nan)
    return [{"y": column} for column in given.T]


def _line_frame(inputs: Array, task: type[Task]) -> go.Figure:
    traces = [
        go.Scatter(
            name=_(task.features[i]),
            x=steps(len(inputs)),
            mode="lines+markers" if len(inputs) <= MARKED_STEPS else "lines",
            line={"color": COLOURS[i], "width": 2.5},
            marker={"size": 6},
            showlegend=inputs.shape[1] > 1,
            hovertemplate=_("step %{x}: %{fullData.name} %{y:.4~g}<extra></extra>"),
        )
        for i in range(inputs.shape[1])
    ]
    return _canvas(traces, inputs, {})


def _bar_arrays(inputs: Array, task: type[Task]) -> Arrays:
    assert task.mark is not None
    marked = inputs[:, task.mark] > 0
    values = inputs[:, 1 - task.mark]
    return [{"y": np.where(marked, values, np.nan)}, {"y": np.where(marked, np.nan, values)}]


def _bar_frame(inputs: Array, task: type[Task]) -> go.Figure:
    hatched = {"shape": "/", "fillmode": "overlay", "size": 8, "solidity": 0.2}
    traces = [
        go.Bar(
            name=name,
            x=steps(len(inputs)),
            marker=marker | {"line_width": 0},
            hovertemplate=_("step %{x}: %{y:.3f}, {what}<extra></extra>").replace("{what}", name),
        )
        for name, marker in (
            (_("marked"), {"color": VERMILION, "pattern": hatched}),
            (_("others"), {"color": GREY}),
        )
    ]
    return _canvas(traces, inputs, {"range": [0, 1.02]}).update_layout(barmode="overlay")


def _words(inputs: Array, task: type[Task]) -> list[str]:
    """Return the word read at each step; empty where there is none."""
    assert task.words
    return [task.words[row.argmax()] if row.any() else "" for row in inputs]


def _word_arrays(inputs: Array, task: type[Task]) -> Arrays:
    words = _words(inputs, task)
    colours = [BLUE if word in task.decisive else DARK_GREY for word in words]
    return [{"y": np.array([1.0 if word else np.nan for word in words]), "text": words, "marker.color": colours}]


def _word_frame(inputs: Array, task: type[Task]) -> go.Figure:
    words = go.Bar(
        x=steps(len(inputs)),
        textposition="inside" if len(inputs) <= MARKED_STEPS else "none",
        insidetextanchor="middle",
        textfont={"color": "white", "size": 15},
        marker_line_width=0,
        showlegend=False,
        hovertemplate=_("step %{x}: “%{text}” is read<extra></extra>"),
    )
    y = {"range": [0, 1], "showticklabels": False, "showgrid": False}
    return _canvas([words], inputs, y).update_layout(bargap=0.05)


def _film_arrays(inputs: Array, task: type[Task]) -> Arrays:
    assert task.pixels
    rows, columns = task.pixels
    film = np.full((rows, len(inputs), columns + 1), np.nan, np.float32)  # a gap after each frame
    film[..., :columns] = inputs.reshape(len(inputs), rows, columns).transpose(1, 0, 2)
    return [{"z": film.reshape(rows, -1)}]


def _film_frame(inputs: Array, task: type[Task]) -> go.Figure:
    assert task.pixels
    rows, columns = task.pixels
    edges = np.append(np.linspace(-FRAME, FRAME, columns + 1), 1 - FRAME)[:-1]
    x = (steps(len(inputs))[:, None] + edges).ravel()
    film = go.Heatmap(
        x=np.append(x, len(inputs) + 1 - FRAME),
        y=np.arange(rows + 1) + 0.5,
        zmin=0,
        zmax=1,
        colorscale="Greys_r",
        colorbar={"thickness": 14, "outlinewidth": 0, "tickvals": [0, 1], "ticktext": [_("dark"), _("light")]},
        hovertemplate=_("brightness %{z:.2f}<extra></extra>"),
        hoverongaps=False,
    )
    y = {"range": [rows + 0.5, 0.5], "showticklabels": False, "showgrid": False}
    return _canvas([film], inputs, y).update_xaxes(showgrid=False)


_LINES = _Kind(_line_arrays, _line_frame, N_("What the network reads at each time step, x_t."))
_BARS = _Kind(_bar_arrays, _bar_frame, N_("The number it reads at each time step, x_t; two are marked."))
_WORDS = _Kind(_word_arrays, _word_frame, N_("What it reads at each time step, x_t; what decides is blue."))
_FRAMES = _Kind(_film_arrays, _film_frame, N_("The frame it watches at each time step, x_t."))


def arrays(snapshot: Snapshot, view: View, experiment: Experiment) -> Arrays:
    """See Picture.arrays."""
    task = TASKS[experiment.task]
    return _kind(task).arrays(snapshot.trace.inputs, task)


def frame(snapshot: Snapshot, view: View, experiment: Experiment) -> go.Figure:
    """See Picture.frame."""
    task = TASKS[experiment.task]
    return _kind(task).frame(snapshot.trace.inputs, task)


def caption(snapshot: Snapshot, view: View, experiment: Experiment) -> str:
    """See Picture.caption."""
    return _(_kind(TASKS[experiment.task]).caption)


def sentence(snapshot: Snapshot, view: View, experiment: Experiment) -> str:
    """See Picture.sentence."""
    return _(TASKS[experiment.task].sentence)


INPUT = Picture(
    name="input",
    title=N_("Input"),
    alt=N_("Chart of what the network reads at each time step."),
    caption=caption,
    sentence=sentence,
    arrays=arrays,
    frame=frame,
    shown=lambda experiment: TASKS[experiment.task].form.has_length,
    still=True,
)
