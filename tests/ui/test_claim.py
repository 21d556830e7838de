"""The claim's panel, run without a browser."""

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from swept import finished, threads, wait_until

from rnnviz.settings.experiment import Experiment
from rnnviz.sweeps import claim as jobs
from rnnviz.sweeps.claim import Comparison
from rnnviz.ui.pairs import claim
from rnnviz.ui.shell import sweeping

pytestmark = pytest.mark.slow

SCRIPT = """
if __name__ == "__main__":
    from types import SimpleNamespace

    import streamlit as st

    from rnnviz.settings.view import View
    from rnnviz.ui.pairs import claim

    claim.show(SimpleNamespace(experiment=st.session_state["experiment"]), View())
"""
REVERSE = Experiment(task="reverse", seq_len=7, hidden_size=8, embedding_size=8, batch_size=8)


@pytest.fixture
def engine(monkeypatch) -> Iterator[None]:
    """Networks are trained in this process, for a few steps."""
    engine = threads()
    monkeypatch.setattr(sweeping, "engine", lambda: engine)
    monkeypatch.setattr(claim, "STEPS", (2, 4))
    monkeypatch.setattr(claim, "DEFAULTS", {"steps": 2, "seeds": 3})
    monkeypatch.setattr(jobs, "EXAMINED", 30)
    yield
    engine.close()


def panel(experiment: Experiment) -> AppTest:
    app = AppTest.from_string(SCRIPT, default_timeout=30)
    app.session_state["experiment"] = experiment
    return run(app)


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def press(app: AppTest, name: str) -> AppTest:
    app.button(key=f"claim_{name}").click()
    return run(app)


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.markdown, *app.caption, *app.subheader))


@pytest.mark.usefixtures("engine")
def test_the_claim_is_measured_in_both_orders():
    app = panel(REVERSE)
    assert "18 networks" in app.caption[0].value
    press(app, "start")
    comparison, sweep = app.session_state["claim"]
    assert comparison == Comparison(REVERSE, 3, 2)
    assert (finished(sweep).failed, sweep.done) == ({}, 18)
    run(app)
    assert app.button(key="claim_start")
    assert len(app.get("plotly_chart")) == len(app.get("expander")) == len(app.table) == 4
    said = texts(app)
    for part in (
        "Backwards",
        "Forwards",
        "lengths",
        "positions 1 to 3",
        "of length 5 to 5 and of 7 to 7",
        "3 seeds",
        "2 training steps",
    ):
        assert part in said
    assert any(verdict in said for verdict in ("So what", "neither confirmed"))
    assert list(app.table[1].value["position in long sources"]) == [*range(1, 8)]


@pytest.mark.usefixtures("engine")
def test_a_task_with_one_order_judges_nothing():
    app = press(panel(Experiment(task="numbers", hidden_size=8, embedding_size=8, batch_size=8)), "start")
    finished(app.session_state["claim"][1])
    run(app)
    assert len(app.get("plotly_chart")) == 2
    assert not app.subheader
    assert "does not tell" in texts(app)


@pytest.mark.usefixtures("engine")
def test_a_stopped_measurement_keeps_what_has_come():
    app = press(panel(REVERSE), "start")
    _comparison, sweep = app.session_state["claim"]
    wait_until(lambda: (sweep.touch(), sweep.done)[1])
    sweep.stop()
    run(app)
    assert 0 < sweep.done < sweep.total
    assert "Stopped" in app.info[0].value
    assert app.get("plotly_chart")
    assert "training steps" in texts(app)


def test_what_a_shared_server_can_not_give_is_not_begun():
    app = panel(Experiment(task="reverse", seq_len=200, attention="additive", batch_size=32, hidden_size=64))
    assert app.button(key="claim_start").disabled
    assert "a shared server gives" in app.warning[0].value


def test_every_widget_has_help():
    app = panel(REVERSE)
    found: list[Any] = [*app.get("button"), *app.get("select_slider"), *app.get("slider")]
    assert len(found) == 3
    assert all(getattr(element, "proto", element).help for element in found)
