"""The sine wave: row 1 of the list of what is taught."""

import numpy as np
import pytest
from built import build, held_out, same
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize("k", range(200))
def test_sine_is_the_plain_formula(k):
    batch = build("sine", seq_len=20, batch_size=1).training_batch(k)
    plain = np.sin(np.linspace(k * np.pi, (k + 1) * np.pi, 21))
    np.testing.assert_allclose(batch.inputs[:, 0, 0], plain[:20], rtol=0, atol=6e-8)
    np.testing.assert_allclose(batch.targets[:, 0, 0], plain[1:], rtol=0, atol=6e-8)


@given(st.integers(2, 500), st.integers(1, 128), st.integers(0, 10**4))
def test_sine_streams_read_on_where_they_stopped(T, B, k):
    task = build("sine", seq_len=T, batch_size=B)
    batch = task.training_batch(k)
    t = (k * T + np.arange(T)) * np.pi / 20
    ahead = 2 * np.pi * np.arange(B) / B
    np.testing.assert_allclose(batch.inputs[..., 0], np.sin(t[:, None] + ahead), rtol=0, atol=1e-7)
    np.testing.assert_array_equal(batch.inputs[1:], batch.targets[:-1])
    np.testing.assert_array_equal(task.training_batch(k + 1).inputs[0], batch.targets[-1])


def test_sine_stays_accurate_after_very_many_steps():
    task = build("sine", seq_len=20, batch_size=1)
    assert same(task.training_batch(2 * 10**12), task.training_batch(0))


def test_sine_is_tested_halfway_between_the_training_samples():
    task = build("sine", seq_len=20)
    halfway = np.sin((np.arange(20) + 0.5) * np.pi / 20)
    np.testing.assert_allclose(task.probe.inputs[:, 0, 0], halfway, rtol=0, atol=6e-8)
    forecast = held_out(task)
    np.testing.assert_allclose(forecast.targets[:19], halfway[1:], rtol=0, atol=6e-8)
    assert len(forecast.targets) - forecast.start == 80  # two periods


@pytest.mark.parametrize("carry_state", [True, False])
def test_sine_is_validated_from_the_state_it_is_trained_from(carry_state):
    validation = build("sine", seq_len=20, carry_state=carry_state).validation
    warm_up = 200 if carry_state else 0  # five periods
    assert np.flatnonzero(validation.mask).tolist() == list(range(warm_up, warm_up + 20))
    t = (np.arange(warm_up + 21) + 0.5)[:, None] * np.pi / 20 + np.arange(4) * np.pi / 2
    np.testing.assert_allclose(validation.inputs[..., 0], np.sin(t[:-1]), rtol=0, atol=1e-7)
    np.testing.assert_allclose(validation.targets[..., 0], np.sin(t[1:]), rtol=0, atol=1e-7)
