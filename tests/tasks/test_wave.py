"""Making a wave: row 8 of the list of what is taught, one to many."""

import numpy as np
import pytest
from built import build, learned
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.tasks import wave


@given(st.integers(2, 500), st.integers(0, 10**6))
def test_wave_is_the_sine_of_the_speed_read_first(T, step):
    task = build("wave", seq_len=T, batch_size=16)
    for batch in (task.training_batch(step), task.validation, task.probe):
        omega = batch.inputs[0, :, 0].astype(np.float64)
        assert ((omega >= np.float32(wave.SLOWEST)) & (omega <= np.float32(wave.FASTEST))).all()
        t = np.arange(1, T + 1)[:, None]
        np.testing.assert_allclose(batch.targets[..., 0], np.sin(omega * t), rtol=0, atol=1e-7 + 3e-8 * T)


def test_wave_always_answering_zero_errs_by_half():
    targets = build("wave", batch_size=128).training_batch(0).targets
    assert np.mean(targets**2) == pytest.approx(0.5, abs=0.03)


@pytest.mark.slow
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_wave_is_learned(cell):
    loss, _ = learned("wave", cell, 500)
    assert loss < 0.05
