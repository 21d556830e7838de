"""A training step without autograd against the same step by autograd: loss, gradient, and the states it ends in."""

import tracemalloc

import numpy as np
import pytest
import torch

from rnnviz.cells import CELLS
from rnnviz.model.passes import KEPT, Autograd, Compiled, passes_of
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
    *({"task": task} for task, made in TASKS.items() if not made.source_vocabulary and task not in ("series",)),
    *({"nonlinearity": nonlinearity} for nonlinearity in ("relu", "sigmoid")),
    {"cell": "lstm", "truncation": 3, "num_layers": 2},
    {"cell": "gru", "task": "order", "dropout": 0.3, "num_layers": 2},
    {"cell": "lstm", "task": "languages", "embedding_size": 5, "bidirectional": True},
    {"cell": "lstm", "task": "languages", "mask_padding": False},
    {"cell": "peephole", "task": "languages"},
    {"task": "adding", "loss_at": "last"},
]
"""Settings of a network of one part: each cell, task and function, and what else a step has to see to."""


def as_it_suits(settings):
    suited = dict(TASKS[settings.get("task", "sine")].suggested)
    return Experiment(**suited | {"task": "sine", "hidden_size": 6, "batch_size": 3} | settings)


@pytest.mark.parametrize("settings", EVERY, ids=lambda settings: "-".join(map(str, settings.values())))
def test_a_step_is_autograds(settings):
    trainer = Trainer(as_it_suits(settings), torch.float64, keeps_history=False)
    model, criterion = trainer.model, trainer.criterion
    vector = as_one_vector(model)
    ours, theirs = Compiled(model, criterion, vector), Autograd(model, criterion, vector)
    for step in range(2):
        batch = trainer.task.training_batch(step)
        keep = []
        if trainer.experiment.dropout:
            keep = model.dropped(trainer.task.generator(DROPOUT, step), batch.inputs.shape[1])
        loss, _ = theirs.gradient(batch, [], keep)
        expected, _, state = theirs.slopes.copy(), *criterion.answers(model, batch, None, keep)[1:]
        ours.slopes[:] = np.nan
        found, ends = ours.gradient(batch, [], keep)
        assert found == pytest.approx(loss, rel=1e-12)
        np.testing.assert_allclose(ours.slopes, expected, rtol=0, atol=1e-10)
        for end, same in zip(ends, state, strict=True):
            for part, other in zip(end or (), same, strict=True):
                np.testing.assert_allclose(part, other.detach(), rtol=0, atol=1e-12)


def test_a_step_goes_on_from_the_states_it_is_given():
    trainer = Trainer(Experiment(cell="lstm", num_layers=2, hidden_size=5), torch.float64)
    model, criterion = trainer.model, trainer.criterion
    vector, batch = as_one_vector(model), trainer.task.training_batch(0)
    ours = Compiled(model, criterion, vector)
    _, ends = ours.gradient(batch, [], [])
    state = [tuple(map(torch.from_numpy, end)) for end in ends if end]
    outputs, targets, _ = criterion.answers(model, batch, state)
    expected = torch.autograd.grad(criterion.loss(outputs, targets), list(model.parameters()))
    ours.gradient(batch, ends, [])
    np.testing.assert_allclose(ours.slopes, torch.cat([part.flatten() for part in expected]), rtol=0, atol=1e-10)


def test_networks_of_two_parts_go_by_autograd_and_others_do_not():
    kinds = [
        type(passes_of(t.model, t.criterion, as_one_vector(t.model)))
        for t in map(Trainer, (Experiment(), Experiment(task="reverse")))
    ]
    assert kinds == [Compiled, Autograd]


@pytest.mark.parametrize("settings", EVERY, ids=lambda settings: "-".join(map(str, settings.values())))
def test_looking_is_autograds(settings):
    trainer = Trainer(as_it_suits(settings), torch.float64, keeps_history=False)
    model, criterion, task = trainer.model, trainer.criterion, trainer.task
    vector = as_one_vector(model)
    ours, theirs = Compiled(model, criterion, vector), Autograd(model, criterion, vector)
    for found, expected in zip(ours.answers(task.validation), theirs.answers(task.validation), strict=True):
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    outputs, targets, _ends = criterion.answers(model, task.validation)
    loss, losses, slope = criterion.mark(outputs.detach().numpy(), targets.numpy())
    outputs.retain_grad()
    criterion.loss(outputs, targets).backward()
    assert loss == pytest.approx(np.nanmean(losses)) == pytest.approx(criterion.loss(outputs, targets).item())
    assert outputs.grad is not None
    np.testing.assert_allclose(slope, outputs.grad, rtol=0, atol=1e-12)
    before, asked = ours.slopes.copy(), np.random.default_rng(0).normal(size=(len(task.probe.mask), 1, model.outputs))
    (outputs, recording, back), (expected, reference, other) = ours.record(task.probe), theirs.record(task.probe)
    np.testing.assert_allclose(outputs, expected, rtol=0, atol=1e-12)
    back(asked)
    other(asked)
    for name in ("hidden", "hidden_gradient"):
        np.testing.assert_allclose(getattr(recording, name), getattr(reference, name), rtol=0, atol=1e-10)
    sums, same = recording.preactivation_gradients, reference.preactivation_gradients
    for name, found in sums.items():
        np.testing.assert_allclose(found, same[name], rtol=0, atol=1e-10)
    np.testing.assert_array_equal(ours.slopes, before)  # the training's own


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
