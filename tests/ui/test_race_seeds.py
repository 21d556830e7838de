"""The panel of a race from several seeds, run without a browser."""

import math
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest
from swept import finished, threads, wait_until

from rnnviz.language import N_
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.snapshot import Baseline
from rnnviz.sweeps import race
from rnnviz.sweeps.race import Seeds, Trained
from rnnviz.ui.race import seeds
from rnnviz.ui.shell import sweeping

pytestmark = pytest.mark.slow

SCRIPT = """
if __name__ == "__main__":
    from types import SimpleNamespace

    import streamlit as st

    from rnnviz.ui.race import seeds

    run = SimpleNamespace(orders=SimpleNamespace(experiments=st.session_state["experiments"]))
    seeds.show(SimpleNamespace(run=run), st.session_state["view"])
"""
SMALL = {"seq_len": 5, "hidden_size": 6, "batch_size": 6, "seed": 4}
LANES = tuple(Experiment(task="recall", cell=cell, **SMALL) for cell in ("rnn", "lstm"))  # pyright: ignore


@pytest.fixture
def engine(monkeypatch) -> Iterator[None]:
    """Networks are trained in this process, for a few steps."""
    engine = threads()
    monkeypatch.setattr(sweeping, "engine", lambda: engine)
    monkeypatch.setattr(seeds, "STEPS", (4, 8))
    monkeypatch.setattr(seeds, "DEFAULTS", {"steps": 4, "count": 3})
    yield
    engine.close()


def panel(*experiments: Experiment, view: View | None = None) -> AppTest:
    app = AppTest.from_string(SCRIPT, default_timeout=30)
    app.session_state["experiments"] = experiments
    app.session_state["view"] = view or View()
    return run(app)


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def press(app: AppTest, name: str) -> AppTest:
    app.button(key=f"race_{name}").click()
    return run(app)


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.markdown, *app.caption))


@pytest.mark.usefixtures("engine")
def test_every_network_is_trained_from_every_seed_and_told():
    app = panel(*LANES)
    assert "6 networks" in app.caption[0].value
    assert not app.get("plotly_chart")
    press(app, "start")
    raced, sweep = app.session_state["race_seeds"]
    assert raced == Seeds(LANES, 3, 4)
    assert (finished(sweep).failed, sweep.done) == ({}, 6)
    run(app)
    assert app.button(key="race_start")
    assert len(app.get("plotly_chart")) == 1
    (table,) = app.table
    assert list(table.value["Network"]) == ["a: RNN", "b: LSTM"]
    assert all(cell.endswith(" of 3") for cell in table.value["At the goal"])
    said = texts(app)
    for part in ("50 % of the loss there is to beat", "a: RNN in", "seeds", "3 seeds, 4 training steps each"):
        assert part in said


@pytest.mark.usefixtures("engine")
def test_the_goal_is_the_one_that_was_chosen():
    app = panel(*LANES, view=View(goal=100.0))
    app.slider(key="race_count").set_value(1)
    press(run(app), "start")
    finished(app.session_state["race_seeds"][1])
    run(app)
    assert "The goal, a validation loss of 100, was held after the last step by a: RNN in 1 of 1" in texts(app)
    assert "in the one seed." in texts(app)
    assert "One seed, 4 training steps." in texts(app)


@pytest.mark.usefixtures("engine")
def test_a_stopped_race_keeps_what_has_come():
    app = press(panel(*LANES), "start")
    _seeds, sweep = app.session_state["race_seeds"]
    wait_until(lambda: (sweep.touch(), sweep.done)[1])
    sweep.stop()
    run(app)
    assert 0 < sweep.done <= sweep.total
    assert app.get("plotly_chart")


@pytest.mark.usefixtures("engine")
def test_one_that_diverges_is_told():
    wild = Experiment(
        task="adding",
        seq_len=50,
        nonlinearity="relu",
        optimizer="sgd",
        learning_rate=10.0,
        clip_norm=0.0,
        hidden_size=6,
        seed=1,
    )
    app = panel(wild)
    app.slider(key="race_count").set_value(2)
    press(run(app), "start")
    finished(app.session_state["race_seeds"][1])
    run(app)
    assert "2 networks diverged" in texts(app)
    assert list(app.table[0].value["Validation loss"]) == ["diverged"]


@pytest.mark.usefixtures("engine")
def test_a_number_that_not_every_seed_has_says_how_many_have(monkeypatch):
    seeds_of = [
        ((2.0, 0.1), 0.9, False),
        ((2.0, 0.3), 0.8, False),
        ((2.0, math.inf), None, True),
    ]

    def train(experiment: Experiment, steps: int) -> Trained:
        losses, accuracy, diverged = seeds_of[experiment.seed - SMALL["seed"]]
        return Trained(steps, (0, steps), losses, Baseline("chance", N_("guessing"), 2.0), accuracy, diverged)

    monkeypatch.setattr(race, "train", train)
    app = panel(LANES[0], view=View(goal=0.2))
    press(app, "start")
    finished(app.session_state["race_seeds"][1])
    run(app)
    cells = app.table[0].value.iloc[0]
    assert cells["Right answers, %"] == "85 (80 to 90) in 2 of 3"
    assert cells["Steps to the goal"] == "4 in 1 of 3"
    assert cells["At the goal"] == "1 of 3"
    seeds_of[2] = ((2.0, 0.5), 0.4, True)  # it could not make the next step
    seeds_of[1] = seeds_of[0] = ((2.0, 0.1), 0.9, False)
    press(app, "start")
    finished(app.session_state["race_seeds"][1])
    run(app)
    assert app.table[0].value.iloc[0]["Right answers, %"] == "90 in 2 of 3"


@pytest.mark.usefixtures("engine")
def test_the_loss_is_the_task_s_whatever_diverged_first(monkeypatch):
    def train(experiment: Experiment, steps: int) -> Trained:
        return Trained(0, (0,), (math.inf,), Baseline("chance", N_("guessing"), 2.0), None, True)

    monkeypatch.setattr(race, "train", train)
    for experiment, loss in ((LANES[0], "cross-entropy"), (Experiment(task="adding"), "mean squared error")):
        app = panel(experiment)
        press(app, "start")
        finished(app.session_state["race_seeds"][1])
        run(app)
        assert f'"{loss}"' in app.get("plotly_chart")[0].proto.spec  # pyright: ignore[reportAttributeAccessIssue]


def test_what_a_shared_server_can_not_give_is_not_begun():
    large = Experiment(task="recall", seq_len=200, batch_size=64, hidden_size=128, cell="lstm")
    app = panel(large, large)
    app.select_slider(key="race_steps").set_value(5000)
    run(app)
    assert app.button(key="race_start").disabled
    assert "a shared server gives" in app.warning[0].value


def test_every_widget_has_help():
    app = panel(*LANES)
    widgets = [*app.slider, *app.select_slider, *app.button]
    assert len(widgets) == 3
    assert all(widget.proto.help for widget in widgets)
