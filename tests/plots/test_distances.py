"""The accuracy by distance, counted sentence by sentence."""

import numpy as np
import pytest
import torch
from drawn import draw

from rnnviz.plots import PICTURES
from rnnviz.plots.distances import caption
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import TASKS
from rnnviz.training.trainer import Trainer


def trained(steps: int) -> tuple[Trainer, Scene]:
    experiment = Experiment(task="languages", cell="gru", **TASKS["languages"].suggested)
    trainer = Trainer(experiment, keeps_history=False)
    trainer.step(steps)
    return trainer, Scene(experiment, trainer.snapshot())


def test_each_distance_has_its_share_of_right_answers():
    trainer, scene = trained(60)
    batch, model = trainer.task.validation, trainer.model
    assert batch.padding is not None
    right: dict[int, list[bool]] = {}
    with torch.no_grad():
        for b in range(batch.inputs.shape[1]):
            tokens = batch.inputs[~batch.padding[:, b], b]
            distance = next(d for d in range(40) if tokens[-2 - d] < 8)
            said = model(torch.from_numpy(tokens[:, None].copy()))[0][-1, 0].argmax()
            right.setdefault(distance, []).append(bool(said == batch.targets[-1, b]))
    line, baseline = draw("distances", scene).data
    assert list(line.x) == sorted(right) == list(range(31))
    assert list(line.y) == pytest.approx([100 * np.mean(right[distance]) for distance in sorted(right)])
    assert 0 < min(line.y) + max(line.y) < 200
    assert np.mean(line.y) / 100 == pytest.approx(scene.snapshot.accuracy)
    assert list(baseline.y) == [50, 50]
    assert "of 16 sentences each" in str(caption(scene))


def test_it_is_shown_where_there_are_distances_alone():
    shown = [name for name in TASKS if PICTURES["distances"].shown(Experiment(task=name))]
    assert shown == ["languages"]
    experiment = Experiment(task="recall")
    assert Trainer(experiment).snapshot().distances is None
