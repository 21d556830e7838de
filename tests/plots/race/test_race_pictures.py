"""The pictures of a race, by their data: each line is its own network's, and is told from the others without colour."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from rnnviz.cells import CELLS
from rnnviz.looks.look import look
from rnnviz.plots import RACE
from rnnviz.plots.picture import COLOURS
from rnnviz.plots.race.lane import LANES
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.snapshot import Part
from rnnviz.tasks import TASKS
from rnnviz.training.trainer import Trainer
from rnnviz.ui.race.together import BOARD
from rnnviz.wanted import Wanted

PARTS: frozenset[Part] = frozenset(part for picture in RACE.values() for part in picture.needs)
NEEDS = Wanted(PARTS)
OTHERS: tuple[dict[str, Any], ...] = ({"cell": "gru", "num_layers": 2}, {"cell": "lstm", "hidden_size": 5})


def scene_of(experiment: Experiment, steps: int = 3, seconds: float = 0.0) -> Scene:
    trainer = Trainer(experiment)
    trainer.step(steps)
    return Scene(experiment, look(trainer.subject(), NEEDS), seconds=seconds)


def race(*others: dict[str, Any], view: View | None = None, by_time: bool = False, **settings: Any) -> Scene:
    first = Experiment(**{"hidden_size": 4, "seq_len": 12, "cell": "rnn"} | settings)
    lanes = [scene_of(replace(first, **other), 3 + n, 0.5 + n) for n, other in enumerate(({}, *others))]
    lanes = [replace(lane, view=view or View()) for lane in lanes]
    return replace(lanes[0], others=tuple(lanes[1:]), by_time=by_time)


def there(scene: Scene) -> list[str]:
    return [n for n, p in RACE.items() if p.lane < len(scene.lanes) and p.shown(scene.experiment)]


def drawn(name: str, scene: Scene) -> Any:
    return RACE[name].figure(scene).data


def said(name: str, scene: Scene) -> str:
    caption = RACE[name].caption
    assert caption
    return str(caption(scene))


def visible(name: str, scene: Scene) -> list[Any]:
    """The traces that the legend names, the target aside."""
    return [t for t in drawn(name, scene) if t.showlegend is not False and str(t.name)[:2] in ("a:", "b:", "c:", "d:")]


@pytest.mark.parametrize("lanes", [1, 2, 3, 4])
@pytest.mark.parametrize("name", ["losses", "answers", "profiles", "memories"])
def test_lanes_are_told_apart_by_colour_and_without_it(name, lanes):
    scene = race(*[{"cell": cell} for cell in ("gru", "lstm", "mingru")[: lanes - 1]])
    if lanes == 1:
        assert drawn(name, scene)
        return
    lines = visible(name, scene)
    assert len(lines) == lanes
    assert [line.line.color for line in lines] == [lane.colour for lane in LANES[:lanes]]
    assert len({line.line.dash for line in lines}) == lanes
    if name != "losses":  # whose newest points have the symbols
        assert len({line.marker.symbol for line in lines}) == lanes


def test_lanes_have_the_colours_that_are_safe():
    assert tuple(lane.colour for lane in LANES) == COLOURS
    assert len({lane.dash for lane in LANES}) == len({lane.symbol for lane in LANES}) == 4


def test_losses_are_each_networks_own_at_its_own_steps():
    scene = race(*OTHERS)
    traces, lines = drawn("losses", scene), visible("losses", scene)
    for lane, line, thin in zip(scene.lanes, lines, traces[0:6:2], strict=True):
        snapshot = lane.snapshot
        np.testing.assert_array_equal(line.x, [*snapshot.history.step, snapshot.step])
        np.testing.assert_array_equal(line.y, [*snapshot.history.validation, snapshot.validation_loss])
        np.testing.assert_array_equal(thin.y, [*snapshot.history.loss, snapshot.loss])
    newest, baseline = traces[6], traces[7]
    np.testing.assert_array_equal(newest.x, [3, 4, 5])
    np.testing.assert_array_equal(newest.y, [lane.snapshot.validation_loss for lane in scene.lanes])
    assert list(newest.marker.symbol) == [lane.symbol for lane in LANES[:3]]
    np.testing.assert_array_equal(baseline.y, [scene.snapshot.baseline.loss] * 2)


def test_by_time_a_step_stands_at_its_number_times_the_mean_seconds_of_a_step():
    scene = race(*OTHERS, by_time=True)
    for lane, line in zip(scene.lanes, visible("losses", scene), strict=True):
        assert line.x[-1] == pytest.approx(lane.seconds)
        np.testing.assert_allclose(line.x[:-1], lane.snapshot.history.step * lane.seconds / lane.snapshot.step)
    layout: Any = RACE["losses"].figure(scene).layout
    assert "seconds" in layout.xaxis.title.text
    assert "seconds of the processor" in said("losses", scene)
    assert RACE["losses"].depends(scene) != RACE["losses"].depends(replace(scene, by_time=False))
    before = replace(scene_of(scene.experiment, 0), by_time=True)
    np.testing.assert_array_equal(drawn("losses", before)[1].x, [0])


def test_gradients_and_memories_are_those_of_each_last_layer():
    scene = race(*OTHERS, bidirectional=True)
    for lane, line in zip(scene.lanes, visible("profiles", scene), strict=True):
        np.testing.assert_allclose(line.y, np.linalg.norm(lane.snapshot.gradients.hidden[-1, 0], axis=-1), rtol=1e-6)
    for lane, line in zip(scene.lanes, visible("memories", scene), strict=True):
        np.testing.assert_array_equal(line.y, lane.snapshot.memory.norm)
    by_c = [trace for trace in drawn("memories", scene) if "by c" in str(trace.name)]
    assert [trace.line.color for trace in by_c] == [LANES[2].colour]
    np.testing.assert_array_equal(by_c[0].y, scene.lanes[2].snapshot.memory.cell_norm)


def test_what_a_log_axis_can_not_show_is_marked_for_each_network():
    scene = race(*OTHERS)
    scene.lanes[1].snapshot.gradients.hidden[-1, 0, :3] = 0
    scene.lanes[2].snapshot.gradients.hidden[-1, 0, 4] = np.inf
    marks = {trace.name: trace for trace in drawn("profiles", scene) if "exactly" in str(trace.name)}
    broken = {trace.name: trace for trace in drawn("profiles", scene) if "infinite" in str(trace.name)}
    assert {name: list(mark.x) for name, mark in marks.items()} == {
        "a: exactly 0": [],
        "b: exactly 0": [1, 2, 3],
        "c: exactly 0": [],
    }
    assert [list(mark.x) for mark in broken.values()] == [[], [], [5]]
    assert marks["b: exactly 0"].marker.color == LANES[1].colour
    assert np.isnan(visible("profiles", scene)[1].y[:3]).all()


def test_the_maps_are_each_networks_own_on_one_scale_with_one_bar():
    scene = race(*OTHERS, view=View(scale="layer", layer=2))
    maps = [drawn(f"states_{lane}", scene)[0] for lane in "abc"]
    hidden = [lane.snapshot.trace.hidden[-1, 0].T for lane in scene.lanes]  # of one layer, where there are no two
    for map_, values in zip(maps, hidden, strict=True):
        np.testing.assert_array_equal(map_.z, values)
    largest = max(float(np.abs(values).max()) for values in hidden)
    assert [map_.zmax for map_ in maps] == pytest.approx([largest] * 3)
    assert [map_.zmin for map_ in maps] == pytest.approx([-largest] * 3)
    assert [map_.showscale for map_ in maps] == [True, False, False]
    assert [said(f"states_{lane}", scene).split(",")[0] for lane in "abc"] == ["a: RNN", "b: GRU", "c: LSTM"]


def test_a_value_that_overflowed_leaves_the_scale_to_the_others():
    scene = race(OTHERS[0], view=View(scale="layer"))
    scene.lanes[1].snapshot.trace.hidden[0, 0, 0, 0] = np.inf
    assert np.isfinite([drawn(f"states_{lane}", scene)[0].zmax for lane in "ab"]).all()


def test_numbers_are_said_beside_one_target():
    scene = race(*OTHERS)
    target, *said = [trace for trace in drawn("answers", scene) if trace.showlegend is not False]
    np.testing.assert_array_equal(target.y, scene.snapshot.trace.targets[:, 0])
    for lane, line in zip(scene.lanes, said, strict=True):
        np.testing.assert_array_equal(line.y, lane.snapshot.trace.outputs[:, 0])


def test_of_classes_it_is_the_probability_of_the_right_one():
    scene = race(*OTHERS, task="recall")
    circles, *said = [trace for trace in drawn("answers", scene) if trace.showlegend is not False]
    right = int(scene.snapshot.trace.targets[-1].argmax())
    np.testing.assert_array_equal(circles.y, [np.nan] * 11 + [1])
    for lane, line in zip(scene.lanes, said, strict=True):
        np.testing.assert_array_equal(line.y, lane.snapshot.trace.outputs[:, right])
    scene = race({"cell": "gru"}, task="reversal")
    _circles, *said = [trace for trace in drawn("answers", scene) if trace.showlegend is not False]
    targets = scene.snapshot.trace.targets
    asked = np.isfinite(targets[:, 0])
    assert 1 < asked.sum() < len(asked)
    for lane, line in zip(scene.lanes, said, strict=True):
        expected = (lane.snapshot.trace.outputs * np.nan_to_num(targets)).sum(axis=1)
        np.testing.assert_allclose(line.y[asked], expected[asked], rtol=1e-6)
        assert np.isnan(line.y[~asked]).all()


def test_of_many_numbers_it_is_how_far_off_they_are():
    scene = race(*OTHERS, task="video")
    for lane, line in zip(scene.lanes, visible("answers", scene), strict=True):
        trace = lane.snapshot.trace
        np.testing.assert_allclose(line.y, np.sqrt(((trace.outputs - trace.targets) ** 2).mean(axis=1)), rtol=1e-5)


def test_where_there_is_one_step_each_is_a_curve_and_there_is_no_memory():
    scene = race(*OTHERS, task="square")
    for lane, line in zip(scene.lanes, visible("answers", scene), strict=True):
        assert lane.snapshot.curve
        np.testing.assert_array_equal(line.y, lane.snapshot.curve.outputs)
    assert "memories" not in there(scene)


def test_keys_change_with_the_lanes():
    one, two = race(), race({"cell": "gru"})
    for other in (one, race({"cell": "lstm"}), race({"cell": "gru"}, {"cell": "lstm"})):
        for name in ("losses", "answers", "profiles", "memories"):
            assert RACE[name].depends(two) != RACE[name].depends(other), name
    assert RACE["states_b"].depends(two) != RACE["states_b"].depends(race({"cell": "lstm"}))
    for name in there(two):
        assert RACE[name].depends(two) == RACE[name].depends(race({"cell": "gru"}))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "cell"), [*zip([name for name in TASKS if name != "series"], itertools.cycle(CELLS), strict=False)]
)
def test_a_race_of_three_of_every_task_draws(task, cell):
    others = ({"cell": "lstm", "num_layers": 1}, {"cell": "gru", "hidden_size": 5})
    scene = race(*others, task=task, **{**TASKS[task].suggested, "hidden_size": 3, "num_layers": 2, "cell": cell})
    assert {"losses", "answers", "profiles", "states_a", "states_b", "states_c"} <= set(there(scene))
    assert "states_d" not in there(scene)
    for name in there(scene):
        picture = RACE[name]
        for view in (View(), View(layer=2, direction="backward", states="c", scale="unit")):
            seen = replace(scene, view=view, others=tuple(replace(lane, view=view) for lane in scene.others))
            figure: Any = picture.figure(seen)
            assert len(figure.data) == len(picture.arrays(seen))
            assert str(picture.sentence(seen)).endswith(".")
            assert said(name, seen).endswith(".")


def test_at_a_time_step_each_network_s_values_are_read_out_by_its_letter():
    scene = race(*OTHERS)
    read = {
        name: [trace.meta["read"] for trace in drawn(name, scene) if trace.meta]
        for name in ("answers", "profiles", "memories", "states_b")
    }
    assert read["answers"] == ["target", "y<sub>t</sub> of a", "y<sub>t</sub> of b", "y<sub>t</sub> of c"]
    assert [words[-1] for words in read["profiles"]] == ["a", "b", "c"]
    assert [words[-1] for words in read["memories"]] == ["a", "b", "c", "c"]
    assert read["states_b"] == ["h<sub>t</sub> of b"]


def test_the_board_asks_for_all_networks():
    assert BOARD.together
    assert BOARD.pictures == RACE
