"""The pictures, by their data: what the arrays hold, and that arrays and figures agree."""

import json
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import EXPERIMENTS, a_forecast, a_snapshot

from rnnviz.diagnosis import diagnose
from rnnviz.kernels.cells import CELLS
from rnnviz.plots import PICTURES, SCORE, available_states, key, shown_states
from rnnviz.plots.dates import following
from rnnviz.plots.decades import FLOOR, UPPER_DECADES
from rnnviz.plots.gradients import GRADIENTS
from rnnviz.plots.picture import BLUE, COLOURS, GREY, steady_bounds
from rnnviz.plots.prediction import MOST_LINES
from rnnviz.plots.score import LEFT, RIGHT, beside, stave
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment, Labels
from rnnviz.settings.view import View
from rnnviz.snapshot import Snapshot
from rnnviz.tasks import TASKS
from rnnviz.tasks.recall import FILLERS, LANGUAGES
from rnnviz.training.trainer import Trainer

VIEWS = st.builds(
    View,
    states=st.sampled_from(list("hcrznifgo")),
    scale=st.sampled_from(["unit", "layer", "fixed"]),
    layer=st.integers(1, 4),
    direction=st.sampled_from(["forward", "backward"]),
)


def draw(name: str, scene: Scene) -> Any:
    return PICTURES[name].figure(scene)


def lines(name: str, scene: Scene) -> list:
    return PICTURES[name].arrays(scene)


def norms_line(*values: float) -> np.ndarray:
    return np.array(values)[None, None]


def with_values(array: np.ndarray, values: list[float]) -> None:
    """Put `values` into the first places of `array`."""
    array.flat[: len(values)] = values[: array.size]


ODD = st.lists(st.sampled_from([0.0, np.nan, np.inf, -np.inf, 1e-44, 1e38, -2.0]), max_size=12)


@settings(max_examples=60, derandomize=True)
@given(EXPERIMENTS, VIEWS, ODD, st.booleans())
def test_a_figure_is_its_frame_with_the_arrays_put_in_whatever_the_numbers(experiment, view, odd, forecasts):
    snapshot = a_snapshot(experiment, forecast=a_forecast() if forecasts else None)
    trace = snapshot.trace
    for array in (trace.hidden, trace.outputs, snapshot.gradients.hidden, snapshot.history.loss, *trace.gates.values()):
        with_values(array, odd)
    for name in PICTURES:
        scene = Scene(experiment, snapshot, view)
        arrays, figure = lines(name, scene), draw(name, scene)
        assert len(figure.data) == len(arrays)
        for drawn, attributes in zip(figure.data, arrays, strict=True):
            for attribute, value in attributes.items():
                np.testing.assert_array_equal(drawn[attribute], value)
        assert len(json.dumps(figure.layout.template.to_plotly_json())) < 200


@settings(max_examples=30, derandomize=True)
@given(EXPERIMENTS, VIEWS, st.booleans())
def test_the_frame_is_the_same_for_every_snapshot_with_the_same_key(experiment, view, forecasts):
    snapshots = (
        a_snapshot(experiment, seed=seed, forecast=a_forecast(one_step=seed) if forecasts else None) for seed in (1, 2)
    )
    first, second = (Scene(experiment, snapshot, view) for snapshot in snapshots)
    assert key(first) == key(second)
    for picture in PICTURES.values():
        assert picture.frame(first) == picture.frame(second)
        attributes = [[list(trace) for trace in picture.arrays(scene)] for scene in (first, second)]
        assert attributes[0] == attributes[1]


@settings(max_examples=60, derandomize=True)
@given(EXPERIMENTS, VIEWS, EXPERIMENTS, VIEWS)
def test_where_frames_differ_keys_differ(experiment, view, other, other_view):
    one, two = Scene(experiment, a_snapshot(experiment), view), Scene(other, a_snapshot(other), other_view)
    frames_equal = all(p.frame(one) == p.frame(two) for p in PICTURES.values())
    assert frames_equal or key(one) != key(two)


def test_the_key_tells_a_forecast_from_none_and_one_view_from_another():
    experiment = Experiment()
    without, with_one = a_snapshot(experiment), a_snapshot(experiment, forecast=a_forecast())
    assert key(Scene(experiment, without)) != key(Scene(experiment, with_one))
    for other in (View(scale="unit"), View(states="z"), View(layer=2), View(direction="backward")):
        assert key(Scene(experiment, without, other)) != key(Scene(experiment, without))
    assert key(Scene(experiment, without, View(speed="max"))) == key(Scene(experiment, without))


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_has_its_words_and_leaves_the_page_its_colours(name):
    scene, picture = Scene(Experiment(), a_snapshot(Experiment())), PICTURES[name]
    layout = draw(name, scene).layout
    assert picture.title
    assert picture.alt.endswith(".")
    assert picture.sentence(scene).endswith(".")
    assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert layout.font.color is None
    assert layout.xaxis.gridcolor is None
    assert layout.xaxis.title.text
    assert layout.yaxis.title.text
    assert layout.uirevision
    assert layout.autosize


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


@pytest.mark.parametrize("colour", [*COLOURS, GREY])
@pytest.mark.parametrize("background", ["#ffffff", "#0e1117"])
def test_colours_stand_out_on_light_and_dark(colour, background):
    light, dark = sorted((luminance(colour), luminance(background)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3


# --- prediction


def test_probe_shows_target_and_output_and_holds_the_axis_around_both():
    experiment = Experiment(seq_len=10)
    snapshot = a_snapshot(experiment)
    target, said, held = lines("prediction", Scene(experiment, snapshot))
    np.testing.assert_array_equal(target["y"], snapshot.trace.targets[:, 0])
    np.testing.assert_array_equal(said["y"], snapshot.trace.outputs[:, 0])
    assert held["y"][0] < said["y"].min() < said["y"].max() < held["y"][1]
    figure = draw("prediction", Scene(experiment, snapshot))
    np.testing.assert_array_equal(figure.data[0].x, np.arange(1, 11))


def test_a_single_asked_step_is_marked():
    experiment = Experiment(task="adding", seq_len=200)
    figure = draw("prediction", Scene(experiment, a_snapshot(experiment)))
    assert np.isfinite(figure.data[0].y).sum() == 1
    assert "markers" in figure.data[0].mode


def test_a_few_outputs_are_lines(monkeypatch):
    monkeypatch.setattr(TASKS["sine"], "outputs", MOST_LINES)
    experiment = Experiment(seq_len=4)
    snapshot = a_snapshot(experiment)
    figure = draw("prediction", Scene(experiment, snapshot))
    assert [trace.name for trace in figure.data[:2]] == ["target 1", "y<sub>t</sub> 1"]
    for k in range(MOST_LINES):
        np.testing.assert_array_equal(figure.data[2 * k].y, snapshot.trace.targets[:, k])
        np.testing.assert_array_equal(figure.data[2 * k + 1].y, snapshot.trace.outputs[:, k])


@pytest.mark.parametrize("outputs", [4, 7, 40])
def test_many_outputs_are_a_map_the_targets_above_the_predictions(outputs, monkeypatch):
    monkeypatch.setattr(TASKS["video"], "outputs", outputs)
    experiment = Experiment(task="video", seq_len=9)
    snapshot = a_snapshot(experiment)
    figure = draw("prediction", Scene(experiment, snapshot))
    [map_] = figure.data
    np.testing.assert_array_equal(map_.z[:outputs], snapshot.trace.targets.T)
    assert np.isnan(map_.z[outputs]).all()
    np.testing.assert_array_equal(map_.z[outputs + 1 :], snapshot.trace.outputs.T)
    assert map_.zmin < snapshot.trace.targets.min() < snapshot.trace.targets.max() < map_.zmax
    ticks = dict(zip(figure.layout.yaxis.tickvals, figure.layout.yaxis.ticktext, strict=True))
    assert len(ticks) <= 12
    assert (ticks[1], ticks[outputs + 2]) == ("target 1", "y<sub>t</sub> 1")
    assert [row[0] for row in map_.text] == [
        *(f"target {k}" for k in range(1, outputs + 1)),
        "",
        *(f"y<sub>t</sub> {k}" for k in range(1, outputs + 1)),
    ]


def test_a_single_step_is_a_curve_over_what_is_read_and_does_not_speak_of_steps():
    experiment = Experiment(task="square")
    trainer = Trainer(experiment)
    trainer.step(3)
    snapshot = trainer.snapshot()
    target, said, probe, _held = draw("prediction", Scene(experiment, snapshot)).data
    x = torch.tensor(said.x)[None, :, None]
    np.testing.assert_allclose(target.y, said.x**2, rtol=0, atol=1e-6)
    np.testing.assert_allclose(said.y, trainer.model(x)[0].detach()[0, :, 0], rtol=0, atol=1e-6)
    assert (np.diff(said.x) > 0).all()
    assert (probe.x[0], probe.y[0]) == (snapshot.trace.inputs[0, 0], snapshot.trace.outputs[0, 0])
    assert "time step" not in PICTURES["prediction"].sentence(Scene(experiment, snapshot))


@pytest.mark.parametrize("task", ["reversal", "recall"])
def test_classes_are_a_map_of_what_is_said_after_each_step_with_the_right_ones_marked(task):
    experiment = Experiment(task=task, seq_len=9, cell="gru")
    trainer = Trainer(experiment)
    snapshot, task = trainer.snapshot(), trainer.task
    figure = draw("prediction", Scene(experiment, snapshot))
    map_, right = figure.data
    np.testing.assert_array_equal(map_.z, snapshot.trace.outputs.T)
    assert figure.layout.yaxis.ticktext == task.classes
    np.testing.assert_array_equal(right.y[task.asked], task.probe.targets[task.asked, 0] + 1)
    assert np.isnan(right.y[~task.asked]).all()
    assert "every time step" in PICTURES["prediction"].sentence(Scene(experiment, snapshot))


def test_it_is_said_where_the_last_answer_alone_is_marked():
    for experiment in (Experiment(task="reversal", loss_at="last"), Experiment(loss_at="last")):
        snapshot = a_snapshot(experiment)
        for said in (PICTURES["prediction"].sentence, PICTURES["prediction"].caption):
            assert said
            assert "Only the last step's answer is marked." in said(Scene(experiment, snapshot))


# --- input


def shown_input(**settings: Any) -> tuple[Any, Snapshot]:
    experiment = Experiment(**settings)
    snapshot = Trainer(experiment).snapshot()
    return draw("input", Scene(experiment, snapshot)), snapshot


def test_numbers_are_lines_each_by_its_name():
    figure, snapshot = shown_input(task="airline", seq_len=12)
    assert [trace.name for trace in figure.data] == ["passengers", "month"]
    for trace, column in zip(figure.data, snapshot.trace.inputs.T, strict=True):
        np.testing.assert_array_equal(trace.y, column)


def test_what_is_not_given_is_not_drawn():
    figure, snapshot = shown_input(task="wave")
    assert figure.data[0].y[0] == snapshot.trace.inputs[0, 0]
    assert np.isnan(figure.data[0].y[1:]).all()


def test_the_marked_numbers_of_adding_stand_out_and_add_up_to_the_answer():
    figure, snapshot = shown_input(task="adding")
    marked, others = figure.data
    assert np.isfinite(marked.y).sum() == 2
    np.testing.assert_array_equal(np.fmax(marked.y, others.y), snapshot.trace.inputs[:, 0])
    assert np.nansum(marked.y) == pytest.approx(snapshot.trace.targets[-1, 0])


def test_words_are_read_as_words_and_the_one_that_decides_stands_out():
    figure, snapshot = shown_input(task="recall", seq_len=6)
    words, ends = figure.data
    assert (words.textposition, ends.visible) == ("inside", False)
    country, *fillers, question = words.text
    assert question == "speaks?"
    assert LANGUAGES[country] == tuple(LANGUAGES.values())[int(snapshot.trace.targets[-1].argmax())]
    assert set(fillers) <= set(FILLERS)
    assert words.marker.color[0] not in words.marker.color[1:]


@pytest.mark.parametrize(("seq_len", "each"), [(22, True), (23, False), (200, False)])
def test_of_words_that_do_not_fit_the_first_and_the_last_are_written(seq_len, each):
    figure, _snapshot = shown_input(task="recall", seq_len=seq_len)
    words, ends = figure.data
    assert (words.textposition == "inside", bool(ends.visible)) == (each, not each)
    assert ends.text == (words.text[0], "speaks?")
    assert list(ends.x) == pytest.approx([0.6, seq_len + 0.4])


@pytest.mark.parametrize("seq_len", [2, 12, 13, 30])
def test_of_the_letters_those_that_are_asked_again_are_blue(seq_len):
    figure, snapshot = shown_input(task="reversal", seq_len=seq_len)
    letters = figure.data[0]
    answers = ["ABCD"[k] for k in snapshot.trace.targets.argmax(axis=1)[-max(1, seq_len // 3) :]]
    blue = [letter for letter, colour in zip(letters.text, letters.marker.color, strict=True) if colour == BLUE]
    assert blue == answers[::-1]


def test_letters_end_where_the_answers_begin():
    figure, _snapshot = shown_input(task="reversal", seq_len=12)
    letters, _ends = figure.data
    assert all(letters.text[:8])
    assert not any(letters.text[8:])
    assert np.isnan(letters.y[8:]).all()


@pytest.mark.parametrize(("seq_len", "nth"), [(2, 1), (7, 1), (10, 1), (11, 2), (20, 2), (50, 5), (500, 50)])
def test_a_film_shows_as_many_frames_as_fit_each_over_its_step_with_its_pixels_in_reading_order(seq_len, nth):
    figure, snapshot = shown_input(task="video", seq_len=seq_len)
    [film] = figure.data
    assert ((film.x >= 0.5) & (film.x <= seq_len + 0.5)).all()
    frames = np.reshape(film.x, (-1, 3))
    assert len(frames) <= 10
    assert len(frames) >= seq_len // nth - 1
    t = np.rint(frames[:, 1]).astype(int)
    np.testing.assert_allclose(frames.mean(axis=1), t)  # each is centred
    assert (np.diff(t) == nth).all()
    for k, step in enumerate(t):
        np.testing.assert_array_equal(film.z[:, 3 * k : 3 * k + 2], snapshot.trace.inputs[step - 1].reshape(2, 2))
        assert film.text[1][3 * k] == f"step {step}"
    assert np.isnan(film.z[:, 2::3]).all()
    caption = PICTURES["input"].caption
    assert caption
    assert (f"One in {nth} of" in caption(Scene(Experiment(task="video", seq_len=seq_len), snapshot))) == (nth > 1)


def test_a_single_input_has_no_stave():
    assert not PICTURES["input"].shown(Experiment(task="square"))


# --- the score


@pytest.mark.parametrize("task", [name for name in TASKS if TASKS[name].form.has_length and name != "series"])
def test_the_staves_of_a_score_have_the_same_columns(task):
    experiment = Experiment(task=task, seq_len=12)
    snapshot = Trainer(experiment).snapshot()
    staves: list[Any] = [stave(p, Scene(experiment, snapshot), lowest=p is GRADIENTS) for p in SCORE.values()]
    assert {(s.layout.margin.l, s.layout.margin.r, s.layout.xaxis.range) for s in staves} == {
        (LEFT, RIGHT, (0.5, 12.5))
    }
    assert [bool(s.layout.xaxis.title.text) for s in staves] == [False, False, False, True]


@pytest.mark.parametrize("name", PICTURES)
def test_what_an_axis_counts_can_be_told_where_its_title_is_left_out(name):
    experiment = Experiment()
    snapshot = a_snapshot(experiment, forecast=a_forecast())
    titles = draw(name, Scene(experiment, snapshot)).layout
    figures: list[Any] = [
        beside(PICTURES[name], Scene(experiment, snapshot)),
        stave(PICTURES[name], Scene(experiment, snapshot), lowest=False),
    ]
    for figure in figures:
        assert not figure.layout.xaxis.title.text
        assert figure.layout.meta == {"x": titles.xaxis.title.text, "y": titles.yaxis.title.text}
        assert all(figure.layout.meta.values())


@pytest.mark.parametrize("low", range(-6, 1))
@pytest.mark.parametrize("span", range(2, 9))
def test_beside_the_score_the_loss_s_axis_names_two_decades_at_least(low, span):
    """By plotly.js' rule: a tick every so many decades as the range has for each of nticks, rounded up, from 1 on."""
    losses = np.array([10.0**low, 10.0 ** (low + span)])
    experiment = Experiment()
    snapshot = a_snapshot(experiment, losses=losses / 1.1, baseline=losses[0])
    figure: Any = beside(PICTURES["loss"], Scene(experiment, snapshot))
    bottom, top = np.log10(figure.data[-1].y)
    for padding in (0.1, 0.2):  # of the markers, as a part of the range
        apart = int(np.ceil((top - bottom) * (1 + padding) / figure.layout.yaxis.nticks))
        assert 2 <= len([d for d in range(round(bottom), round(top) + 1) if d % apart == 0]) <= 5


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("task", [name for name in TASKS if name != "series"])
def test_every_picture_and_the_diagnosis_of_every_task(task, cell, bidirectional):
    settings = {**TASKS[task].suggested, "hidden_size": 3, "num_layers": 2}
    experiment = Experiment(task=task, cell=cell, bidirectional=bidirectional, **settings)
    trainer = Trainer(experiment)
    for steps in (0, 2):
        trainer.step(steps)
        snapshot = trainer.snapshot()
        for name, picture in PICTURES.items():
            for view in (View(), View(layer=2, direction="backward")):
                scene = Scene(experiment, snapshot, view)
                assert draw(name, scene).data
                assert picture.sentence(scene).endswith(".")
        assert diagnose(snapshot, experiment).sentence.endswith(".")


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
    assert "nothing yet to compare" in PICTURES["forecast"].sentence(Scene(experiment, snapshot))
    none = a_snapshot(experiment, forecast=a_forecast())
    assert "nothing yet to compare" not in PICTURES["forecast"].sentence(Scene(experiment, none))
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
    assert caption(Scene(experiment, snapshot)) == "thousand passengers"


@pytest.mark.parametrize(("task", "said"), [("airline", True), ("sine", False)])
def test_standardised_values_are_called_so(task, said):
    experiment = Experiment(task=task, seq_len=12)
    snapshot = Trainer(experiment).snapshot()
    figure, caption = draw("prediction", Scene(experiment, snapshot)), PICTURES["input"].caption
    assert figure.layout.yaxis.title.text == ("standardised value" if said else "value")
    assert caption
    assert caption(Scene(experiment, snapshot)).endswith("x_t: the standardised value." if said else "x_t.")
    for name in ("prediction", "input"):
        words = "Drawn is the standardised value: 0 is the mean of the training part, 1 its standard deviation."
        assert (words in PICTURES[name].sentence(Scene(experiment, snapshot))) == said


def test_a_zoom_lasts_while_the_axes_do():
    revisions = []
    for experiment in (Experiment(), Experiment(), Experiment(task="wave"), Experiment(task="recall")):
        snapshot = a_snapshot(experiment, seed=len(revisions))
        revisions.append(draw("prediction", Scene(experiment, snapshot)).layout.uirevision)
    assert revisions[0] == revisions[1]
    assert len(set(revisions)) == 3


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
    experiment = Experiment(task=task, bidirectional=bidirectional, seq_len=10)
    assert PICTURES["forecast"].shown(experiment) == (Trainer(experiment).snapshot().forecast is not None)


def test_steady_bounds_stand_still_under_small_changes_and_double_under_large_ones():
    reference = np.array([-1.0, np.nan, 1.0])
    assert steady_bounds(reference, np.array([0.5])) == steady_bounds(reference, np.array([1.2])) == (-1.3, 1.3)
    assert steady_bounds(reference, np.array([1.4, np.inf, np.nan])) == (-2.6, 2.6)
    assert steady_bounds(np.array([np.nan]), np.array([np.nan])) == (-0.5, 0.5)


# --- loss


def test_loss_is_on_a_log_axis_and_ends_at_the_newest_step():
    experiment = Experiment()
    snapshot = a_snapshot(experiment, losses=np.geomspace(1, 0.02, 30))
    figure = draw("loss", Scene(experiment, snapshot))
    assert figure.layout.yaxis.type == "log"
    training, validation, baseline, newest, held = figure.data
    np.testing.assert_array_equal(training.y[:-1], snapshot.history.loss)
    np.testing.assert_array_equal(validation.y[:-1], snapshot.history.validation)
    assert (training.x[-1], training.y[-1]) == (snapshot.step, snapshot.loss)
    assert tuple(newest.y) == (snapshot.loss, snapshot.validation_loss)
    assert tuple(held.y) == (0.01, 10)  # whole decades: validation began at 1.1
    assert held.x[1] >= snapshot.step
    assert (baseline.text[-1], baseline.line.dash) == ("always saying the mean", "dash")
    assert (tuple(baseline.x), tuple(baseline.y)) == (tuple(held.x), (1, 1))


@pytest.mark.parametrize(("loss", "bounds"), [(0.0, (0.001, 0.1)), (3e-5, (1e-5, 0.1)), (400.0, (0.01, 10_000))])
def test_the_loss_s_axis_holds_what_there_is_to_beat(loss, bounds):
    experiment = Experiment()
    snapshot = a_snapshot(experiment, losses=np.geomspace(0.05, 0.02, 30), baseline=loss)
    *_curves, baseline, _newest, held = lines("loss", Scene(experiment, snapshot))
    assert tuple(held["y"]) == pytest.approx(bounds)
    assert (baseline["y"] == loss).all() or (loss == 0 and np.isnan(baseline["y"]).all())


@pytest.mark.parametrize("losses", [[], [0.0], [np.nan, np.inf], [1e30, 1e-30]])
def test_loss_draws_what_a_log_axis_can(losses):
    experiment = Experiment()
    training, *_others, held = lines("loss", Scene(experiment, a_snapshot(experiment, losses=np.array(losses))))
    drawn = training["y"][~np.isnan(training["y"])]
    assert (np.isfinite(drawn) & (drawn > 0)).all()
    assert np.isfinite(held["y"]).all()
    assert held["y"][0] < held["y"][1]


@pytest.mark.parametrize(("task", "words"), [("sine", "mean squared error"), ("recall", "cross-entropy")])
def test_loss_is_named_for_what_it_is(task, words):
    experiment = Experiment(task=task)
    figure = draw("loss", Scene(experiment, a_snapshot(experiment)))
    assert figure.layout.yaxis.title.text == words


# --- states


def heat(view: View, experiment: Experiment, snapshot: Snapshot) -> dict:
    return lines("states", Scene(experiment, snapshot, view))[0]


@pytest.mark.parametrize("state", ["h", "c", "i", "f", "g", "o"])
@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_states_are_units_by_steps_of_the_chosen_layer_and_direction(state, direction):
    experiment = Experiment(cell="lstm", num_layers=3, bidirectional=True, hidden_size=4, seq_len=7)
    snapshot = a_snapshot(experiment)
    values = {"h": snapshot.trace.hidden, "c": snapshot.trace.cell, **snapshot.trace.gates}[state]
    z = heat(View(states=state, layer=2, direction=direction), experiment, snapshot)["z"]
    np.testing.assert_array_equal(z, values[1, int(direction == "backward")].T)


def test_states_fall_back_to_what_there_is():
    experiment = Experiment(cell="lstm", num_layers=2)
    assert shown_states(View(states="r", layer=4, direction="backward"), experiment) == ("h", 1, 0)
    assert shown_states(View(states="c"), Experiment(cell="gru")) == ("h", 0, 0)


@pytest.mark.parametrize("cell", CELLS)
def test_the_states_to_choose_from_are_those_the_cell_has(cell):
    states = ("h", *(["c"] if cell == "lstm" else []), *CELLS[cell].gates)
    assert available_states(Experiment(cell=cell)) == states
    assert set(states) <= set(View.SETTINGS["states"].options)  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("scale", ["fixed", "layer", "unit"])
def test_colours_are_centred_on_zero(scale):
    experiment = Experiment(hidden_size=3, seq_len=5, nonlinearity="relu")
    snapshot = a_snapshot(experiment)
    snapshot.trace.hidden[:] = np.array([0.0, 1e-3, -4.0])  # one size a unit
    figure = draw("states", Scene(experiment, snapshot, View(scale=scale)))
    drawn = figure.data[0]
    assert drawn.zmin == -drawn.zmax
    assert drawn.zmax == {"fixed": 1, "layer": 4, "unit": 1}[scale]
    assert drawn.z[:, 0].tolist() == pytest.approx({"unit": [0, 1, -1]}.get(scale, [0, 1e-3, -4]))
    true = drawn.customdata if scale == "unit" else drawn.z
    np.testing.assert_array_equal(true, snapshot.trace.hidden[0, 0].T)
    assert ("customdata" if scale == "unit" else "%{z") in drawn.hovertemplate


def test_a_whole_layer_of_zeros_still_has_a_scale():
    experiment = Experiment(hidden_size=2, seq_len=2)
    snapshot = a_snapshot(experiment)
    snapshot.trace.hidden[:] = 0
    assert heat(View(scale="layer"), experiment, snapshot)["zmax"] == 1
    assert (heat(View(scale="unit"), experiment, snapshot)["z"] == 0).all()


# --- gradients


def test_gradients_show_the_norm_of_each_layer_and_direction_on_a_log_axis():
    experiment = Experiment(num_layers=2, bidirectional=True, seq_len=5)
    norms = np.random.default_rng(0).uniform(1e-4, 1e-1, (2, 2, 5))
    figure = draw("gradients", Scene(experiment, a_snapshot(experiment, norms=norms)))
    assert figure.layout.yaxis.type == "log"
    for trace, line in zip(figure.data, norms.reshape(4, 5), strict=False):
        np.testing.assert_allclose(trace.y, line)
    assert [trace.name for trace in figure.data[:4]] == ["1 →", "1 ←", "2 →", "2 ←"]


@pytest.mark.parametrize(
    ("smallest", "largest", "held", "floor_in_range"),
    [
        (1e-5, 0.1, (-6, 0), False),
        (1e-9, 0.1, (-12, 0), False),
        (1e-18, 0.1, (-24, 0), False),
        (1e-40, 50.0, (-48, 3), True),
        (1e-2, 1e20, (-6, 24), False),
    ],
)
def test_the_gradient_axis_snaps_and_the_floor_is_a_line_or_a_note(smallest, largest, held, floor_in_range):
    experiment = Experiment(seq_len=2)
    arrays = lines("gradients", Scene(experiment, a_snapshot(experiment, norms=norms_line(smallest, largest))))
    _line, _zeros, _broken, floor, note, holder = arrays
    assert np.log10(holder["y"]) == pytest.approx(held)
    assert (floor["y"] == FLOOR).all() == floor_in_range
    assert np.isnan(note["y"]).all() == floor_in_range
    assert pytest.approx(1.17549e-38, rel=1e-4) == FLOOR


def test_zeros_and_infinities_are_marked_at_the_ends_of_the_axis_not_left_out():
    experiment = Experiment(seq_len=5)
    norms = norms_line(np.nan, np.inf, 0.0, 1e-3, 1e-2)
    line, zeros, broken, *_, holder = lines("gradients", Scene(experiment, a_snapshot(experiment, norms=norms)))
    assert np.isnan(line["y"][:3]).all()
    assert (zeros["x"].tolist(), zeros["y"].tolist()) == ([3], [holder["y"][0]])
    assert (broken["x"].tolist(), broken["y"].tolist()) == ([1, 2], [holder["y"][1]] * 2)


@settings(max_examples=40, derandomize=True)
@given(st.lists(st.floats(0, width=32) | st.just(np.nan), min_size=2, max_size=30))
def test_every_step_of_a_gradient_is_seen(values):
    experiment = Experiment(seq_len=len(values), hidden_size=1)
    snapshot = a_snapshot(experiment, norms=norms_line(*values))
    line, zeros, broken, *_, holder = lines("gradients", Scene(experiment, snapshot))
    seen = set(np.flatnonzero(~np.isnan(line["y"])) + 1) | set(zeros["x"]) | set(broken["x"])
    assert seen == set(range(1, len(values) + 1))
    drawn = line["y"][~np.isnan(line["y"])]
    assert ((drawn >= holder["y"][0]) & (drawn <= holder["y"][1])).all()
    assert holder["y"][1] <= 10.0 ** UPPER_DECADES[-1]
