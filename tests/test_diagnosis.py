"""The diagnosis of the gradient, and what holds whatever the numbers, on snapshots whose numbers are known."""

from dataclasses import replace

import numpy as np
import pytest
from diagnosed import FALLING, FLAT, of
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import a_forecast, a_snapshot

from rnnviz.diagnosis import describe_divergence, diagnose
from rnnviz.language import short
from rnnviz.plots.forecast import forecast_sentence
from rnnviz.settings.experiment import Experiment
from rnnviz.training.trainer import Trainer


def test_vanishing_says_the_ratio_and_what_to_try():
    said = of(Experiment(loss_at="last", seq_len=50), 3e-9, losses=FLAT)
    assert said.kind == "vanishing"
    assert str(said.sentence) == "The gradient at step 1 is 3e-7 of that at step 50: vanishing."
    assert str(said.advice) == "Try a cell with gates (GRU or LSTM), orthogonal initial weights or a shorter sequence."


@pytest.mark.parametrize(("factor", "kind"), [(0.5, "vanishing"), (2, "healthy")])
@pytest.mark.parametrize("seq_len", [2, 50])
def test_vanishing_starts_at_its_threshold(factor, kind, seq_len):
    assert of(Experiment(loss_at="last", seq_len=seq_len), 1e-2 * 1e-4 * factor).kind == kind


def test_where_the_loss_falls_though_the_gradient_vanishes_the_advice_says_why():
    said = of(Experiment(loss_at="last"), 1e-12, losses=FALLING)
    assert said.kind == "vanishing"
    assert str(said.advice).startswith("It does better than always saying the mean all the same. Try ")


def test_a_gradient_that_a_window_of_bptt_stops_is_not_blamed_on_the_network():
    experiment = Experiment(loss_at="last", truncation=5, hidden_size=4)
    said = diagnose(Trainer(experiment).snapshot(), experiment)
    assert said.kind == "vanishing"
    assert str(said.sentence) == "No gradient reaches step 1: BPTT is cut into windows of 5 steps."
    assert str(said.advice) == "Set the truncation to 0 to let it through."


def test_the_last_layer_and_the_forward_pass_are_read_and_named():
    experiment = Experiment(loss_at="last", num_layers=2, bidirectional=True, seq_len=10)
    norms = np.full((2, 2, 10), 1e-2)
    norms[1, 0] = np.linspace(1e-9, 1e-2, 10)
    norms[1, 1, :-1] = 0  # as it is: the backward pass begins at the last step
    said = diagnose(a_snapshot(experiment, norms=norms), experiment)
    assert str(said.sentence) == "The gradient at step 1 is 1e-7 of that at step 10 (layer 2, forward pass): vanishing."


def test_with_a_loss_at_every_step_nothing_is_said_of_how_far_a_gradient_reaches():
    said = of(Experiment(loss_at="every", seq_len=50), 1e-12)
    assert said.kind == "healthy"
    assert "step 1 is" not in str(said.sentence)
    assert "its own step's error" in str(said.advice)


@pytest.mark.parametrize("task", ["adding", "recall"])
def test_a_task_that_asks_at_the_end_is_read_as_loss_at_the_last_step(task):
    said = of(Experiment(task=task, loss_at="every", seq_len=30), 1e-9, losses=FLAT)
    assert str(said.sentence) == "The gradient at step 1 is 1e-7 of that at step 30: vanishing."


def test_where_no_answer_is_asked_at_the_first_step_the_distance_is_that_to_the_last():
    said = of(Experiment(task="reversal", seq_len=30), 1e-9, losses=FLAT)
    assert str(said.sentence) == "The gradient at step 1 is 1e-7 of that at step 30: vanishing."


@pytest.mark.parametrize("loss_at", ["every", "last"])
def test_a_single_step_has_no_distance_and_no_length_to_change(loss_at):
    experiment = Experiment(task="square", seq_len=500, loss_at=loss_at)
    for losses, kind in ((FALLING, "healthy"), (FLAT, "worse"), (np.zeros(0), "starting")):
        said = of(experiment, 1e-2, losses=losses)
        assert said.kind == kind
        for words in ("step 1 ", "last step", "sequence", "GRU"):
            assert words not in str(said.sentence) + str(said.advice)
    exploding = of(experiment, 1e-2, norm=5e7)
    assert "sequence" not in str(exploding.advice)


@pytest.mark.parametrize(
    ("first", "kind"), [(0.9e-4, "vanishing"), (1.1e-4, "healthy"), (0.9e3, "healthy"), (1.1e3, "exploding")]
)
def test_of_two_sequences_the_source_tells_how_far_a_gradient_reaches(first, kind):
    alone = Experiment(task="reverse", seq_len=30, num_layers=2)
    norms = np.linspace(first, 1, 30)
    said = of(alone, 1.0, source_norms=norms)
    assert said.kind == kind
    if kind != "healthy":
        assert str(said.sentence).startswith(f"The gradient at source step 1 is {short(first, 2)} of that") or first > 1
        assert "at source step 30 (layer 2)" in str(said.sentence)
    if kind == "vanishing":
        assert str(said.advice).endswith(
            "Try attention, a cell with gates (GRU or LSTM), orthogonal initial weights or a shorter sequence."
        )
    looks = of(replace(alone, attention="dot"), 1.0, source_norms=norms)
    assert looks.kind == "healthy"
    assert "Attention hands a gradient to every step" in str(looks.advice)


def test_what_an_encoder_can_not_hold_is_said_and_no_advice_is_what_a_task_refuses():
    norms = np.array([1.0, np.inf, 1.0])
    assert "at source step 2 is infinite" in str(of(Experiment(task="dates"), 1.0, source_norms=norms).sentence)
    vanishing = of(Experiment(task="dates"), 1.0, source_norms=np.array([1e-9, 1.0]))
    assert "shorter" not in str(vanishing.advice)  # a date is as long as it is
    standing = str(of(Experiment(task="dates"), 1.0, losses=FLAT, source_norms=np.ones(3)).advice)
    assert "attention" in standing
    assert "last step" not in standing


def test_exploding_by_ratio_and_by_the_norm_of_all_weights():
    said = of(Experiment(loss_at="last", seq_len=20), 1e4, 1.0)
    assert (said.kind, str(said.sentence)) == (
        "exploding",
        "The gradient at step 1 is 10000 times that at step 20: exploding.",
    )
    said = of(Experiment(), 1e-2, norm=5e7)
    assert str(said.sentence) == "The gradient of all weights together has lately had norm 5e7: exploding."
    assert str(said.advice) == "Try a smaller learning rate or clipping the gradient norm at 1."
    snapshot = a_snapshot(Experiment(), norm=5e7)
    parts = snapshot.parts | {"gradients": replace(snapshot.gradients, clipped_norm=1.0)}
    clipped = diagnose(replace(snapshot, parts=parts), Experiment(clip_norm=1.0))
    assert "norm 5e7 before clipping:" in str(clipped.sentence)
    assert "clipping" not in str(clipped.advice)


def test_a_norm_that_was_large_once_in_the_newest_tenth_is_said_until_it_has_left_it():
    experiment, snapshot = Experiment(), a_snapshot(Experiment(), losses=FALLING)
    for ago, kind in ((1, "exploding"), (10, "exploding"), (11, "healthy")):
        norm = np.full(100, 0.5)
        norm[-ago] = 5e7
        said = diagnose(replace(snapshot, history=replace(snapshot.history, norm=norm)), experiment)
        assert said.kind == kind


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_gradient_that_is_no_number_is_said_so(value):
    experiment = Experiment(seq_len=8)
    norms = np.full((1, 1, 8), 0.1)
    norms[0, 0, :3] = value
    said = diagnose(a_snapshot(experiment, norms=norms), experiment)
    assert said.kind == "broken"
    assert str(said.sentence).startswith("The gradient at step 3 is infinite or not a number")


def test_no_gradient_at_all_is_said_so():
    said = of(Experiment(nonlinearity="relu"), 0.0, 0.0)
    assert said.kind == "none"
    assert "relu" in str(said.advice)
    assert "relu" not in str(of(Experiment(), 0.0, 0.0).advice)


def test_before_there_is_anything_to_say_of_the_loss_the_gradient_speaks():
    said = of(Experiment(loss_at="last", seq_len=20), 5e-3, losses=np.zeros(0), norm=np.nan)
    assert (said.kind, said.advice) == ("starting", "")
    assert str(said.sentence) == "The gradient at step 1 is 0.5 of that at step 20: it arrives."
    assert of(Experiment(), 5e-3, losses=np.ones(3)).kind == "starting"


SETTINGS = st.builds(
    Experiment,
    task=st.sampled_from(["sine", "adding", "recall", "square", "wave", "reversal", "video"]),
    cell=st.sampled_from(["rnn", "gru", "lstm"]),
    nonlinearity=st.sampled_from(["tanh", "relu", "sigmoid"]),
    num_layers=st.integers(1, 2),
    bidirectional=st.booleans(),
    hidden_size=st.sampled_from([2, 16]),
    seq_len=st.integers(2, 12),
    loss_at=st.sampled_from(["every", "last"]),
    optimizer=st.sampled_from(["adam", "sgd"]),
    clip_norm=st.sampled_from([0.0, 0.5, 50.0]),
    learning_rate=st.sampled_from([1e-5, 0.01, 1.0]),
    initialisation=st.sampled_from(["default", "orthogonal", "identity", "spectral"]),
    spectral_radius=st.sampled_from([0.5, 1.0, 2.0]),
    forget_bias=st.sampled_from([0.0, 2.0]),
)


@settings(max_examples=150, derandomize=True)
@given(
    SETTINGS,
    st.floats(0, width=32),
    st.floats(0, width=32),
    st.floats(0),
    st.lists(st.floats(0), max_size=40).map(np.array),
)
def test_whatever_the_numbers_one_sentence_and_no_advice_already_followed(experiment, first, last, norm, losses):
    with np.errstate(all="ignore"):
        said = of(experiment, first, last, losses, norm=norm)
    assert str(said.sentence).endswith(".")
    assert "{" not in str(said.sentence) + str(said.advice)
    if experiment.cell != "rnn":
        assert "GRU" not in str(said.advice)
        assert "relu" not in str(said.advice)
    if experiment.optimizer == "adam":
        assert "Adam" not in str(said.advice)
    if 0 < experiment.clip_norm <= 1:
        assert "clipping" not in str(said.advice)
    if experiment.forget_bias >= 1 or experiment.cell != "lstm":
        assert "forget" not in str(said.advice)
    if experiment.initialisation != "default":
        assert "orthogonal" not in str(said.advice)
    if experiment.initialisation not in ("orthogonal", "spectral") or experiment.spectral_radius == 1:
        assert "radius" not in str(said.advice)
    if experiment.loss_at == "last" or experiment.task not in ("sine", "wave", "video"):
        assert "last step only" not in str(said.advice)


def test_forecast_sentence_sets_the_three_errors_side_by_side():
    said = forecast_sentence(a_forecast(one_step=1, free_running=34.12), "passengers")
    assert str(said) == (
        "Error (RMS, passengers) on the held-out part: 1 one step ahead, 34.1 free-running, 2 if the last value is "
        "repeated. One step ahead, it is 50 % better than repeating."
    )


@pytest.mark.parametrize("one_step", [2.0, 3.0, np.nan])
def test_a_network_that_does_not_beat_repeating_is_not_praised(one_step):
    assert "not beat repeating" in str(forecast_sentence(a_forecast(one_step=one_step)))


def test_divergence_names_step_quantity_and_what_is_left_to_try():
    assert str(describe_divergence(17, "loss", Experiment())) == (
        "Training stopped at step 17: the loss is no longer a finite number. "
        "Try a smaller learning rate or clipping the gradient norm at 1."
    )
    said = describe_divergence(3, "gradient", Experiment(clip_norm=1.0, nonlinearity="relu", learning_rate=1e-5))
    assert str(said).endswith("the gradient is no longer a finite number. Try tanh instead of relu.")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (3e-7, "3e-7"),
        (0.0123, "0.012"),
        (0, "0"),
        (99.6, "100"),
        (12345.6, "12346"),
        (5e7, "5e7"),
        (np.nan, "–"),
        (np.inf, "∞"),
        (-np.inf, "−∞"),
        (-0.5, "-0.5"),
    ],
)
def test_short(number, text):
    assert short(number) == text


def test_short_keeps_the_digits_asked_for():
    assert short(34.12, 3) == "34.1"
