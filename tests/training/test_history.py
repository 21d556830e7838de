"""The history of the losses: bounded, and honest about where it starts."""

import numpy as np
import pytest
import torch
from made_up import the_lows
from trained import losses

from rnnviz.settings.experiment import Experiment
from rnnviz.training.history import FIRST, LIMIT, Log
from rnnviz.training.trainer import Trainer


@pytest.mark.slow
def test_the_history_is_bounded_even_and_keeps_the_first_steps():
    trainer = Trainer(Experiment(hidden_size=1, seq_len=2))
    found = losses(trainer, 4 * LIMIT + 7)
    history = trainer.snapshot().history
    assert LIMIT / 2 <= len(history.step) <= LIMIT
    assert history.step[:3].tolist() == [1, 2, 3]
    (stride,) = set(np.diff(history.step[3:]))
    assert history.step[3] <= 1 + stride
    assert history.step[-1] > trainer.steps - 2 * stride
    np.testing.assert_array_equal(history.loss, np.array(found)[history.step - 1])
    assert np.isfinite(history.validation).all()


@pytest.mark.parametrize("carry_state", [True, False])
def test_validation_starts_from_the_state_that_training_starts_from(carry_state):
    """After 150 steps the plain RNN still hears of an empty memory a period later, but not a hundred periods later."""
    trainer = Trainer(Experiment(carry_state=carry_state), torch.float64)
    trainer.step(150)
    before = 4000 if carry_state else 0
    t = (np.arange(before + 21) + 0.5)[:, None] * np.pi / 20 + np.arange(4) * np.pi / 2
    values = torch.from_numpy(np.sin(t)[..., None])
    recurrent, readout = trainer.model.to_torch()
    with torch.no_grad():
        said = readout(recurrent(values[:-1])[0])
    errors = (said - values[1:])[-20:].numpy()
    assert trainer.validation_loss == pytest.approx(np.square(errors).mean(), rel=0.01)


def test_the_curves_have_the_validation_loss_after_each_step_and_its_norm():
    trainer = Trainer(Experiment())
    for _ in range(5):
        trainer.step()
        snapshot = trainer.snapshot()
        assert snapshot.history.validation[-1] == snapshot.validation_loss
        assert snapshot.history.norm[-1] == snapshot.gradients.norm


def test_a_large_validation_batch_is_looked_at_now_and_then_and_at_the_start():
    """Of 512 reviews beside 8 to train on: the curve has a point for every training step all the same."""
    settings = {"task": "reviews", "seq_len": 40, "batch_size": 64, "hidden_size": 16, "embedding_size": 4}
    trainer = Trainer(Experiment(**settings, vocabulary_size=100))
    trainer.step(40)
    history = trainer.snapshot().history
    assert trainer.examples.apart == 16
    assert history.step.tolist() == list(range(1, 41))
    assert history.step[np.isfinite(history.validation)].tolist() == [1, 2, 3, 17, 33]
    assert np.isfinite(history.loss).all()


def test_once_the_curve_is_thinned_every_point_of_it_has_been_validated():
    log = Log(1, (1, 1, 1))
    for step in range(1, 2000):
        if log.due(step):
            log.record((step, 1.0, 1.0 if step <= FIRST or step % 4 == 1 else float("nan"), 1.0), np.zeros((1, 1, 1)))
    assert log.stride == 8
    assert np.isfinite(log.history(2000, log.stride).validation).all()


def test_a_low_of_the_validation_loss_stays_where_it_was_first_seen():
    """However the curve is thinned, from whatever checkpoint it goes on, and at any step that is gone back to."""
    losses, log = np.random.default_rng(0).gamma(0.1, size=3000), Log(1, (1, 1, 1))
    losses[5::7] = np.nan
    measured, strides = [], []
    for step, loss in enumerate(losses, 1):
        if log.due(step):
            log.record((step, 1.0, loss, 1.0), np.zeros((1, 1, 1)))
            measured.append(step)
        strides.append(log.stride)
    assert log.stride == 16
    again = Log(1, (1, 1, 1))
    again.restore(log.state())
    steps = np.array(measured)
    for step in (1, 2, 300, 1111, 3000):
        upto = steps[steps <= step]
        expected = the_lows(upto, losses[upto - 1])
        for one in (log, again):
            lows = one.history(step, strides[step - 1]).lows
            np.testing.assert_array_equal(lows.step, expected.step)
            np.testing.assert_array_equal(lows.since, expected.since)
            np.testing.assert_array_equal(lows.loss, expected.loss)
    assert len(expected.step) > 5
    again.record((3009, 1.0, 0.0, 1.0), np.zeros((1, 1, 1)))
    assert again.history(3009, again.stride).lows.step[-1] == 3009
