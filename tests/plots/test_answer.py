"""The running answer, by its data."""

from typing import Any

import numpy as np
import pytest

from rnnviz.plots.answer import ANSWER
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Passages
from rnnviz.tasks import TASKS
from rnnviz.training.trainer import Trainer


def scene(texts: tuple[tuple[int, ...], ...] = (), **settings) -> Scene:
    experiment = Experiment(**{"task": "recall", "seq_len": 6, "hidden_size": 4} | settings)
    trainer = Trainer(experiment)
    trainer.step(2)
    return Scene(experiment, trainer.snapshot(reading=Passages(texts)))


def draw(of: Scene) -> Any:
    return ANSWER.figure(of)


def test_every_class_has_a_line_of_its_probability_after_each_word():
    shown = scene()
    [passage] = shown.snapshot.reading.passages
    figure = draw(shown)
    assert [trace.name for trace in figure.data] == ["Chinese", "French", "Spanish", "Greek"]
    for k, trace in enumerate(figure.data):
        np.testing.assert_array_equal(trace.y, passage.answers[:, k])
        assert len(trace.text) == len(trace.x) == len(trace.y) == 6
    names = TASKS["recall"].vocabulary or ()
    assert figure.data[0].text[0] == names[passage.tokens[0]]
    assert figure.layout.xaxis.ticktext is None  # in a narrow picture these words would run into one another


def test_short_words_stand_at_the_ticks():
    shown = draw(scene(task="order"))
    assert list(shown.layout.xaxis.ticktext) == list(shown.data[0].text)


def test_of_two_classes_the_axis_says_which_one_is_shown():
    experiment = Experiment(task="order", hidden_size=4)
    shown = Scene(experiment, Trainer(experiment).snapshot(reading=Passages()))
    figure = draw(shown)
    assert len(figure.data) == 1
    assert figure.layout.yaxis.title.text == "probability of worse"
    assert "“worse”" in str(ANSWER.sentence(shown))
    assert draw(scene()).layout.yaxis.title.text == "probability"


def test_a_change_stands_beside_it_in_dashes():
    shown = scene(((0, 5, 10), (1, 5, 10)))
    solid, dashed = draw(shown).data[:4], draw(shown).data[4:]
    assert {trace.line.dash for trace in solid} == {"solid"}
    assert {trace.line.dash for trace in dashed} == {"dash"}
    assert [trace.line.color for trace in solid] == [trace.line.color for trace in dashed]
    np.testing.assert_array_equal(dashed[1].y, shown.snapshot.reading.passages[1].answers[:, 1])
    assert dashed[1].name == "French, with the change"


def test_of_many_classes_a_change_is_named_once_and_not_line_by_line():
    experiment = Experiment(task="languages", seq_len=6, hidden_size=4)
    trainer = Trainer(experiment)
    one, two = (Scene(experiment, trainer.snapshot(reading=Passages(((5, 6),) * n))) for n in (1, 2))
    assert [trace.showlegend for trace in draw(two).data] == [True] * 8 + [False] * 8
    assert ANSWER.caption
    assert "Dashed" in str(ANSWER.caption(two))
    assert "Dashed" not in str(ANSWER.caption(one))
    assert all(trace.showlegend for trace in draw(scene(((0, 5), (1, 5)))).data)


def test_other_words_are_another_frame_and_other_weights_are_not():
    assert ANSWER.key(scene(((0, 5, 10),))) == ANSWER.key(scene(((0, 5, 10),), seed=3))
    assert ANSWER.key(scene(((0, 5, 10),))) != ANSWER.key(scene(((0, 4, 10),)))


def test_a_long_text_is_counted_and_not_named():
    assert draw(scene(((1,) * 40,))).layout.xaxis.ticktext is None


def test_what_reads_backwards_is_said_to_have_no_answers_on_the_way():
    assert "way back" in str(ANSWER.sentence(scene(bidirectional=True)))
    assert "way back" not in str(ANSWER.sentence(scene()))


@pytest.mark.parametrize(("task", "shown"), [("recall", True), ("reversal", True), ("sine", False), ("square", False)])
def test_it_is_of_words_that_are_answered_by_a_class(task, shown):
    assert ANSWER.shown(Experiment(task=task)) == shown
