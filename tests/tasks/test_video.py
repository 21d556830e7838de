"""The next frame of a video: row 2 of the list of what is taught."""

import numpy as np
import pytest
from built import build, learned, same, sequences
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.tasks import TASKS, video


@given(st.integers(2, 500), st.integers(1, 128), st.integers(0, 10**4))
def test_video_asks_for_the_next_frame_of_a_light_going_round(T, B, step):
    task = build("video", seq_len=T, batch_size=B)
    for batch in (task.training_batch(step), task.validation, task.probe):
        np.testing.assert_array_equal(batch.inputs[1:], batch.targets[:-1])
        frames = np.concatenate([batch.inputs, batch.targets[-1:]]).astype(np.float64)  # (T + 1, B, 4)
        assert ((frames >= 0) & (frames <= 1)).all()
        top_left, top_right, bottom_left, bottom_right = np.moveaxis(2 * frames - 1, -1, 0)
        np.testing.assert_allclose(top_left + bottom_right, 0, atol=1e-6)  # light on one corner, none on the opposite
        np.testing.assert_allclose(top_right + bottom_left, 0, atol=1e-6)
        light = top_left + 1j * top_right
        np.testing.assert_allclose(np.abs(light), 1, atol=1e-6)
        turn = np.angle(light[1:] / light[:-1])  # (T, B): the same in every frame of a clip
        np.testing.assert_allclose(turn, np.broadcast_to(turn[0], turn.shape), atol=1e-5)
        assert ((np.abs(turn) > video.SLOWEST - 1e-5) & (np.abs(turn) < video.FASTEST + 1e-5)).all()


@given(st.integers(1, 128), st.integers(0, 10**4), st.integers(0, 2**31 - 1))
def test_video_takes_its_thousand_clips_in_turn(B, step, seed):
    task, one_by_one = build("video", seq_len=3, batch_size=B, seed=seed), build("video", seq_len=3, seed=seed)
    batch = task.training_batch(step)
    for b in (0, B - 1):
        [clip] = sequences(one_by_one.training_batch((step * B + b) % 1000))
        assert clip == batch.inputs[:, b].tobytes() + batch.targets[:, b].tobytes()


def test_video_has_a_thousand_clips_both_ways_round():
    task = build("video", seq_len=2, batch_size=100)
    batches = [task.training_batch(step) for step in range(10)]
    assert len(set().union(*map(sequences, batches))) == 1000
    assert same(task.training_batch(10), batches[0])
    light = np.concatenate([batch.inputs[..., 0] + 1j * batch.inputs[..., 1] - 0.5 - 0.5j for batch in batches], axis=1)
    clockwise = np.angle(light[1] / light[0]) > 0
    assert 400 < clockwise.sum() < 600


def test_video_saying_the_same_frame_again_errs_by_what_is_said():
    task = build("video", **TASKS["video"].suggested)
    batches = [task.training_batch(step) for step in range(100)]
    error = np.mean([np.mean((batch.targets - batch.inputs) ** 2) for batch in batches])
    # (1 - cos(speed)) / 4, whose standard deviation is 0.0087: four standard errors of a thousand clips.
    assert error == pytest.approx((1 - (np.sin(0.5) - np.sin(0.1)) / 0.4) / 4, abs=0.0011)
    assert "about 0.013" in str(TASKS["video"].sentence)


@pytest.mark.slow
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_video_is_learned_far_better_than_by_saying_the_same_frame_again(cell):
    loss, _ = learned("video", cell, 500)
    assert loss < 0.013 / 2
