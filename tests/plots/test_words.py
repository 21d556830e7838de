"""Words on the pictures of a network that reads words: over points, at ticks, on maps of many classes."""

import itertools
from typing import Any

import numpy as np
import pytest
from drawn import draw, key, lines
from made_up import a_snapshot

from rnnviz.plots import LAB, PICTURES
from rnnviz.plots.classes import MOST_CLASSES
from rnnviz.plots.input import LINES
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.snapshot import Lens
from rnnviz.tasks import TASKS, task_of
from rnnviz.tasks.recall import FILLERS
from rnnviz.training.trainer import Trainer


def a_scene(view: View = View(), **settings: Any) -> Scene:  # noqa: B008
    trainer = Trainer(Experiment(**settings))
    trainer.step(2)
    return Scene(trainer.experiment, trainer.snapshot(lens=Lens(0, 0, 1)), view)


def read_by(scene: Scene) -> list[str]:
    task = task_of(scene.experiment)
    assert task.vocabulary
    return [str(task.vocabulary[token]) for token in task.probe.inputs[:, 0]]


@pytest.mark.parametrize("name", ["prediction", "states", "gradients", "memory", "factors", "shares"])
@pytest.mark.parametrize("scale", ["fixed", "unit"])
def test_a_point_says_which_word_its_step_reads(name, scale):
    scene = a_scene(View(scale=scale), task="recall", seq_len=6, cell="gru")
    figure: Any = (PICTURES | LAB)[name].figure(scene)
    said = [f"“{word}”" for word in read_by(scene)]
    trace = figure.data[0]
    names = trace.hovertext if name == "states" and scale == "unit" else trace.customdata
    if name == "shares":
        assert [tuple(pair) for pair in names[-1]] == [(said[-1], word) for word in said]
    elif trace.type == "heatmap":
        assert [list(row) for row in names] == [said] * len(trace.z)
    else:
        assert list(names) == said
    assert "customdata" in trace.hovertemplate or "hovertext" in trace.hovertemplate
    assert figure.layout.meta["places"]["x"] == said


def test_the_words_belong_to_what_a_frame_depends_on():
    one, other = (a_scene(task="recall", seq_len=6, seed=seed) for seed in (0, 1))
    assert read_by(one) != read_by(other)
    assert key(one) != key(other)


def test_numbers_have_no_words():
    figure = draw("states", a_scene(seq_len=6))
    assert figure.data[0].customdata is None
    assert "places" not in figure.layout.meta
    assert "step %{x}" in figure.data[0].hovertemplate


def test_short_words_stand_at_the_ticks_and_long_ones_do_not():
    letters = a_scene(task="reversal", seq_len=6)
    ticks = draw("gradients", letters).layout.xaxis.ticktext
    assert ticks[:4] == tuple(f"{t} {letter}" for t, letter in enumerate(read_by(letters)[:4], 1))
    assert ticks[4:] == ("5", "6")  # nothing is read where the answers are asked
    assert draw("gradients", a_scene(task="recall", seq_len=60)).layout.xaxis.ticktext is None


def test_where_nothing_is_read_it_says_so():
    figure = draw("states", a_scene(task="reversal", seq_len=6))
    assert list(figure.data[0].customdata[0][4:]) == ["nothing is read"] * 2


HOSTILE = ("<b>bold</b>", "%{x}", "a" * 300, "‮evil")


def test_a_word_is_text_and_not_too_long(monkeypatch):
    monkeypatch.setattr(TASKS["recall"], "vocabulary", (*HOSTILE, *FILLERS, "speaks?"))
    for seed in range(4):
        scene = a_scene(task="recall", seq_len=5, seed=seed)
        for name in ("states", "gradients", "input"):
            text = str(draw(name, scene).to_plotly_json())
            assert "<b>bold" not in text
            assert "a" * 30 not in text


@pytest.fixture
def many(monkeypatch):
    """A scene whose probabilities are of 5,000 classes, 3 of which are right, by seed."""
    monkeypatch.setattr(TASKS["reversal"], "outputs", 5000)
    monkeypatch.setattr(TASKS["reversal"], "classes", tuple(f"word {n}" for n in range(5000)))
    experiment = Experiment(task="reversal", seq_len=9)

    def scene(seed: int) -> Scene:
        snapshot = a_snapshot(experiment, seed=seed)
        asked = np.flatnonzero(task_of(experiment).asked)
        snapshot.trace.targets[asked] = 0
        snapshot.trace.targets[asked, [7, 4000, 7, 9][: len(asked)]] = 1
        return Scene(experiment, snapshot)

    return scene


def test_of_many_classes_the_right_and_the_likeliest_are_shown(many):
    scene = many(1)
    map_, right, labels = draw("prediction", scene).data
    trace = scene.snapshot.trace
    asked = task_of(scene.experiment).asked
    shown = [int(row[0].split()[1]) for row in map_.text]
    wrong = [n for n in np.argsort(-trace.outputs[asked].mean(axis=0)) if n not in (7, 4000, 9)]
    targets = set(trace.targets[asked].argmax(axis=1))
    assert targets <= {7, 4000, 9}
    assert shown == sorted([*targets, *wrong[: MOST_CLASSES - len(targets)]])
    np.testing.assert_array_equal(map_.z, trace.outputs.T[shown])
    assert list(labels.text[1::2]) == [row[0] for row in map_.text[1::2]]
    assert set(labels.text[::2]) == {""}  # so long that all would overlap
    for t in np.flatnonzero(asked):
        assert shown[int(right.y[t]) - 1] == trace.targets[t].argmax()
    assert np.isnan(right.y[~asked]).all()
    assert "Of 5,000 classes up to 16 are shown" in str(PICTURES["prediction"].sentence(scene))


def test_which_of_many_classes_are_shown_changes_no_frame_and_few_bytes_travel(many):
    one, other = many(1), many(2)
    assert lines("prediction", one)[2]["text"] != lines("prediction", other)[2]["text"]
    assert key(one) == key(other)
    assert PICTURES["prediction"].frame(one) == PICTURES["prediction"].frame(other)
    assert len(str(draw("prediction", one).to_plotly_json())) < 20_000


def test_more_words_than_bars_have_room_for_stand_on_lines_clear_of_one_another():
    figure = draw("input", a_scene(task="recall", seq_len=80))
    bars, lines = figure.data
    assert (bars.textposition, lines.visible) == ("none", True)
    assert len(lines.text) > 40
    places: dict[float, list[tuple[float, str]]] = {}
    for x, y, word in zip(lines.x, lines.y, lines.text, strict=True):
        places.setdefault(round(y, 6), []).append((x, word))
    for x, word in zip(lines.x[:-1], lines.text, strict=False):
        assert word == bars.text[round(x - 0.55)]
    assert lines.text[-1] == bars.text[-1]
    assert len(places) <= LINES
    for line in places.values():
        for (x, word), (following, _word) in itertools.pairwise(line):
            assert following - x >= len(word) * 80 / 450 * 7  # pixels a letter takes


def test_padding_is_marked_and_called_so(padded):
    for seed in range(3):
        scene = a_scene(task=padded, seq_len=12, seed=seed)
        padding = task_of(scene.experiment).probe.padding
        assert padding is not None
        count = int(padding.sum())
        for name in ("input", "states", "gradients", "prediction", "memory"):
            figure: Any = (PICTURES | LAB)[name].figure(scene)
            band = [shape for shape in figure.layout.shapes if shape.type == "rect"]
            assert [(shape.x0, shape.x1) for shape in band] == ([(0.5, count + 0.5)] if count else [])
            assert [a.text for a in figure.layout.annotations] == ["padding"] * bool(count)
            assert list(figure.layout.meta["places"]["x"][:count]) == ["padding"] * count
        words = draw("input", scene).data[0].text
        assert [bool(word) for word in words] == list(~padding[:, 0])
