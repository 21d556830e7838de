"""The gradient lab: its pictures by their data, of networks that were really analysed, and the page's logic."""

import math
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import EXPERIMENTS

from rnnviz.plots import LAB
from rnnviz.plots.decades import FLOOR
from rnnviz.plots.needs import lens
from rnnviz.runs.messages import Frame, Orders
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.snapshot import Analysis, Lens, Snapshot
from rnnviz.training.trainer import Trainer
from rnnviz.ui.lab import page as lab
from rnnviz.ui.live.wire import encoded

VIEW = View()


def analysed(experiment: Experiment, steps: int = 3, view: View = VIEW) -> tuple[Snapshot, Analysis]:
    trainer = Trainer(experiment)
    trainer.step(steps)
    snapshot = trainer.snapshot(lens=lens(view, experiment))
    return snapshot, snapshot.analysis


def arrays(name: str, snapshot: Snapshot, experiment: Experiment) -> list[dict[str, Any]]:
    return LAB[name].arrays(Scene(experiment, snapshot))


@pytest.mark.slow
@settings(max_examples=25)
@given(EXPERIMENTS, st.sampled_from(["tanh", "relu", "sigmoid"]), st.integers(1, 4), st.sampled_from([0, 2]))
def test_every_picture_of_every_network_can_be_drawn(experiment, nonlinearity, layer, steps):
    experiment = Experiment(**{**vars(experiment), "nonlinearity": nonlinearity})
    snapshot, _ = analysed(experiment, steps, View(layer=layer, direction="backward", jacobian=500))
    scene = Scene(experiment, snapshot)
    for picture in (picture for picture in LAB.values() if picture.shown(experiment)):
        figure, found = picture.figure(scene), picture.arrays(scene)
        assert len(figure.data) == len(found)  # type: ignore
        encoded([figure.to_plotly_json(), found])
        assert str(picture.sentence(scene)).endswith(".")


def test_the_map_shows_powers_of_ten_of_the_shares():
    experiment = Experiment(seq_len=12)
    snapshot, analysis = analysed(experiment)
    norms = analysis.shares.norms
    shown, zero, overflowed = arrays("shares", snapshot, experiment)
    there = norms > 0
    np.testing.assert_allclose(shown["z"][there], np.log10(norms[there]), rtol=1e-6)
    assert np.isnan(shown["z"][~there]).all()
    assert there.sum() == 12 * 11 / 2  # k = 1 has no share, for h_0 is zero
    np.testing.assert_array_equal(zero["z"] == 1, norms == 0)
    assert np.isnan(overflowed["z"]).all()
    assert shown["zmax"] >= np.nanmax(shown["z"])


def test_what_truncation_cuts_is_marked_as_zero():
    experiment = Experiment(seq_len=12, truncation=4)
    snapshot, _ = analysed(experiment)
    _, zero, _ = arrays("shares", snapshot, experiment)
    t, k = np.indices((12, 12))
    np.testing.assert_array_equal(zero["z"] == 1, (k <= t) & ((k // 4 < t // 4) | (k == 0)))
    line, _, zeros, *_ = arrays("distance", snapshot, experiment)
    np.testing.assert_array_equal(zeros["x"], np.arange(4, 11))
    assert np.isnan(line["y"][4:]).all()


def test_what_overflowed_is_marked():
    experiment = Experiment(task="adding", initialisation="orthogonal", spectral_radius=2, seq_len=300, hidden_size=8)
    trainer = Trainer(experiment)
    with torch.no_grad():
        for name, parameter in trainer.model.recurrent.named_parameters():
            if "weight_hh" not in name:
                parameter.zero_()
    snapshot = trainer.snapshot(lens=Lens())
    *_, broken, _floor, _below, _holder = arrays("memory", snapshot, experiment)
    assert 150 < len(broken["x"]) < 200  # 2^-127 is the last of them
    frame = Frame(0, 1, Orders(experiment), snapshot, True, 0.0, None)
    assert "too large for float32" in str(lab.BOARD.words(frame, snapshot)["memory_note"])


def test_long_sequences_are_drawn_thinner():
    experiment = Experiment(seq_len=250)
    snapshot, analysis = analysed(experiment)
    shown, *_ = arrays("shares", snapshot, experiment)
    assert shown["z"].shape == (84, 84)
    np.testing.assert_array_equal(shown["x"], np.arange(1, 251, 3))
    np.testing.assert_array_equal(shown["y"], shown["x"])
    assert shown["z"][50, 20] == pytest.approx(math.log10(analysis.shares.norms[150, 60]), rel=1e-6)
    profile, *_ = arrays("training", snapshot, experiment)
    assert profile["z"].shape == (84, 3)


@pytest.mark.parametrize("seq_len", [8, 101, 200, 500])
def test_one_loss_term_is_one_row(seq_len):
    experiment = Experiment(task="recall", seq_len=seq_len)
    snapshot, analysis = analysed(experiment, 1)
    shown, *_ = arrays("shares", snapshot, experiment)
    np.testing.assert_array_equal(shown["y"], [seq_len])
    assert shown["x"][-1] == seq_len
    assert shown["z"][0, -1] == pytest.approx(math.log10(analysis.shares.norms[-1, -1]), rel=1e-6)
    figure: Any = LAB["shares"].figure(Scene(experiment, snapshot))
    assert tuple(figure.layout.yaxis.range) == (seq_len + 0.5, seq_len - 0.5)


def test_of_a_large_network_some_loss_terms_are_taken_and_it_says_so(monkeypatch):
    experiment = Experiment(seq_len=40)
    whole, everything = analysed(experiment)
    monkeypatch.setattr("rnnviz.looks.analysis.WORK", 10 * 40 * 32)
    snapshot, analysis = analysed(experiment)
    taken = analysis.shares.marked
    assert len(taken) == 10
    assert taken[-1] == 39
    assert analysis.terms == 40
    np.testing.assert_allclose(analysis.shares.norms[taken], everything.shares.norms[taken], rtol=1e-4)
    assert np.isnan(np.delete(analysis.shares.norms, taken, axis=0)).all()
    notes = [
        lab.BOARD.words(Frame(0, 1, Orders(experiment), s, True, 0, None), s)["distance_note"]
        for s in (whole, snapshot)
    ]
    assert "These are 10 of the 40 loss terms" in str(notes[1])
    assert "These are" not in str(notes[0])
    shown, *_ = arrays("shares", snapshot, experiment)
    np.testing.assert_array_equal(shown["y"], taken + 1)


def test_a_state_that_overflowed_says_exploded():
    settings: dict[str, Any] = {"nonlinearity": "relu", "initialisation": "spectral", "spectral_radius": 2.0}
    experiment = Experiment(task="recall", seq_len=500, **settings)
    snapshot, _ = analysed(experiment, 0)
    words = lab.BOARD.words(Frame(0, 1, Orders(experiment), snapshot, True, 0, None), snapshot)
    assert str(words["horizon"]) == str(words["floor"]) == "exploded"
    assert "overflowed" in str(words["distance_note"])
    assert "499 of 500" in str(words["memory_note"])


def test_the_words_name_the_layer_and_direction():
    experiment = Experiment(num_layers=2, bidirectional=True, seq_len=9)
    snapshot, _ = analysed(experiment, view=View(layer=2, direction="backward"))
    words = lab.BOARD.words(Frame(0, 1, Orders(experiment), snapshot, True, 0, None), snapshot)
    for note in ("memory_note", "distance_note", "factors_note"):
        assert str(words[note]).startswith("Layer 2, backward pass.")
    assert "h_1" in str(LAB["memory"].sentence(Scene(experiment, snapshot)))


@pytest.mark.parametrize("name", list(lab.EXAMPLES))
def test_an_example_is_what_it_says(name):
    settings = lab.PLAIN | lab.EXAMPLES[name][2]
    experiment = Experiment(**settings)
    snapshot, analysis = analysed(experiment, 0)
    gradient, growth = snapshot.gradients.hidden_norms[0, 0], analysis.factors.growth[2:]
    match name:
        case "explode":
            assert gradient[0] > 1e3 * gradient[-1]
            assert np.median(growth) > 1.1
        case "vanish":
            assert gradient[0] < 1e-12 * gradient[-1]
            assert np.median(growth) < 0.5
        case "live":
            assert 0.1 < gradient[0] / gradient[-1] < 10
        case "cut":
            assert (gradient[:50] == 0).all()
            assert (gradient[50:] > 0).all()


def test_the_factor_is_the_product_that_is_drawn():
    experiment = Experiment(seq_len=9, hidden_size=6, task="adding")
    snapshot, analysis = analysed(experiment, view=View(jacobian=4))
    slope, W_hh, product = (array["z"].astype(np.float64) for array in arrays("jacobian", snapshot, experiment))
    np.testing.assert_allclose(slope * W_hh, product, rtol=1e-4, atol=1e-7)
    h = snapshot.trace.hidden[0, 0, 3]
    np.testing.assert_allclose(slope[:, 0], 1 - h * h, rtol=1e-5)
    assert analysis.lens.step == 3
    assert "time step 4" in str(LAB["jacobian"].sentence(Scene(experiment, snapshot)))


@pytest.mark.parametrize(
    ("nonlinearity", "derivative"),
    [
        ("tanh", lambda a: 1 / np.cosh(a) ** 2),
        ("relu", lambda a: (a > 0).astype(float)),
        ("sigmoid", lambda a: np.exp(-a) / (1 + np.exp(-a)) ** 2),
    ],
)
def test_the_derivative_is_the_textbook_s(nonlinearity, derivative):
    experiment = Experiment(nonlinearity=nonlinearity, seq_len=9, hidden_size=6)
    snapshot, _ = analysed(experiment)
    curve, visited = arrays("derivative", snapshot, experiment)
    for points in (curve, visited):
        np.testing.assert_allclose(points["y"], derivative(points["x"]), atol=1e-6)
    assert len(visited["x"]) == 9 * 6


def test_a_gated_cell_s_points_are_its_new_value_s():
    experiment = Experiment(cell="gru", seq_len=9, hidden_size=6)
    snapshot, _ = analysed(experiment)
    _, visited = arrays("derivative", snapshot, experiment)
    np.testing.assert_allclose(np.tanh(visited["x"]), snapshot.trace.gates["n"][0, 0].ravel(), atol=1e-6)


def test_the_factors_are_those_of_the_memory():
    experiment = Experiment(seq_len=9, task="adding")
    snapshot, analysis = analysed(experiment)
    growth, local, radius, _ = arrays("factors", snapshot, experiment)
    norm = analysis.memory.norm
    np.testing.assert_allclose(growth["y"][1:], norm[:-1] / norm[1:])
    np.testing.assert_allclose(local["y"], (1 - snapshot.trace.hidden[0, 0] ** 2).mean(-1), rtol=1e-5)
    assert radius["y"][0] == pytest.approx(analysis.factors.radius)


@cache
def usual(steps: int, **change: Any) -> Scene:
    settings: dict[str, Any] = {"seq_len": 9, "hidden_size": 6} | change
    experiment = Experiment(**settings)
    return Scene(experiment, analysed(experiment, steps)[0])


@pytest.mark.parametrize(
    "change",
    [
        {"seq_len": 8},
        {"cell": "gru"},
        {"cell": "lstm"},
        {"nonlinearity": "relu"},
        {"loss_at": "last"},
        {"num_layers": 2},
        {"bidirectional": True},
        {"truncation": 4},
        {"hidden_size": 5},
    ],
)
def test_a_picture_s_key_changes_with_what_its_frame_and_sentence_depend_on(change):
    one, two, changed = usual(3), usual(5), usual(3, **change)
    differ = []
    for picture in (picture for picture in LAB.values() if picture.shown(one.experiment)):
        assert picture.depends(one) == picture.depends(two)
        if (picture.frame(one), picture.sentence(one)) != (picture.frame(changed), picture.sentence(changed)):
            differ.append(picture.name)
            assert picture.depends(one) != picture.depends(changed)
    assert differ


def test_a_decoder_s_first_state_is_none_of_zeros_and_has_its_shares():
    scene = usual(3, task="reverse", seq_len=5)
    shares = scene.snapshot.analysis.shares
    assert (shares.norms[:, 0] > 0).all()
    assert list(shares.distances) == [0, 1, 2, 3, 4, 5]
    assert "h_0 is 0" not in str(LAB["shares"].sentence(scene))
    assert "h_0 is 0" in str(LAB["shares"].sentence(usual(3)))


def test_the_words_tell_the_numbers():
    experiment = Experiment(task="recall", nonlinearity="sigmoid", seq_len=60, loss_at="last")
    snapshot, analysis = analysed(experiment)
    words = lab.BOARD.words(Frame(0, 1, Orders(experiment), snapshot, True, 0.0, None), snapshot)
    assert float(str(words["horizon"])) == pytest.approx(analysis.memory.horizon, rel=5e-3)
    assert analysis.memory.horizon < 2
    by_distance = analysis.memory.norm[::-1]
    if math.isinf(analysis.memory.floor):
        assert words["floor"] == "> 59"
    else:
        assert by_distance[math.ceil(analysis.memory.floor)] <= FLOOR
    assert set(lab.BOARD.readouts) <= set(words)
