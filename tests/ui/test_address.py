"""The address in the browser and the widgets, run without a browser."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from opened import chosen, page, run, widget

from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import TASKS
from rnnviz.ui.shell import address

pytestmark = pytest.mark.slow


def test_the_address_fills_the_widgets():
    query = {"cell": "lstm", "hidden_size": "7", "bidirectional": "on", "learning_rate": "0.03", "seed": "42"}
    app = page(**query, speed="50", scale="unit")
    assert chosen(app) == Experiment.from_query(query)
    assert widget(app, "hidden_size").value == 7
    assert widget(app, "cell").value == "lstm"
    assert widget(app, "bidirectional").value is True
    assert widget(app, "learning_rate").value == 0.03  # none of the slider's usual stops
    assert app.session_state["speed"] == "50"
    assert widget(app, "scale").value == "unit"
    assert not app.warning
    assert dict(app.query_params) == query | {"speed": "50", "scale": "unit"}


def test_values_out_of_bounds_are_clamped_and_it_is_said():
    app = page(hidden_size="999", num_layers="-3", cell="gru")
    assert (chosen(app).hidden_size, chosen(app).num_layers) == (128, 1)
    [warning] = app.warning
    for words in (r"hidden\_size=999", "128 is used", r"num\_layers=\-3", "1 is used"):
        assert words in warning.value
    assert dict(app.query_params) == {"hidden_size": "128", "cell": "gru"}
    app.slider(key="hidden_size").set_value(64)
    run(app)
    assert dict(app.query_params) == {"hidden_size": "64", "cell": "gru"}


def test_nonsense_and_unknown_names_are_named():
    app = page(seed="soon", depth="3")
    assert chosen(app) == Experiment()
    [warning] = app.warning
    assert "seed=soon" in warning.value
    assert "depth in the address is no setting" in warning.value
    assert dict(app.query_params) == {}


HOSTILE = ("<script>alert(1)</script>", "**b** [l](http://x.y)", "![i](http://x.y/z)", "$x$ :red[r]", "`c` ~~d~~")


def test_hostile_text_in_the_address_is_shown_as_text():
    names = ("cell", "nonlinearity", "optimizer", "initialisation", "loss_at")
    app = page(**dict(zip(names, HOSTILE, strict=True)), **dict.fromkeys(HOSTILE, "1"))
    [warning] = app.warning
    for text in HOSTILE:
        assert warning.value.count(address.escaped(text)) == 2
        assert text not in warning.value


def test_plain_leaves_nothing_of_markdown():
    for mark in r"\`*_{}[]()#+-.!<>|~$:&":
        assert address.escaped(f"a{mark}b") == f"a\\{mark}b"


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS)
def test_an_address_that_names_a_task_alone_gets_the_settings_that_suit_it(task):
    app = page(task=task)
    suited = {**Experiment.DEFAULTS, **TASKS[task].suggested, "task": task}
    assert {name: app.session_state[name] for name in suited} == suited
    assert dict(app.query_params) == ({} if task == "sine" else {"task": task})


def test_an_address_that_says_otherwise_is_taken_at_its_word():
    query = {"task": "recall", "seq_len": "20", "clip_norm": "0"}
    app = page(**query)
    assert chosen(app) == Experiment(task="recall", **{**TASKS["recall"].suggested, "seq_len": 20, "clip_norm": 0.0})
    assert dict(app.query_params) == query
    assert not app.warning


def test_the_address_follows_the_widgets():
    app = page()
    app.slider(key="hidden_size").set_value(9)
    app.toggle(key="bidirectional").set_value(True)
    app.select_slider(key="learning_rate").set_value(0.1)
    run(app)
    assert dict(app.query_params) == {"hidden_size": "9", "bidirectional": "on", "learning_rate": "0.1"}
    assert chosen(page(**dict(app.query_params))) == chosen(app)
    app.toggle(key="bidirectional").set_value(False)
    app.slider(key="hidden_size").set_value(32)
    run(app)
    assert dict(app.query_params) == {"learning_rate": "0.1"}


def test_another_address_in_the_same_session_is_taken():
    app = page(hidden_size="9")
    app.query_params.clear()
    app.query_params["cell"] = "gru"
    run(app)
    assert chosen(app) == Experiment(cell="gru")


def test_a_change_sent_with_the_address_of_before_undoes_nothing():
    app = page()
    app.slider(key="hidden_size").set_value(9)
    run(app)
    app.query_params.clear()  # the browser had not heard of hidden_size=9 in the address when the next change left it
    app.slider(key="num_layers").set_value(2)
    run(app)
    assert chosen(app) == Experiment(hidden_size=9, num_layers=2)
    assert dict(app.query_params) == {"hidden_size": "9", "num_layers": "2"}


def test_who_goes_on_before_a_page_is_there_keeps_the_settings(monkeypatch):
    state, query = {}, {"hidden_size": "9"}
    params = SimpleNamespace(to_dict=lambda: dict(query))
    monkeypatch.setattr(address, "st", SimpleNamespace(session_state=state, query_params=params))
    address.adopt("words")
    query.clear()
    for page_gone_to in ("bench", "words"):  # the bench's script never comes to its end
        address.adopt(page_gone_to)
        assert address.chosen(Experiment).hidden_size == 9


def test_only_what_begins_a_page_writes_its_address():
    """So a page that is added can't forget to: `page.show` does it, once the page's own settings are chosen."""
    ui = Path(__file__).parents[2] / "rnnviz" / "ui"
    assert [file.name for file in ui.rglob("*.py") if "address.publish(" in file.read_text()] == ["page.py"]
    assert "address.publish(" in (ui / "shell" / "page.py").read_text()
