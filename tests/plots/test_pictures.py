"""All pictures, by their data: arrays and figures agree, keys tell frames apart, and each has its words."""

import itertools
import json

import numpy as np
import pytest
from drawn import ALL, draw, example, key, lines, shown
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import EXPERIMENTS, a_forecast, a_snapshot

from rnnviz.cells import CELLS
from rnnviz.diagnosis import diagnose
from rnnviz.looks.look import look
from rnnviz.plots.picture import COLOURS, GREY, Picture, steady_bounds
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.snapshot import Part
from rnnviz.tasks import TASKS
from rnnviz.training.trainer import Trainer
from rnnviz.wanted import WHOLE, Wanted

VIEWS = st.builds(
    View,
    states=st.sampled_from(list("hcrznifgo")),
    scale=st.sampled_from(["unit", "layer", "fixed"]),
    layer=st.integers(1, 4),
    direction=st.sampled_from(["forward", "backward"]),
)


def with_values(array: np.ndarray, values: list[float]) -> None:
    """Put `values` into the first places of `array`."""
    array.flat[: len(values)] = values[: array.size]


ODD = st.lists(st.sampled_from([0.0, np.nan, np.inf, -np.inf, 1e-44, 1e38, -2.0]), max_size=12)


@pytest.mark.slow
@settings(max_examples=20, derandomize=True)
@given(EXPERIMENTS, VIEWS, ODD, st.booleans())
def test_a_figure_is_its_frame_with_the_arrays_put_in_whatever_the_numbers(experiment, view, odd, forecasts):
    snapshot = a_snapshot(experiment, forecast=a_forecast() if forecasts else None)
    trace = snapshot.trace
    for array in (trace.hidden, trace.outputs, snapshot.gradients.hidden, snapshot.history.loss, *trace.gates.values()):
        with_values(array, odd)
    for name in shown(experiment):
        scene = Scene(experiment, snapshot, view)
        arrays, figure = lines(name, scene), draw(name, scene)
        assert len(figure.data) == len(arrays)
        for drawn, attributes in zip(figure.data, arrays, strict=True):
            for attribute, value in attributes.items():
                np.testing.assert_array_equal(drawn[attribute], value)
        assert len(json.dumps(figure.layout.template.to_plotly_json())) < 200


@pytest.mark.slow
@settings(max_examples=15, derandomize=True)
@given(EXPERIMENTS, VIEWS, st.booleans())
def test_the_frame_is_the_same_for_every_snapshot_with_the_same_key(experiment, view, forecasts):
    snapshots = (
        a_snapshot(experiment, seed=seed, forecast=a_forecast(one_step=seed) if forecasts else None) for seed in (1, 2)
    )
    first, second = (Scene(experiment, snapshot, view) for snapshot in snapshots)
    assert key(first) == key(second)
    for picture in shown(experiment).values():
        assert picture.frame(first) == picture.frame(second)
        attributes = [[list(trace) for trace in picture.arrays(scene)] for scene in (first, second)]
        assert attributes[0] == attributes[1]


def said(picture: Picture, scene: Scene) -> list[str]:
    return [str(picture.sentence(scene)), *([str(picture.caption(scene))] if picture.caption else [])]


@pytest.mark.slow
@settings(max_examples=20, derandomize=True)
@given(EXPERIMENTS, VIEWS, EXPERIMENTS, VIEWS)
def test_where_frames_differ_keys_differ(experiment, view, other, other_view):
    one, two = Scene(experiment, a_snapshot(experiment), view), Scene(other, a_snapshot(other), other_view)
    for name in shown(experiment).keys() & shown(other).keys():
        picture = ALL[name]
        drawn = [(picture.frame(scene), *said(picture, scene)) for scene in (one, two)]
        assert drawn[0] == drawn[1] or picture.depends(one) != picture.depends(two), name


def test_the_key_tells_a_forecast_from_none_and_one_view_from_another():
    one_way = Experiment(cell="gru", num_layers=2)
    without, with_one = a_snapshot(one_way), a_snapshot(one_way, forecast=a_forecast())
    assert key(Scene(one_way, without)) != key(Scene(one_way, with_one))
    experiment = Experiment(cell="gru", num_layers=2, bidirectional=True)
    without = a_snapshot(experiment)
    for other in (View(scale="unit"), View(states="z"), View(layer=2), View(direction="backward")):
        assert key(Scene(experiment, without, other)) != key(Scene(experiment, without))
    for other in (View(speed="max"), View(states="c")):  # a GRU has no c_t: h_t is shown
        assert key(Scene(experiment, without, other)) == key(Scene(experiment, without))


@pytest.mark.parametrize("name", ALL)
def test_every_picture_has_its_words_and_leaves_the_page_its_colours(name):
    experiment, picture = example(name), ALL[name]
    scene = Scene(experiment, a_snapshot(experiment, forecast=a_forecast()))
    layout = draw(name, scene).layout
    assert picture.title
    assert str(picture.alt).endswith(".")
    assert str(picture.sentence(scene)).endswith(".")
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


@pytest.mark.parametrize("both_ways", [False, True])
@pytest.mark.parametrize(
    ("task", "cell"), [*zip([name for name in TASKS if name != "series"], itertools.cycle(CELLS), strict=False)]
)
def test_every_picture_and_the_diagnosis_of_every_task(task, cell, both_ways):
    switch = "bidirectional_encoder" if TASKS[task].source_vocabulary else "bidirectional"
    settings = {**TASKS[task].suggested, "hidden_size": 3, "num_layers": 2, switch: both_ways}
    experiment = Experiment(task=task, cell=cell, **settings)
    trainer = Trainer(experiment)
    for steps in (0, 2):
        trainer.step(steps)
        snapshot = look(trainer.subject(), Wanted(WHOLE | frozenset[Part]({"memory"})))
        for name, picture in shown(experiment).items():
            for view in (View(), View(layer=2, direction="backward")):
                scene = Scene(experiment, snapshot, view)
                assert draw(name, scene).data
                assert str(picture.sentence(scene)).endswith(".")
        assert str(diagnose(snapshot, experiment).sentence).endswith(".")


def test_a_zoom_lasts_while_the_axes_do():
    revisions = []
    for experiment in (Experiment(), Experiment(), Experiment(task="wave"), Experiment(task="recall")):
        snapshot = a_snapshot(experiment, seed=len(revisions))
        revisions.append(draw("prediction", Scene(experiment, snapshot)).layout.uirevision)
    assert revisions[0] == revisions[1]
    assert len(set(revisions)) == 3


def test_steady_bounds_stand_still_under_small_changes_and_double_under_large_ones():
    reference = np.array([-1.0, np.nan, 1.0])
    assert steady_bounds(reference, np.array([0.5])) == steady_bounds(reference, np.array([1.2])) == (-1.3, 1.3)
    assert steady_bounds(reference, np.array([1.4, np.inf, np.nan])) == (-2.6, 2.6)
    assert steady_bounds(np.array([np.nan]), np.array([np.nan])) == (-0.5, 0.5)
