"""A new task is one file and one line: a made-up one, trained, drawn, linked to and exported."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import rnnviz.tasks
from rnnviz import advice, cost
from rnnviz.diagnosis import diagnose
from rnnviz.export.script import script
from rnnviz.graph.shapes import sizes
from rnnviz.graph.unrolled import unroll
from rnnviz.plots import PICTURES
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import TASKS
from rnnviz.training.trainer import Trainer

ADDED = Path(__file__).parent / "added" / "tasks"
LABEL = "Parity: even or odd"


@pytest.fixture(autouse=True)
def parity(monkeypatch):
    """The file in ADDED stands in rnnviz/tasks, and the line among the options of Experiment.task."""
    monkeypatch.setattr(rnnviz.tasks, "__path__", [*rnnviz.tasks.__path__, str(ADDED)])
    monkeypatch.setitem(Experiment.SETTINGS["task"].options, "parity", LABEL)  # pyright: ignore


def test_it_is_offered_and_can_be_linked_to():
    assert list(TASKS)[-1] == "parity"
    assert TASKS["parity"].__name__ == "Parity"
    experiment = Experiment(task="parity", seq_len=7)
    assert Experiment.from_query(experiment.to_query()) == experiment
    assert Experiment.query_remarks(experiment.to_query()) == []


def test_it_is_learned_and_marked_and_goes_on_from_a_checkpoint():
    experiment = Experiment(task="parity", cell="gru", **TASKS["parity"].suggested)
    trainer, other = Trainer(experiment), Trainer(experiment)
    assert [baseline.accuracy for baseline in trainer.baselines] == [0.5]
    trainer.step(300)
    assert trainer.accuracy is not None
    assert trainer.accuracy > 0.95
    other.restore(trainer.checkpoint())
    for each in (trainer, other):
        each.step()
    assert other.loss == trainer.loss
    assert diagnose(trainer.snapshot(), experiment).kind == "healthy"
    assert advice.against_standstill(trainer.snapshot(), experiment)
    assert cost.seconds(experiment) > 0


def test_it_is_drawn():
    experiment = Experiment(task="parity", seq_len=6)
    scene = Scene(experiment, Trainer(experiment).snapshot())
    drawn = [picture for picture in PICTURES.values() if picture.shown(experiment)]
    assert {"prediction", "input", "loss", "gradients", "states"} <= {picture.name for picture in drawn}
    for picture in drawn:
        json.dumps(picture.figure(scene).to_plotly_json(), default=np.ndarray.tolist)
        assert picture.sentence(scene)
    graph = unroll(experiment)
    assert [sum(node.kind == kind for node in graph.nodes) for kind in ("x", "h", "y", "loss")] == [6, 6, 6, 6]
    assert str(sizes(experiment).shapes()["x"]) == "(6, 1, 2)"


@pytest.mark.slow
def test_it_is_exported(tmp_path):
    texts, losses = [], []
    for loss_at in ("every", "last"):
        experiment = Experiment(task="parity", cell="gru", loss_at=loss_at, batch_size=3, seed=5)
        texts.append(script(experiment))
        assert f"Task: {LABEL}" in texts[-1]
        trainer = Trainer(experiment)
        for _ in range(20):
            trainer.step()
            losses.append(trainer.loss)
    (tmp_path / "scripts.py").write_text("\n".join(texts), encoding="utf-8")  # one process: torch is slow to load
    ran = subprocess.run([sys.executable, "-I", "scripts.py"], cwd=tmp_path, capture_output=True, text=True)
    assert ran.stderr == ""
    np.testing.assert_allclose([float(line.split()[1]) for line in ran.stdout.splitlines()], losses, rtol=0, atol=1e-5)
