"""What the network reads: numbers as lines, numbers with marks as bars, words as words, frames as small pictures."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
import plotly.graph_objects as go

from rnnviz.language import N_, Message, Text, _, say, sentences
from rnnviz.plots.cursor import read_out
from rnnviz.plots.picture import (
    BLUE,
    COLOURS,
    DARK_GREY,
    GREY,
    MARKED,
    VERMILION,
    Arrays,
    Picture,
    canvas,
    steps,
    steps_axis,
)
from rnnviz.plots.standard import standard_note, standard_title
from rnnviz.plots.words import LETTER, over_time, padded_steps, words
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Array, Indices
from rnnviz.tasks import TASKS, task_of
from rnnviz.tasks.task import Mask, Task

WIDTH = 450
"""Pixels there are for the steps of a score, about: what has to be legible or square is drawn for that many."""
LINES, WIDE = 5, 0x2E80
"""On how many lines words are written that do not fit their bars; and from which letter on they are twice as wide."""
WORD = 20
"""Pixels a bar has to be wide for its word, which is then set upright if it is long."""
MOST_FRAMES = 10
"""How many frames, each about square, fit side by side."""
FRAME = 0.42
"""Half the width of a frame, in distances from one to the next: between two frames there is a gap."""


@dataclass(frozen=True)
class _Kind:
    """One way to show what is read: arrays of numbers (T, I) or tokens (T,), and the frame. caption: what is shown."""

    arrays: Callable[[Any, Scene], Arrays]
    frame: Callable[[Any, Scene], go.Figure]
    caption: Callable[[Experiment], Message]


def _kind(task: Task) -> _Kind:
    if task.vocabulary:
        return _WORDS
    if task.pixels:
        return _FRAMES
    return _LINES if task.mark is None else _BARS


def _canvas(traces: list, inputs: Any, y: dict) -> go.Figure:
    x = steps_axis(len(inputs), _("time step t"))
    return canvas(traces, x=x, y={"title_text": "x<sub>t</sub>", "nticks": 4} | y, bargap=0.1, hovermode="closest")


def _line_arrays(inputs: Array, scene: Scene) -> Arrays:
    task = TASKS[scene.experiment.task]
    given = np.where(np.arange(len(inputs))[:, None] < (1 if task.form.one_input else len(inputs)), inputs, np.nan)
    return [{"y": column} for column in given.T]


def _line_frame(inputs: Array, scene: Scene) -> go.Figure:
    task = TASKS[scene.experiment.task]
    traces = [
        go.Scatter(
            name=say(task.features[i]),
            x=steps(len(inputs)),
            mode="lines+markers" if len(inputs) <= MARKED else "lines",
            line={"color": COLOURS[i], "width": 2.5},
            marker={"size": 6},
            showlegend=inputs.shape[1] > 1,
            hovertemplate=_("step %{x}: %{fullData.name} %{y:.4~g}<extra></extra>"),
            **read_out(task.features[i] if inputs.shape[1] > 1 else "x<sub>t</sub>"),
        )
        for i in range(inputs.shape[1])
    ]
    return _canvas(traces, inputs, {})


def _bar_arrays(inputs: Array, scene: Scene) -> Arrays:
    task = TASKS[scene.experiment.task]
    assert task.mark is not None
    marked = inputs[:, task.mark] > 0
    values = inputs[:, 1 - task.mark]
    return [{"y": np.where(marked, values, np.nan)}, {"y": np.where(marked, np.nan, values)}]


def _bar_frame(inputs: Array, scene: Scene) -> go.Figure:
    hatched = {"shape": "/", "fillmode": "overlay", "size": 8, "solidity": 0.2}
    traces = [
        go.Bar(
            name=say(name),
            x=steps(len(inputs)),
            marker=marker | {"line_width": 0},
            hovertemplate=_("step %{x}: %{y:.3f}, {what}<extra></extra>", what=name),
            **read_out(name),
        )
        for name, marker in (
            (N_("marked"), {"color": VERMILION, "pattern": hatched}),
            (N_("others"), {"color": GREY}),
        )
    ]
    return _canvas(traces, inputs, {"range": [0, 1.02]}).update_layout(barmode="overlay")


def _word_arrays(inputs: Indices, scene: Scene) -> Arrays:
    """Return the word read at each step, none where nothing is read or there is padding, and where words are written
    that do not fit their own bars."""
    task, padded = task_of(scene.experiment), padded_steps(scene)
    read = words(scene) or []
    shown = np.array([bool(word) and t >= padded for t, word in enumerate(read)])
    colours = np.where(task.decisive, BLUE, DARK_GREY).tolist()
    bars = {
        "y": np.where(shown, 1.0, np.nan),
        "text": [word if there else "" for word, there in zip(read, shown, strict=True)],
        "marker.color": colours,
    }
    x, y = written(read, shown)
    at = [t for t, line in enumerate(y) if line >= 0]
    return [bars, {"x": x[at] + 0.55, "y": 1 - (y[at] + 0.5) / LINES, "text": [read[t] for t in at]}]


def written(read: Sequence[str], shown: Mask) -> tuple[Array, Indices]:
    """Return where each word that does not fit its own bar begins, in time steps from 0, and on which line, -1 for
    none: at its own step, on the uppermost line there is room on; the last ends where the steps do, on the lowest.
    Letters that fit their bars stand on one line."""
    T, blank = len(read), " " if any(len(word) > 1 for word in read) else ""
    width = np.array([sum(1 + (ord(letter) > WIDE) for letter in word + blank) for word in read]) * LETTER * T / WIDTH
    x, lines, free, ends = np.arange(T, dtype=float), np.full(T, -1), np.zeros(LINES), np.full(LINES, float(T))
    if not shown.any():
        return x, lines
    if width.max() <= 1:
        return x, np.where(shown, LINES // 2, -1)
    *others, last = np.flatnonzero(shown)
    x[last] = ends[-1] = max(0.0, min(last, T - width[last]))
    lines[last] = LINES - 1
    for t in others:
        there = np.flatnonzero((free <= t) & (t + width[t] <= ends))
        if len(there):
            lines[t] = there[0]
            free[there[0]] = t + width[t]
    return x, lines


def _word_frame(inputs: Indices, scene: Scene) -> go.Figure:
    each = len(inputs) * WORD <= WIDTH
    bars = go.Bar(
        x=steps(len(inputs)),
        textposition="inside" if each else "none",
        insidetextanchor="middle",
        textfont={"color": "white", "size": 15},
        marker_line_width=0,
        showlegend=False,
        hovertemplate=_("step %{x}: “%{text}” is read<extra></extra>"),
    )
    lines = go.Scatter(  # each begins in its own bar and runs on over its neighbours
        visible=not each,
        mode="text",
        textposition="middle right",
        textfont={"color": "white", "size": 12},
        cliponaxis=True,
        showlegend=False,
        hoverinfo="skip",
    )
    y = {"range": [0, 1], "showticklabels": False, "showgrid": False}
    return _canvas([bars, lines], inputs, y).update_layout(bargap=0.05 if each else 0)


def _frame_steps(count: int) -> tuple[Indices, int]:
    """Return the time steps whose frames are drawn, the nth of `count` each and inside their axis, and n."""
    n = -(-count // MOST_FRAMES)
    shown = np.arange(np.ceil(0.5 + FRAME * n), count + 0.5 - FRAME * n + 1e-9, n)
    return shown.astype(np.int32), n


def _film_arrays(inputs: Array, scene: Scene) -> Arrays:
    task = TASKS[scene.experiment.task]
    assert task.pixels
    rows, columns = task.pixels
    shown, _n = _frame_steps(len(inputs))
    film = np.full((rows, len(shown), columns + 1), np.nan, np.float32)  # a gap after each frame
    film[..., :columns] = inputs[shown - 1].reshape(len(shown), rows, columns).transpose(1, 0, 2)
    return [{"z": film.reshape(rows, -1)[:, :-1]}]


def _film_frame(inputs: Array, scene: Scene) -> go.Figure:
    task = TASKS[scene.experiment.task]
    assert task.pixels
    rows, columns = task.pixels
    shown, n = _frame_steps(len(inputs))
    film = go.Heatmap(
        x=(shown[:, None] + n * np.linspace(-FRAME, FRAME, columns + 1)).ravel(),
        y=np.arange(rows + 1) + 0.5,
        zmin=0,
        zmax=1,
        colorscale="Greys_r",
        colorbar={"thickness": 14, "outlinewidth": 0, "tickvals": [0, 1], "ticktext": [_("dark"), _("light")]},
        text=[[_("step {t}", t=t) for t in shown for _pixel in range(columns + 1)][:-1]] * rows,
        hovertemplate=_("%{text}: brightness %{z:.2f}<extra></extra>"),
        hoverongaps=False,
    )
    y = {"range": [rows + 0.5, 0.5], "showticklabels": False, "showgrid": False}
    return _canvas([film], inputs, y).update_xaxes(showgrid=False)


def _line_caption(experiment: Experiment) -> Message:
    if not TASKS[experiment.task].standardised:
        return N_("What the network reads at each time step, x_t.")
    return N_("What the network reads at each time step, x_t: the {value}.", value=standard_title(experiment))


def _bar_caption(experiment: Experiment) -> Message:
    return N_("The number it reads at each time step, x_t; two are marked.")


def _word_caption(experiment: Experiment) -> Message:
    task = task_of(experiment)
    if task.source_vocabulary:
        return N_("What the decoder reads: the right token before (teacher forcing).")
    if task.decisive[task.given].all():
        return N_("What it reads at each time step, x_t.")
    return N_("What it reads at each time step, x_t; what decides is blue.")


def _film_caption(experiment: Experiment) -> Message:
    _shown, n = _frame_steps(TASKS[experiment.task].length(experiment))
    if n == 1:
        return N_("The frame it watches at each time step, x_t.")
    return N_("One in {n} of the frames it watches, x_t, over its time step.", n=n)


_LINES = _Kind(_line_arrays, _line_frame, _line_caption)
_BARS = _Kind(_bar_arrays, _bar_frame, _bar_caption)
_WORDS = _Kind(_word_arrays, _word_frame, _word_caption)
_FRAMES = _Kind(_film_arrays, _film_frame, _film_caption)


def arrays(scene: Scene) -> Arrays:
    """See Picture.arrays."""
    return _kind(task_of(scene.experiment)).arrays(_read(scene), scene)


def frame(scene: Scene) -> go.Figure:
    """See Picture.frame."""
    figure = _kind(task_of(scene.experiment)).frame(_read(scene), scene)
    return figure.update_layout(over_time(scene, "x"))


def _read(scene: Scene) -> Any:
    """Return what is read: tokens (T,), or numbers (T, I)."""
    trace = scene.snapshot.trace
    return trace.inputs if trace.tokens is None else trace.tokens


def caption(scene: Scene) -> Message:
    """See Picture.caption."""
    return _kind(task_of(scene.experiment)).caption(scene.experiment)


def sentence(scene: Scene) -> Text:
    """See Picture.sentence."""
    task = TASKS[scene.experiment.task]
    return sentences(task.sentence, standard_note(scene.experiment) if task.standardised else "")


def key(scene: Scene) -> Hashable:
    """See Picture.key: it holds what is read, too, which is not sent again."""
    inputs = _read(scene)
    return inputs.shape, crc32(inputs.tobytes()), scene.experiment.difference


INPUT = Picture(
    name="input",
    title=N_("Input"),
    alt=N_("Chart of what the network reads at each time step."),
    caption=caption,
    sentence=sentence,
    arrays=arrays,
    frame=frame,
    needs=("trace",),
    key=key,
    shown=lambda experiment: TASKS[experiment.task].form.has_length,
    still=True,
)
