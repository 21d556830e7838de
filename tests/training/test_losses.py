"""The loss, its gradient's norm and the state it starts from, beside torch's."""

import numpy as np
import pytest
import torch
from torch.nn import functional
from trained import losses, validation_outputs, weights

from rnnviz.settings.experiment import Experiment
from rnnviz.training.trainer import Trainer


def test_clipping_is_torchs():
    unclipped, clipped = Trainer(Experiment()), Trainer(Experiment(clip_norm=0.1, optimizer="sgd", learning_rate=1.0))
    before = weights(clipped)
    unclipped.step()
    clipped.step()
    norms = unclipped.snapshot().gradients
    assert norms.norm == norms.clipped_norm > 0.1
    recurrent, readout = Trainer(Experiment()).model.to_torch()
    parameters = [*recurrent.parameters(), *readout.parameters()]
    batch = unclipped.task.training_batch(0)
    outputs = readout(recurrent(torch.from_numpy(batch.inputs))[0])
    functional.mse_loss(outputs, torch.from_numpy(batch.targets)).backward()
    norm = torch.nn.utils.clip_grad_norm_(parameters, 0.1)
    assert clipped.snapshot().gradients.norm == pytest.approx(norm.item(), rel=1e-5)
    assert clipped.snapshot().gradients.clipped_norm == pytest.approx(0.1, rel=1e-3)
    for old, new, parameter in zip(before, weights(clipped), parameters, strict=True):
        torch.testing.assert_close(old - new, parameter.grad, rtol=0, atol=1e-7)


@pytest.mark.parametrize("loss_at", ["every", "last"])
@pytest.mark.parametrize("classes", [None, ("a", "b", "c")])
def test_the_loss_is_the_mean_over_the_asked_steps(noise, classes, loss_at):
    noise.classes = classes
    trainer = Trainer(Experiment(task="adding", seq_len=6, batch_size=4, loss_at=loss_at), torch.float64)
    recurrent, readout = trainer.model.to_torch()
    batch = trainer.task.training_batch(0)
    outputs = readout(recurrent(torch.from_numpy(batch.inputs).double())[0])
    terms = []
    for t in {"every": [1, 4], "last": [4]}[loss_at]:
        for b in range(4):
            target = batch.targets[t, b]
            if classes:
                terms.append(-outputs[t, b].log_softmax(0)[target])
            else:
                terms += (outputs[t, b] - torch.from_numpy(target)).square()
    trainer.step()
    assert trainer.loss == pytest.approx(torch.stack(terms).mean().item(), abs=1e-12)
    snapshot = trainer.snapshot()
    assert snapshot.trace.targets.shape == snapshot.trace.outputs.shape == (6, 3)
    np.testing.assert_array_equal(np.isfinite(snapshot.trace.targets).all(1), [False, True, False, False, True, False])
    if classes:
        np.testing.assert_allclose(snapshot.trace.outputs.sum(1), 1, rtol=0, atol=1e-12)
        assert snapshot.trace.targets[1].tolist() == np.eye(3)[trainer.task.probe.targets[1, 0]].tolist()
        expected = validation_outputs(trainer).argmax(-1).numpy() == trainer.task.validation.targets
        assert snapshot.accuracy == pytest.approx(expected[[1, 4] if loss_at == "every" else [4]].mean())
    else:
        assert snapshot.accuracy is None


def test_batches_that_dont_follow_one_another_start_from_zero(noise):
    with_state, without = (Trainer(Experiment(task="adding", carry_state=carry)) for carry in (True, False))
    assert losses(with_state, 5) == losses(without, 5)
    noise.consecutive = True
    assert losses(Trainer(Experiment(task="adding")), 5) != losses(without, 5)


def test_a_bidirectional_network_carries_its_forward_half_alone():
    trainer = Trainer(Experiment(bidirectional=True), torch.float64)
    recurrent, readout = trainer.model.to_torch()
    first, second = (torch.from_numpy(trainer.task.training_batch(k).inputs).double() for k in (0, 1))
    _, state = recurrent(first)
    trainer.step()
    recurrent.load_state_dict(trainer.model.recurrent.state_dict())
    readout.load_state_dict(trainer.model.readout.state_dict())
    state = state.detach()
    state[1] = 0
    outputs = readout(recurrent(second, state)[0])
    targets = torch.from_numpy(trainer.task.training_batch(1).targets).double()
    trainer.step()
    assert trainer.loss == pytest.approx(functional.mse_loss(outputs, targets).item(), abs=1e-12)
