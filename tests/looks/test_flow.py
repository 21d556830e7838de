"""The gradient on every edge of the unrolled graph, against autograd on a network that has a tensor for each edge."""

import numpy as np
import pytest
import torch
from built import read
from edges import Edges
from textbook import STEPS, step_of, weights_of, zeros
from torch import Tensor

from rnnviz.settings.experiment import Experiment
from rnnviz.training.trainer import Trainer

CELLS = ["rnn", *STEPS]
T, H = 5, 3


def edge_by_edge(trainer: Trainer, inputs: Tensor) -> tuple[Tensor, Edges]:
    """Run single steps over inputs (T, 1, I); return the outputs (T, 1, O) and the edges they came through."""
    experiment, edge, step = trainer.experiment, Edges(), step_of(trainer.experiment)
    directions = range(1 + experiment.bidirectional)
    below = {(t, 0): inputs[t] for t in range(T)}
    state = trainer.model.recurrent.state_dict()
    for layer in range(experiment.num_layers):
        above = {}
        for d in directions:
            sources = range(1 if layer == 0 else len(directions))
            weights, start = weights_of(state, layer, d), zeros(experiment, inputs)
            for t in reversed(range(T)) if d else range(T):
                x = torch.cat([edge(below[t, s], "input", layer, d, s, t) for s in sources], dim=1)
                h, *c = start
                h = edge(h, "before", layer, d, t)
                start = step(x, (h, *(edge(part, "cell", layer, d, t) for part in c)), weights)
                above[t, d] = start[0]
        below = above
    readout = trainer.model.readout
    outputs = []
    for t in range(T):
        read = torch.cat([edge(below[t, d], "readout", d, t) for d in directions], dim=1)
        outputs.append(edge(read @ readout.weight.detach().T + readout.bias.detach(), "output", t))
    return torch.stack(outputs), edge


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("num_layers", [1, 2, 3])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("loss_at", ["every", "last"])
def test_the_gradient_on_every_edge_is_autograd_s(cell: str, num_layers: int, bidirectional: bool, loss_at: str):
    experiment = Experiment(
        task="video",
        cell=cell,
        num_layers=num_layers,
        bidirectional=bidirectional,
        loss_at=loss_at,
        seq_len=T,
        hidden_size=H,
    )
    trainer = Trainer(experiment, torch.float64)
    trainer.step(3)
    snapshot = trainer.snapshot()
    probe = trainer.task.probe
    outputs, edge = edge_by_edge(trainer, read(trainer.task, probe))
    targets = torch.from_numpy(probe.targets).double()
    losses = (outputs - targets).square().mean(dim=(1, 2))
    (losses.mean() if loss_at == "every" else losses[-1]).backward()

    flow = snapshot.flow
    for name, values in {
        "output": flow.output,
        "readout": flow.readout,
        "input": flow.input,
        "before": flow.before,
        "cell": flow.cell,
    }.items():
        if values is None:
            assert cell in ("rnn", "gru")
            continue
        if name == "cell" and cell == "mingru":  # the way past all matrices is h's own
            name = "before"
        for index, value in np.ndenumerate(values):
            if name == "input" and index[0] == 0 and index[2] > 0:
                assert np.isnan(value)  # x_t comes in one direction
            else:
                assert value == pytest.approx(edge.norm(name, *index), rel=1e-9, abs=1e-14), (name, index)

    copies = [edge.copies["input", 0, d, 0, 0] for d in range(1 + bidirectional)]
    from_all = torch.stack([copy.grad for copy in copies if copy.grad is not None]).sum(dim=0)
    assert flow.inputs[0] == pytest.approx(from_all.norm().item(), rel=1e-9, abs=1e-14)

    first = 0 if loss_at == "every" else T - 1
    np.testing.assert_allclose(snapshot.trace.losses[first:], losses[first:].detach(), rtol=1e-12)
    assert np.isnan(snapshot.trace.losses[:first]).all()


def test_the_losses_of_a_classification_are_cross_entropies_and_l_is_their_mean():
    trainer = Trainer(Experiment(task="reversal", seq_len=9), torch.float64)
    trainer.step(2)
    trace = trainer.snapshot().trace
    asked = np.isfinite(trace.targets[:, 0])
    right = (trace.outputs * trace.targets).sum(axis=-1)[asked]
    np.testing.assert_allclose(trace.losses[asked], -np.log(right), rtol=1e-9)
    assert np.isnan(trace.losses[~asked]).all()
