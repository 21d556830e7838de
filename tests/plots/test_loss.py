"""The picture of the loss, on its log axis."""

import numpy as np
import pytest
from drawn import draw, lines
from made_up import a_snapshot

from rnnviz.language import say
from rnnviz.plots import PICTURES
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment


def test_loss_is_on_a_log_axis_and_ends_at_the_newest_step():
    experiment = Experiment()
    snapshot = a_snapshot(experiment, losses=np.geomspace(1, 0.02, 30))
    figure = draw("loss", Scene(experiment, snapshot))
    assert figure.layout.yaxis.type == "log"
    training, validation, baseline, newest, held = figure.data
    np.testing.assert_array_equal(training.y[:-1], snapshot.history.loss)
    np.testing.assert_array_equal(validation.y[:-1], snapshot.history.validation)
    assert (training.x[-1], training.y[-1]) == (snapshot.step, snapshot.loss)
    assert tuple(newest.y) == (snapshot.loss, snapshot.validation_loss)
    assert tuple(held.y) == (0.01, 10)  # whole decades: validation began at 1.1
    assert held.x[1] >= snapshot.step
    assert (baseline.text[-1], baseline.line.dash) == ("always saying the mean", "dash")
    assert (tuple(baseline.x), tuple(baseline.y)) == (tuple(held.x), (1, 1))


@pytest.mark.parametrize(("loss", "bounds"), [(0.0, (0.001, 0.1)), (3e-5, (1e-5, 0.1)), (400.0, (0.01, 10_000))])
def test_the_loss_s_axis_holds_what_there_is_to_beat(loss, bounds):
    experiment = Experiment()
    snapshot = a_snapshot(experiment, losses=np.geomspace(0.05, 0.02, 30), baseline=loss)
    *_curves, baseline, _newest, held = lines("loss", Scene(experiment, snapshot))
    assert tuple(held["y"]) == pytest.approx(bounds)
    assert (baseline["y"] == loss).all() or (loss == 0 and np.isnan(baseline["y"]).all())


@pytest.mark.parametrize("losses", [[], [0.0], [np.nan, np.inf], [1e30, 1e-30]])
def test_loss_draws_what_a_log_axis_can(losses):
    experiment = Experiment()
    training, *_others, held = lines("loss", Scene(experiment, a_snapshot(experiment, losses=np.array(losses))))
    drawn = training["y"][~np.isnan(training["y"])]
    assert (np.isfinite(drawn) & (drawn > 0)).all()
    assert np.isfinite(held["y"]).all()
    assert held["y"][0] < held["y"][1]


@pytest.mark.parametrize(("task", "words"), [("sine", "mean squared error"), ("recall", "cross-entropy")])
def test_loss_is_named_for_what_it_is(task, words):
    experiment = Experiment(task=task)
    figure = draw("loss", Scene(experiment, a_snapshot(experiment)))
    assert figure.layout.yaxis.title.text == words


@pytest.mark.parametrize("losses", [[5.0, 3.0, 2.0], [], [np.nan], [1e30]])
def test_a_loss_that_stays_is_in_bits_on_a_linear_axis(losses):
    experiment = Experiment(task="text")
    snapshot = a_snapshot(experiment, losses=np.array(losses), baseline=2.5)
    figure = draw("loss", Scene(experiment, snapshot))
    training, _validation, baseline, _newest, held = figure.data
    assert (figure.layout.yaxis.type, figure.layout.yaxis.title.text) == (None, "bits per character")
    np.testing.assert_allclose(training.y[:-1], snapshot.history.loss / np.log(2))
    np.testing.assert_allclose(baseline.y, np.log2(np.exp(2.5)))
    assert held.y[0] == 0
    assert np.nanmax([*training.y, *baseline.y]) <= held.y[1] < np.inf


@pytest.mark.parametrize("task", ["sine", "recall", "text"])
def test_it_is_said_that_a_long_curve_is_thinned(task):
    """As the history is: see tests/training/test_history.py."""
    experiment = Experiment(task=task)
    said = say(PICTURES["loss"].sentence(Scene(experiment, a_snapshot(experiment))))
    assert said.endswith("evenly spread steps are drawn: a point is the loss at one step, not a mean of several.")
