"""Adding two marked numbers."""

import numpy as np
import pytest
from built import build
from hypothesis import given
from hypothesis import strategies as st


@given(st.integers(2, 500), st.integers(0, 10**6))
def test_adding_marks_one_number_in_each_half_and_asks_for_their_sum(T, step):
    batch = build("adding", seq_len=T, batch_size=16).training_batch(step)
    values, marks = batch.inputs[..., 0], batch.inputs[..., 1]
    assert ((values >= 0) & (values < 1)).all()
    assert set(np.unique(marks)) <= {0, 1}
    assert (marks[: T // 2].sum(axis=0) == 1).all()
    assert (marks[T // 2 :].sum(axis=0) == 1).all()
    np.testing.assert_allclose(batch.targets[-1, :, 0], (values * marks).sum(axis=0), rtol=1e-6)
    assert np.flatnonzero(batch.mask).tolist() == [T - 1]


def test_adding_always_answering_one_errs_by_a_sixth():
    task = build("adding", seq_len=4, batch_size=128)
    answers = np.concatenate([task.training_batch(step).targets[-1, :, 0] for step in range(1000)]).astype(np.float64)
    # The squared error has mean 1/6 and variance 7/180; four standard errors of 128,000 draws:
    assert np.mean((answers - 1) ** 2) == pytest.approx(1 / 6, abs=4 * np.sqrt(7 / 180 / answers.size))


def test_adding_marks_every_place():
    task = build("adding", seq_len=7, batch_size=128)
    marks = sum(task.training_batch(step).inputs[..., 1].sum(axis=1) for step in range(10))
    assert (np.asarray(marks) > 0).all()
