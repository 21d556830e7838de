"""A task of random numbers, for all tests of training."""

import numpy as np
import pytest

import rnnviz.training.trainer
from rnnviz.tasks.form import EQUAL
from rnnviz.tasks.task import Batch, Task


class Noise(Task):
    """Random numbers, whose answers are asked at some steps alone; batches don't follow one another."""

    inputs, outputs = 2, 3
    form = EQUAL
    asked_at = (1, 4)
    size = 1.0

    def code(self) -> list[str]:
        return []

    def _draw(self, seed: int, B: int) -> Batch:
        rng, T = np.random.default_rng(seed), self.experiment.seq_len
        inputs, targets = (rng.normal(size=(T, B, n)).astype(np.float32) for n in (self.inputs, self.outputs))
        if self.classes:
            targets = np.where(self._mask()[:, None], rng.integers(0, len(self.classes), (T, B)), -1)  # -1: no class
        return Batch(inputs, targets * np.float32(self.size) if self.size != 1 else targets, self._mask())

    def _mask(self):
        return np.isin(np.arange(self.experiment.seq_len), self.asked_at)

    def training_batch(self, step: int) -> Batch:
        return self._draw(step + 2, self.experiment.batch_size)

    @property
    def validation(self) -> Batch:
        return self._draw(0, 5)

    @property
    def probe(self) -> Batch:
        return self._draw(1, 1)


@pytest.fixture
def noise(monkeypatch) -> type[Noise]:
    """Put a Noise task of this test's own in the place of "adding"."""
    task = type("ThisNoise", (Noise,), {})
    monkeypatch.setattr(rnnviz.training.trainer, "TASKS", {**rnnviz.training.trainer.TASKS, "adding": task})
    return task
