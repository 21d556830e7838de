"""Numbers that are none stop the training before the weights move."""

import math
import pickle

import pytest
import torch
from trained import weights

from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Snapshot
from rnnviz.training.trainer import Diverged, Trainer


@pytest.mark.filterwarnings("error")
def test_a_loss_that_is_no_number_stops_training_before_the_weights_move(noise):
    trainer = Trainer(Experiment(task="adding"))
    trainer.step(3)
    before, loss = weights(trainer), trainer.loss
    noise.size = 1e30
    for _ in range(2):
        with pytest.raises(Diverged, match="loss of step 4") as caught:
            trainer.step(5)
        assert (caught.value.step, caught.value.quantity) == (4, "loss")
    assert (trainer.steps, trainer.loss) == (3, loss)
    assert all(torch.equal(*pair) for pair in zip(before, weights(trainer), strict=True))
    assert isinstance(trainer.snapshot(), Snapshot)
    noise.size = 1.0
    trainer.step()
    assert trainer.steps == 4


def test_a_gradient_that_is_no_number_does_too(monkeypatch):
    trainer = Trainer(Experiment())
    trainer.step(3)
    before, passes = weights(trainer), trainer._passes
    compute = passes.gradient

    def overflowing(*given):
        outcome = compute(*given)
        passes.slopes *= math.inf
        return outcome

    monkeypatch.setattr(passes, "gradient", overflowing)
    with pytest.raises(Diverged, match="gradient of step 4") as caught:
        trainer.step()
    assert (caught.value.step, caught.value.quantity) == (4, "gradient")
    assert all(torch.equal(*pair) for pair in zip(before, weights(trainer), strict=True))
    monkeypatch.undo()
    trainer.step()
    assert math.isfinite(trainer.loss)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
def test_a_network_driven_into_infinity_stops(nonlinearity):
    trainer = Trainer(Experiment(nonlinearity=nonlinearity, learning_rate=10.0, optimizer="sgd", num_layers=2))
    with pytest.raises(Diverged):
        trainer.step(2000)
    trainer.snapshot()
    with pytest.raises(Diverged):
        trainer.step()


def test_diverged_crosses_a_process_boundary():
    error = pickle.loads(pickle.dumps(Diverged(7, "loss")))
    assert (error.step, error.quantity, str(error)) == (7, "loss", str(Diverged(7, "loss")))
