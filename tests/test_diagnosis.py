"""The diagnosis, on snapshots whose numbers are known."""

import dataclasses
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import a_forecast, a_snapshot

from rnnviz.diagnosis import Diagnosis, describe_divergence, diagnose, forecast_sentence, short
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Baseline
from rnnviz.tasks import TASKS

FALLING, FLAT = np.geomspace(1, 0.01, 100), np.ones(100)


def of(experiment: Experiment, first: float, last: float = 1e-2, losses=FALLING, **how) -> Diagnosis:
    """Diagnose gradients that go evenly from `first` at step 1 to `last` at the last step."""
    T = TASKS[experiment.task].form.steps(experiment.seq_len)
    shape = (experiment.num_layers, 1 + experiment.bidirectional, T)
    norms = np.broadcast_to(np.linspace(first, last, T), shape)
    return diagnose(a_snapshot(experiment, norms=norms, losses=losses, **how), experiment)


def test_vanishing_says_the_ratio_and_what_to_try():
    said = of(Experiment(loss_at="last", seq_len=50), 3e-9, losses=FLAT)
    assert said.kind == "vanishing"
    assert said.sentence == "The gradient at step 1 is 3e-7 of that at step 50: vanishing."
    assert said.advice == "Try a GRU or LSTM, orthogonal initial weights or a shorter sequence."


@pytest.mark.parametrize(("factor", "kind"), [(0.5, "vanishing"), (2, "healthy")])
@pytest.mark.parametrize("seq_len", [2, 50])
def test_vanishing_starts_at_its_threshold(factor, kind, seq_len):
    assert of(Experiment(loss_at="last", seq_len=seq_len), 1e-2 * 1e-4 * factor).kind == kind


def test_where_the_loss_falls_though_the_gradient_vanishes_the_advice_says_why():
    said = of(Experiment(loss_at="last"), 1e-12, losses=FALLING)
    assert said.kind == "vanishing"
    assert said.advice.startswith("It does better than always saying the mean all the same. Try ")


def test_the_last_layer_and_the_forward_pass_are_read_and_named():
    experiment = Experiment(loss_at="last", num_layers=2, bidirectional=True, seq_len=10)
    norms = np.full((2, 2, 10), 1e-2)
    norms[1, 0] = np.linspace(1e-9, 1e-2, 10)
    norms[1, 1, :-1] = 0  # as it is: the backward pass begins at the last step
    said = diagnose(a_snapshot(experiment, norms=norms), experiment)
    assert said.sentence == "The gradient at step 1 is 1e-7 of that at step 10 (layer 2, forward pass): vanishing."


def test_with_a_loss_at_every_step_nothing_is_said_of_how_far_a_gradient_reaches():
    said = of(Experiment(loss_at="every", seq_len=50), 1e-12)
    assert said.kind == "healthy"
    assert "step 1 is" not in said.sentence
    assert "its own step's error" in said.advice


@pytest.mark.parametrize("task", ["adding", "recall"])
def test_a_task_that_asks_at_the_end_is_read_as_loss_at_the_last_step(task):
    said = of(Experiment(task=task, loss_at="every", seq_len=30), 1e-9, losses=FLAT)
    assert said.sentence == "The gradient at step 1 is 1e-7 of that at step 30: vanishing."


def test_where_no_answer_is_asked_at_the_first_step_the_distance_is_that_to_the_last():
    said = of(Experiment(task="reversal", seq_len=30), 1e-9, losses=FLAT)
    assert said.sentence == "The gradient at step 1 is 1e-7 of that at step 30: vanishing."


@pytest.mark.parametrize("loss_at", ["every", "last"])
def test_a_single_step_has_no_distance_and_no_length_to_change(loss_at):
    experiment = Experiment(task="square", seq_len=500, loss_at=loss_at)
    for losses, kind in ((FALLING, "healthy"), (FLAT, "worse"), (np.zeros(0), "starting")):
        said = of(experiment, 1e-2, losses=losses)
        assert said.kind == kind
        for words in ("step 1 ", "last step", "sequence", "GRU"):
            assert words not in said.sentence + said.advice
    exploding = of(experiment, 1e-2, norm=5e7)
    assert "sequence" not in exploding.advice


def test_exploding_by_ratio_and_by_the_norm_of_all_weights():
    said = of(Experiment(loss_at="last", seq_len=20), 1e4, 1.0)
    assert (said.kind, said.sentence) == (
        "exploding",
        "The gradient at step 1 is 10000 times that at step 20: exploding.",
    )
    said = of(Experiment(), 1e-2, norm=5e7)
    assert said.sentence == "The gradient of all weights together has lately had norm 5e7: exploding."
    assert said.advice == "Try a smaller learning rate or clipping the gradient norm at 1."
    clipped = diagnose(
        replace(a := a_snapshot(Experiment(), norm=5e7), gradients=replace(a.gradients, clipped_norm=1.0)),
        Experiment(clip_norm=1.0),
    )
    assert "norm 5e7 before clipping:" in clipped.sentence
    assert "clipping" not in clipped.advice


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
    assert said.sentence.startswith("The gradient at step 3 is infinite or not a number")


def test_no_gradient_at_all_is_said_so():
    said = of(Experiment(nonlinearity="relu"), 0.0, 0.0)
    assert said.kind == "none"
    assert "relu" in said.advice
    assert "relu" not in of(Experiment(), 0.0, 0.0).advice


AFTER = "After 1,000 training steps it does"
LOSS = "The validation loss is"
MEANS = "always saying the mean"


@pytest.mark.parametrize(
    ("loss", "kind", "sentence"),
    [
        (0.01, "healthy", f"{LOSS} 1 % of that of {MEANS}: healthy."),
        (0.88, "beginning", f"{LOSS} 12 % below that of {MEANS}: a beginning."),
        (0.97, "baseline", f"{AFTER} about as well as {MEANS} would (loss 0.97 against 1): at the baseline."),
        (1.41, "worse", f"{AFTER} worse than {MEANS} would (loss 1.41 against 1): not learned yet."),
    ],
)
def test_a_loss_is_measured_against_the_best_baseline(loss, kind, sentence):
    """However far it has come down: from 100 times as much, in each of these."""
    experiment = Experiment(task="adding")
    snapshot = a_snapshot(experiment, losses=np.geomspace(100, loss, 200) / 1.1)
    flat = replace(snapshot.history, loss=np.full(200, loss / 1.1), validation=np.full(200, loss))
    other = Baseline("repeat", "repeating the last value", 3.0)
    snapshot = replace(snapshot, history=flat, baselines=(other, *snapshot.baselines))
    assert (said := diagnose(snapshot, experiment)) == Diagnosis(kind, sentence, said.advice)
    assert bool(said.advice) == (kind != "healthy")


def test_the_issue_s_two_examples_are_not_called_healthy():
    """Adding: 0.235 where the mean gives 0.167. Airline: RMS 249 one step ahead where repeating gives 142."""
    adding = Experiment(task="adding")
    losses = np.r_[np.geomspace(1.2, 0.235, 20), np.full(180, 0.235)] / 1.1
    assert diagnose(a_snapshot(adding, losses=losses, baseline=1 / 6), adding).kind == "worse"
    airline = Experiment(task="airline")
    forecast = a_forecast(one_step=249, repeat_last=142)
    said = diagnose(a_snapshot(airline, forecast=forecast, losses=FALLING), airline)
    assert said.kind == "worse"
    assert "(RMS 249 against 142)" in said.sentence
    better = a_forecast(one_step=141, repeat_last=142)
    assert diagnose(a_snapshot(airline, forecast=better, losses=FALLING), airline).kind == "healthy"


@pytest.mark.parametrize(("name", "offered"), [("mean", False), ("repeat", True)])
@pytest.mark.parametrize("task", ["airline", "sine"])
def test_changes_are_offered_where_the_last_value_is_what_there_is_to_beat(task, name, offered):
    losses = FLAT * 1.2
    for difference in (False, True):
        experiment = Experiment(task=task, difference=difference)
        snapshot = replace(a_snapshot(experiment, losses=losses), baselines=(Baseline(name, "saying so", 1.0),))
        offers = "learning the change" in diagnose(snapshot, experiment).advice
        assert offers == (offered and task == "airline" and not difference)


def test_one_noisy_batch_changes_no_verdict_but_weights_worse_than_the_baseline_are_not_praised():
    experiment = Experiment(task="recall")
    snapshot = a_snapshot(experiment, losses=FALLING)
    history = snapshot.history
    noisy = replace(history, loss=np.r_[history.loss[:-1], 50.0], validation=np.r_[history.loss[:-1], 0.9])
    for now in (0.01, 0.9):
        said = diagnose(replace(snapshot, loss=50.0, validation_loss=now, history=noisy), experiment)
        assert said.kind == "healthy"
    for now in (1.2, np.inf, np.nan):
        said = diagnose(replace(snapshot, validation_loss=now), experiment)
        assert said.kind == "worse"
        assert "The validation loss jumps" in said.sentence


@pytest.mark.parametrize(("task", "name", "told"), [("sine", "repeat", True), ("wave", "mean", False)])
def test_a_network_that_reads_its_answers_is_not_praised_without_saying_so(task, name, told):
    for bidirectional, loss_at in ((True, "every"), (False, "every"), (True, "last")):
        experiment = Experiment(task=task, bidirectional=bidirectional, loss_at=loss_at)
        snapshot = replace(a_snapshot(experiment), baselines=(Baseline(name, "saying so", 1.0),))
        said = diagnose(snapshot, experiment)
        assert said.kind == "healthy"
        assert ("is told every answer" in said.advice) == (told and bidirectional and loss_at == "every")


def test_weights_that_have_only_just_become_good_are_not_blamed_for_those_before():
    """As after a spike, or where it learns fast; nor are they called healthy for a single good moment."""
    experiment = Experiment(task="sine")
    snapshot = a_snapshot(experiment, losses=np.geomspace(1, 1e-6, 100))
    spike = replace(snapshot.history, validation=np.r_[np.ones(90), np.full(10, 2.0)])
    assert diagnose(replace(snapshot, history=spike, validation_loss=0.6), experiment).kind == "overfitting"
    said = diagnose(replace(snapshot, history=spike, validation_loss=0.01), experiment)
    assert said.kind == "beginning"
    assert said.sentence == (
        "The validation loss is 99 % below that of always saying the mean, but lately its median was 2 against 1: a "
        "beginning."
    )


@pytest.mark.parametrize(("lately", "now", "said"), [(0.55, 0.41, "0.55 against 1"), (0.55, 0.6, "45 % below")])
def test_a_beginning_quotes_the_loss_that_was_not_yet_good(lately, now, said):
    snapshot = a_snapshot(Experiment(task="adding"), losses=np.full(100, lately))
    history = replace(snapshot.history, validation=np.full(100, lately))
    diagnosis = diagnose(replace(snapshot, history=history, validation_loss=now), Experiment(task="adding"))
    assert diagnosis.kind == "beginning"
    assert said in diagnosis.sentence


def test_a_gap_is_overfitting_where_it_matters_beside_the_baseline():
    """Learned by heart a millionfold better than the rest, and still the rest is next to nothing."""
    experiment = Experiment(task="sine")
    losses = np.geomspace(1, 1e-8, 400)
    for validation, kind in ((0.01, "healthy"), (0.49, "healthy"), (0.6, "overfitting"), (3.0, "overfitting")):
        snapshot = a_snapshot(experiment, losses=losses)
        history = replace(snapshot.history, validation=np.r_[np.full(200, 1.0), np.full(200, validation)])
        said = diagnose(replace(snapshot, history=history, validation_loss=validation), experiment)
        assert said.kind == kind
        assert ("always saying the mean gives 1)" in said.sentence) == (kind == "overfitting")


@pytest.mark.parametrize(("rate", "words"), [(0.01, "a larger learning rate"), (0.05, ""), (0.1, "a smaller")])
def test_the_learning_rate_is_measured_against_the_one_the_task_suggests(rate, words):
    advice = of(Experiment(task="square", learning_rate=rate), 1e-2, losses=FLAT).advice
    assert words in advice
    assert ("learning rate" in advice) == bool(words)


def test_before_there_is_anything_to_say_of_the_loss_the_gradient_speaks():
    said = of(Experiment(loss_at="last", seq_len=20), 5e-3, losses=np.zeros(0), norm=np.nan)
    assert said == Diagnosis("starting", "The gradient at step 1 is 0.5 of that at step 20: it arrives.")
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
    assert said.sentence.endswith(".")
    assert "{" not in said.sentence + said.advice
    if experiment.cell != "rnn":
        assert "GRU" not in said.advice
        assert "relu" not in said.advice
    if experiment.optimizer == "adam":
        assert "Adam" not in said.advice
    if 0 < experiment.clip_norm <= 1:
        assert "clipping" not in said.advice
    if experiment.forget_bias >= 1 or experiment.cell != "lstm":
        assert "forget" not in said.advice
    if experiment.initialisation != "default":
        assert "orthogonal" not in said.advice
    if experiment.initialisation not in ("orthogonal", "spectral") or experiment.spectral_radius == 1:
        assert "radius" not in said.advice
    if experiment.loss_at == "last" or experiment.task not in ("sine", "wave", "video"):
        assert "last step only" not in said.advice


def test_forecast_sentence_sets_the_three_errors_side_by_side():
    said = forecast_sentence(a_forecast(one_step=1, free_running=34.12), "passengers")
    assert said == (
        "Error (RMS, passengers) on the held-out part: 1 one step ahead, 34.1 free-running, 2 if the last value is "
        "repeated. One step ahead, it is 50 % better than repeating."
    )


@pytest.mark.parametrize("one_step", [2.0, 3.0, np.nan])
def test_a_network_that_does_not_beat_repeating_is_not_praised(one_step):
    assert "not beat repeating" in forecast_sentence(a_forecast(one_step=one_step))


def test_divergence_names_step_quantity_and_what_is_left_to_try():
    assert describe_divergence(17, "loss", Experiment()) == (
        "Training stopped at step 17: the loss is no longer a finite number. "
        "Try a smaller learning rate or clipping the gradient norm at 1."
    )
    said = describe_divergence(3, "gradient", Experiment(clip_norm=1.0, nonlinearity="relu", learning_rate=1e-5))
    assert said.endswith("the gradient is no longer a finite number. Try tanh instead of relu.")


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


def test_a_gap_there_was_before_training_is_not_overfitting():
    """As after a trend: the validation's values are larger, and so are the errors, of an untrained network too."""
    experiment, losses = Experiment(task="airline"), np.geomspace(1, 0.01, 200)
    snapshot = a_snapshot(experiment, losses=losses, baseline=0.3)
    for times, kind in ((np.full(200, 20.0), "beginning"), (np.geomspace(1, 20, 200), "overfitting")):
        history = replace(snapshot.history, validation=losses * times)
        said = diagnose(replace(snapshot, history=history, validation_loss=history.validation[-1]), experiment)
        assert said.kind == kind


def test_a_loss_that_falls_on_the_training_part_alone_is_called_overfitting():
    snapshot = a_snapshot(Experiment(task="airline", batch_size=16), losses=np.geomspace(1, 0.02, 200))
    newest = float(np.median(snapshot.history.loss[-20:]))

    def apart(times: float):
        validation = np.maximum(snapshot.history.loss, times * newest)
        history = dataclasses.replace(snapshot.history, validation=validation)
        return dataclasses.replace(snapshot, history=history, validation_loss=times * newest)

    carried_over, by_heart = apart(9), apart(30)
    assert diagnose(carried_over, Experiment(task="airline")).kind == "healthy"
    diagnosis = diagnose(by_heart, Experiment(task="airline"))
    assert diagnosis.kind == "overfitting"
    assert "30 times" in diagnosis.sentence
    assert "smaller hidden size" in diagnosis.advice
