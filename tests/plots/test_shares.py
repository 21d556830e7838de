"""The picture of the gradient's profile over the whole training."""

from typing import Any

import pytest

from rnnviz.plots import LAB
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.snapshot import Lens
from rnnviz.training.trainer import Trainer


@pytest.mark.parametrize(("steps", "apart"), [(0, 1), (1, 1), (8, 1), (9, None)])
def test_training_steps_are_whole_numbers_however_few_they_are(steps, apart):
    picture, trainer = LAB["training"], Trainer(Experiment())
    trainer.step(steps)
    scene = Scene(trainer.experiment, trainer.snapshot(lens=Lens(0, 0, 1)), View())
    drawn: Any = picture.figure(scene)
    assert drawn.layout.xaxis.dtick == apart
    trainer.step(10)
    later = Scene(trainer.experiment, trainer.snapshot(lens=Lens(0, 0, 1)), View())
    assert (picture.key(later) == picture.key(scene)) == (apart is None)
