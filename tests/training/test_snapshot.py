"""What a snapshot shows of the probe."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional
from trained import CELLS, validation_outputs

from rnnviz.settings.experiment import Experiment
from rnnviz.training.trainer import Trainer


@pytest.mark.parametrize("cell", CELLS)
def test_a_snapshot_shows_the_probe_from_a_zero_state(cell):
    experiment = Experiment(cell=cell, num_layers=2, bidirectional=True, seq_len=15)
    trainer = Trainer(experiment, torch.float64)
    trainer.step(3)
    snapshot = trainer.snapshot()
    recurrent, readout = trainer.model.to_torch()
    probe = trainer.task.probe
    hidden, _ = recurrent(torch.from_numpy(probe.inputs).double())
    trace, gradients = snapshot.trace, snapshot.gradients
    last_layer = np.concatenate(list(trace.hidden[-1]), axis=1)
    np.testing.assert_allclose(last_layer, hidden[:, 0].detach(), rtol=0, atol=1e-12)
    np.testing.assert_allclose(trace.outputs, readout(hidden)[:, 0].detach(), rtol=0, atol=1e-12)
    np.testing.assert_array_equal(trace.inputs, probe.inputs[:, 0])
    np.testing.assert_array_equal(trace.targets, probe.targets[:, 0])
    shape = (2, 2, 15, 32)
    assert gradients.hidden.shape == shape
    assert gradients.hidden_norms.shape == shape[:3]
    assert all(array.shape == shape for array in [*trace.gates.values(), *gradients.preactivations.values()])
    assert (trace.cell is None) == (cell != "lstm")
    assert snapshot.parameters == sum(parameter.numel() for parameter in recurrent.parameters()) + 65
    assert snapshot.step == trainer.steps == 3
    assert snapshot.loss == trainer.loss
    batch = trainer.task.validation
    errors = (validation_outputs(trainer).numpy() - batch.targets)[batch.mask]
    assert snapshot.validation_loss == pytest.approx(np.square(errors).mean(), abs=1e-12)
    # A bias is added at every step, so that dL/db is dL/da_t summed over t.
    loss = functional.mse_loss(readout(hidden), torch.from_numpy(probe.targets).double())
    biases = [parameter for name, parameter in recurrent.named_parameters() if name.startswith("bias_ih")]
    for bias, (layer, direction) in zip(torch.autograd.grad(loss, biases), np.ndindex(2, 2), strict=True):
        summed = [array[layer, direction].sum(0) for array in gradients.preactivations.values()]
        np.testing.assert_allclose(np.concatenate(summed), bias, rtol=0, atol=1e-12)


def test_before_the_first_step_there_is_a_picture_and_no_loss():
    snapshot = Trainer(Experiment()).snapshot()
    assert (snapshot.step, len(snapshot.history.step)) == (0, 0)
    assert math.isnan(snapshot.loss)
    assert math.isnan(snapshot.gradients.norm)
    assert math.isfinite(snapshot.validation_loss)
    assert snapshot.gradients.hidden.any()


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_a_sequence_of_one_step_is_recorded_as_any_other(cell, bidirectional):
    experiment = Experiment(task="square", cell=cell, num_layers=2, bidirectional=bidirectional, hidden_size=3)
    trainer = Trainer(experiment, torch.float64)
    trainer.step(5)
    snapshot = trainer.snapshot()
    recurrent, readout = trainer.model.to_torch()
    with torch.no_grad():
        hidden, _ = recurrent(torch.from_numpy(trainer.task.probe.inputs).double())
        np.testing.assert_allclose(snapshot.trace.outputs, readout(hidden)[:, 0], rtol=1e-12)
    shape = (2, 1 + bidirectional, 1, 3)
    assert snapshot.trace.hidden.shape == snapshot.gradients.hidden.shape == shape
    assert (snapshot.gradients.hidden != 0).any()
