"""The page of a race, run without a browser: who races, and what is asked."""

from dataclasses import replace

import pytest
from opened import page, race, run, widget, widgets

from rnnviz import Race, Trainer
from rnnviz.cost import too_big, weights
from rnnviz.fairness import NEAR
from rnnviz.runs.messages import Frame, Lane
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.race import SHARED
from rnnviz.ui.race.ready import READY
from rnnviz.ui.shell import controls, racing

pytestmark = pytest.mark.slow


def cells(app) -> list[str]:
    return [experiment.cell for experiment in app.session_state["run"].orders.experiments]


@pytest.mark.parametrize(
    ("query", "racing"),
    [
        ({}, ["rnn", "gru", "lstm"]),
        ({"cell": "lstm"}, ["lstm", "rnn", "gru"]),
        ({"cell": "peephole"}, ["peephole", "rnn", "gru", "lstm"]),
        ({"b.cell": "mingru"}, ["rnn", "mingru"]),
    ],
)
def test_who_comes_without_others_gets_the_usual_race(query, racing):
    app = race(**query)
    assert cells(app) == racing
    assert [app.query_params.get(f"{lane}.cell") for lane in "bcd"] == [*racing[1:], *[None] * 3][:3]


def test_equal_parameters_give_the_others_their_sizes_on_every_page():
    app = page(**{"fair": "parameters", "b.cell": "lstm", "hidden_size": "36"})
    first, lstm = app.session_state["run"].orders.experiments
    assert (first.hidden_size, lstm.hidden_size) == (36, 17)  # 1,441 and 1,378 parameters
    assert dict(app.query_params) == {"fair": "parameters", "b.cell": "lstm", "hidden_size": "36"}


@pytest.mark.parametrize("terms", [{}, {"fair": "parameters"}])
def test_a_size_in_the_address_makes_the_data_alone_equal_and_that_is_said(terms):
    app = race(**{"b.cell": "lstm", "b.hidden_size": "9"} | terms)
    assert [one.hidden_size for one in app.session_state["run"].orders.experiments] == [32, 9]
    assert app.query_params["fair"] == "own"
    assert "a hidden size of its own" in app.warning[0].value


def test_networks_that_are_too_big_together_are_refused_and_those_before_go_on():
    large = {"hidden_size": "128", "num_layers": "4", "bidirectional": "on"}
    app = race(**{**large, "b.cell": "rnn", "b.learning_rate": "0.1"})
    before = app.session_state["run"].orders.experiments
    assert len(before) == 2
    app.session_state["others"] = ({"cell": "lstm"}, {"cell": "gru"}, {"cell": "peephole"})
    run(app)
    assert "Together the networks of this race have" in app.error[0].value
    assert app.session_state["run"].orders.experiments == before
    assert not too_big(replace(before[0], cell="lstm"))


def others(app) -> tuple[dict, ...]:
    return app.session_state["others"]


def test_each_network_has_a_row_with_what_it_may_differ_in():
    app = race()
    assert [widget(app, f"{lane}.cell").value for lane in "bc"] == ["gru", "lstm"]
    widget(app, "b.cell").set_value("mingru")
    run(app)
    assert cells(app) == ["rnn", "mingru", "lstm"]
    assert app.query_params["b.cell"] == "mingru"
    assert any("32 units, 4,513 parameters" in caption.value for caption in app.caption)


def test_networks_come_and_go():
    app = race()
    widget(app, "add_lane").click()
    run(app)
    assert cells(app) == ["rnn", "gru", "lstm", "peephole"]
    assert widget(app, "add_lane").disabled
    for lane in "bb":
        widget(app, f"remove_{lane}").click()
        run(app)
    assert cells(app) == ["rnn", "peephole"]
    assert widget(app, "remove_b").disabled


def test_what_else_differs_is_behind_a_button_and_live_settings_go_on_training():
    app = race(**{"b.cell": "lstm"})
    start = app.session_state["run"].orders.start
    app.session_state["more_b"] = True
    run(app)
    keys = {key for key in map(str, widgets(app)) if key.startswith("b.")}
    assert {"b.forget_bias", "b.learning_rate", "b.carry_state"} <= keys
    assert not keys & {"b.nonlinearity", "b.hidden_size", "b.seed", "b.seq_len", "b.attention"}
    widget(app, "b.learning_rate").set_value(0.1)
    run(app)
    assert others(app) == ({"cell": "lstm", "learning_rate": 0.1},)
    assert app.session_state["run"].orders.others[0].learning_rate == 0.1
    assert app.session_state["run"].orders.start == start
    app.session_state["more_b"] = True
    run(app)
    widget(app, "b.learning_rate").set_value(0.01)  # that of network a: no difference any more
    run(app)
    assert others(app) == ({"cell": "lstm"},)


def test_what_the_networks_differ_in_stands_in_the_row_of_each():
    app = race(cell="lstm", task="recall", forget_bias="-2", **{"b.forget_bias": "0", "c.cell": "gru"})
    rows = [said.value for said in app.markdown if "Forget-gate bias" in said.value]
    assert rows == ["Forget-gate bias -2", "Forget-gate bias 0"]  # a GRU has none
    rows = [said.value for said in race(**{"b.cell": "lstm"}).markdown]
    assert not any("Forget-gate bias" in said for said in rows)


def test_terms_are_said_and_own_sizes_begin_as_they_are():
    app = race(hidden_size="36", fair="parameters")
    said = " ".join(caption.value for caption in app.caption)
    assert "Meant to be equal is the number of parameters, network a's 1,441, within 3 %" in said
    sizes = [one.hidden_size for one in app.session_state["run"].orders.experiments]
    widget(app, "fair").set_value("own")
    run(app)
    assert [one.hidden_size for one in app.session_state["run"].orders.experiments] == sizes
    assert "Equal are the data alone." in " ".join(caption.value for caption in app.caption)
    widget(app, "fair").set_value("width")
    run(app)
    assert {one.hidden_size for one in app.session_state["run"].orders.experiments} == {36}
    assert "b.hidden_size" not in app.query_params


def test_where_parameters_can_not_be_equal_a_size_with_which_they_are_is_offered():
    app = race(fair="parameters")
    widget(app, "meet").click()
    run(app)
    said = " ".join(caption.value for caption in app.caption)
    assert "Equal is the number of parameters" in said
    first, *rest = app.session_state["run"].orders.experiments
    assert all(abs(weights(one) / weights(first) - 1) <= NEAR for one in rest)


def test_a_network_on_the_bench_is_raced_and_shown_there():
    app = page(cell="gru", **{"hidden_size": "9"})
    app.session_state["race_it"] = True
    run(app)
    widget(app, "race_hidden_size").click()
    run(app)
    assert app.title[0].value == "See which one learns it"
    assert [one.hidden_size for one in app.session_state["run"].orders.experiments] == [9, 64]
    assert dict(app.query_params) == {"cell": "gru", "hidden_size": "9", "b.hidden_size": "64", "fair": "own"}


def test_other_pages_say_that_a_race_goes_on_and_lead_out_of_it():
    app = page(**{"b.cell": "lstm", "c.cell": "gru"})
    start = app.session_state["run"].orders.start
    widget(app, "leave_race").click()
    run(app)
    assert len(app.session_state["run"].orders.experiments) == 1
    assert app.session_state["run"].orders.start == start
    assert not app.toast
    assert not [name for name in app.query_params if "." in name]
    with pytest.raises(KeyError):
        widget(app, "leave_race")


@pytest.mark.parametrize("experiment", [Experiment(), Experiment(task="reviews", cell="lstm", forget_bias=2.0)])
def test_a_network_can_be_raced_against_itself_with_another_value_of_every_setting(experiment):
    for name in Experiment.SETTINGS:
        if name not in (*SHARED, "cell") and controls.means(name, experiment):
            value = racing.another(name, experiment)
            assert value != getattr(experiment, name)
            assert replace(experiment, **{name: value}) != experiment


@pytest.mark.parametrize("name", READY)
def test_a_ready_race_is_taken_whole_and_known_again(name: str):
    app = race(num_layers="3", fair="time", learning_rate="5")
    widget(app, f"ready_{name}").click()
    run(app)
    assert not app.error
    raced = app.session_state["run"].orders.experiments
    assert READY[name].is_on(raced)
    assert [other for other, one in READY.items() if one.is_on(raced)] == [name]
    assert app.session_state["run"].orders.playing
    assert str(READY[name].watch) in " ".join(info.value for info in app.info)


def test_what_a_ready_race_asked_is_answered_once_it_has_made_its_steps():
    app = race()
    widget(app, "ready_sine").click()
    run(app)
    assert not app.success
    raced = app.session_state["run"]
    together = Race(raced.orders.experiments)
    together.step(READY["sine"].steps)
    lanes = tuple(Lane(trainer.snapshot(), None, 1.0) for trainer in together.trainers)
    raced.receive(Frame(0, 1, raced.orders, lanes[0].snapshot, True, 0.0, None, lanes=lanes))
    run(app)
    assert [info.value for info in app.info] == [str(READY["sine"].watch)]
    (answer,) = app.success
    assert answer.value.startswith("This is one seed, 0, after 100 training steps. On the validation batch first seen")
    assert "in validation loss than a: RNN" in answer.value
    assert not any(said in answer.value for said in ("is ahead of", "nobody is plainly ahead", "Training steps to"))
    app.button(key="reset").click()
    run(app)
    assert not app.success
    assert len(app.info) == 1


def test_a_ready_race_is_not_answered_by_the_one_before():
    app = race()
    widget(app, "ready_sine").click()
    run(app)
    raced = app.session_state["run"]
    steps = READY["airline"].steps
    lanes = tuple(Lane(replace(Trainer(one).snapshot(), step=steps), None, 1.0) for one in raced.orders.experiments)
    raced.receive(Frame(0, 1, raced.orders, lanes[0].snapshot, True, 0.0, None, lanes=lanes))
    widget(app, "ready_airline").click()
    run(app)
    assert not app.success
    (told,) = app.info
    assert told.value.startswith(str(READY["airline"].watch))
    assert told.value.endswith(f"is told at training step {steps}.")
