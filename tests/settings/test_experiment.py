"""The Experiment beyond its settings: the visitor's series, and which changes leave a network running."""

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.runs.messages import Orders
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.labels import SERIES_LIMIT, Labels
from rnnviz.sweeps.job import Job

LIVE = {"learning_rate", "clip_norm"}
OTHERS = {
    "task": "adding",
    "cell": "gru",
    "nonlinearity": "relu",
    "hidden_size": 8,
    "num_layers": 2,
    "bidirectional": True,
    "attention": "additive",
    "bidirectional_encoder": True,
    "answer_order": "forwards",
    "seq_len": 50,
    "truncation": 4,
    "batch_size": 16,
    "optimizer": "sgd",
    "phrase": "naan",
    "vocabulary_size": 1000,
    "mask_padding": True,
    "embedding_size": 8,
    "dropout": 0.2,
    "initialisation": "orthogonal",
    "spectral_radius": 0.9,
    "forget_bias": 1.0,
    "loss_at": "last",
    "carry_state": False,
    "difference": True,
    "seed": 1,
}


def test_the_default_is_row_1():
    experiment = Experiment()
    row_1 = ("sine", "rnn", "tanh", 1, 32, 20, 1, "adam", 0.01, True)
    assert row_1 == (
        experiment.task,
        experiment.cell,
        experiment.nonlinearity,
        experiment.num_layers,
        experiment.hidden_size,
        experiment.seq_len,
        experiment.batch_size,
        experiment.optimizer,
        experiment.learning_rate,
        experiment.carry_state,
    )


def test_every_setting_is_either_live_or_not():
    assert {name for name, declared in Experiment.SETTINGS.items() if declared.live} == LIVE
    assert LIVE | OTHERS.keys() == Experiment.SETTINGS.keys()


@given(st.floats(1e-5, 10), st.floats(0, 100))
def test_live_settings_keep_the_network(learning_rate, clip_norm):
    other = Experiment(learning_rate=learning_rate, clip_norm=clip_norm)
    assert Experiment().same_network(other)
    assert other.same_network(Experiment())


@pytest.mark.parametrize("name", OTHERS)
def test_any_other_setting_makes_another_network(name):
    other = dataclasses.replace(Experiment(learning_rate=0.1), **{name: OTHERS[name]})
    assert not Experiment().same_network(other)
    assert not other.same_network(Experiment())


def test_another_series_makes_another_network():
    assert not Experiment(series=(1.0,)).same_network(Experiment(series=(2.0,)))


def test_a_url_does_not_carry_the_series():
    assert Experiment(task="series", series=(1.0, 2.0)).to_query() == {"task": "series"}
    assert Experiment.from_query({"series": "1,2"}).series == ()


@pytest.mark.parametrize("carrier", [lambda e: e, Orders, lambda e: Job("key", print, (e, 3)), lambda e: [e]])
def test_what_is_logged_of_a_series_is_its_length(carrier):
    logged = repr(carrier(Experiment(task="series", learning_rate=0.1, series=(123.5, 678.25))))
    assert "Experiment(task='series', learning_rate=0.1, series=<2 values>)" in logged
    assert "123" not in logged
    assert "678" not in logged


def test_a_series_has_a_limit():
    Experiment(series=(0.0,) * SERIES_LIMIT)
    with pytest.raises(ValueError, match="series has 10,001 values: allowed are up to 10,000"):
        Experiment(series=(0.0,) * (SERIES_LIMIT + 1))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_series_holds_finite_numbers(value):
    with pytest.raises(ValueError, match="series: every value must be a finite number"):
        Experiment(series=(1.0, value))


def test_experiments_are_values():
    assert Experiment(seed=3) == Experiment(seed=3)
    assert hash(Experiment(seed=3)) == hash(Experiment(seed=3))
    assert Experiment(seed=3) != Experiment(seed=4)


def test_labels_change_no_network_and_are_short():
    named = Experiment(task="series", series=(1.0, 2.0), labels=Labels("load", "day", ("mon", "tue")))
    assert named.same_network(Experiment(task="series", series=(1.0, 2.0)))
    assert "load" not in repr(named)
    with pytest.raises(ValueError, match="labels: up to 60 letters each are allowed"):
        Labels("x" * 61)
    with pytest.raises(ValueError, match="labels: up to 10,000 dates are allowed"):
        Labels(dates=("mon",) * 10_001)
