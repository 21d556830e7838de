"""The picture of what the network reads: numbers, words, letters, frames of a film."""

from typing import Any

import numpy as np
import pytest
from drawn import draw

from rnnviz.plots import PICTURES
from rnnviz.plots.picture import BLUE
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Snapshot
from rnnviz.tasks.recall import FILLERS, LANGUAGES
from rnnviz.training.trainer import Trainer


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
def test_words_that_do_not_fit_their_bars_are_written_over_them_the_first_and_the_last_always(seq_len, each):
    figure, _snapshot = shown_input(task="recall", seq_len=seq_len)
    words, lines = figure.data
    assert (words.textposition == "inside", bool(lines.visible)) == (each, not each)
    assert (lines.text[0], lines.text[-1]) == (words.text[0], "speaks?")
    assert lines.x[0] == 0.55
    assert lines.x[-1] + 8 * 8 * seq_len / 450 == pytest.approx(seq_len + 0.55)


@pytest.mark.parametrize("seq_len", [2, 12, 13, 30])
def test_of_the_letters_those_that_are_asked_again_are_blue(seq_len):
    figure, snapshot = shown_input(task="reversal", seq_len=seq_len)
    letters = figure.data[0]
    answers = ["ABCD"[k] for k in snapshot.trace.targets.argmax(axis=1)[-max(1, seq_len // 3) :]]
    blue = [letter for letter, colour in zip(letters.text, letters.marker.color, strict=True) if colour == BLUE]
    assert blue == answers[::-1]


@pytest.mark.parametrize("seq_len", [23, 56])
def test_letters_stand_on_one_line_in_the_middle_of_their_bars(seq_len):
    figure, _snapshot = shown_input(task="text", seq_len=seq_len)
    letters, lines = figure.data
    assert lines.visible
    assert {*lines.y} == {0.5}
    assert [*lines.text] == [*letters.text]
    np.testing.assert_allclose(lines.x, np.arange(seq_len) + 0.55)


@pytest.mark.parametrize(("task", "part"), [("recall", True), ("reversal", True), ("sentence", False), ("text", False)])
def test_what_decides_is_said_to_be_blue_where_not_everything_does(task, part):
    caption = PICTURES["input"].caption
    assert caption
    _figure, snapshot = shown_input(task=task, hidden_size=2)
    assert ("blue" in str(caption(Scene(Experiment(task=task), snapshot)))) == part


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
    assert (f"One in {nth} of" in str(caption(Scene(Experiment(task="video", seq_len=seq_len), snapshot)))) == (nth > 1)


def test_a_single_input_has_no_stave():
    assert not PICTURES["input"].shown(Experiment(task="square"))
