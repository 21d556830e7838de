"""A training step without autograd against the same step by autograd: loss, gradient, and the states it ends in."""

import tracemalloc

import numpy as np
import pytest
import torch

from rnnviz.cells import CELLS
from rnnviz.model.passes import KEPT, Passes
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import TASKS
from rnnviz.tasks.task import DROPOUT
from rnnviz.training.trainer import Trainer
from rnnviz.training.vector import as_one_vector

EVERY = [
    *(
        {"cell": cell, "num_layers": layers, "bidirectional": both}
        for cell in CELLS
        for layers, both in ((1, False), (2, True))
    ),
    *({"task": task} for task, made in TASKS.items() if task != "series"),
    *({"nonlinearity": nonlinearity} for nonlinearity in ("relu", "sigmoid")),
    {"cell": "lstm", "truncation": 3, "num_layers": 2},
    {"cell": "gru", "task": "order", "dropout": 0.3, "num_layers": 2},
    {"cell": "lstm", "task": "languages", "embedding_size": 5, "bidirectional": True},
    {"cell": "lstm", "task": "languages", "mask_padding": False},
    {"cell": "peephole", "task": "languages"},
    {"task": "adding", "loss_at": "last"},
    *({"task": "reverse", "cell": cell, "attention": attention} for cell in CELLS for attention in ("additive", "dot")),
    *({"task": "dates", "cell": cell, "attention": "none", "num_layers": 2} for cell in ("gru", "lstm")),
    *({"task": "dates", "attention": attention, "bidirectional_encoder": True} for attention in ("additive", "dot")),
    *({"task": "reverse", "attention": kind, "num_layers": 2, "embedding_size": 0} for kind in ("additive", "dot")),
]
"""Settings of networks of one part and of two: each cell, task and function, and what else a step has to see to."""


def as_it_suits(settings):
    suited = dict(TASKS[settings.get("task", "sine")].suggested)
    return Experiment(**suited | {"task": "sine", "hidden_size": 6, "batch_size": 3} | settings)


@pytest.mark.parametrize("settings", EVERY, ids=lambda settings: "-".join(map(str, settings.values())))
def test_a_step_is_autograds(settings):
    trainer = Trainer(as_it_suits(settings), torch.float64, keeps_history=False)
    model, criterion = trainer.model, trainer.criterion
    vector = as_one_vector(model)
    ours = Passes(model, criterion, vector)
    for step in range(2):
        batch = trainer.task.training_batch(step)
        keep = []
        if trainer.experiment.dropout:
            keep = model.dropped(trainer.task.generator(DROPOUT, step), batch.inputs.shape[1])
        outputs, targets, state = criterion.answers(model, batch, None, keep)
        loss = criterion.loss(outputs, targets)
        expected = by_autograd(loss, model)
        ours.slopes[:] = np.nan
        found, ends = ours.gradient(batch, [], keep)
        assert found == pytest.approx(loss.item(), rel=1e-12)
        np.testing.assert_allclose(ours.slopes, expected, rtol=0, atol=1e-10)
        for end, expected in zip(ends, state, strict=not model.encoder):  # the reference has none of two parts
            for part, other in zip(end or (), expected, strict=True):
                np.testing.assert_allclose(part, other.detach(), rtol=0, atol=1e-12)


def test_a_step_goes_on_from_the_states_it_is_given():
    trainer = Trainer(Experiment(cell="lstm", num_layers=2, hidden_size=5), torch.float64)
    model, criterion = trainer.model, trainer.criterion
    vector, batch = as_one_vector(model), trainer.task.training_batch(0)
    ours = Passes(model, criterion, vector)
    _, ends = ours.gradient(batch, [], [])
    state = [tuple(map(torch.from_numpy, end)) for end in ends if end]
    outputs, targets, _ = criterion.answers(model, batch, state)
    expected = by_autograd(criterion.loss(outputs, targets), model)
    ours.gradient(batch, ends, [])
    np.testing.assert_allclose(ours.slopes, expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("settings", EVERY, ids=lambda settings: "-".join(map(str, settings.values())))
def test_looking_is_autograds(settings):
    trainer = Trainer(as_it_suits(settings), torch.float64, keeps_history=False)
    model, criterion, task = trainer.model, trainer.criterion, trainer.task
    vector = as_one_vector(model)
    ours = Passes(model, criterion, vector)
    outputs, targets, _ends = criterion.answers(model, task.validation)
    for found, expected in zip(ours.answers(task.validation), (outputs, targets), strict=True):
        np.testing.assert_allclose(found, expected.detach(), rtol=0, atol=1e-12)
    loss, losses, slope = criterion.mark(outputs.detach().numpy(), targets.numpy())
    outputs.retain_grad()
    criterion.loss(outputs, targets).backward()
    assert loss == pytest.approx(np.nanmean(losses)) == pytest.approx(criterion.loss(outputs, targets).item())
    assert outputs.grad is not None
    np.testing.assert_allclose(slope, outputs.grad, rtol=0, atol=1e-12)
    before, asked = ours.slopes.copy(), np.random.default_rng(0).normal(size=(len(task.probe.mask), 1, model.outputs))
    found, recording, back = ours.record(task.probe)
    asked_of = criterion.inputs(task.probe), criterion.padding(task.probe), criterion.source(task.probe)
    outputs, reference = model.record(*asked_of)
    np.testing.assert_allclose(found, outputs.detach(), rtol=0, atol=1e-12)
    back(asked)
    by_autograd((outputs * torch.from_numpy(asked)).sum(), model)
    same(recording, reference)
    if recording.source and reference.source:
        same(recording.source, reference.source)
    if recording.look and reference.look:
        for name in ("scores", "weights", "contexts", "d_scores", "d_contexts", "outside", "d_keys"):
            np.testing.assert_allclose(getattr(recording.look, name), getattr(reference.look, name), rtol=0, atol=1e-10)
    np.testing.assert_array_equal(ours.slopes, before)  # the training's own


def by_autograd(loss, model):
    """Return its gradient by all parameters, as one vector."""
    parts = torch.autograd.grad(loss, list(model.parameters()))
    return torch.cat([part.flatten() for part in parts]).numpy()


def same(recording, reference):
    for name in ("hidden", "hidden_gradient"):
        np.testing.assert_allclose(getattr(recording, name), getattr(reference, name), rtol=0, atol=1e-10)
    for name, found in recording.preactivation_gradients.items():
        np.testing.assert_allclose(found, reference.preactivation_gradients[name], rtol=0, atol=1e-10)


@pytest.mark.parametrize("layers", [{"num_layers": 1}, {"num_layers": 2, "bidirectional": True}], ids=["1", "2 x 2"])
@pytest.mark.parametrize("cell", CELLS)
def test_passes_hold_no_more_memory_between_steps_than_a_visitor_is_given(cell, layers):
    sizes = {"cell": cell, "hidden_size": 64, "seq_len": 150, **layers}
    few, more = held(batch_size=1, **sizes), held(batch_size=3, **sizes)
    each = (more - few) / 2
    fitting = 3 + int((KEPT - more) / each)
    assert KEPT - each < held(batch_size=fitting, **sizes) <= KEPT
    assert held(batch_size=fitting + 2, **sizes) < each  # all is given back


def held(**settings) -> int:
    """Return how many bytes a network's passes hold after a training step, of NumPy's: all but what torch has."""
    warm, trainer = (Trainer(Experiment(**settings), keeps_history=False) for _ in range(2))
    warm.step()  # the kernels are loaded
    tracemalloc.start()
    try:
        trainer.step()
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
