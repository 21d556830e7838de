"""What the browser is sent of a beam search: every branch in its place, where the two part, the outputs, examples."""

import json
from typing import Any

import numpy as np
import pytest
from opened import components, run
from opened import pairs as opened
from received import sent

from rnnviz.language import say
from rnnviz.looks.look import look
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.snapshot import Asking, Decoding, Found, Line, Tree
from rnnviz.tasks import TASKS
from rnnviz.tasks.pairs import Pairs
from rnnviz.training.trainer import Trainer
from rnnviz.ui.live.frames import Asked, Decode
from rnnviz.ui.pairs.tree import BOARD, LOWEST, PRUNED, drawn, offered

EXPERIMENT = Experiment(task="numbers", **{**TASKS["numbers"].suggested, "hidden_size": 8})


@pytest.fixture(scope="module")
def trainer() -> Trainer:
    return Trainer(EXPERIMENT)


def pairs(trainer: Trainer) -> Pairs:
    assert isinstance(trainer.task, Pairs)
    return trainer.task


def shown(trainer: Trainer, beam: int, normalised: bool = False, **decode: Any) -> tuple[dict[str, Any], Decoding]:
    view = View(beam=beam, normalised=normalised)
    wanted = BOARD.wanted(Asked(-1, "", view, pairs=Decode(**decode)), EXPERIMENT)
    decoding = look(trainer.subject(), wanted).decoding
    return sent(drawn(decoding, pairs(trainer))), decoding


def path(branches: list[dict[str, Any]], branch: dict[str, Any]) -> tuple[int, ...]:
    before = path(branches, branches[branch["parent"]]) if branch["parent"] >= 0 else ()
    assert len(before) == branch["step"]
    return (*before, branch["token"])


@pytest.mark.parametrize("beam", [1, 3, 12])
@pytest.mark.parametrize("forced", [(), (2, 0)])
def test_every_branch_has_a_place_of_its_own_and_says_what_became_of_it(trainer, beam, forced):
    tree, decoding = shown(trainer, beam=beam, forced=forced)
    branches, task = tree["branches"], pairs(trainer)
    places = [(branch["step"], branch["row"]) for branch in branches]
    assert len({*places}) == len(places)
    assert max(row for _step, row in places) < tree["rows"] == beam + PRUNED + 1
    paths = [path(branches, branch) for branch in branches]
    best, greedy = decoding.best[0][0].tokens.tolist(), decoding.greedy.tokens.tolist()
    for branch, tokens in zip(branches, paths, strict=True):
        assert branch["name"] == (task.classes or ())[tokens[-1]]
        assert branch["kept"] == (branch["row"] < beam)
        assert branch["best"] == (list(tokens) == best[: len(tokens)])
        assert branch["greedy"] == (list(tokens) == greedy[: len(tokens)])
        assert branch["forced"] == (tokens == forced[: len(tokens)])
        assert branch["ended"] == (tokens[-1] == task.end)
        before = branches[branch["parent"]]["total"] if branch["parent"] >= 0 else 0
        assert branch["own"] == pytest.approx(branch["total"] - before, abs=1e-9)
    assert [tokens for tokens, branch in zip(paths, branches, strict=True) if branch["greedy"]][-1] == tuple(greedy)
    assert [tokens for tokens, branch in zip(paths, branches, strict=True) if branch["best"]][-1] == tuple(best)
    for step in range(tree["steps"]):  # the best on top
        totals = [b["total"] for b in sorted(branches, key=lambda b: b["row"]) if b["step"] == step and b["kept"]]
        assert totals == sorted(totals, reverse=True)


def test_what_a_network_writes_that_computes_no_numbers_can_be_sent():
    diverged = Trainer(EXPERIMENT)
    diverged.model.readout.weight.data.fill_(np.nan)
    tree, decoding = shown(diverged, beam=2)
    assert np.isneginf(decoding.greedy.log_probabilities).all()
    assert {branch["own"] for branch in tree["branches"]} == {LOWEST}


def a_decoding(greedy: str, best: str, right: str | None) -> Decoding:
    """Of numbers, each digit of which is a token, the end being written last."""

    def line(digits: str) -> Line:
        tokens = np.array([*map(int, digits), 10])
        return Line(tokens, np.full(len(tokens), -0.5 if digits == best else -0.75), None)

    first, yes = np.zeros(1, int), np.array([True])
    tree = Tree(first - 1, first, first, np.array([-0.5]), kept=yes, ended=~yes)
    parts = next((t for t, (a, b) in enumerate(zip(greedy, best, strict=True)) if a != b), None)
    known = None if right is None else np.array([*map(int, right), 10])
    found = (line(best), -1.0)
    return Decoding(Asking(), np.array([0]), known, line(greedy), None, (found,), tree, parts, None)


@pytest.mark.parametrize(
    ("greedy", "best", "right", "said"),
    [
        ("123", "123", "123", ["write the same: “123”", "That is right."]),
        ("123", "123", "124", ["write the same: “123”", "Right would be “124”."]),
        ("123", "153", "153", ["At step 2 they part", "takes “2” (−0.750)", "“5” (−0.500)", "Beam search is right"]),
        ("123", "153", "123", ["−3.000", "−2.000", "Greedy decoding is right, beam search wrong."]),
        ("123", "153", None, ["not known"]),
    ],
)
def test_where_the_two_part_and_which_is_right_is_said(trainer, greedy, best, right, said):
    decoding = a_decoding(greedy, best, right)
    sentence = str(drawn(decoding, pairs(trainer))["parting"])
    assert sentence.startswith(f"The source is “{pairs(trainer).source_text(decoding.source.tolist())}”. ")
    for part in said:
        assert part in sentence


def test_the_outputs_are_listed_best_first_and_what_is_right_is_marked(trainer):
    tree = sent(drawn(a_decoding("123", "153", "153"), pairs(trainer)))
    assert tree["outputs"] == [{"text": "153", "total": "−2.000", "mean": "−0.500", "notes": "right"}]
    tree, decoding = shown(trainer, beam=12, normalised=True)
    means = [line.log_probabilities.mean() for line, _score in decoding.best]
    assert [output["mean"] for output in tree["outputs"]] == [f"{mean:.3f}".replace("-", "−") for mean in means]
    assert means == sorted(means, reverse=True)


def test_examples_are_offered_as_they_may_be_typed(trainer):
    task = pairs(trainer)
    source = tuple(token for _piece, token in task.source_tokens("twelve"))
    message = sent(offered(Found((source,), 40, 8), 70, task, playing=False))
    assert [token for _piece, token in task.source_tokens(message["sources"][0])] == list(source)
    assert message["sentence"].startswith("After training step 70, one of 40 held-out sources is written right")
    message = sent(offered(Found((source,), 40, 8), 70, task, playing=True))
    assert message["sentence"].startswith("The network goes on learning: pause it before you look")
    assert say(offered(Found((), 40, 8), 70, task, playing=True)["sentence"]).startswith(
        "After training step 70, of 40 held-out sources none is"
    )


def test_examples_are_sought_when_they_are_asked_for():
    for beam in (4, 1):
        assert BOARD.wanted(Asked(-1, "", View(beam=beam), pairs=Decode(search=True)), EXPERIMENT).search == max(
            beam, 2
        )
    asked = Asked(-1, "", pairs=Decode(search=True))
    recall = BOARD.wanted(asked, Experiment(task="recall"))
    assert (recall.search, recall.asking) == (0, None)


@pytest.mark.slow
def test_beam_and_normalisation_stand_in_the_address():
    app = opened(task="numbers", beam="3", normalised="on")
    assert (app.session_state["beam"], app.session_state["normalised"]) == (3, True)
    sockets = [json.loads(component.proto.json)["socket"] for component in components(app)]
    assert [socket.endswith("?beam=3&normalised=on") for socket in sockets if "/tree/" in socket] == [True]
    app.slider(key="beam").set_value(12)
    run(app)
    assert app.query_params["beam"] == "12"
