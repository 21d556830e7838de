"""Links that hold the scene, and the dialog that makes them, without a browser."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from opened import components, lab, page, run, seen, socket, widget, widgets

from rnnviz.runs.messages import Orders
from rnnviz.runs.pool import WorkerPool
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.link import BUTTONS, GROUPS, LATEST
from rnnviz.settings.view import View
from rnnviz.tasks import TASKS

pytestmark = pytest.mark.slow

EVERYTHING = {"cell": "lstm", "num_layers": "2"}
HEADINGS = {"Network": "network", "Sequence": "sequence", "Training": "training"}


def orders(app) -> Orders:
    return app.session_state["run"].orders


def disabled(app) -> set[str]:
    return {name for name in widgets(app) if getattr(widget(app, name), "disabled", False)}


def shared(app) -> dict[str, str]:
    """The parameters of the link that the dialog shows."""
    [link] = app.code
    return dict(parse_qsl(urlsplit(link.value).query))


def test_a_link_opens_paused_at_its_step():
    app = page(playing="off", at="40", hidden_size="9")
    assert (orders(app).playing, orders(app).until) == (False, 40)
    assert orders(app).experiment == Experiment(hidden_size=9)
    assert dict(app.query_params) == {"playing": "off", "at": "40", "hidden_size": "9"}
    assert "training step 40" in app.get("progress")[0].proto.text
    start = orders(app).start
    run(app)
    assert orders(app).start == start  # once


@pytest.mark.parametrize(("key", "playing"), [("stop_here", False), ("play", True), ("step", False), ("reset", False)])
def test_who_drives_the_run_leaves_the_link_s_step(key, playing):
    app = page(playing="off", at="40")
    app.button(key=key).click()
    run(app)
    assert (orders(app).playing, orders(app).until) == (playing, 0)
    assert dict(app.query_params) == ({} if playing else {"playing": "off"})
    assert not app.get("progress")


@pytest.mark.parametrize("names", ["transport", "play"])
def test_a_link_that_hides_or_locks_play_does_so_with_the_way_to_stop(names):
    hidden, locked = page(at="40", hide=names), page(at="40", lock=names)
    assert hidden.get("progress")
    assert "stop_here" not in widgets(hidden)
    assert "stop_here" in disabled(locked)


@pytest.mark.parametrize(("speed", "pace"), [({}, 20), ({"speed": "5"}, 5), ({"speed": "max"}, float("inf"))])
def test_a_network_trains_at_its_own_pace_from_the_first(speed, pace, monkeypatch):
    opened, opening = [], WorkerPool.open
    monkeypatch.setattr(WorkerPool, "open", lambda *who, **orders: opened.append(orders) or opening(*who, **orders))
    page(**speed)
    assert [orders["pace"] for orders in opened] == [pace]


def test_a_link_may_go_on_playing_and_a_new_network_goes_nowhere_first():
    app = page(at="40", speed="5")
    assert (orders(app).playing, orders(app).until, orders(app).pace) == (True, 40, 5)
    app.slider(key="hidden_size").set_value(9)
    run(app)
    assert (orders(app).playing, orders(app).until) == (True, 0)
    assert dict(app.query_params) == {"speed": "5", "hidden_size": "9"}


def test_a_step_out_of_bounds_is_clamped_and_it_is_said():
    app = page(at="1e9")
    assert orders(app).until == LATEST
    assert f"{LATEST} is used" in app.warning[0].value


@pytest.mark.parametrize("name", GROUPS)
def test_a_hidden_group_is_not_shown_and_its_settings_hold(name):
    without = {*GROUPS[name][1]}
    app = page(**EVERYTHING, hide=name)
    shown = {{"slower": "speed", "faster": "speed", "pause": "play"}.get(key, key) for key in widgets(app)}
    everything = {{"slower": "speed", "faster": "speed", "pause": "play"}.get(k, k) for k in seen(**EVERYTHING)}
    assert everything & without
    assert shown == everything - without - ({"new_seed"} if name == "training" else set()) | {"all_controls"}
    assert orders(app).experiment == Experiment(cell="lstm", num_layers=2)
    assert dict(app.query_params) == EVERYTHING | {"hide": name}
    assert "hides some controls" in app.info[0].value
    app.button(key="all_controls").click()
    run(app)
    assert without & {*widgets(app)}
    assert dict(app.query_params) == EVERYTHING


def test_groups_are_what_stands_below_the_headings():
    app = page(**EVERYTHING)
    found, below = {}, ""
    element: Any
    for element in app.sidebar:
        if element.type == "subheader":
            below = HEADINGS[element.value]
        elif below and element.key:
            found.setdefault(below, set()).add(element.key)
    assert found.keys() == {*HEADINGS.values()}
    for name, keys in found.items():
        assert keys <= {*GROUPS[name][1]}


def test_locked_controls_are_shown_and_cannot_be_used():
    app = page(lock="training,step,task", hide="batch_size")
    assert disabled(app) == ({*GROUPS["training"][1]} & {*widgets(app)}) | {"new_seed", "step", "task"}
    assert "batch_size" not in widgets(app)
    assert "hides some controls and locks others" in app.info[0].value


def test_choosing_a_task_leaves_what_the_link_holds():
    app = page(lock="cell", hide="learning_rate", learning_rate="0.5")
    app.selectbox(key="task").select("adding")
    run(app)
    suggested = TASKS["adding"].suggested
    assert {"learning_rate", "batch_size"} <= suggested.keys()
    assert orders(app).experiment.learning_rate == 0.5
    assert orders(app).experiment.batch_size == suggested["batch_size"]


def dialog(**query):
    """A page with the dialog open."""
    app = page(**query)
    app.button(key="share").click()
    return run(app)


def test_the_dialog_makes_a_link_of_what_there_is():
    app = dialog(cell="gru", speed="5")
    assert shared(app) == {"cell": "gru", "speed": "5"}


def test_the_dialog_stays_when_the_page_s_script_runs_anew():
    app = dialog()
    app.session_state["at"] = 7  # as the scrubber has the address hold it
    run(app)
    assert shared(app) == {}


def test_who_comes_back_from_another_page_finds_no_dialog():
    app = dialog()
    app.session_state["sharing"] = "words"  # as it is when this page is gone to while the dialog is open on that one
    run(app)
    assert not app.code
    assert app.session_state["sharing"] is None


def test_the_dialog_s_link_opens_as_its_switches_say():
    app = dialog(cell="gru", lock="task")
    app.number_input(key="share_at").set_value(40)
    app.toggle(key="share_playing").set_value(False)
    app.multiselect(key="share_lock").set_value(["seed", "network"])
    app.multiselect(key="share_hide").set_value(["transport"])
    run(app)
    assert dict(app.query_params) == {"cell": "gru", "lock": "task"}  # the page itself is as it was
    assert shared(app) == {"cell": "gru", "at": "40", "playing": "off", "lock": "network,seed", "hide": "transport"}
    assert not any("changed while" in caption.value for caption in app.caption)
    opened = page(**shared(app))
    assert not opened.warning
    assert dict(opened.query_params) == shared(app)
    assert orders(opened) == replace(orders(app), start=orders(opened).start, playing=False, until=40)


def test_the_dialog_s_link_opens_at_the_moment_that_is_looked_at():
    app = page()
    app.session_state["run"].at = 40
    app.button(key="share").click()
    run(app)
    assert shared(app) == {"at": "40", "playing": "off"}


def test_the_dialog_says_that_a_link_knows_nothing_of_changes_on_the_way():
    app = dialog()
    app.session_state["run"].adjusted = True
    app.number_input(key="share_at").set_value(40)
    run(app)
    assert any("changed while this network trained" in caption.value for caption in app.caption)


def test_an_example_of_the_lab_opens_paused_elsewhere():
    app = lab()
    app.button(key="example_vanish").click()
    run(app)
    assert not orders(app).playing
    assert app.query_params["playing"] == "off"
    opened = lab(**app.query_params)
    assert (orders(opened).experiment, orders(opened).playing) == (orders(app).experiment, False)
    opened.button(key="play").click()
    run(opened)
    assert "playing" not in opened.query_params


def test_a_link_that_holds_what_an_example_moves_holds_the_example():
    app = lab(lock="seq_len")
    assert widget(app, "example_cut").disabled
    app.query_params["lock"] = "step"
    app.query_params["hide"] = "network"
    run(app)
    assert "example_cut" not in widgets(app)


def test_every_setting_belongs_to_a_group_or_stands_alone():
    names = [name for _words, group in GROUPS.values() for name in group]
    assert sorted(names) == sorted({*BUTTONS, *Experiment.SETTINGS, *View.SETTINGS} - {"task", "projector"})


def test_a_newcomer_is_greeted_but_for_a_lesson_s_link():
    for query, count in (({"lock": "seed"}, 2), ({"hide": "seed"}, 1), ({"projector": "on"}, 1)):
        assert len(components(page(**query))) == count


def test_a_page_for_a_projector_can_be_brought_back_to_its_usual_size():
    app = page(projector="on")
    assert socket(app).endswith("?projector=on")
    app.button(key="usual_size").click()
    run(app)
    assert socket(app).endswith(app.session_state["run"].token)
    assert dict(app.query_params) == {}
