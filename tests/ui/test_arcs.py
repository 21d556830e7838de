"""Both parts, unrolled: what the browser is sent of a decoding, and the equations behind a weight."""

import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from copying import Copy
from received import received

from rnnviz.looks.look import look
from rnnviz.runs.messages import Frame, Orders
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Asking, Decoding, Line, Sums, Touch, Tree
from rnnviz.tasks import TASKS
from rnnviz.training.trainer import Trainer
from rnnviz.ui.live.frames import Asked, Decode
from rnnviz.ui.live.wire import encoded
from rnnviz.ui.pairs import arcs
from rnnviz.ui.pairs.behind import equations

END = 3
NONE, NEVER = np.zeros(0, int), np.zeros(0, bool)
NO_TREE = Tree(NONE, NONE, NONE, np.zeros(0), NEVER, NEVER)


def line(*tokens: int, S: int = 2, looks: bool = True) -> Line:
    weights = np.full((len(tokens), S), 1 / S)
    return Line(np.array(tokens), np.log(np.full(len(tokens), 0.5)), weights if looks else None)


def decoding(
    greedy: Line, right: list[int] | None, untouched: Line | None = None, sums: Sums | None = None
) -> Decoding:
    asked = Asking(touches=(Touch(0),) if untouched else ())
    known = None if right is None else np.array(right)
    return Decoding(asked, np.array([0, 1]), known, greedy, untouched, ((greedy, 0.0),), NO_TREE, None, sums)


def sent(greedy: Line, right: list[int] | None, **more: Any) -> dict[str, Any]:
    message = arcs.drawn(decoding(greedy, right, **more), Copy(Experiment(attention="dot")))
    encoded(message)
    return message


def test_what_is_read_is_what_was_written_a_step_before():
    shown = sent(line(0, 1, END), [0, 1, END])
    assert shown["source"] == ["A", "B"]
    assert shown["read"] == ["<begin>", "A", "B"]
    assert shown["written"]["tokens"] == shown["right"] == ["A", "B", "<end>"]
    assert shown["written"]["weights"].shape == (3, 2)
    assert shown["written"]["p"] == pytest.approx(0.5)
    assert shown["written"]["wrong"] == shown["written"]["changed"] == [False] * 3
    assert shown["untouched"] is shown["sums"] is None
    assert str(shown["verdict"]) == "All of it is right."


@pytest.mark.parametrize(
    ("greedy", "wrong", "said"),
    [
        ((0, 2, END), [False, True, False], "One token is wrong."),
        ((0, 1, 1), [False, False, True], "One token is wrong."),
        ((2, 2, 2, 2), [True] * 4, "4 tokens are wrong."),
        ((0, END), [False, True], "One token is wrong. One token is missing."),
        ((0,), [False], "2 tokens are missing."),
    ],
)
def test_wrong_is_what_is_not_right_in_its_place(greedy, wrong, said):
    shown = sent(line(*greedy), [0, 1, END])
    assert shown["written"]["wrong"] == wrong
    assert str(shown["verdict"]) == said


def test_where_nothing_is_known_to_be_right_nothing_is_wrong():
    shown = sent(line(0, 2), None)
    assert shown["written"]["wrong"] == [False, False]
    assert shown["right"] is None
    assert "not known" in str(shown["verdict"])


def test_what_a_hand_has_changed_is_marked_in_both_outputs():
    shown = sent(line(0, 2, END), [0, 1, END], untouched=line(0, 1, 1, END))
    assert shown["written"]["changed"] == [False, True, True]
    assert shown["untouched"]["changed"] == [False, True, True, True]
    assert shown["untouched"]["wrong"] == [False, False, True, True]


def test_without_attention_there_are_no_weights():
    assert sent(line(0, looks=False), None)["written"]["weights"] is None


def test_the_sums_of_a_weight_are_sent_as_they_are():
    arrays = [np.arange(n, dtype=np.float32) for n in (4, 4, 8, 2, 2, 8)]
    shown = sent(line(0, END), None, sums=Sums(1, 0, *arrays))["sums"]
    assert (shown.pop("step"), shown.pop("at")) == (1, 0)
    assert [len(array) for array in shown.values()] == [4, 4, 8, 2, 2, 8]


FORGED = Decode(
    text="a <b> 7 seven 二 cat 3 March 2024",
    touches=(Touch(0, 1, 0), Touch(1), Touch(99), Touch(0, 99), Touch(0, None, 99), Touch(0)),
    forced=(0, 999),
    sums=(0, 1),
)


@pytest.mark.parametrize("asked", [Decode(), FORGED, replace(FORGED, sums=(99, 0)), replace(FORGED, sums=(0, 99))])
@pytest.mark.parametrize("attention", ["none", "additive", "dot"])
@pytest.mark.parametrize("task", [name for name, task in TASKS.items() if task.source_vocabulary])
def test_every_network_of_two_parts_is_sent_whatever_is_asked_of_it(task, attention, asked):
    experiment = Experiment(task=task, attention=attention, hidden_size=4, embedding_size=2, batch_size=2)
    browser = Asked(-1, "", pairs=asked)
    wanted = arcs.BOARD.wanted(browser, experiment)
    frame = Frame(0, 1, Orders(experiment), look(Trainer(experiment).subject(), wanted), True, 0.0, None, wanted=wanted)
    run = SimpleNamespace(notice=None, frame=frame)
    shown = received(encoded(arcs.BOARD.render(frame, run, browser)))["pairs"]  # pyright: ignore[reportArgumentType]
    assert shown["own"] == (asked.text is not None)
    assert (shown["written"]["weights"] is not None) == (attention != "none")
    assert bool(shown["untouched"]) == bool(asked.touches and attention != "none")
    assert bool(shown["sums"]) == (asked.sums == (0, 1) and attention != "none")


@pytest.mark.parametrize("attention", ["additive", "dot"])
@pytest.mark.parametrize("both", [False, True])
def test_every_place_in_the_equations_is_filled_by_the_browser(attention, both):
    made = equations(Experiment(attention=attention, bidirectional_encoder=both))
    filled = (arcs.scripts.HERE / "pairs" / "behind.js").read_text().partition("return {")[2].partition("\n  }")[0]
    places = {place for line in made for place in re.findall(r"@(\w+)", line["numbers"])}
    assert places == set(re.findall(r"^ +(\w+): ", filled, re.MULTILINE))
    assert len({line["name"] for line in made}) == len(made)


def test_the_equations_are_those_of_the_attention():
    def score(**settings) -> str:
        [found] = [line["letters"] for line in equations(Experiment(**settings)) if line["name"] == "score"]
        return re.sub(r"<[^>]*>", "", found)

    assert "tanh" in score(attention="additive")
    assert "tanh" not in score(attention="dot")
    assert [score(attention="dot", bidirectional_encoder=both).count("W") for both in (False, True)] == [0, 1]
    assert equations(Experiment()) == []
