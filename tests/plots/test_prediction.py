"""The picture of what is said beside what is right."""

import numpy as np
import pytest
import torch
from drawn import draw, lines
from made_up import a_snapshot

from rnnviz.plots import PICTURES
from rnnviz.plots.prediction import MOST_LINES
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import TASKS
from rnnviz.training.trainer import Trainer


def test_probe_shows_target_and_output_and_holds_the_axis_around_both():
    experiment = Experiment(seq_len=10)
    snapshot = a_snapshot(experiment)
    target, said, held = lines("prediction", Scene(experiment, snapshot))
    np.testing.assert_array_equal(target["y"], snapshot.trace.targets[:, 0])
    np.testing.assert_array_equal(said["y"], snapshot.trace.outputs[:, 0])
    assert held["y"][0] < said["y"].min() < said["y"].max() < held["y"][1]
    figure = draw("prediction", Scene(experiment, snapshot))
    np.testing.assert_array_equal(figure.data[0].x, np.arange(1, 11))


def test_a_single_asked_step_is_marked():
    experiment = Experiment(task="adding", seq_len=200)
    figure = draw("prediction", Scene(experiment, a_snapshot(experiment)))
    assert np.isfinite(figure.data[0].y).sum() == 1
    assert "markers" in figure.data[0].mode


def test_a_few_outputs_are_lines(monkeypatch):
    monkeypatch.setattr(TASKS["sine"], "outputs", MOST_LINES)
    experiment = Experiment(seq_len=4)
    snapshot = a_snapshot(experiment)
    figure = draw("prediction", Scene(experiment, snapshot))
    assert [trace.name for trace in figure.data[:2]] == ["target 1", "y<sub>t</sub> 1"]
    for k in range(MOST_LINES):
        np.testing.assert_array_equal(figure.data[2 * k].y, snapshot.trace.targets[:, k])
        np.testing.assert_array_equal(figure.data[2 * k + 1].y, snapshot.trace.outputs[:, k])


@pytest.mark.parametrize("outputs", [4, 7, 40])
def test_many_outputs_are_a_map_the_targets_above_the_predictions(outputs, monkeypatch):
    monkeypatch.setattr(TASKS["video"], "outputs", outputs)
    experiment = Experiment(task="video", seq_len=9)
    snapshot = a_snapshot(experiment)
    figure = draw("prediction", Scene(experiment, snapshot))
    [map_] = figure.data
    np.testing.assert_array_equal(map_.z[:outputs], snapshot.trace.targets.T)
    assert np.isnan(map_.z[outputs]).all()
    np.testing.assert_array_equal(map_.z[outputs + 1 :], snapshot.trace.outputs.T)
    assert map_.zmin < snapshot.trace.targets.min() < snapshot.trace.targets.max() < map_.zmax
    ticks = dict(zip(figure.layout.yaxis.tickvals, figure.layout.yaxis.ticktext, strict=True))
    assert len(ticks) <= 12
    assert (ticks[1], ticks[outputs + 2]) == ("target 1", "y<sub>t</sub> 1")
    assert [row[0] for row in map_.text] == [
        *(f"target {k}" for k in range(1, outputs + 1)),
        "",
        *(f"y<sub>t</sub> {k}" for k in range(1, outputs + 1)),
    ]


def test_a_single_step_is_a_curve_over_what_is_read_and_does_not_speak_of_steps():
    experiment = Experiment(task="square")
    trainer = Trainer(experiment)
    trainer.step(3)
    snapshot = trainer.snapshot()
    target, said, probe, _held = draw("prediction", Scene(experiment, snapshot)).data
    x = torch.tensor(said.x)[None, :, None]
    np.testing.assert_allclose(target.y, said.x**2, rtol=0, atol=1e-6)
    np.testing.assert_allclose(said.y, trainer.model(x)[0].detach()[0, :, 0], rtol=0, atol=1e-6)
    assert (np.diff(said.x) > 0).all()
    assert (probe.x[0], probe.y[0]) == (snapshot.trace.inputs[0, 0], snapshot.trace.outputs[0, 0])
    assert "time step" not in str(PICTURES["prediction"].sentence(Scene(experiment, snapshot)))


@pytest.mark.parametrize("task", ["reversal", "recall"])
def test_classes_are_a_map_of_what_is_said_after_each_step_with_the_right_ones_marked(task):
    experiment = Experiment(task=task, seq_len=9, cell="gru")
    trainer = Trainer(experiment)
    snapshot, task = trainer.snapshot(), trainer.task
    figure = draw("prediction", Scene(experiment, snapshot))
    map_, right = figure.data
    np.testing.assert_array_equal(map_.z, snapshot.trace.outputs.T)
    assert figure.layout.yaxis.ticktext == task.classes
    np.testing.assert_array_equal(right.y[task.asked], task.probe.targets[task.asked, 0] + 1)
    assert np.isnan(right.y[~task.asked]).all()
    assert "every time step" in str(PICTURES["prediction"].sentence(Scene(experiment, snapshot)))


def test_it_is_said_where_the_last_answer_alone_is_marked():
    for experiment in (Experiment(task="reversal", loss_at="last"), Experiment(loss_at="last")):
        snapshot = a_snapshot(experiment)
        for said in (PICTURES["prediction"].sentence, PICTURES["prediction"].caption):
            assert said
            assert "Only the last step's answer is marked." in str(said(Scene(experiment, snapshot)))


@pytest.mark.parametrize(("task", "said"), [("airline", True), ("sine", False)])
def test_standardised_values_are_called_so(task, said):
    experiment = Experiment(task=task, seq_len=12)
    snapshot = Trainer(experiment).snapshot()
    figure, caption = draw("prediction", Scene(experiment, snapshot)), PICTURES["input"].caption
    assert figure.layout.yaxis.title.text == ("standardised value" if said else "value")
    assert caption
    assert str(caption(Scene(experiment, snapshot))).endswith("x_t: the standardised value." if said else "x_t.")
    for name in ("prediction", "input"):
        words = "Drawn is the standardised value: 0 is the mean of the training part, 1 its standard deviation."
        assert (words in str(PICTURES[name].sentence(Scene(experiment, snapshot)))) == (said)
