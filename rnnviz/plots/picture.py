"""A picture: arrays that change with every snapshot, and the figure they are drawn into. Built once, then restyled.

Both come from one function, so they cannot disagree: `arrays` says what each trace shows, in the traces' order,
and `figure` is the empty `frame` with those arrays put in. Numbers only go into the arrays; all words stay in the
frame. Axes that have no natural bounds are held by an invisible trace whose bounds move in big steps, so that the
axis stands still while the lines move, and a visitor's zoom is never touched.
"""

import html
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from rnnviz.language import Message, Text, _
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Array, Part

Arrays = list[dict[str, Any]]
"""For each trace of a figure, in order, the attributes that change: NumPy arrays, or a number (zmin, zmax)."""

GREY = "#808080"
DARK_GREY = "#5f6368"
"""Under white words."""
BLUE, VERMILION, GREEN, PURPLE = COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
"""Those of Okabe and Ito's colours, safe for colour-blind people, that stand out 3:1 on white and on near-black."""

HEAT = "Cividis"
"""Of maps of sizes: from dark blue to yellow, told apart by colour-blind people, and as grey."""

HEIGHT = 240
"""Of every picture, in pixels."""


MAP_MARGIN = {"l": 58, "r": 80, "t": 12, "b": 46, "autoexpand": False}
"""Around a heat map: the labels of the colour bar move nothing."""

MARKED = 60
"""Up to how many points of a line each have a mark of their own; more would run into one another."""

LEGEND_COLUMNS = 2
"""Entries of a legend that stand side by side in the narrowest picture."""


@dataclass(frozen=True)
class Picture:
    """One of the pictures of a running network."""

    name: str
    title: Message
    alt: Message
    sentence: Callable[[Scene], Text]
    """What is shown, and which quantity it is."""
    arrays: Callable[[Scene], Arrays]
    """What the traces show; cheap enough for a hundred calls a second."""
    frame: Callable[[Scene], go.Figure]
    """The figure with its words and its traces still empty; the same for every snapshot of one run and view."""
    needs: tuple[Part, ...]
    """What a snapshot has to hold for it to be drawn."""
    key: Callable[[Scene], Hashable]
    """What its frame and its words depend on, beside the task and a visitor's phrase: while that stays equal, sending
    the arrays is enough."""
    caption: Callable[[Scene], Text] | None = None
    """The same in one line, where there is no room for more; None if the sentence has to stand."""
    shown: Callable[[Experiment], bool] = lambda experiment: True
    """Whether there is anything to see of this experiment."""
    lane: int = 0
    """Of which network of a race it is alone; where there is no such network, there is nothing to see."""
    ghosts: Callable[[Scene], Iterable[int]] | None = None
    """Which of its traces are drawn once more, faintly and behind the others, for a second moment, if any. Not those of
    maps, which have no behind, and whose difference would be another quantity than the picture is named after."""
    still: bool = False
    """Whether its arrays are the same for every snapshot of one run: they need not be sent again."""

    def depends(self, scene: Scene) -> Hashable:
        """Return what all but its arrays depend on."""
        then = scene.then and (scene.then.snapshot.step, scene.then.snapshot.parts.keys() >= set(self.needs))
        return self.name, scene.experiment.task, scene.experiment.phrase, self.key(scene), then

    def figure(self, scene: Scene) -> go.Figure:
        """Draw a scene."""
        figure = self.frame(scene)
        traces: Any = figure.data
        for trace, attributes in zip(traces, self.arrays(scene), strict=True):
            for name, value in attributes.items():
                trace[name] = value
        # For the table of the values: a score leaves titles out.
        layout: Any = figure.layout
        titles = {"x": layout.xaxis.title.text or "", "y": layout.yaxis.title.text or ""}
        figure.update_layout(meta=titles | (layout.meta or {}))
        # What a visitor did to the axes holds while they are the same. plotly.js counts what it worked out itself among
        # it, and would put the last figure's range on the next.
        axes = [figure.layout.xaxis.to_plotly_json(), figure.layout.yaxis.to_plotly_json()]  # pyright: ignore
        figure.layout.uirevision = repr((scene.experiment.task, [trace.type for trace in traces], axes))  # pyright: ignore
        if self.ghosts and scene.then and set(self.needs) <= scene.then.snapshot.parts.keys():
            arrays, step = self.arrays(scene.then), scene.then.snapshot.step
            figure.add_traces([_ghost(traces[i], arrays[i], step) for i in self.ghosts(scene)])
        return figure


def _ghost(trace: go.Scatter, attributes: dict[str, Any], step: int) -> go.Scatter:
    """Return a trace as it was after another training step: thin, dashed and faint, behind the others."""
    line: Any = trace.line
    return go.Scatter(trace).update(
        **attributes,
        name=_("{line}, step {step}", line=trace.name or "", step=step),
        mode="markers" if trace.mode == "markers" else "lines",
        line={"color": line.color, "width": 1.5, "dash": "dash"},
        marker_symbol="circle-open",
        opacity=0.6,
        zorder=-1,
        showlegend=False,
    )


def canvas(traces: list[Any], *, x: dict[str, Any], y: dict[str, Any], **layout: Any) -> go.Figure:
    """Return a figure that takes its font, grid and background from the page it stands on.

    The margins are fixed, with room for the legend in a narrow picture: to measure them anew cost most of an update.
    """
    named = sum(trace.showlegend is not False for trace in traces)
    top = 12 + 22 * -(-named // LEGEND_COLUMNS)
    axis = {"automargin": False, "zeroline": False, "title_standoff": 6, "title_font_size": 14}
    return go.Figure(
        traces,
        go.Layout(
            {
                "template": {},
                "height": HEIGHT,
                "autosize": True,
                "paper_bgcolor": "rgba(0,0,0,0)",
                "plot_bgcolor": "rgba(0,0,0,0)",
                "font": {"size": 14},
                "margin": {"l": 66, "r": 12, "t": top, "b": 46, "autoexpand": False},
                "hovermode": "x",
                "legend": {
                    "orientation": "h",
                    "x": 0,
                    "y": 1.02,
                    "yanchor": "bottom",
                    "bgcolor": "rgba(0,0,0,0)",
                },
                "xaxis": axis | x,
                "yaxis": axis | y,
                **layout,
            }
        ),
    )


def holder() -> go.Scatter:
    """Return the invisible trace that holds an axis where `arrays` says."""
    return go.Scatter(mode="markers", marker={"opacity": 0, "size": 8}, showlegend=False, hoverinfo="skip")


def shown_label(text: str, most: int = 60) -> str:
    """Return plain text as plotly.js shows it, which takes some HTML for its own, cut to `most` letters."""
    return html.escape(text if len(text) <= most else text[: most - 1] + "…", quote=False)


def steps(count: int) -> npt.NDArray[np.int32]:
    """Return the numbers of the time steps, 1..count, as the formulas count them."""
    return np.arange(1, count + 1, dtype=np.int32)


def steps_axis(count: int, title: str) -> dict[str, Any]:
    """Return an axis of `count` steps, which never moves."""
    room = max(0.5, count / 35)
    return {"title_text": title, "range": [1 - room, count + room]} | whole_numbers(count)


def training_axis() -> dict[str, Any]:
    """Return an axis of training steps, of which there may be millions: 20k and 3M have room beside one another, and
    under a pointer each is told in full."""
    return {"title_text": _("training step"), "nticks": 8, "exponentformat": "SI", "hoverformat": ","}


def whole_numbers(count: int) -> dict[str, Any]:
    """Return what keeps an axis over 1..count from naming fractions, and leaves finer numbers to a closer look."""
    return {"nticks": 8} if count > 8 else {"tick0": 0, "dtick": 1}


def steady_bounds(reference: Array, values: Array) -> tuple[float, float]:
    """Return bounds around `reference` with some room, doubled until all finite `values` are inside."""
    reference = reference[np.isfinite(reference)]
    low, high = (float(reference.min()), float(reference.max())) if reference.size else (0.0, 0.0)
    middle, half = (low + high) / 2, 0.65 * (high - low) or max(0.5, abs(low) / 2)
    distance = np.abs(values[np.isfinite(values)].astype(np.float64) - middle).max(initial=0.0)
    half *= 2.0 ** np.ceil(np.log2(max(distance / half, 1.0)))
    return middle - half, middle + half
