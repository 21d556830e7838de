"""Settings, through both classes that have them: bounds, and the way to a URL and back."""

import dataclasses
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.settings.experiment import Experiment
from rnnviz.settings.link import GROUPS, Link
from rnnviz.settings.setting import Choice, Names, Number, Phrase, Settings, Switch
from rnnviz.settings.view import View
from rnnviz.tasks import TASKS

CLASSES = [Experiment, View, Link]
DECLARED = [(cls, name) for cls in CLASSES for name in cls.SETTINGS]


def allowed(declared):
    """Every value a setting may have."""
    match declared:
        case Switch():
            return st.booleans()
        case Choice(options=options):
            return st.sampled_from(list(options))
        case Names(options=options):
            return st.sets(st.sampled_from(list(options))).map(declared.nearest)
        case Phrase(most=most):
            return st.text(st.characters(exclude_categories=("C", "Z")), max_size=most)
        case Number(whole=True, least=least, most=most):
            return st.integers(int(least), int(most))
        case Number(least=least, most=most):
            return st.floats(least, most)
    raise AssertionError(declared)


def built(cls):
    return st.fixed_dictionaries({}, optional={k: allowed(v) for k, v in cls.SETTINGS.items()}).map(lambda v: cls(**v))


text = st.text("0123456789+-.eEinfoa \t\n\0&%<>é中٣")
anything = (
    st.none() | st.booleans() | st.integers() | st.floats() | text | st.binary() | st.lists(st.integers(), max_size=2)
)
scribbled = (
    text | st.integers().map(str) | st.floats().map(repr) | st.sampled_from(["on", "ON ", "lstm", "-0", "1e999"])
)


@pytest.mark.parametrize("cls", CLASSES)
@given(data=st.data())
def test_a_url_carries_every_setting(cls, data):
    settings = data.draw(built(cls))
    query = settings.to_query()
    assert cls.from_query(query) == settings
    assert cls.query_remarks(query) == []
    assert all(isinstance(value, str) for value in query.values())
    assert query.keys() == {name for name in cls.SETTINGS if getattr(settings, name) != cls.DEFAULTS[name]}


@given(settings=built(Experiment))
def test_a_url_carries_every_setting_in_terms_of_what_suits_the_task(settings):
    suggested = TASKS[settings.task].suggested
    query = settings.to_query(suggested)
    assert Experiment.from_query(query, suggested) == settings
    assert Experiment.query_remarks(query, suggested) == []
    usual = {**Experiment.DEFAULTS, **suggested}
    assert query.keys() - {"task"} == {name for name in usual if getattr(settings, name) != usual[name]} - {"task"}


def test_what_makes_no_sense_becomes_what_suits_the_task():
    suggested = TASKS["recall"].suggested
    query = {"task": "recall", "seq_len": "long", "x": "1"}
    assert Experiment.from_query(query, suggested) == Experiment(task="recall", **suggested)
    (remark,) = Experiment.query_remarks(query, suggested)
    assert str(remark).endswith("10 is used.")


@pytest.mark.parametrize("cls", CLASSES)
@given(data=st.data())
def test_any_query_is_read(cls, data):
    query = data.draw(st.dictionaries(st.sampled_from([*cls.SETTINGS, "series", "x"]), scribbled | anything))
    settings = cls.from_query(query)
    remarks = [str(remark) for remark in cls.query_remarks(query)]
    assert cls.from_query(settings.to_query()) == settings
    for name, declared in cls.SETTINGS.items():
        assert declared.problem(getattr(settings, name)) is None
        assert sum(remark.startswith(f"{name}=") for remark in remarks) <= (name in query)
        if name not in query:
            assert getattr(settings, name) == cls.DEFAULTS[name]
    assert all(len(remark) < 300 for remark in remarks)  # the tasks' names alone are 156


@pytest.mark.parametrize("cls", CLASSES)
def test_defaults_need_no_query(cls):
    assert cls().to_query() == {}
    assert cls.from_query({}) == cls()
    assert cls.query_remarks({}) == []


@pytest.mark.parametrize(("cls", "name"), DECLARED)
@settings(max_examples=15)  # of each of the kinds of `anything` a few, for each of all settings
@given(data=st.data())
def test_a_value_out_of_bounds_is_named_with_its_bounds(cls, name, data):
    declared = cls.SETTINGS[name]
    value = data.draw(anything.filter(lambda value: declared.problem(value) is not None))
    with pytest.raises(ValueError) as refusal:
        cls(**{name: value})
    assert str(refusal.value) == f"{name}={value!r}: allowed is {declared.problem(value)!s}"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("hidden_size", 129, "hidden_size=129: allowed is a whole number from 1 to 128"),
        ("hidden_size", 32.0, "hidden_size=32.0: allowed is a whole number from 1 to 128"),
        ("num_layers", True, "num_layers=True: allowed is a whole number from 1 to 4"),
        ("learning_rate", 0.0, "learning_rate=0.0: allowed is a number from 1e-05 to 10"),
        ("learning_rate", math.nan, "learning_rate=nan: allowed is a number from 1e-05 to 10"),
        ("clip_norm", math.inf, "clip_norm=inf: allowed is a number from 0 to 100"),
        ("cell", "transformer", "cell='transformer': allowed is one of rnn, gru, lstm, peephole, coupled, mingru"),
        ("bidirectional", "on", "bidirectional='on': allowed is True or False, in an address on or off"),
    ],
)
def test_what_a_refusal_says(field, value, sentence):
    with pytest.raises(ValueError) as refusal:
        Experiment(**{field: value})
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("name", "text", "used", "why"),
    [
        ("hidden_size", "1000", 128, "out of bounds"),
        ("hidden_size", "-3", 1, "out of bounds"),
        ("hidden_size", "32.7", 33, "out of bounds"),
        ("hidden_size", "1e400", 128, "out of bounds"),
        ("seed", "-inf", 0, "out of bounds"),
        ("learning_rate", "1e-30", 1e-5, "out of bounds"),
        ("learning_rate", "nan", 0.01, "makes no sense"),
        ("learning_rate", "fast", 0.01, "makes no sense"),
        ("clip_norm", "", 0.0, "makes no sense"),
        ("cell", "transformer", "rnn", "makes no sense"),
        ("cell", "LSTM", "rnn", "makes no sense"),
        ("bidirectional", "yes", False, "makes no sense"),
    ],
)
def test_what_cannot_be_taken_as_written_is_clamped_and_said(name, text, used, why):
    assert getattr(Experiment.from_query({name: text}), name) == used
    (remark,) = Experiment.query_remarks({name: text})
    assert str(remark).startswith(f"{name}={text} in the address ")
    assert why in str(remark)
    assert str(Experiment.SETTINGS[name].problem(object())) in str(remark)
    assert str(remark).endswith(f". {Experiment.SETTINGS[name].format(used)} is used.")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("hidden_size", " 64 ", 64),
        ("hidden_size", "64.0", 64),
        ("learning_rate", "1e-3", 0.001),
        ("learning_rate", "1", 1.0),
        ("bidirectional", "On", True),
        ("carry_state", "off", False),
    ],
)
def test_a_person_may_write_a_url_too(name, text, value):
    assert getattr(Experiment.from_query({name: text}), name) == value
    assert Experiment.query_remarks({name: text}) == []


def test_a_url_is_short():
    assert Experiment(learning_rate=1.0, bidirectional=True, seed=7).to_query() == {
        "learning_rate": "1",
        "bidirectional": "on",
        "seed": "7",
    }


def test_a_long_value_is_cut_in_its_remark():
    (remark,) = Experiment.query_remarks({"cell": "x" * 10**6})
    assert len(str(remark)) < 200


def test_no_two_classes_share_a_name():
    # They live side by side in one URL.
    assert len({name for _cls, name in DECLARED}) == len(DECLARED)


def test_a_group_s_name_is_no_single_control_s():
    assert GROUPS.keys().isdisjoint(name for _words, names in GROUPS.values() for name in names)


def test_a_link_s_groups_are_taken_apart():
    link = Link.from_query({"hide": "network, seed,SEED", "lock": "cell,transport,step"})
    assert Link.query_remarks({"hide": "network, seed,SEED"}) == []
    assert link.hide == ("network", "seed")
    assert link.hides("cell")
    assert link.hides("step", "seed")
    assert not link.hides("step", "speed")
    assert link.locks("speed")
    assert link.locks("cell")
    assert not link.locks("seed", "seq_len")


def test_what_a_link_names_and_no_page_has_is_left_out_and_said():
    query = {"hide": "network,<b>,cell" + "x" * 2000}
    assert Link.from_query(query).hide == ("network",)
    (remark,) = Link.query_remarks(query)
    assert str(remark).startswith("hide=network,<b>,cellxxx")
    assert "allowed is names such as network, sequence, training, transport, with commas" in str(remark)
    assert str(remark).endswith(". network is used.")


@pytest.mark.parametrize(("cls", "name"), DECLARED)
def test_every_setting_has_a_line_of_help(cls, name):
    declared = cls.SETTINGS[name]
    assert declared.label
    assert str(declared.help).endswith(".")
    assert "\n" not in str(declared.help)
    assert declared.problem(cls.DEFAULTS[name]) is None


def test_settings_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Experiment().seed = 1  # pyright: ignore[reportAttributeAccessIssue]
    assert Settings.SETTINGS == {}
