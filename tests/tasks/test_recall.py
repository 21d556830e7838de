"""Recalling the first word: row 7 of the list of what is taught."""

import numpy as np
from built import build
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.tasks.recall import FILLERS, LANGUAGES, QUESTION


@given(st.integers(2, 500), st.integers(0, 10**6))
def test_recall_answers_with_the_language_of_the_first_word(T, step):
    task = build("recall", seq_len=T, batch_size=16)
    batch = task.training_batch(step)
    words = np.array(task.vocabulary)[batch.inputs]  # (T, B)
    assert (words[-1] == QUESTION).all()
    assert set(words[1:-1].ravel()) <= set(FILLERS)
    assert np.array(task.classes)[batch.targets[-1]].tolist() == [LANGUAGES[country] for country in words[0]]
    assert np.flatnonzero(batch.mask).tolist() == [T - 1]


@given(st.integers(0, 2**31 - 1))
def test_recall_is_validated_on_as_many_of_each_answer(seed):
    validation = build("recall", seed=seed).validation
    assert np.bincount(validation.targets[-1]).tolist() == [16] * 4


def test_recall_draws_every_word():
    task = build("recall", batch_size=128)
    assert np.unique(task.training_batch(0).inputs).tolist() == list(range(task.inputs))
