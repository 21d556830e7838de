"""The page of two sequences, run without a browser: what it offers, and what it shows."""

from dataclasses import replace

import pytest
from made_up import a_snapshot
from opened import components, pairs, run

from rnnviz.language import say
from rnnviz.runs.messages import Frame, Orders
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import TASKS
from rnnviz.ui.bench import page as bench
from rnnviz.ui.pairs import exactness, learning
from rnnviz.ui.pairs.page import PANELS

LIVE = len(PANELS) - 1
"""Panels with live pictures: all but the claim."""
PAIRS = [name for name, task in TASKS.items() if task.source_vocabulary]


@pytest.mark.slow
@pytest.mark.parametrize("task", PAIRS)
def test_every_task_of_two_sequences_opens(task: str):
    app = pairs(task=task)
    assert not app.info
    assert not app.error
    assert len(components(app)) == LIVE


@pytest.mark.slow
def test_a_task_of_one_sequence_offers_those_of_two():
    app = pairs()
    assert "one sequence" in app.info[0].value
    assert components(app) == []
    assert [button.key for button in app.button if str(button.key).startswith("take_")] == [f"take_{n}" for n in PAIRS]
    app.button(key="take_dates").click()
    run(app)
    assert app.session_state["task"] == "dates"
    assert not app.info
    assert len(components(app)) == LIVE


@pytest.mark.slow
def test_a_task_of_two_sequences_that_is_refused_is_not_called_one_of_one():
    app = pairs(task="dates", dropout="0.5")
    assert "“Dropout” means nothing to a task of two sequences: set it back to “0”." in app.error[0].value
    assert "settings at the side" in app.info[0].value


def frame(experiment: Experiment, **changes) -> Frame:
    return Frame(0, 1, Orders(experiment), replace(a_snapshot(experiment), **changes), True, 0, None)


@pytest.mark.parametrize("attention", ["none", "dot"])
def test_it_says_how_much_is_right_in_full_and_where_there_is_no_attention(attention):
    now = frame(Experiment(task="reverse", attention=attention, hidden_size=3), accuracy=0.25, validated=64)
    assert now.snapshot
    words = learning.BOARD.words(now, now.snapshot)
    assert say(words["exact"]) == "25 % (64 sources)"
    assert ("loss_note" in words) == (attention == "none")
    assert "25% of 64 sources" in say(bench.BOARD.words(now, now.snapshot)["loss_note"])
    assert "first in a source" in say(exactness.BOARD.words(now, now.snapshot)["positions_note"])
