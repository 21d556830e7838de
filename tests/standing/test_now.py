"""Who is ahead in a race, of scenes whose numbers are known."""

import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from raced import BAR, NAMES, falling, level, race, scene

from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.standing import BETTER, best, goal, standings, verdict


def said(*scenes: Scene) -> str:
    return str(verdict(race(*scenes)))


def memory(horizon: float, steps: int = 10) -> Any:
    return SimpleNamespace(horizon=horizon, norm=np.ones(steps))


@pytest.mark.parametrize("scenes", [[level(1.0)], [scene([]), scene([])], [level(0.1, 9), level(1.0, 9)]])
def test_of_one_network_or_before_training_nothing_is_said(scenes):
    assert said(*scenes) == ""


def test_who_has_not_beaten_guessing_has_learned_nothing():
    assert said(level(2.0), level(1.95)) == (
        "Neither has learned anything of use yet: neither plainly beats guessing (2). "
        "This is one seed: another may rank them otherwise."
    )
    assert said(level(2.0), level(1.95), level(3.0)).startswith("None has learned anything of use yet")


def test_the_one_with_the_least_loss_is_ahead_of_those_that_are_plainly_behind():
    assert said(level(1.5), level(1.0), level(1.05)).startswith(
        "In validation loss b: GRU (1) is ahead of a: RNN (1.5). Not plainly behind it: c: LSTM (1.05). All plainly"
    )


def test_who_has_learned_nothing_is_named():
    assert "is ahead of a: RNN (2). Not plainly better than guessing (2) yet: a: RNN." in said(level(2.0), level(0.1))
    text = said(level(1.92), level(1.85), level(1.88))
    assert "nobody is plainly ahead: a: RNN (1.92), b: GRU (1.85), c: LSTM (1.88)." in text
    assert "Not plainly better than guessing (2) yet: a: RNN." in text


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (1.0, 1.09),  # not a tenth
        (0.01, 0.05),  # a tenth, but of nothing
        ([*[1.5] * 20, 0.2], [*[1.5] * 20, 1.4]),  # but for one measurement they are alike
        ([*[0.2] * 20, 1.5], [*[1.4] * 20, 1.5]),  # so they are now
    ],
)
def test_what_differs_by_less_than_the_margin_is_alike(a, b):
    text = said(*(level(x) if isinstance(x, float) else scene(x) for x in (a, b)))
    assert "nobody is plainly ahead" in text
    assert "All plainly beat guessing (2)." in text


def test_a_network_that_diverged_is_named_and_not_compared():
    text = said(level(0.01, diverged=201), level(1.0), level(0.5, diverged=41))
    assert text == (
        "Diverged: a: RNN (at training step 201), c: LSTM (at training step 41). "
        "b: GRU alone goes on, with a validation loss of 1."
    )
    assert "and has learned nothing of use yet" in said(level(1.0, diverged=2), level(2.0))
    assert said(level(1.0, 3, diverged=4), level(1.0, 3, diverged=4)).count("at training step 4") == 2
    assert "c: LSTM (1) is ahead of b: GRU (1.5)." in said(level(0.1, diverged=9), level(1.5), level(1.0))
    assert "nothing of use" in said(level(np.inf), level(2.0))  # an infinite loss is compared with nothing


def test_the_steps_to_the_goal_are_told():
    text = said(falling(40), falling(100), level(1.5))
    assert "Training steps to a validation loss of 1: a: RNN (40), b: GRU (100), c: LSTM (not yet)." in text
    assert "Plainly the fewest: a: RNN." in text
    assert "Training steps to" not in said(level(1.5), level(1.4))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (falling(91), falling(100)),
        (scene([2.0, 0.1, 0.1], apart=64), scene([2.0, 2.0, 0.1], apart=64)),  # it may have been step 129
        (falling(190), level(1.5)),  # it may come yet
    ],
)
def test_nobody_is_first_at_the_goal_without_the_margin(a, b):
    text = said(a, b)
    assert "Training steps to a validation loss of 1" in text
    assert ("Plainly the fewest" in text) == (a.snapshot.history.step[0] == 64 and 128 <= 0.9 * 129)


def test_another_may_be_first_in_computing_time():
    text = said(falling(40, seconds=20.0), falling(100, seconds=2.0))
    assert "Plainly the fewest: a: RNN. Plainly the least computing time: b: GRU, about 1 s." in text
    assert "computing time" not in said(falling(40, seconds=2.0), falling(100, seconds=2.0))
    assert "computing time" not in said(falling(40, seconds=5.2), falling(100, seconds=2.0))  # 1.04 s and 1 s


def test_unequal_sizes_and_steps_are_named():
    text = said(level(1.5, 100), level(1.0, 200, parameters=4000), level(1.0, 199))
    assert "Their training steps are not equal: a: RNN (100), b: GRU (200), c: LSTM (199)." in text
    assert "Their parameters are not equal: a: RNN (1,000), b: GRU (4,000), c: LSTM (1,000)." in text
    assert "not equal" not in said(level(1.5, 200), level(1.0, 199, parameters=1025))


def test_a_visitor_may_choose_the_goal():
    of_two = race(falling(40, 0.1), falling(50, 0.5))
    assert goal(of_two[0]) == BAR / 2
    chosen = tuple(replace(each, view=View(goal=0.2)) for each in of_two)
    assert goal(chosen[0]) == 0.2
    assert "loss of 0.2: a: RNN (40), b: GRU (not yet)." in str(verdict(chosen))


def test_the_goal_is_in_the_unit_in_which_losses_are_told():
    text = replace(level(2 * np.log(2)), experiment=Experiment(task="text"))
    (result,) = standings([text])
    assert (result.loss, result.baseline) == (pytest.approx(2), pytest.approx(BAR / np.log(2)))
    assert goal(text) == pytest.approx(0.5 * BAR / np.log(2)) or goal(text) < result.baseline


def test_what_is_measured_seldom_is_known_less_finely():
    losses = np.full(12, np.nan)
    losses[::4] = [2.0, 1.5, 0.5]
    (result,) = standings([replace(scene(losses, seconds=6.0), snapshot=scene(losses).snapshot)])
    assert result.reached
    assert (result.reached.step, result.reached.since, result.reached.seconds) == (9, 5, pytest.approx(4.5))
    assert result.per_step == 0.5


def marked(at: str, *scenes: Scene) -> tuple[bool, ...]:
    return best(standings(race(*scenes)), at)


def test_the_best_of_each_column_is_marked_by_its_margin():
    assert marked("loss", level(1.5), level(1.0), level(1.02)) == (False, True, True)
    assert marked("loss", level(1.0), level(1.02)) == (False, False)
    assert marked("accuracy", level(1, accuracy=0.9), level(1, accuracy=0.94)) == (False, False)
    assert marked("accuracy", level(1, accuracy=0.9), level(1, accuracy=0.96)) == (False, True)
    assert marked("accuracy", level(1, accuracy=None), level(1, accuracy=None)) == (False, False)
    assert marked("steps", falling(40), falling(100), level(1.5)) == (True, False, False)
    assert marked("seconds", falling(40, seconds=20.0), falling(100, seconds=2.0)) == (False, True)
    assert marked("parameters", level(1), level(1, parameters=1029), level(1, parameters=1100)) == (True, True, False)
    assert marked("per_step", level(1, seconds=1.0), level(1, seconds=1.2)) == (False, False)  # of one clock's noise
    assert marked("per_step", level(1, seconds=1.0), level(1, seconds=1.4)) == (True, False)
    assert marked("per_step", level(1, 9, seconds=1.0), level(1, 9, seconds=2.0)) == (False, False)


@pytest.mark.parametrize(
    ("horizons", "longest"),
    [((2.0, 5.0), (False, True)), ((8.5, np.inf), (False, False)), ((5.0, np.inf), (False, True)),
     ((np.inf, np.inf), (False, False)), ((np.nan, 5.0), (False, False)), ((None, 5.0), (False, False))],
)  # fmt: skip
def test_beyond_the_last_step_nothing_is_known_of_memory(horizons, longest):
    scenes = [level(1.0, memory=memory(h)) if h is not None else level(1.0) for h in horizons]
    assert marked("horizon", *scenes) == longest


curves = st.lists(st.floats(0, 4), min_size=1, max_size=30).map(np.array)
scenes = st.builds(
    lambda losses, parameters, seconds, diverged, right: scene(
        losses, parameters=parameters, seconds=seconds, diverged=diverged and len(losses) + 1, accuracy=right
    ),
    curves,
    st.integers(1, 5000),
    st.floats(0, 10),
    st.booleans(),
    st.floats(0, 1),
)


@given(st.lists(scenes, min_size=2, max_size=4))
def test_no_sentence_names_a_winner_without_the_margin(scenes):
    scenes = race(*scenes)
    text = str(verdict(scenes))
    losses = {name: each.snapshot.validation_loss for name, each in zip(NAMES, scenes, strict=False)}
    lately = {
        name: float(np.median(each.snapshot.history.validation[-10:]))
        for name, each in zip(NAMES, scenes, strict=False)
    }
    if found := re.search(r"In validation loss (.: \w+) \(\S+\) is ahead of ([^.]*(?:\.\d[^.]*)*)\.", text):
        winner, behind = found[1], re.findall(r".: \w+", found[2])
        going = [name for name, each in zip(NAMES, scenes, strict=False) if not each.diverged]
        assert losses[winner] == min(losses[name] for name in going)
        assert max(losses[winner], lately[winner]) <= 0.95 * BAR
        assert behind
        for name in behind:
            for of in (losses, lately):
                assert of[winner] <= 0.9 * of[name]
                assert of[name] - of[winner] >= 0.05 * BAR
    if found := re.search(r"Plainly the fewest: (.: \w+)\.", text):
        first = standings(scenes)[NAMES.index(found[1])]
        assert first.reached
        for other in standings(scenes):
            if other.going and other is not first and other.name != first.name:
                assert first.reached.step <= 0.9 * (other.reached.step if other.reached else other.step)


@given(st.lists(scenes, min_size=1, max_size=4), st.sampled_from(list(BETTER)))
def test_not_all_are_best(scenes, at):
    results = standings(race(*scenes))
    marks = best(results, at)
    assert not all(marks)
    for a, is_best in zip(results, marks, strict=True):
        assert not (is_best and any(BETTER[at](b, a) for b in results))
