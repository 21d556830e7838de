"""The gradient lab's page: what it asks of the visitor's run."""

import json

import pytest
from opened import lab, socket, widget

from rnnviz.settings.experiment import Experiment
from rnnviz.ui.lab.page import EXAMPLES, PLAIN


@pytest.mark.slow
def test_an_example_is_taken_with_one_click_and_paused():
    app = lab()
    widget(app, "example_vanish").click()
    app.run()
    orders = app.session_state["run"].orders
    assert orders.experiment == Experiment(**PLAIN | EXAMPLES["vanish"][2])
    assert not orders.playing


@pytest.mark.slow
def test_the_lab_follows_the_visitor_s_run():
    app = lab(cell="gru", seq_len="30", jacobian="12", truncation="5")
    run = app.session_state["run"]
    assert run.orders.experiment == Experiment(cell="gru", seq_len=30, truncation=5)
    assert socket(app) == f"./live/lab/{run.token}?jacobian=12"
    widget(app, "jacobian").set_value(20)
    app.run()
    assert socket(app).endswith("?jacobian=20")
    assert app.query_params["jacobian"] == "20"


@pytest.mark.slow
def test_the_jacobian_is_that_of_the_pinned_time_step_and_its_slider_moves_the_cursor():
    app = lab(seq_len="30", jacobian="12", t="9")
    assert widget(app, "jacobian").value == 9
    app.session_state["t"] = 17  # as the cursor's callback sets it
    app.run()
    assert widget(app, "jacobian").value == 17
    widget(app, "jacobian").set_value(20)
    app.run()
    assert app.session_state["t"] == 20
    (readout,) = [found for found in app.get("bidi_component") if found.proto.component_name.endswith("readout")]
    assert json.loads(readout.proto.json)["t"] == 20
    app.session_state["t"] = 0
    app.run()
    assert widget(app, "jacobian").value == 20


@pytest.mark.slow
def test_a_shorter_sequence_brings_the_jacobian_into_bounds():
    app = lab(seq_len="30", jacobian="25")
    widget(app, "seq_len").set_value(10)
    app.run()
    assert not app.exception
    assert widget(app, "jacobian").value == 10


@pytest.mark.slow
def test_moving_the_spectral_radius_asks_for_weights_that_have_one():
    app = lab()
    widget(app, "spectral_radius").set_value(2.0)
    app.run()
    experiment = app.session_state["run"].orders.experiment
    assert (experiment.initialisation, experiment.spectral_radius) == ("spectral", 2.0)


@pytest.mark.slow
def test_truncation_of_a_bidirectional_network_is_refused_with_a_sentence():
    app = lab(bidirectional="on", truncation="5")
    assert "one way" in app.error[0].value
    assert app.session_state["run"].orders.experiment == Experiment()
    widget(app, "truncation").set_value(0)
    app.run()
    assert not app.error
    assert app.session_state["run"].orders.experiment == Experiment(bidirectional=True)
