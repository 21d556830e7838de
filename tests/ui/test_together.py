"""What is said beside the pictures of a race: how far each network has come, and which has stopped."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from received import sent

from rnnviz.looks.look import look
from rnnviz.runs.messages import Frame, Lane, Orders, Problem
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.training.trainer import Trainer
from rnnviz.ui.live.frames import Asked
from rnnviz.ui.race import offer
from rnnviz.ui.race.ready import READY
from rnnviz.ui.race.together import BOARD

FIRST, OTHER = (Experiment(cell=cell, hidden_size=3, seq_len=5) for cell in ("rnn", "lstm"))
RUN: Any = SimpleNamespace(notice="", frame=True)
STOP = Problem(step=7, quantity="loss")


def lane(experiment: Experiment, steps: int, problem: Problem | None = None, seconds: float = 0.5) -> Lane:
    trainer = Trainer(experiment)
    trainer.step(steps)
    return Lane(look(trainer.subject(), BOARD.wanted(Asked(-1, ""), experiment)), problem, seconds)


def said(*lanes: Lane, problem: Problem | None = None, key: str = "") -> dict[str, Any]:
    orders = Orders(FIRST, (OTHER,) * (len(lanes) - 1))
    frame = Frame(0, 1, orders, lanes[0].snapshot, True, 5.0, problem, lanes=lanes)
    return sent(BOARD.render(frame, RUN, Asked(-1, key)))


def test_each_network_says_its_step_its_seconds_and_its_speed():
    words = said(lane(FIRST, 4), lane(OTHER, 2, seconds=0.25))["words"]
    assert words["lane_a"] == "step 4, 0.5 s, 8/s"
    assert words["lane_b"] == "step 2, 0.25 s, 8/s"
    assert words["lane_c"] == words["lane_d"] == words["problem"] == ""
    assert words["step"] == "a: 4, b: 2"
    assert said(lane(FIRST, 4), lane(OTHER, 4))["words"]["step"] == "4"
    assert said(lane(FIRST, 0, seconds=0.0), lane(OTHER, 0))["words"]["lane_a"] == "step 0, 0 s, –/s"


def test_one_that_stopped_is_named_and_the_others_go_on():
    problem = said(lane(FIRST, 4), lane(OTHER, 2, STOP))["words"]["problem"]
    assert problem.startswith("b: LSTM: Training stopped at step 7: the loss")
    assert problem.endswith("the others go on.")
    problem = said(lane(FIRST, 4, STOP), lane(OTHER, 2, STOP), problem=STOP)["words"]["problem"]
    assert "a: RNN: Training stopped" in problem
    assert "b: LSTM: Training stopped" in problem
    assert problem.endswith("Press Reset to start again.")


def test_there_is_a_map_for_each_network_and_a_race_of_one_draws():
    alone = said(lane(FIRST, 1))
    assert alone["hidden"] == ["states_b", "states_c", "states_d"]
    assert {"losses", "answers", "profiles", "memories", "states_a"} == alone["figures"].keys()
    two = said(lane(FIRST, 1), lane(OTHER, 1))
    assert two["hidden"] == ["states_c", "states_d"]
    again = said(lane(FIRST, 2), lane(OTHER, 2), key=two["key"])
    assert again["arrays"].keys() == two["figures"].keys()


@pytest.mark.parametrize(("steps", "told"), [(3, False), (4, True)])
def test_what_happened_in_a_ready_race_is_told_though_the_first_has_stopped(monkeypatch, steps, told):
    found: list[str] = []
    monkeypatch.setattr(st, "info", lambda words: None)
    monkeypatch.setattr(st, "success", found.append)
    lanes = lane(FIRST, 2, STOP), lane(OTHER, steps)
    frame = Frame(0, 1, Orders(FIRST, (OTHER,)), lanes[0].snapshot, True, 5.0, None, lanes=lanes)
    ready: Any = replace(READY["sine"], steps=4)
    run: Any = SimpleNamespace(frame=frame, orders=frame.orders)
    offer._tell(run, ready, View())
    assert [words.startswith("This is one seed, 0, after 4 training steps.") for words in found] == [True] * told
    assert all("a: RNN (diverged)" in words for words in found)
