"""The picture of the forecast: its lines, its parts and its dates."""

import numpy as np
import pytest
from drawn import draw, key
from made_up import a_forecast, a_snapshot

from rnnviz.plots import PICTURES
from rnnviz.plots.dates import following
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.labels import Labels
from rnnviz.tasks import TASKS
from rnnviz.training.trainer import Trainer


def test_the_forecast_names_its_dates_and_what_is_measured_as_they_stand():
    labels = Labels("load <b>[MW]</b>: total of all", "day", tuple(f"<{n}>" for n in range(60)))
    experiment = Experiment(task="series", series=(1.0, 2.0) * 50, labels=labels)
    figure = draw("forecast", Scene(experiment, a_snapshot(experiment, forecast=a_forecast(length=60, start=40))))
    assert figure.layout.yaxis.title.text == "load &lt;b&gt;[MW]&lt;/b&gt;: total…"
    assert figure.layout.xaxis.title.text == "day"
    assert figure.data[0].text[7] == "&lt;7&gt;"
    assert list(figure.layout.xaxis.tickvals) == [10, 30, 50]
    assert list(figure.layout.xaxis.ticktext) == ["&lt;9&gt;", "&lt;29&gt;", "&lt;49&gt;"]


@pytest.mark.parametrize(
    ("dates", "follow"),
    [
        ("1960-10 1960-11 1960-12", "1961-01 1961-02"),
        ("1960-06 1960-09 1960-12", "1961-03 1961-06"),
        ("2024-02-27 2024-02-28 2024-02-29", "2024-03-01 2024-03-02"),
        ("2024-01-08 2024-01-15 2024-01-22", "2024-01-29 2024-02-05"),
        ("2023-11-30 2023-12-31 2024-01-31", "2024-02-29 2024-03-31"),
        ("2024-01-15 2024-02-15 2024-03-15", "2024-04-15 2024-05-15"),
        ("2024-01-01T12:00 2024-01-01T18:00 2024-01-02T00:00", "2024-01-02T06:00 2024-01-02T12:00"),
        ("2024-01-05 2024-01-08 2024-01-09", "+1 +2"),  # of working days
        ("2024-02-29 2024-02-30 2024-02-31", "+1 +2"),
        ("2024-01-01 2024-01-01 2024-01-01", "+1 +2"),
        ("1960-12 1960-12-31 1961-01-30", "+1 +2"),
        ("2024-01-01 2024-01-02", "+1 +2"),
        ("Mon Tue Wed", "+1 +2"),
    ],
)
def test_dates_go_on_where_their_step_is_plain(dates, follow):
    assert following(dates.split(), 2) == follow.split()
    spaced = [date.replace("T", " ") for date in dates.split()]
    assert following(spaced, 2) == [date.replace("T", " ") for date in follow.split()]


def test_beyond_the_data_the_forecast_is_dashed_and_dated():
    labels = Labels("load", "day", tuple(str(np.datetime64("2024-01-01") + n) for n in range(60)))
    experiment = Experiment(task="series", series=(1.0, 2.0) * 50, labels=labels)
    snapshot = a_snapshot(experiment, forecast=a_forecast(length=60, start=40, beyond=20))
    forecast, figure = snapshot.forecast, draw("forecast", Scene(experiment, snapshot))
    assert forecast
    beyond = figure.data[4]
    assert beyond.line.dash == "dash"
    assert list(beyond.x) == list(range(60, 81))  # from the last true value on
    np.testing.assert_array_equal(beyond.y, [forecast.truth[-1], *forecast.beyond])
    assert [trace.x[-1] for trace in figure.data[:4]] == [60] * 4
    assert beyond.text[:2] == ("2024-02-29", "2024-03-01")
    assert beyond.text[-1] == "2024-03-20"
    assert (figure.layout.xaxis.ticktext[-1], figure.layout.xaxis.tickvals[-1]) == ("2024-03-06", 66)
    assert figure.layout.xaxis.range[1] > 80
    assert figure.layout.shapes[1].x0 == 60.5
    assert "nothing yet to compare" in str(PICTURES["forecast"].sentence(Scene(experiment, snapshot)))
    none = a_snapshot(experiment, forecast=a_forecast())
    assert "nothing yet to compare" not in str(PICTURES["forecast"].sentence(Scene(experiment, none)))
    assert key(Scene(experiment, none)) != key(Scene(experiment, snapshot))


@pytest.mark.parametrize(
    ("start", "beyond", "names"),
    [
        (40, 0, {"held out →": 40.5}),
        (30, 20, {"held out →": 30.5, "beyond": 60.5}),
        (55, 20, {"beyond": 60.5}),
        (40, 4, {"held out →": 40.5}),
        (59, 1, {}),
    ],
)
def test_a_part_of_the_forecast_is_named_inside_it_where_there_is_room(start, beyond, names):
    experiment = Experiment()
    snapshot = a_snapshot(experiment, forecast=a_forecast(length=60, start=start, beyond=beyond))
    figure = draw("forecast", Scene(experiment, snapshot))
    notes = figure.layout.annotations
    assert {note.text: note.x for note in notes} == names
    assert {note.xanchor for note in notes} <= {"left"}
    assert len({note.y for note in notes}) == len(notes)
    assert [line.x0 for line in figure.layout.shapes] == [start + 0.5, *([60.5] if beyond else [])]


def test_the_airline_s_months_stand_below_its_forecast():
    experiment = Experiment(task="airline", seq_len=12)
    snapshot = Trainer(experiment).snapshot()
    labels = TASKS["airline"].labels(experiment)
    assert snapshot.forecast
    assert dict(zip(labels.dates, snapshot.forecast.truth, strict=True))["1960-12"] == pytest.approx(432)
    figure = draw("forecast", Scene(experiment, snapshot))
    assert list(figure.layout.xaxis.ticktext) == ["1951-01", "1955-01", "1958-12"]
    assert figure.layout.yaxis.title.text == "thousand passengers"
    caption = PICTURES["forecast"].caption
    assert caption
    assert str(caption(Scene(experiment, snapshot))) == "thousand passengers"


def test_forecast_shows_its_four_lines_and_where_the_held_out_part_starts():
    experiment, forecast = Experiment(), a_forecast(length=60, start=40)
    snapshot = a_snapshot(experiment, forecast=forecast)
    figure = draw("forecast", Scene(experiment, snapshot))
    shown = [forecast.truth, forecast.repeat_last, forecast.one_step, forecast.free_running]
    for trace, line in zip(figure.data, shown, strict=False):
        np.testing.assert_array_equal(trace.y, line)
    first_free = figure.data[3].x[np.isfinite(figure.data[3].y)][0]
    assert first_free - 1 < figure.layout.shapes[0].x0 < first_free


@pytest.mark.parametrize("task", [name for name in TASKS if name != "series"])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_a_forecast_is_shown_where_there_is_one(task, bidirectional):
    experiment = Experiment(task=task, bidirectional=bidirectional and not TASKS[task].source_vocabulary, seq_len=10)
    assert PICTURES["forecast"].shown(experiment) == (Trainer(experiment).snapshot().forecast is not None)
