"""The forecast: what the network says of a part of the series it was never trained on, beside the truth."""

from collections.abc import Hashable
from typing import Any

import numpy as np
import plotly.graph_objects as go

from rnnviz.language import N_, Message, Rounded, Text, _, say, sentences, template
from rnnviz.plots.dates import following
from rnnviz.plots.picture import (
    BLUE,
    GREEN,
    GREY,
    VERMILION,
    Arrays,
    Picture,
    canvas,
    holder,
    shown_label,
    steady_bounds,
    steps,
    steps_axis,
)
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Forecast
from rnnviz.tasks import TASKS

STYLES = (
    (N_("truth"), {"color": GREY, "width": 5}),
    (N_("last value"), {"color": GREEN, "width": 2, "dash": "dot"}),
    (N_("one step"), {"color": BLUE, "width": 2.5}),
    (N_("free-running"), {"color": VERMILION, "width": 2.5}),
    (N_("beyond"), {"color": VERMILION, "width": 2.5, "dash": "dash"}),
)
"""The lines, in the order of `arrays`: name and style."""
DATES = 3
"""How many dates an axis names."""
LONGEST_NAME, LONGEST_DATE = 24, 10
"""Letters of a name or a date for which there is room beside an axis."""

WIDTH, LETTER = 300, 7
"""Pixels of the axis, about, and of a letter of a name that stands inside."""


def forecasts(experiment: Experiment) -> bool:
    """Say whether there is something to forecast: a bidirectional network would have read the answer."""
    return TASKS[experiment.task].forecasts and not experiment.bidirectional


def arrays(scene: Scene) -> Arrays:
    """See Picture.arrays."""
    forecast = scene.snapshot.forecast
    if forecast is None:
        return [{"x": np.zeros(0), "y": np.zeros(0)}] * (len(STYLES) + 1)
    N = len(forecast.truth)
    t = steps(N + len(forecast.beyond))
    lines = (forecast.truth, forecast.repeat_last, forecast.one_step, forecast.free_running)
    bounds = steady_bounds(forecast.truth, np.concatenate([forecast.one_step, forecast.free_running, forecast.beyond]))
    beyond = np.concatenate([forecast.truth[-1:], forecast.beyond])  # the line begins at the last true value
    return [
        *({"x": t[:N], "y": line} for line in lines),
        {"x": t[N - 1 :], "y": beyond},
        {"x": t[[0, -1]], "y": np.array(bounds)},
    ]


def frame(scene: Scene) -> go.Figure:
    """See Picture.frame."""
    traces = [
        go.Scatter(
            name=say(name),
            mode="lines",
            line=style,
            hovertemplate=_("step %{x}: %{fullData.name} %{y:.4~g}<extra></extra>"),
        )
        for name, style in STYLES
    ]
    forecast = scene.snapshot.forecast
    count, beyond = (len(forecast.truth), len(forecast.beyond)) if forecast else (1, 0)
    traces[-1].showlegend = False  # it goes on with the line before
    labels = TASKS[scene.experiment.task].labels(scene.experiment)
    x = steps_axis(count + beyond, _("step of the series"))
    y = {"title_text": shown_label(say(labels.name), LONGEST_NAME) or _("value"), "nticks": 6}
    dates = labels.dates[-count:]  # where changes are learned, the first value is not said
    if len(dates) == count:
        dates = [*dates, *following(dates, beyond)]
        x |= _dated(dates, say(labels.index))
        for trace in traces:
            part = dates[count - 1 :] if trace is traces[-1] else dates[:count]
            trace.text = [shown_label(date) for date in part]
            trace.hovertemplate = "%{text}: %{fullData.name} %{y:.4~g}<extra></extra>"
    figure = canvas([*traces, holder()], x=x, y=y)
    if forecast:
        begin = forecast.start + 0.5  # index `start` is step start + 1: the line stands before it
        end = x["range"][1]
        _part(figure, _("held out →"), (begin, count + 0.5 if beyond else end), y=0, yanchor="bottom")
        if beyond:
            _part(figure, _("beyond"), (count + 0.5, end), y=1, yanchor="top")
    return figure


def _part(figure: go.Figure, name: str, part: tuple[float, float], **where: Any) -> None:
    """Draw the line before a part of the axis, and beside it, inside the part, its name if there is room for it."""
    begin, end = part
    line = {"color": GREY, "dash": "dash"}
    figure.add_shape(type="line", x0=begin, x1=begin, y0=0, y1=1, yref="paper", line=line)
    layout: Any = figure.layout
    first, last = layout.xaxis.range
    if (end - begin) / (last - first) * WIDTH >= LETTER * len(name):
        figure.add_annotation(text=name, x=begin, xanchor="left", yref="paper", showarrow=False, **where)


def _dated(dates: list[str], title: str) -> dict[str, Any]:
    """Return an axis that names some of the dates, evenly spread, none so near an end that it is not shown."""
    at = np.unique(np.linspace(0, len(dates) - 1, 2 * DATES + 1)[1::2].astype(int))
    return {
        "title_text": shown_label(title, LONGEST_NAME),
        "tickmode": "array",
        "tickvals": at + 1,
        "ticktext": [shown_label(dates[i], LONGEST_DATE) for i in at],
    }


def sentence(scene: Scene) -> Text:
    """See Picture.sentence."""
    said = N_(
        "Left of the dashed line the network warms up; right of it, one step ahead (told every true value), "
        "free-running (fed with its own y_t), and simply repeating the last value."
    )
    if scene.snapshot.forecast is None or not len(scene.snapshot.forecast.beyond):
        return said
    beyond = N_(
        "Beyond the last true value it goes on, fed with its own y_t (dashed): there is nothing yet to compare that "
        "with."
    )
    return sentences(said, beyond)


def caption(scene: Scene) -> Text:
    """See Picture.caption."""
    if name := TASKS[scene.experiment.task].labels(scene.experiment).name:
        return name
    return N_("Of what it was not trained on.")


def key(scene: Scene) -> Hashable:
    """See Picture.key."""
    forecast = scene.snapshot.forecast
    return hash(scene.experiment.labels), forecast and (len(forecast.truth), forecast.start, len(forecast.beyond))


def forecast_sentence(forecast: Forecast, unit: Text = "") -> Message:
    """Set the three forecasts' errors side by side, and say whether the network beats repeating the last value."""
    one_step, free, repeat = (
        forecast.rmse(values) for values in (forecast.one_step, forecast.free_running, forecast.repeat_last)
    )
    if one_step < repeat:
        sentence = template(
            "Error ({rms}) on the held-out part: {one_step} one step ahead, {free} free-running, {repeat} if the "
            "last value is repeated. One step ahead, it is {better} % better than repeating."
        )
    else:
        sentence = template(
            "Error ({rms}) on the held-out part: {one_step} one step ahead, {free} free-running, {repeat} if the "
            "last value is repeated. It does not beat repeating yet."
        )
    return sentence.given(
        rms=N_("RMS, {unit}", unit=unit) if unit else "RMS",
        one_step=Rounded(one_step, 3),
        free=Rounded(free, 3),
        repeat=Rounded(repeat, 3),
        better=100 * (1 - one_step / repeat) if repeat else "",
    )


FORECAST = Picture(
    name="forecast",
    title=N_("Forecast"),
    alt=N_("Line chart of the forecasts of a held-out part of the series beside the truth."),
    caption=caption,
    sentence=sentence,
    arrays=arrays,
    frame=frame,
    ghosts=lambda scene: (2, 3, 4),  # what the network says
    needs=("forecast",),
    key=key,
    shown=forecasts,
)
