"""The diagnosis of the loss, measured against the best baseline, on snapshots whose numbers are known."""

import dataclasses
from dataclasses import replace

import numpy as np
import pytest
from diagnosed import FALLING, FLAT, of
from made_up import a_forecast, a_snapshot

from rnnviz.diagnosis import diagnose
from rnnviz.language import N_
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Baseline

AFTER = "At training step 1,000 it does"


LOSS = "Lately the validation loss was"


MEANS = "always saying the mean"


@pytest.mark.parametrize(
    ("loss", "kind", "sentence"),
    [
        (0.01, "healthy", f"{LOSS} 1 % of that of {MEANS}: healthy."),
        (0.88, "beginning", f"{LOSS} 12 % below that of {MEANS}: a beginning."),
        (
            0.97,
            "baseline",
            f"{AFTER} about as well as {MEANS} would (lately a loss of 0.97 against 1): at the baseline.",
        ),
        (1.41, "worse", f"{AFTER} worse than {MEANS} would (lately a loss of 1.41 against 1): not learned yet."),
    ],
)
def test_a_loss_is_measured_against_the_best_baseline(loss, kind, sentence):
    """However far it has come down: from 100 times as much, in each of these."""
    experiment = Experiment(task="adding")
    snapshot = a_snapshot(experiment, losses=np.geomspace(100, loss, 200) / 1.1)
    flat = replace(snapshot.history, loss=np.full(200, loss / 1.1), validation=np.full(200, loss))
    other = Baseline("repeat", N_("repeating the last value"), 3.0)
    snapshot = replace(snapshot, history=flat, baselines=(other, *snapshot.baselines))
    said = diagnose(snapshot, experiment)
    assert (said.kind, str(said.sentence)) == (kind, sentence)
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
    assert "(RMS 249 against 142)" in str(said.sentence)
    better = a_forecast(one_step=141, repeat_last=142)
    assert diagnose(a_snapshot(airline, forecast=better, losses=FALLING), airline).kind == "healthy"


@pytest.mark.parametrize(("name", "offered"), [("mean", False), ("repeat", True)])
@pytest.mark.parametrize("task", ["airline", "sine"])
def test_changes_are_offered_where_the_last_value_is_what_there_is_to_beat(task, name, offered):
    losses = FLAT * 1.2
    for difference in (False, True):
        experiment = Experiment(task=task, difference=difference)
        snapshot = replace(a_snapshot(experiment, losses=losses), baselines=(Baseline(name, N_("saying so"), 1.0),))
        offers = "learning the change" in str(diagnose(snapshot, experiment).advice)
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
        assert "The validation loss jumps" in str(said.sentence)


@pytest.mark.parametrize(("task", "name", "told"), [("sine", "repeat", True), ("wave", "mean", False)])
def test_a_network_that_reads_its_answers_is_not_praised_without_saying_so(task, name, told):
    for bidirectional, loss_at in ((True, "every"), (False, "every"), (True, "last")):
        experiment = Experiment(task=task, bidirectional=bidirectional, loss_at=loss_at)
        snapshot = replace(a_snapshot(experiment), baselines=(Baseline(name, N_("saying so"), 1.0),))
        said = diagnose(snapshot, experiment)
        assert said.kind == "healthy"
        assert ("is told every answer" in str(said.advice)) == (told and bidirectional and loss_at == "every")


@pytest.mark.parametrize(
    ("task", "carry_state", "told"), [("sine", True, True), ("sine", False, False), ("adding", True, False)]
)
def test_of_a_state_that_is_carried_it_is_said_when_zero_is_no_good_start(task, carry_state, told):
    experiment = Experiment(task=task, carry_state=carry_state)
    snapshot = a_snapshot(experiment, losses=FALLING)
    bar = snapshot.baseline.loss
    for loss in (0.9 * bar, 1.1 * bar):
        snapshot.trace.losses[:] = loss
        said = diagnose(snapshot, experiment)
        assert said.kind == "healthy"
        assert ("begin in a zero state" in str(said.advice)) == (told and loss > bar)


def test_weights_that_have_only_just_become_good_are_not_blamed_for_those_before():
    """As after a spike, or where it learns fast; nor are they called healthy for a single good moment."""
    experiment = Experiment(task="sine")
    snapshot = a_snapshot(experiment, losses=np.geomspace(1, 1e-6, 100))
    spike = replace(snapshot.history, validation=np.r_[np.ones(90), np.full(10, 2.0)])
    assert diagnose(replace(snapshot, history=spike, validation_loss=0.6), experiment).kind == "overfitting"
    said = diagnose(replace(snapshot, history=spike, validation_loss=0.01), experiment)
    assert said.kind == "beginning"
    assert str(said.sentence) == (
        "The validation loss is 99 % below that of always saying the mean, but lately its median was 2 against 1: a "
        "beginning."
    )


@pytest.mark.parametrize(("lately", "now", "said"), [(0.55, 0.41, "0.55 against 1"), (0.55, 0.6, "45 % below")])
def test_a_beginning_quotes_the_loss_that_was_not_yet_good(lately, now, said):
    snapshot = a_snapshot(Experiment(task="adding"), losses=np.full(100, lately))
    history = replace(snapshot.history, validation=np.full(100, lately))
    diagnosis = diagnose(replace(snapshot, history=history, validation_loss=now), Experiment(task="adding"))
    assert diagnosis.kind == "beginning"
    assert said in str(diagnosis.sentence)


def test_a_gap_is_overfitting_where_it_matters_beside_the_baseline():
    """Learned by heart a millionfold better than the rest, and still the rest is next to nothing."""
    experiment = Experiment(task="sine")
    losses = np.geomspace(1, 1e-8, 400)
    for validation, kind in ((0.01, "healthy"), (0.49, "healthy"), (0.6, "overfitting"), (3.0, "overfitting")):
        snapshot = a_snapshot(experiment, losses=losses)
        history = replace(snapshot.history, validation=np.r_[np.full(200, 1.0), np.full(200, validation)])
        said = diagnose(replace(snapshot, history=history, validation_loss=validation), experiment)
        assert said.kind == kind
        assert ("always saying the mean gives 1)" in str(said.sentence)) == (kind == "overfitting")


@pytest.mark.parametrize(("rate", "words"), [(0.01, "a larger learning rate"), (0.05, ""), (0.1, "a smaller")])
def test_the_learning_rate_is_measured_against_the_one_the_task_suggests(rate, words):
    advice = of(Experiment(task="square", learning_rate=rate), 1e-2, losses=FLAT).advice
    assert words in str(advice)
    assert ("learning rate" in str(advice)) == (bool(words))


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
    assert "30 times" in str(diagnosis.sentence)
    assert "smaller hidden size" in str(diagnosis.advice)
