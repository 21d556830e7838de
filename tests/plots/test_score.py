"""The score: pictures one above the other whose columns are the same time steps, and those beside it."""

from typing import Any

import numpy as np
import pytest
from drawn import draw, example
from made_up import a_forecast, a_snapshot

from rnnviz.plots import PICTURES, SCORE
from rnnviz.plots.gradients import GRADIENTS
from rnnviz.plots.score import LEFT, RIGHT, beside, stave
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import TASKS
from rnnviz.training.trainer import Trainer


@pytest.mark.parametrize("task", [name for name in TASKS if TASKS[name].form.has_length and name != "series"])
def test_the_staves_of_a_score_have_the_same_columns(task):
    experiment = Experiment(task=task, seq_len=12)
    snapshot = Trainer(experiment).snapshot()
    staves: list[Any] = [stave(p, Scene(experiment, snapshot), lowest=p is GRADIENTS) for p in SCORE.values()]
    assert {(s.layout.margin.l, s.layout.margin.r, s.layout.xaxis.range) for s in staves} == {
        (LEFT, RIGHT, (0.5, TASKS[task].length(experiment) + 0.5))
    }
    assert [bool(s.layout.xaxis.title.text) for s in staves] == [False, False, False, True]


@pytest.mark.parametrize("name", PICTURES)
def test_what_an_axis_counts_can_be_told_where_its_title_is_left_out(name):
    experiment = example(name)
    snapshot = a_snapshot(experiment, forecast=a_forecast())
    titles = draw(name, Scene(experiment, snapshot)).layout
    figures: list[Any] = [
        beside(PICTURES[name], Scene(experiment, snapshot)),
        stave(PICTURES[name], Scene(experiment, snapshot), lowest=False),
    ]
    for figure in figures:
        assert not figure.layout.xaxis.title.text
        named = {"x": titles.xaxis.title.text, "y": titles.yaxis.title.text}
        assert {letter: figure.layout.meta[letter] for letter in named} == named
        assert all(named.values())


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
