"""The table of who is ahead at what: its words, from frames of a race that really trains."""

from dataclasses import replace

import pytest
from opened import race, socket, widget
from opened import run as rerun

from rnnviz import Experiment, Race
from rnnviz.looks.look import look
from rnnviz.scene import Scene
from rnnviz.settings.view import View
from rnnviz.ui.race.standing import BOARD, COLUMNS, table
from rnnviz.wanted import Wanted

FIRST = Experiment(task="recall", seq_len=5, hidden_size=8, batch_size=16)


def scene(race: Race, view: View | None = None) -> Scene:
    wanted = Wanted(frozenset({"memory"}))
    first, *others = (
        Scene(
            trainer.experiment, look(trainer.subject(), wanted), view or View(), seconds, problem.step if problem else 0
        )
        for trainer, seconds, problem in zip(race.trainers, race.seconds, race.problems, strict=True)
    )
    return replace(first, others=tuple(others))


@pytest.fixture(scope="module")
def trained() -> Scene:
    race = Race([FIRST, replace(FIRST, cell="lstm"), replace(FIRST, cell="gru", learning_rate=1e-5)])
    race.step(150)
    return scene(race)


def test_every_network_has_a_row_of_its_own_numbers(trained):
    words = {name: str(said) for name, said in table(trained).items()}
    assert [words[f"name_{lane}"][:2] for lane in "abc"] == ["a:", "b:", "c:"]
    for lane, one in zip("abc", trained.lanes, strict=False):
        assert float(words[f"loss_{lane}"]) == pytest.approx(one.snapshot.validation_loss, rel=6e-3)
        assert words[f"accuracy_{lane}"] == f"{round(100 * one.snapshot.accuracy)} %"
        assert words[f"parameters_{lane}"] == f"{one.snapshot.parameters:,}"
        assert float(words[f"per_step_{lane}"].split()[1]) == pytest.approx(1000 * one.seconds / 150, rel=0.06)
    assert {words[f"{column}_d"] for column in ("name", *COLUMNS)} == {""}
    assert words["parameters_a_best"] == "fewest"
    assert words["steps_c"] == "not yet"  # it hardly learns


def test_the_goal_and_who_chose_it_are_told(trained):
    said = str(table(trained)["goal_note"])
    assert "The goal is a validation loss of 0.693, at which a network of this task is called healthy" in said
    assert "guessing has 1.39." in said
    chosen = replace(trained, view=View(goal=0.2))
    assert "The goal is a validation loss of 0.2, as chosen." in str(table(chosen)["goal_note"])


def test_it_is_read_aloud_when_another_is_ahead_and_not_when_a_number_changes(trained):
    further = replace(trained, snapshot=replace(trained.snapshot, step=151))
    assert table(further)["kind"] == table(trained)["kind"]
    diverged = replace(trained, diverged=152)
    assert table(diverged)["kind"] != table(trained)["kind"]
    assert str(table(diverged)["loss_a"]) == "diverged"


def test_before_training_nothing_is_claimed():
    words = table(scene(Race([FIRST, replace(FIRST, cell="lstm")])))
    assert str(words["diagnosis"]) == ""
    assert [words[f"{column}_b"] for column in ("steps", "seconds", "per_step")] == ["–"] * 3
    of_weights = ("horizon", "parameters")  # they have these before they are trained
    assert not any(words[f"{column}_{lane}_best"] for column in COLUMNS for lane in "ab" if column not in of_weights)


def test_it_asks_for_the_memory_of_all_networks():
    from rnnviz.ui.live.frames import Asked

    wanted = BOARD.wanted(Asked(-1, ""), FIRST)
    assert (wanted.needs, wanted.together) == ({"memory"}, True)


@pytest.mark.slow
def test_the_goal_is_chosen_on_the_page_and_stands_in_the_address():
    app = race(task="recall", goal="0.5")
    assert widget(app, "goal").value == 0.5
    widget(app, "goal").set_value(0.0)
    rerun(app)
    assert "goal" not in app.query_params
    assert any("/live/standing/" in element.proto.json for element in app.get("bidi_component"))
    assert "goal" not in socket(app)
