"""The page's logic, run without a browser."""

import pytest
from opened import chosen, page, run, series, widget, widgets

from rnnviz.kernels.cells import CELLS
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.tasks import TASKS
from rnnviz.ui.shell import address
from rnnviz.ui.shell.run import pool


@pytest.fixture(scope="module", autouse=True)
def _workers_end_with_the_tests():
    yield
    pool().close()
    pool.clear()


def test_the_page_opens_with_the_defaults():
    app = page()
    assert app.title[0].value
    assert chosen(app) == Experiment()
    assert not app.warning
    assert not app.error
    assert dict(app.query_params) == {}
    assert len(app.get("bidi_component")) == 2  # the pictures, and the greeting of newcomers


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("cell", CELLS)
def test_every_task_opens_with_every_cell(task, cell):
    app = page(task=task, cell=cell)
    assert not app.error
    assert app.session_state["cell"] == cell
    assert TASKS[task].sentence in [caption.value for caption in app.caption]


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


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "**b** [l](http://x.y)", "![i](http://x.y/z)", "$x$ :red[r]", "`c` ~~d~~"]
)
def test_hostile_text_in_the_address_is_shown_as_text(text):
    app = page(cell=text, **{text: "1"})
    [warning] = app.warning
    assert warning.value.count(address.plain(text)) == 2
    assert text not in warning.value


def test_plain_leaves_nothing_of_markdown():
    for mark in r"\`*_{}[]()#+-.!<>|~$:&":
        assert address.plain(f"a{mark}b") == f"a\\{mark}b"


@pytest.mark.parametrize("task", TASKS)
def test_choosing_a_task_takes_its_suggested_settings(task):
    app = page()
    app.selectbox(key="task").select(task)
    run(app)
    for name, value in TASKS[task].suggested.items():
        assert app.session_state[name] == value, name


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


def test_every_setting_a_task_changes_is_named():
    app = page(task="recall")
    app.selectbox(key="task").select("sine")
    run(app)
    assert app.toast[0].value == "Chosen to suit this task: sequence length, batch size, clip gradient norm at."


def test_going_back_to_a_task_takes_its_settings_again():
    app = page()
    for task in ("adding", "sine"):
        app.selectbox(key="task").select(task)
        run(app)
    assert chosen(app) == Experiment()
    assert dict(app.query_params) == {}


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ({"cell": "rnn"}, "nonlinearity", "forget_bias"),
        ({"cell": "lstm"}, "forget_bias", "nonlinearity"),
        ({"initialisation": "spectral"}, "spectral_radius", "layer"),
        ({"num_layers": "2"}, "layer", "forget_bias"),
        ({"bidirectional": "on"}, "direction", "states"),
        ({"task": "sine"}, "carry_state", "direction"),
        ({"task": "adding"}, "task", "loss_at"),
        ({"task": "square"}, "batch_size", "loss_at"),
        ({"task": "square", "seq_len": "7"}, "batch_size", "seq_len"),
        ({"task": "wave"}, "loss_at", "carry_state"),
        ({"task": "reversal"}, "seq_len", "states"),
        ({"task": "adding", "cell": "lstm"}, "states", "carry_state"),
    ],
)
def test_only_settings_that_apply_are_shown(query, shown, hidden):
    found = widgets(page(**query))
    assert shown in found
    assert hidden not in found


@pytest.mark.parametrize(
    "query",
    [{}, {"cell": "lstm", "initialisation": "spectral", "num_layers": "2", "bidirectional": "on"}, {"task": "series"}],
)
def test_every_widget_has_a_line_of_help(query):
    found = widgets(page(**query))
    assert len(found) >= 15
    assert [name for name, help in found.items() if not help or "\n" in help] == []


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


def test_new_seed_changes_the_seed_alone():
    app = page(hidden_size="9")
    app.button(key="new_seed").click()
    run(app)
    seed = chosen(app).seed
    assert chosen(app) == Experiment(hidden_size=9, seed=seed)
    assert dict(app.query_params) == {"hidden_size": "9"} | ({"seed": str(seed)} if seed else {})


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


def test_an_uploaded_series_is_trained_on():
    app = page(task="series")
    assert "Upload a file" in app.info[0].value
    assert chosen(app).task == "sine"  # the network before goes on
    app.file_uploader[0].upload("good.csv", series(200))
    run(app)
    assert not app.error
    assert chosen(app).task == "series"
    assert len(chosen(app).series) == 200


def test_the_columns_of_an_upload_can_be_chosen():
    app = page(task="series")
    table = "day,a,b\n" + "\n".join(f"mon,{i % 5},{i % 3}" for i in range(100))
    app.file_uploader[0].upload("two.csv", table.encode())
    run(app)
    [column] = [box for box in app.selectbox if box.label == "Column"]
    assert column.options == ["a", "b"]
    assert any("day" in caption.value for caption in app.caption)
    column.select("b")
    run(app)
    assert chosen(app).series[:4] == (0, 1, 2, 0)
    labels = chosen(app).labels
    assert (labels.name, labels.index, len(labels.dates)) == ("b", "day", 99)  # the first value is never said


def test_a_mere_counter_is_trained_on_only_if_chosen_by_hand():
    app = page(task="series")
    app.file_uploader[0].upload("n.csv", ("n,x [MW]\n" + "\n".join(f"{i},{i % 7},5" for i in range(99))).encode())
    run(app)
    assert "values where the first line has" in app.error[0].value
    app.file_uploader[0].upload("n.csv", ("n;x [MW]\n" + "\n".join(f"{i};{i % 7},5" for i in range(99))).encode())
    run(app)
    assert not app.error
    assert any(r"x \[MW\] looks like the data" in warning.value for warning in app.warning)
    assert chosen(app).task == "sine"
    [column] = [box for box in app.selectbox if box.label == "Column"]
    column.select("n")
    run(app)
    assert not app.warning
    assert chosen(app).series[:3] == (0, 1, 2)


def test_a_file_is_read_once(monkeypatch):
    app = page(task="series")
    app.file_uploader[0].upload("good.csv", series(200))
    run(app)
    monkeypatch.setattr("rnnviz.ui.shell.upload.read_table", lambda data: pytest.fail("the file is read again"))
    app.slider(key="hidden_size").set_value(9)
    run(app)
    assert len(chosen(app).series) == 200


@pytest.mark.parametrize(
    "content", [b"", b"word\nfoo\nbar\n", b"\xff\xfe\x00\x01\x02", b"value\n1\n\n3\n", series(10_001)]
)
def test_a_bad_upload_gets_a_sentence_and_the_network_goes_on(content):
    app = page()
    before = app.session_state["run"].orders
    app.selectbox(key="task").select("series")
    run(app)
    app.file_uploader[0].upload("bad.csv", content)
    run(app)
    assert len(app.error) == 1
    assert app.error[0].value.endswith(".")
    assert app.session_state["run"].orders.start == before.start


def test_a_series_too_short_to_train_on_gets_a_sentence():
    app = page(task="series")
    app.file_uploader[0].upload("short.csv", b"value\n1\n2\n3\n")
    run(app)
    assert len(app.error) == 1
    assert chosen(app).task == "sine"


def test_every_setting_has_a_widget_under_its_own_name():
    known = set(Experiment.SETTINGS) | set(View.SETTINGS)
    known -= {"speed", "jacobian", "projector"}  # a menu, the lab's own, and what links are for
    deep = {"cell": "lstm", "initialisation": "spectral", "num_layers": "2", "bidirectional": "on"}
    everything = [{}, deep, {"task": "airline"}]
    assert known <= set().union(*(widgets(page(**query)) for query in everything))
