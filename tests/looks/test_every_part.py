"""Every part of a snapshot of a network of two parts: it is there or said not to be, and every picture can be drawn."""

import itertools
import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from trained import assert_same

from rnnviz.looks.embedding import principal
from rnnviz.looks.examples import Examples
from rnnviz.looks.look import LOOKS, look
from rnnviz.plots import LAB, PAIRS, PICTURES
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Asking, Draft, Lens, Opened, Passages
from rnnviz.tasks import TASKS
from rnnviz.training.trainer import Trainer
from rnnviz.wanted import Wanted

TWO = [task for task in TASKS if TASKS[task].source_vocabulary]
NONE_HERE = {"forecast", "curve", "distances", "writing", "padding"}
"""Parts that such a network has not."""


def trained(task: str, attention: str, cell: str = "lstm", **settings: Any) -> Trainer:
    small: dict[str, Any] = {"hidden_size": 4, "embedding_size": 3, "num_layers": 2, "batch_size": 3, "seq_len": 6}
    trainer = Trainer(Experiment(task=task, cell=cell, attention=attention, **small | settings))
    trainer.step(2)
    return trainer


@pytest.mark.parametrize(("task", "attention"), [*itertools.product(TWO, ["none", "additive", "dot"])])
def test_every_part_is_there_or_said_not_to_be_and_every_picture_can_be_drawn(task, attention):
    trainer = trained(task, attention, bidirectional_encoder=task in ("dates", "translate"))
    into: dict[str, Any] = {"asking": Asking(beam=2), "draft": Draft(), "search": 2}
    wanted = Wanted(frozenset(LOOKS), Opened(0, 0, 1, 0), Lens(), **into)
    snapshot = look(trainer.subject(), wanted)
    assert snapshot.parts.keys() == LOOKS.keys() - {"reading"}
    assert {part for part, seen in snapshot.parts.items() if seen is None} == NONE_HERE
    assert_same(pickle.loads(pickle.dumps(snapshot)), snapshot)
    for picture in {**PICTURES, **LAB, **PAIRS}.values():
        scene = Scene(trainer.experiment, snapshot)
        if picture.shown(trainer.experiment):
            assert len(list(picture.frame(scene).data)) == len(picture.arrays(scene))
            assert str(picture.sentence(scene)).endswith(".")


def test_a_network_of_two_parts_reads_no_text_and_is_none_of_torchs_modules():
    trainer = trained("numbers", "additive")
    with pytest.raises(ValueError, match="it writes another"):
        look(trainer.subject(), Wanted(reading=Passages()))
    with pytest.raises(ValueError, match="no network of two parts"):
        trainer.model.to_torch()


def test_words_stand_where_they_stood_before_training():
    trainer = trained("numbers", "dot")
    at_first = trainer.model.embedding
    assert at_first
    places, _ = principal(at_first.weight.detach().numpy().astype(np.float64))
    found = look(trainer.subject(0), Wanted(frozenset({"embedding"}))).embedding
    assert found
    torch.manual_seed(0)
    first = Trainer(trainer.experiment).model.embedding
    assert first
    expected, _ = principal(first.weight.detach().numpy().astype(np.float64))
    np.testing.assert_allclose(found.places, expected[found.tokens], rtol=0, atol=1e-9)
    assert not np.allclose(places, expected)


@pytest.mark.parametrize("attention", ["none", "additive", "dot"])
def test_long_sources_are_validated_and_tested_in_parts_that_fit(attention):
    experiment = Experiment(task="reverse", seq_len=300, hidden_size=64, attention=attention)
    task = TASKS["reverse"](experiment)
    examples = Examples.of(task)
    looked = {"none": 0, "dot": 1, "additive": 64}[attention]
    assert examples.count * 300 * (300 * looked + 64) <= 2_000_000 or examples.count == 4
    batches = list(task.test)
    assert sum(batch.inputs.shape[1] for batch in batches) == 500
    assert max(batch.inputs.size * 300 for batch in batches) <= 250_000 + 301 * 300
    assert Trainer(replace(experiment, hidden_size=4), keeps_history=False).accuracy == 0
