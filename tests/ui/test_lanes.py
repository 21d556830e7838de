"""The networks of a race on a page: read from its address, trained in step, written back."""

import pytest
from opened import page, run, widget

from rnnviz.settings.experiment import Experiment

pytestmark = pytest.mark.slow

LANES = {"hidden_size": "9", "b.cell": "lstm", "c.cell": "gru", "c.learning_rate": "0.1"}


def trained(app) -> tuple[Experiment, ...]:
    return app.session_state["run"].orders.experiments


def test_the_networks_of_an_address_race_and_stay_in_it():
    app = page(**LANES, fair="time")
    lstm = Experiment(hidden_size=9, cell="lstm")
    assert trained(app) == (Experiment(hidden_size=9), lstm, Experiment(hidden_size=9, cell="gru", learning_rate=0.1))
    assert app.session_state["run"].orders.by_time
    assert dict(app.query_params) == {**LANES, "fair": "time"}
    assert not app.warning


def test_the_others_follow_the_first_but_for_what_they_differ_in():
    app = page(**LANES)
    start = app.session_state["run"].orders.start
    widget(app, "learning_rate").set_value(0.05)
    run(app)
    assert [one.learning_rate for one in trained(app)] == [0.05, 0.05, 0.1]
    assert app.session_state["run"].orders.start == start  # learning on
    widget(app, "hidden_size").set_value(12)
    run(app)
    assert [one.hidden_size for one in trained(app)] == [12, 12, 12]
    assert app.session_state["run"].orders.start > start


def test_one_that_can_not_be_trained_is_said_and_the_others_go_on():
    app = page(task="recall", **{"b.cell": "lstm"})
    before = trained(app)
    app.session_state["others"] = ({"cell": "gru", "bidirectional": True, "truncation": 5},)
    run(app)
    assert trained(app) == before
    assert ["Network b can't be trained." in error.value for error in app.error] == [True]
