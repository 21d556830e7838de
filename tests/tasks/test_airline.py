"""The airline passengers: row 17 of the list of what is taught; and windows of any series."""

import numpy as np
import pytest
from built import SERIES, build, held_out, same
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import TASKS, airline
from rnnviz.tasks.airline import MONTHS, PASSENGERS


def test_airline_figures_are_those_of_the_literature():
    assert PASSENGERS.size == 144
    assert (PASSENGERS[0], PASSENGERS[-1]) == (112, 432)
    assert (PASSENGERS.min(), PASSENGERS.max()) == (104, 622)
    assert PASSENGERS.sum() == 40363
    by_year = PASSENGERS.reshape(12, 12)
    assert by_year.sum(axis=1).tolist() == [1520, 1676, 2042, 2364, 2700, 2867, 3408, 3939, 4421, 4572, 5140, 5714]
    by_month = [2901, 2820, 3242, 3205, 3262, 3740, 4216, 4213, 3629, 3199, 2794, 3142]
    assert by_year.sum(axis=0).tolist() == by_month


def test_airline_steps_read_the_month_before_and_the_number_of_the_month():
    forecast = held_out(build("airline"))
    passengers = forecast.targets * forecast.scale + forecast.offset
    np.testing.assert_allclose(passengers, PASSENGERS[1:], rtol=1e-5)
    assert forecast.start + 1 == 100  # of 144 months are for training
    assert forecast.offset == pytest.approx(PASSENGERS[:100].mean())
    assert forecast.scale == pytest.approx(PASSENGERS[:100].std())
    month = MONTHS[1:]
    expected = (month - month[:99].mean()) / month[:99].std()
    np.testing.assert_allclose(forecast.inputs[:, 1], expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("T", [2, 12, 43, 99])
def test_airline_training_ignores_the_test_figures(T, monkeypatch):
    before = [build("airline", seq_len=T, batch_size=16).training_batch(step) for step in range(50)]
    validation = build("airline", seq_len=T).validation
    changed = np.concatenate([PASSENGERS[:100], PASSENGERS[100:] * 3 + 7])
    monkeypatch.setattr(airline, "PASSENGERS", changed)
    after = build("airline", seq_len=T, batch_size=16)
    assert all(same(batch, after.training_batch(step)) for step, batch in enumerate(before))
    assert not np.array_equal(validation.targets[validation.mask], after.validation.targets[validation.mask])


@pytest.mark.parametrize("name", ["airline", "series"])
@given(T=st.integers(2, 99))
def test_windows_ask_for_test_values_alone_where_they_test(name, T):
    task = build(name, seq_len=T, batch_size=128)
    values = PASSENGERS if name == "airline" else np.array(SERIES)
    train = len(values) * 7 // 10
    trained = ((values - values[:train].mean()) / values[:train].std()).astype(np.float32)
    test, trained = set(trained[train:].tolist()), set(trained[:train].tolist())
    assert set(task.training_batch(0).targets.ravel().tolist()) <= trained
    for batch in (task.validation, task.probe):
        assert set(batch.targets[batch.mask].ravel().tolist()) <= test


def test_windows_reach_every_training_value():
    task = build("airline", seq_len=12, batch_size=128)
    targets = np.concatenate([task.training_batch(step).targets for step in range(20)], axis=1)
    normalised = ((PASSENGERS[1:100] - PASSENGERS[:100].mean()) / PASSENGERS[:100].std()).astype(np.float32)
    assert set(targets.ravel().tolist()) == set(normalised.tolist())


@pytest.mark.parametrize(("T", "windows"), [(12, 16), (40, 5), (44, 1), (45, 1), (99, 1)])
def test_validation_is_spread_over_the_test_part(T, windows):
    validation = build("airline", seq_len=T).validation
    assert validation.inputs.shape[1] == windows
    assert validation.mask.sum() == min(T, 44)
    forecast = held_out(build("airline"))
    np.testing.assert_array_equal(validation.targets[:, -1, 0], forecast.targets[-T:])


def test_airline_learns_the_changes_where_told_to():
    task, of_values = build("airline", difference=True), held_out(build("airline"))
    forecast = held_out(task)
    changes = np.diff(PASSENGERS)
    trained = changes[:99]  # among the first 100 months
    expected = (changes - trained.mean()) / trained.std()
    np.testing.assert_allclose(forecast.inputs[:, 0], expected[:-1], atol=1e-6)
    np.testing.assert_allclose(forecast.targets, expected[1:], atol=1e-6)
    np.testing.assert_allclose(forecast.inputs[:, 1], of_values.inputs[1:, 1], atol=0.02)  # months, normalised anew
    np.testing.assert_allclose(forecast.values(forecast.targets), PASSENGERS[2:], rtol=1e-6)
    foretold = forecast.summed(forecast.targets[forecast.start :], PASSENGERS[99])
    np.testing.assert_allclose(foretold, PASSENGERS[100:], rtol=1e-5)
    np.testing.assert_array_equal(forecast.repeat_last, PASSENGERS[1:-1])
    np.testing.assert_allclose(of_values.repeat_last, PASSENGERS[:-1], rtol=1e-6)
    assert len(forecast.targets) - forecast.start == len(of_values.targets) - of_values.start == 44


@pytest.mark.parametrize("T", [2, 12, 98])
def test_changes_are_tested_by_the_same_answers_as_values(T):
    """So that repeating the last value errs as much, in the series' own units."""
    error, changes = [], np.diff(PASSENGERS)
    task = build("airline", seq_len=T, batch_size=128, difference=True)
    for batch, part in ((task.training_batch(0), changes[:99]), (task.validation, changes[99:])):
        asked = batch.targets[batch.mask].ravel() * held_out(task).scale + held_out(task).offset
        assert set(np.round(asked, 2)) <= set(part.astype(float))
    for difference in (False, True):
        task = build("airline", seq_len=T, difference=difference)
        batch, scale = task.validation, held_out(task).scale
        assert batch.mask.sum() == min(T, 44)
        error.append(np.sqrt(task.measured(batch)[1].loss) * scale)
    assert error[0] == pytest.approx(error[1], rel=1e-5)


def test_changes_allow_a_sequence_of_one_step_less():
    with pytest.raises(ValueError, match=r"144 values, and a sequence length of 99 needs at least 145"):
        build("airline", seq_len=99, difference=True)
    assert TASKS["airline"].longest(Experiment(task="airline", difference=True)) == 98


def test_airline_says_what_sequence_length_is_allowed():
    assert TASKS["airline"].longest(Experiment(task="airline")) == 99
    build("airline", seq_len=99)
    with pytest.raises(ValueError, match=r"144 values, and a sequence length of 100 needs at least 145"):
        build("airline", seq_len=100)
