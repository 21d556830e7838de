"""The learning sweep's controls on the page, run without a browser."""

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from swept import finished, threads, wait_until

from rnnviz.cells import CELLS
from rnnviz.sweeps import engine as sweeps
from rnnviz.sweeps.engine import Engine
from rnnviz.sweeps.learning import Plan
from rnnviz.ui.lab import sweep as controls
from rnnviz.ui.shell import sweeping

pytestmark = pytest.mark.slow

SCRIPT = """
if __name__ == "__main__":
    from rnnviz.ui.lab import sweep
    sweep.show()
"""


@pytest.fixture
def page(monkeypatch) -> Iterator[AppTest]:
    """The sweep's controls, its networks trained in this process."""
    engine = threads()
    monkeypatch.setattr(sweeping, "engine", lambda: engine)
    yield run(AppTest.from_string(SCRIPT, default_timeout=30))
    engine.close()


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def choose(app: AppTest, **values: Any) -> AppTest:
    for name, value in values.items():
        widget: Any = app.get_by_key(f"sweep_{name}")
        widget.set_value(value)
    return run(app)


def press(app: AppTest, name: str) -> AppTest:
    app.button(key=f"sweep_{name}").click()
    return run(app)


def shown(app: AppTest) -> Any:
    [chart] = app.get("plotly_chart")
    return chart


def test_a_sweep_runs_on_the_page(page):
    choose(page, lengths=[10, 5], cells=["gru", "rnn"], steps=100, seeds=1)
    press(page, "start")
    plan, sweep = page.session_state["sweep"]
    assert plan == Plan("recall", ("rnn", "gru"), (5, 10), 1, 100)
    finished(sweep)
    run(page)
    assert page.button(key="sweep_start")
    assert shown(page)
    assert not page.info
    assert any("longest sequences learned" in text.value for text in page.markdown)


@pytest.mark.slow
def test_a_stopped_sweep_keeps_its_squares(page):
    choose(page, lengths=[5, 40], steps=200, seeds=5)
    press(page, "start")
    _plan, sweep = page.session_state["sweep"]
    wait_until(lambda: (sweep.touch(), sweep.done)[1])
    run(page)
    assert "left" in page.get("progress")[0].proto.text
    press(page, "stop")
    assert not sweep.running
    assert 0 < sweep.done < sweep.total
    assert "Stopped" in page.info[0].value
    assert shown(page)


def test_too_large_a_sweep_can_not_be_started(page):
    choose(page, cells=[*CELLS], steps=5000, seeds=5)
    assert page.button(key="sweep_start").disabled
    assert "a shared server gives" in page.warning[0].value
    choose(page, cells=[])
    assert "at least one" in page.warning[0].value
    choose(page, cells=["rnn"], steps=100)
    assert not page.warning
    assert not page.button(key="sweep_start").disabled


@pytest.mark.parametrize("running", [False, True])
def test_every_widget_has_help(page, running):
    if running:
        choose(page, lengths=[5, 40], steps=100, seeds=5)
        press(page, "start")
    kinds = ("button", "button_group", "select_slider", "slider")
    found = [getattr(element, "proto", element) for kind in kinds for element in page.get(kind)]
    assert len(found) == 6
    assert all(proto.help for proto in found)
    if running:
        page.session_state["sweep"][1].stop()


@pytest.mark.parametrize("task", ["recall", "adding"])
def test_the_page_says_what_the_score_is(page, task):
    choose(page, task=task, lengths=[5], cells=["rnn"], steps=100, seeds=1)
    press(page, "start")
    finished(page.session_state["sweep"][1])
    run(page)
    assert any(str(controls.SCORES[task]) in caption.value for caption in page.caption)


def test_an_unreachable_scheduler_is_told(page, monkeypatch):
    monkeypatch.setenv(sweeps.SCHEDULER, "tcp://127.0.0.1:9")
    monkeypatch.setattr(sweeps, "CONNECTING", 0.2)
    engine = Engine()
    monkeypatch.setattr(sweeping, "engine", lambda: engine)
    press(page, "start")
    finished(page.session_state["sweep"][1])
    run(page)
    assert "can't be reached" in page.info[0].value
