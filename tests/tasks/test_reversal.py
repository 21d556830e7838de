"""Saying letters backwards: row 8 of the list of what is taught, many to many of unequal lengths."""

import numpy as np
import pytest
from built import build, learned
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.tasks.task import NOTHING


@given(st.integers(2, 500), st.integers(0, 10**6))
def test_reversal_asks_for_the_last_letters_backwards(T, step):
    task = build("reversal", seq_len=T, batch_size=16)
    m = max(1, T // 3)
    n = T - m
    for batch in (task.training_batch(step), task.validation, task.probe):
        assert np.flatnonzero(batch.mask).tolist() == list(range(n, T))
        read = batch.inputs[:n]
        assert (read >= 0).all()
        assert (batch.inputs[n:] == NOTHING).all()
        for b in range(read.shape[1]):
            assert batch.targets[n:, b].tolist() == read[:, b].tolist()[::-1][:m]


def test_reversal_draws_every_letter():
    inputs = build("reversal", seq_len=12, batch_size=128).training_batch(0).inputs
    assert all(set(letters) == set(range(4)) for letters in inputs[:8])


@pytest.mark.slow
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_reversal_is_learned(cell):
    _, accuracy = learned("reversal", cell, 500)
    assert accuracy is not None
    assert accuracy > 0.9
