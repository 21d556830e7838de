"""What the network says beside what is right: along the probe sequence, as class probabilities, or as a forecast."""

import numpy as np
import plotly.graph_objects as go

from rnnviz.experiment import Experiment
from rnnviz.plots.picture import (
    BLUE,
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
from rnnviz.snapshot import Forecast, Snapshot
from rnnviz.tasks import TASKS
from rnnviz.text import N_, _
from rnnviz.view import View

MOST_OUTPUTS = 3
"""How many of the outputs are drawn, each with its target."""
MARKED_STEPS = 60
"""Up to how many time steps each has its own mark; more would run into one another."""


HOVER = N_("step %{x}: %{fullData.name} %{y:.4~g}<extra></extra>")


def _forecast(snapshot: Snapshot, view: View) -> Forecast | None:
    return snapshot.forecast if view.prediction == "forecast" else None


def arrays(snapshot: Snapshot, view: View, experiment: Experiment) -> Arrays:
    """See Picture.arrays."""
    if forecast := _forecast(snapshot, view):
        return _forecast_arrays(forecast)
    if TASKS[experiment.task].classes:
        return _class_arrays(snapshot)
    return _probe_arrays(snapshot)


def frame(snapshot: Snapshot, view: View, experiment: Experiment) -> go.Figure:
    """See Picture.frame."""
    task = TASKS[experiment.task]
    if forecast := _forecast(snapshot, view):
        return _forecast_frame(forecast, task.unit)
    if task.classes:
        return _class_frame(task.classes)
    return _probe_frame(snapshot)


def sentence(snapshot: Snapshot, view: View, experiment: Experiment) -> str:
    """See Picture.sentence."""
    if _forecast(snapshot, view):
        return _(
            "Left of the dashed line the network warms up; right of it, one step ahead (told every true value), "
            "free-running (fed with its own y_t), and simply repeating the last value."
        )
    if TASKS[experiment.task].classes:
        return _("How probable the network finds each answer at the last time step of a sequence never trained on.")
    said = _(
        "What the network says, y_t, and what it should say, at each time step of a sequence never trained on, "
        "begun with an empty memory (h_0 = 0)."
    )
    return said if experiment.loss_at == "every" else said + " " + _("Only the last step's answer is marked.")


def _class_arrays(snapshot: Snapshot) -> Arrays:
    said, right = snapshot.trace.outputs[-1], snapshot.trace.targets[-1] > 0.5
    return [{"y": np.where(right, said, np.nan)}, {"y": np.where(right, np.nan, said)}]


def _class_frame(classes: tuple[str, ...]) -> go.Figure:
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


def _probe_arrays(snapshot: Snapshot) -> Arrays:
    targets, outputs = snapshot.trace.targets[:, :MOST_OUTPUTS], snapshot.trace.outputs[:, :MOST_OUTPUTS]
    lines = [{"y": line} for k in range(targets.shape[1]) for line in (targets[:, k], outputs[:, k])]
    return [*lines, {"y": np.array(steady_bounds(targets, outputs))}]


def _probe_frame(snapshot: Snapshot) -> go.Figure:
    count, outputs = snapshot.trace.targets.shape
    asked = int(np.isfinite(snapshot.trace.targets[:, 0]).sum())
    traces = []
    for k in range(min(outputs, MOST_OUTPUTS)):
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
                marker={"size": 6},
                hovertemplate=_(HOVER),
            ),
        ]
    for trace in traces:
        trace.x = steps(count)
    traces.append(holder().update(x=[1, count]))
    y = {"title_text": _("value"), "nticks": 6}
    return canvas(traces, x=steps_axis(count, _("time step t")), y=y)


def _forecast_arrays(forecast: Forecast) -> Arrays:
    lines = (forecast.truth, forecast.repeat_last, forecast.one_step, forecast.free_running)
    said = np.concatenate([forecast.one_step, forecast.free_running])
    return [{"y": line} for line in lines] + [{"y": np.array(steady_bounds(forecast.truth, said))}]


def _forecast_frame(forecast: Forecast, unit: str) -> go.Figure:
    count = len(forecast.truth)
    names = (_("truth"), _("last value"), _("one step"), _("free-running"))
    styles = (
        {"color": GREY, "width": 5},
        {"color": GREEN, "width": 2, "dash": "dot"},
        {"color": BLUE, "width": 2.5},
        {"color": VERMILION, "width": 2.5},
    )
    traces = [
        go.Scatter(
            name=name,
            mode="lines",
            x=steps(count),
            line=style,
            hovertemplate=_(HOVER),
        )
        for name, style in zip(names, styles, strict=True)
    ]
    traces.append(holder().update(x=[1, count]))
    figure = canvas(traces, x=steps_axis(count, _("step of the series")), y={"title_text": unit or _("value")})
    begin = forecast.start + 0.5  # index `start` is step start + 1: the line stands between it and the warm-up
    figure.add_shape(type="line", x0=begin, x1=begin, y0=0, y1=1, yref="paper", line={"color": GREY, "dash": "dash"})
    figure.add_annotation(
        x=begin, y=0, yref="paper", yanchor="bottom", xanchor="left", showarrow=False, text=_("held out →")
    )
    return figure


PREDICTION = Picture(
    name="prediction",
    title=N_("Prediction"),
    alt=N_("Chart of what the network predicts beside what is right."),
    sentence=sentence,
    arrays=arrays,
    frame=frame,
)
