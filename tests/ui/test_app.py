"""The page's settings and transport, run without a browser."""

import itertools

import pytest
from opened import chosen, components, page, run, seen, widget

from rnnviz.cells import CELLS
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.tasks import TASKS

pytestmark = pytest.mark.slow


def test_the_page_opens_with_the_defaults():
    app = page()
    assert app.title[0].value
    assert chosen(app) == Experiment()
    assert not app.warning
    assert not app.error
    assert dict(app.query_params) == {}
    assert len(components(app)) == 2  # the pictures, and the greeting of newcomers


@pytest.mark.parametrize(("task", "cell"), [*zip(TASKS, itertools.cycle(CELLS), strict=False)])
def test_every_task_opens_and_every_cell(task, cell):
    app = page(task=task, cell=cell)
    assert not app.error
    assert app.session_state["cell"] == cell
    assert str(TASKS[task].sentence) in [caption.value for caption in app.caption]
    suited = {**Experiment.DEFAULTS, **TASKS[task].suggested, "task": task, "cell": cell}
    assert {name: app.session_state[name] for name in suited} == suited


@pytest.mark.parametrize("task", TASKS)
def test_choosing_a_task_takes_its_suggested_settings(task):
    app = page()
    app.selectbox(key="task").select(task)
    run(app)
    for name, value in TASKS[task].suggested.items():
        assert app.session_state[name] == value, name


def test_every_setting_a_task_changes_is_named():
    app = page(task="recall")
    app.selectbox(key="task").select("sine")
    run(app)
    assert app.toast[0].value == "Chosen to suit this task: Sequence length, Batch size, Clip gradient norm at."


def test_a_task_of_two_sequences_leaves_no_setting_on_that_it_refuses_and_takes_its_own_along():
    app = page(bidirectional="on", dropout="0.5", loss_at="last")
    app.selectbox(key="task").select("dates")
    run(app)
    assert not app.error
    dates = chosen(app)
    assert (dates.task, dates.bidirectional, dates.dropout, dates.loss_at) == ("dates", False, 0, "every")
    app.selectbox(key="task").select("sine")
    run(app)
    assert chosen(app) == Experiment()


def test_an_address_with_a_setting_that_means_nothing_is_refused_and_can_be_mended():
    app = page(task="dates", bidirectional="on")
    assert "“Bidirectional” means nothing to a task of two sequences" in app.error[0].value
    app.toggle(key="bidirectional").set_value(False)
    run(app)
    assert not app.error
    assert chosen(app).task == "dates"
    assert "bidirectional" not in [toggle.key for toggle in app.toggle]


def test_going_back_to_a_task_takes_its_settings_again():
    app = page()
    for task in ("adding", "sine"):
        app.selectbox(key="task").select(task)
        run(app)
    assert chosen(app) == Experiment()
    assert dict(app.query_params) == {}


DEEP = {"cell": "gru", "initialisation": "spectral", "num_layers": "2", "bidirectional": "on"}


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ({}, "nonlinearity carry_state batch_size", "forget_bias layer direction states"),
        (DEEP, "spectral_radius layer direction states", "nonlinearity forget_bias"),
        ({"task": "adding", "cell": "lstm"}, "task forget_bias states", "nonlinearity loss_at carry_state"),
        ({"task": "square", "seq_len": "7"}, "batch_size", "loss_at seq_len"),
        ({"task": "wave"}, "loss_at", "carry_state"),
        ({"task": "reversal"}, "seq_len", "states"),
        ({"task": "sine"}, "bidirectional truncation dropout", "attention bidirectional_encoder answer_order"),
        ({"task": "dates"}, "attention bidirectional_encoder", "bidirectional truncation dropout loss_at seq_len"),
        ({"task": "dates", "bidirectional_encoder": "on"}, "direction", "bidirectional"),
        ({"task": "reverse"}, "attention answer_order seq_len", "bidirectional truncation dropout loss_at"),
    ],
)
def test_only_settings_that_apply_are_shown(query, shown, hidden):
    found = seen(**query)
    assert [name for name in shown.split() if name not in found] == []
    assert [name for name in hidden.split() if name in found] == []


@pytest.mark.parametrize("query", [{}, DEEP, {"task": "series"}])
def test_every_widget_has_a_line_of_help(query):
    found = seen(**query)
    assert len(found) >= 15
    assert [name for name, help in found.items() if not help or "\n" in help] == []


def test_new_seed_changes_the_seed_alone():
    app = page(hidden_size="9")
    app.button(key="new_seed").click()
    run(app)
    seed = chosen(app).seed
    assert chosen(app) == Experiment(hidden_size=9, seed=seed)
    assert dict(app.query_params) == {"hidden_size": "9"} | ({"seed": str(seed)} if seed else {})


@pytest.mark.slow
def test_faster_and_slower_end_at_the_ends():
    app = page(speed="500")
    for speed in ("max", "max"):
        app.button(key="faster").click()
        run(app)
        assert app.session_state["speed"] == speed
    app = page(speed="2")
    for speed in ("1", "1"):
        app.button(key="slower").click()
        run(app)
        assert app.session_state["speed"] == speed


def test_pause_and_play_take_turns():
    app = page()
    app.button(key="pause").click()
    run(app)
    assert not app.session_state["run"].orders.playing
    app.button(key="play").click()
    run(app)
    assert app.session_state["run"].orders.playing


def test_step_pauses_and_reset_starts_again():
    app = page()
    app.button(key="step").click()
    run(app)
    orders = app.session_state["run"].orders
    assert (orders.playing, orders.steps) == (False, 1)
    app.button(key="reset").click()
    run(app)
    assert app.session_state["run"].orders.start == orders.start + 1


def test_a_live_setting_keeps_the_network_and_another_starts_one():
    app = page()
    start = app.session_state["run"].orders.start
    app.select_slider(key="learning_rate").set_value(0.1)
    run(app)
    assert app.session_state["run"].orders.start == start
    assert not app.toast
    app.slider(key="hidden_size").set_value(9)
    run(app)
    assert app.session_state["run"].orders.start == start + 1
    assert "new network" in app.toast[0].value


def test_a_single_step_is_never_too_much_however_long_the_sequences_were():
    large = {"hidden_size": "128", "num_layers": "4", "seq_len": "500", "batch_size": "128"}
    app = page(task="wave", **large)
    assert "too much" in app.error[0].value
    app = page(task="square", **large)
    assert not app.error
    assert chosen(app).task == "square"


def test_a_sequence_longer_than_the_data_is_shortened_and_it_is_said():
    app = page(task="airline", seq_len="500")
    assert "allow sequences of up to" in app.info[0].value
    assert chosen(app).seq_len < 500
    assert app.query_params["seq_len"] == str(chosen(app).seq_len)


def test_a_settings_value_that_is_not_offered_any_more_is_replaced():
    app = page(cell="lstm", states="c", num_layers="3", layer="3")
    widget(app, "cell").set_value("gru")
    app.slider(key="num_layers").set_value(2)
    run(app)
    assert (app.session_state["states"], app.session_state["layer"]) == ("h", 2)
    assert "states" not in app.query_params
    said = [toast.value for toast in app.toast]
    assert "States is now h: hidden state, to fit the rest." in said
    assert "Layer is now 2, to fit the rest." in said


def test_every_setting_has_a_widget_under_its_own_name():
    known = set(Experiment.SETTINGS) | set(View.SETTINGS)
    known -= {"speed", "jacobian", "projector"}  # a menu, the lab's own, and what links are for
    known -= {"tint", "unit", "word", "temperature", "top_k"}  # the page of words' own
    known -= {"beam", "normalised"}  # that of two sequences
    known -= {"goal"}  # that of a race
    everything = [
        {},
        DEEP,
        {"task": "adding", "cell": "lstm"},
        {"task": "airline"},
        {"task": "letters"},
        {"task": "reviews"},
        {"task": "reverse"},
    ]
    assert known <= set().union(*(seen(**query) for query in everything))
