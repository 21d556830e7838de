"""The network's graph on top of the bench's score: what is asked for it, what is sent of it, and once."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from received import sent

from rnnviz.graph.unrolled import unroll
from rnnviz.looks.look import look
from rnnviz.runs.messages import Frame, Orders
from rnnviz.runs.run import Run
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Opened
from rnnviz.training.trainer import Trainer
from rnnviz.ui.bench.page import BOARD
from rnnviz.ui.bench.score import MARKS, graph, over_time
from rnnviz.ui.graph.described import structure
from rnnviz.ui.graph.seen import NEEDS
from rnnviz.ui.live.frames import Asked

RUN = cast(Run, SimpleNamespace(notice=None, frame=True))


def answered(experiment: Experiment, asked: Asked) -> dict[str, Any]:
    """What a browser that asks so is sent of the network after two training steps."""
    trainer = Trainer(experiment)
    trainer.step(2)
    wanted = BOARD.wanted(asked, experiment)
    seen = look(trainer.subject(), wanted)
    frame = Frame(0, 2, Orders(experiment), seen, True, 1.0, None, wanted=wanted)
    return sent(BOARD.render(frame, RUN, asked))


def test_what_is_folded_away_is_neither_looked_at_nor_sent():
    opened = Opened(0, 0, 1, 0)
    wanted = BOARD.wanted(Asked(-1, "", opened=opened), Experiment())
    assert "flow" not in wanted.needs
    assert wanted.opened is None
    shown = BOARD.wanted(Asked(-1, "", opened=opened, graph=""), Experiment())
    assert shown.needs == wanted.needs | NEEDS
    assert shown.opened == opened
    assert "graph" not in answered(Experiment(seq_len=4), Asked(-1, ""))


def test_the_network_is_sent_once_and_its_numbers_always():
    experiment = Experiment(seq_len=4, cell="lstm")
    first = answered(experiment, Asked(-1, "", graph=""))["graph"]
    assert first["network"]["key"] == first["key"] == structure(experiment)
    again = answered(experiment, Asked(-1, "", graph=first["key"], opened=Opened(0, 0, 1, 0)))["graph"]
    assert "network" not in again
    np.testing.assert_equal(again["values"], first["values"])
    assert again["inside"]["opened"] == [0, 0, 1, 0]


def test_units_are_sent_that_have_room():
    values = answered(Experiment(seq_len=4, hidden_size=20), Asked(-1, "", graph="x"))["graph"]["values"]
    assert values["h"].shape == (1, 1, 4, MARKS)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"cell": "lstm", "num_layers": 3, "bidirectional": True},
        {"task": "square"},
        {"task": "wave"},
        {"task": "adding"},
        {"task": "reverse", "attention": "additive"},
        {"task": "reverse", "attention": "dot"},
        {"task": "reverse", "attention": "none", "num_layers": 2},
    ],
    ids=str,
)
def test_all_that_is_drawn_stands_at_a_time_step_and_in_a_row_of_its_own(settings):
    experiment = Experiment(**settings)
    whole = unroll(experiment)
    drawn = over_time(whole)
    assert {node.kind for node in drawn.nodes} <= {"x", "h", "y", "ctx"}
    assert not any(node.encoder for node in drawn.nodes)
    assert {node.step for node in drawn.nodes} == set(range(1, whole.steps + 1))
    assert sorted({drawn.row(node) for node in drawn.nodes}) == list(range(drawn.rows - 1))
    assert len({(node.step, drawn.row(node)) for node in drawn.nodes}) == len(drawn.nodes)
    states = [edge for edge in drawn.edges if edge.source.kind == edge.target.kind == "h"]
    onward = [edge for edge in states if edge.source.step != edge.target.step and edge.matrix != ""]
    directions = drawn.directions
    assert len(onward) == experiment.num_layers * directions * (whole.steps - 1)


def test_of_two_parts_the_help_says_that_one_is_left_out():
    assert "decoder alone" in graph(Experiment(task="reverse"))["text"]["help"]
    assert "decoder" not in graph(Experiment())["text"]["help"]
