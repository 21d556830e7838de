"""Squaring a number: row 8 of the list of what is taught, one to one."""

import numpy as np
import pytest
from built import build, learned, same
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.tasks import TASKS


@given(st.integers(2, 500), st.integers(1, 128), st.integers(0, 10**6))
def test_square_is_one_step_however_long_a_sequence_is_asked_for(seq_len, B, step):
    task = build("square", seq_len=seq_len, batch_size=B)
    assert same(task.training_batch(step), build("square", batch_size=B).training_batch(step))
    for batch in (task.training_batch(step), task.validation, task.probe):
        assert len(batch.mask) == 1
        assert ((batch.inputs >= -1) & (batch.inputs < 1)).all()
        np.testing.assert_array_equal(batch.targets, batch.inputs**2)


def test_square_is_tested_halfway_between_the_numbers_it_can_be_trained_on():
    task = build("square", batch_size=128)
    assert (task.training_batch(0).inputs.astype(np.float64) * 2**23 % 1 == 0).all()
    for batch in (task.validation, task.probe):
        assert (batch.inputs.astype(np.float64) * 2**23 % 1 == 0.5).all()


def test_square_always_answering_a_third_errs_by_four_forty_fifths():
    x = build("square").validation.inputs.astype(np.float64)
    assert np.mean((x**2 - 1 / 3) ** 2) == pytest.approx(4 / 45, rel=0.01)
    assert "error of 0.089" in str(TASKS["square"].sentence)


@pytest.mark.slow
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_square_is_learned(cell):
    loss, _ = learned("square", cell, 300)
    assert loss < 4 / 45 / 20


@pytest.mark.slow
def test_square_needs_more_than_one_tanh_unit():
    losses = [learned("square", "rnn", 1000, hidden_size=H)[0] for H in (1, 2)]
    assert losses[0] > 4 / 45 / 2  # a single unit, rising or falling, at best fits one half of it
    assert losses[1] < 4 / 45 / 20
