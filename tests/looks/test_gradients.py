"""What the gradient lab computes, held against autograd in float64, and against closed forms."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from built import read
from hypothesis import given
from hypothesis import strategies as st
from textbook import relative, step_of, weights_of, zeros
from torch import Tensor, nn

from rnnviz.cells import CELLS
from rnnviz.looks.look import look
from rnnviz.looks.memory import horizon, jacobians, memory, step_jacobian
from rnnviz.looks.rtrl import recorded, rtrl
from rnnviz.looks.shares import shares, terms
from rnnviz.model.network import SequenceModel
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Lens
from rnnviz.training.trainer import Trainer
from rnnviz.wanted import Wanted

NETWORKS: list[dict[str, Any]] = [
    {"cell": cell, "num_layers": layers, "bidirectional": bidirectional}
    for cell in CELLS
    for layers, bidirectional in ((1, False), (2, False), (1, True), (2, True))
    if cell in ("rnn", "gru", "lstm") or bidirectional == (layers == 2)
]


def trained(steps: int = 2, **settings: Any) -> tuple[Trainer, Any]:
    """A trainer in float64 that has taken a snapshot."""
    trainer = Trainer(Experiment(**{"seq_len": 7, "hidden_size": 5, "task": "adding"} | settings), torch.float64)
    trainer.step(steps)
    return trainer, trainer.snapshot()


class Reference:
    """The probe's pass in plain torch, one torch cell a step, with every h_t, c_t a tensor of its own in the graph."""

    def __init__(self, trainer: Trainer):
        experiment = trainer.experiment
        self.step, parameters = step_of(experiment), dict(trainer.model.recurrent.named_parameters())
        directions = 2 if experiment.bidirectional else 1
        x = list(read(trainer.task, trainer.task.probe))  # T of (1, I)
        self.h: list[list[Tensor]] = []
        self.c: list[list[Tensor]] = []
        self.matrix = "weight_hh" if CELLS[experiment.cell].from_hidden else "weight_ih"
        """The one that is taken apart."""
        self.weights: list[dict[str, Tensor]] = []
        for layer in range(experiment.num_layers):
            outputs = []
            for d in range(directions):
                weights = weights_of(parameters, layer, d)
                state, hs, cs = zeros(experiment, x[0][None]), [], []
                for x_t in x[::-1] if d else x:
                    state = self.step(x_t, state, weights)
                    hs.append(state[0])
                    cs += state[1:]
                order = slice(None, None, -1 if d else 1)
                self.h.append(hs[order])
                self.c.append(cs[order])
                self.weights.append(weights)
                outputs.append(hs[order])
            x = [torch.cat(parts, dim=1) for parts in zip(*outputs, strict=True)]
        outputs = trainer.model.readout(torch.stack(x))[:, 0]
        targets = torch.from_numpy(trainer.task.probe.targets).double()[:, 0]
        marked = np.flatnonzero(trainer.task.probe.mask)
        marked = marked[-1:] if experiment.loss_at == "last" else marked
        self.losses = {int(t): nn.functional.mse_loss(outputs[t], targets[t]) / len(marked) for t in marked}


@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_jacobians_are_autograds(network):
    trainer, _ = trained(**network)
    reference = Reference(trainer)
    D = trainer.subject().recording.directions
    for i, tape in enumerate(trainer.subject().recording.tapes):
        h, c = reference.h[i], reference.c[i]
        last = h[0 if i % D else -1]
        by_h, by_c = jacobians(tape)
        for t in range(len(h)):
            for found, state in ((by_h, h), (by_c, c)):
                if found is None or (state is h and h[t] is last):
                    continue
                rows = [torch.autograd.grad(unit, state[t], retain_graph=True)[0][0] for unit in last[0]]
                assert relative(found[t], torch.stack(rows).numpy()) <= 1e-10


def test_the_memory_s_singular_values_are_those_of_the_jacobians():
    trainer, _ = trained(cell="gru")
    (tape,) = trainer.subject().recording.tapes
    by_h, _ = jacobians(tape)
    found = memory(tape)
    values = [torch.linalg.svdvals(torch.from_numpy(matrix.copy())).numpy() for matrix in by_h]
    assert relative(found.largest, [v[0] for v in values]) <= 1e-10
    assert relative(found.smallest, [v[-1] for v in values]) <= 1e-10
    assert relative(found.norm, [np.sqrt((v**2).sum()) for v in values]) <= 1e-10


@pytest.mark.parametrize("network", NETWORKS, ids=str)
@pytest.mark.parametrize("task", ["sine", "adding"])
def test_shares_are_autograds(network, task):
    trainer, snapshot = trained(task=task, **network)
    reference = Reference(trainer)
    D = trainer.subject().recording.directions
    marked = np.flatnonzero(~np.isnan(snapshot.trace.losses))
    assert list(marked) == list(reference.losses)
    for i, weights in enumerate(reference.weights):
        found, sums = shares(trainer.subject().recording, marked, i // D, i % D)
        loss = torch.stack(list(reference.losses.values())).sum()
        whole = torch.autograd.grad(loss, weights[reference.matrix], retain_graph=True)[0]
        assert relative(sums.sum(0), whole) <= 1e-10
        assert found.norm == pytest.approx(torch.linalg.norm(whole).item(), rel=1e-10)
        for t, loss in reference.losses.items():
            for k in range(7):
                share = share_of(reference, trainer, i, k, loss)
                if np.isnan(found.norms[t, k]):
                    assert share == 0
                else:
                    assert found.norms[t, k] == pytest.approx(share, rel=1e-10, abs=1e-18)


def share_of(reference: Reference, trainer: Trainer, i: int, k: int, loss: Tensor) -> float:
    """The norm of dloss/dW_hh of one use of W_hh, by a copy of W_hh that step k alone uses; or so with W_ih."""
    weights, reverse = reference.weights[i], bool(i % trainer.subject().recording.directions)
    before = k + 1 if reverse else k - 1
    h, c = reference.h[i], reference.c[i]
    first = not 0 <= before < len(h)
    (d_h,) = torch.autograd.grad(loss, h[k], retain_graph=True, allow_unused=True)
    if d_h is None:
        return 0.0
    x = reference_input(reference, trainer, i, k).detach()
    states = [torch.zeros_like(state[k]) if first else state[before].detach() for state in (h, c) if state]
    own = weights[reference.matrix].detach().clone().requires_grad_()
    after = reference.step(x, tuple(states), weights | {reference.matrix: own})
    if c:
        (d_c,) = torch.autograd.grad(loss, c[k], retain_graph=True)
        h_k, c_k = after
        # c_k's gradient holds what goes through h_k: that part is already in d_h
        through_h = torch.autograd.grad(h_k, c_k, d_h, retain_graph=True)[0]
        (d_W,) = torch.autograd.grad([h_k, c_k], own, [d_h, d_c - through_h])
    else:
        (d_W,) = torch.autograd.grad(after[0], own, d_h)
    return torch.linalg.norm(d_W).item()


def reference_input(reference: Reference, trainer: Trainer, i: int, k: int) -> Tensor:
    D = trainer.subject().recording.directions
    layer = i // D
    if layer == 0:
        return read(trainer.task, trainer.task.probe)[k]
    return torch.cat([reference.h[(layer - 1) * D + d][k] for d in range(D)], dim=1)


def test_groups_of_terms_change_nothing(monkeypatch):
    trainer, snapshot = trained(task="sine", num_layers=2)
    marked = np.flatnonzero(~np.isnan(snapshot.trace.losses))
    at_once, sums = shares(trainer.subject().recording, marked)
    monkeypatch.setattr("rnnviz.looks.shares.BYTES", 1)
    one_by_one, others = shares(trainer.subject().recording, marked)
    np.testing.assert_allclose(one_by_one.norms, at_once.norms, rtol=1e-12)
    np.testing.assert_allclose(others, sums, rtol=1e-10, atol=1e-18)


@pytest.mark.parametrize("cell", CELLS)
def test_terms_add_up_to_the_total_gradient(cell):
    trainer, snapshot = trained(task="sine", cell=cell, num_layers=2)
    found = terms(trainer.subject().recording, range(7))
    for layer, tape in enumerate(found):
        total = tape.dh[1:].sum(1)
        assert relative(total, snapshot.gradients.hidden[layer, 0]) <= 1e-10


@pytest.mark.parametrize("cell", CELLS)
def test_step_jacobians_multiply_to_the_memory(cell):
    trainer, _ = trained(cell=cell)
    (tape,) = trainer.subject().recording.tapes
    by_h, by_c = jacobians(tape)
    if by_c is None:
        assert relative(by_h[3] @ step_jacobian(tape, 3), by_h[2]) <= 1e-10
    else:  # of an LSTM, the way through c is not in it
        assert relative(by_h[-1] @ step_jacobian(tape, 6), by_h[5]) <= 1e-10


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("task", ["sine", "adding", "recall"])
def test_rtrl_is_bptt(cell, task):
    trainer, _ = trained(task=task, cell=cell)
    (tape,) = trainer.subject().recording.tapes
    forwards = tape.kernel.unpack(*rtrl(tape.kernel, recorded(tape), tape.outside[:, 0])).values()
    trainer.model.zero_grad()
    parameters = list(trainer.model.recurrent.parameters())
    outputs, _ = trainer.model(read(trainer.task, trainer.task.probe))
    backwards = torch.autograd.grad(outputs, parameters, torch.from_numpy(trainer.subject().output_gradient[:, None]))
    for ours, theirs in zip(forwards, backwards, strict=True):
        assert relative(ours, theirs.numpy()) <= 1e-10


def linear(r: float, seq_len: int, dtype: torch.dtype) -> Trainer:
    """tanh is linear at 0, where W_ih = b = 0 keeps the state; W_hh = r Q with Q orthogonal."""
    settings: dict[str, Any] = {"initialisation": "orthogonal", "spectral_radius": r, "hidden_size": 16}
    trainer = Trainer(Experiment(task="adding", seq_len=seq_len, **settings), dtype)
    with torch.no_grad():
        for name, parameter in trainer.model.recurrent.named_parameters():
            if "weight_hh" not in name:
                parameter.zero_()
    return trainer


@pytest.mark.parametrize("r", [0.5, 0.8, 1.0, 1.2, 1.5])
def test_a_linear_network_s_gradient_changes_by_r_a_step(r):
    trainer = linear(r, seq_len=50, dtype=torch.float64)
    snapshot = trainer.snapshot()
    (tape,) = trainer.subject().recording.tapes
    found = memory(tape)
    for norms in (found.norm, found.largest, found.smallest, snapshot.gradients.hidden_norms[0, 0]):
        assert np.abs(norms[:-1] / norms[1:] - r).max() <= 1e-6
    analysis = trainer.snapshot(lens=Lens(step=10)).analysis
    assert analysis.factors.radius == pytest.approx(r, rel=1e-6)
    assert np.abs(analysis.factors.growth[1:] - r).max() <= 1e-6
    assert analysis.factors.local == pytest.approx(np.ones(50))
    if r < 1:
        assert horizon(found.largest[::-1], 1 / math.e) == pytest.approx(-1 / math.log(r), rel=1e-6)


@given(st.floats(0.05, 0.95), st.integers(3, 60), st.floats(1e-30, 0.99))
def test_the_horizon_of_a_power_law(r, count, level):
    norms = r ** np.arange(count)
    distance = math.log(level) / math.log(r)
    found = horizon(norms, level)
    assert found == pytest.approx(distance, rel=1e-6) if distance < count - 1 - 1e-9 else found >= count - 1 - 1e-6


def test_the_horizon_at_its_edges():
    assert horizon(np.array([1.0, 2.0, 4.0]), 0.5) == math.inf
    assert horizon(np.array([1.0, 0.0]), 0.5) == 1
    assert horizon(np.array([0.1, 0.0]), 0.5) == 0


@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_an_analysis_has_the_shapes_it_says(network):
    trainer, snapshot = trained(steps=5, **network)
    found = trainer.snapshot(lens=Lens(layer=9, direction=9, step=99)).analysis
    assert found.lens == Lens(network["num_layers"] - 1, int(network["bidirectional"]), 6)
    T, H = 7, 5
    assert found.memory.norm.shape == found.factors.local.shape == found.factors.growth.shape == (T,)
    assert (found.memory.cell_norm is not None) == CELLS[network["cell"]].has_c
    assert found.shares.norms.shape == (T, T)
    assert found.shares.by_distance.shape == found.shares.distances.shape
    assert found.factors.jacobian.shape == (H, H)
    assert found.profiles.shape == (5, T)
    np.testing.assert_array_equal(found.profile_steps, [1, 2, 3, 4, 5])
    newest = snapshot.gradients.hidden_norms[found.lens.layer, found.lens.direction]
    assert relative(found.profiles[-1], newest) < 1e-12


def test_the_profiles_are_those_of_the_steps_they_are_named_after():
    trainer, other = Trainer(Experiment(seq_len=6)), Trainer(Experiment(seq_len=6), keeps_history=False)
    trainer.step(9)
    steps, profiles = trainer.subject().profiles()
    for step, profile in zip(steps, profiles, strict=True):
        other.step(int(step) - other.steps)
        np.testing.assert_allclose(profile, other.snapshot().gradients.hidden_norms, rtol=1e-6)
    assert other.snapshot().history.step.size == 0


def test_a_state_that_overflowed_leaves_no_zeros_that_look_like_vanishing():
    settings: dict[str, Any] = {"nonlinearity": "relu", "initialisation": "spectral", "spectral_radius": 2.0}
    trainer = Trainer(Experiment(task="recall", seq_len=500, **settings))
    snapshot = trainer.snapshot()
    assert not np.isfinite(snapshot.trace.hidden[0, 0, -1]).all()
    assert not np.isfinite(trainer.snapshot(lens=Lens()).analysis.memory.norm[:-1]).any()


def test_what_overflowed_is_infinite_and_not_left_out():
    trainer = linear(2.0, seq_len=300, dtype=torch.float32)
    found = trainer.snapshot(lens=Lens()).analysis
    reached = np.log2(np.finfo(np.float32).max) - 1
    far = 299 - np.arange(300) > reached + 1
    assert not np.isfinite(found.memory.norm[far]).any()
    assert not np.isfinite(found.memory.largest[far[found.memory.at]]).any()
    assert np.isfinite(found.memory.norm[299 - np.arange(300) < reached - 1]).all()


def test_a_gradient_that_vanishes_is_seen_down_to_the_smallest_number_there_is():
    profile = linear(0.5, seq_len=170, dtype=torch.float32).subject().profile[0, 0]
    tiny, least = (float(number) for number in (np.finfo(np.float32).tiny, np.finfo(np.float32).smallest_subnormal))
    denormal = np.flatnonzero((profile > 0) & (profile < tiny))
    assert len(denormal) > 15
    assert profile[denormal].min() < 4 * least
    exact = profile[denormal] > 16 * least  # below, few digits are left
    np.testing.assert_allclose(profile[denormal][exact], profile[denormal + 1][exact] / 2, rtol=0.1)


@pytest.mark.parametrize("cell", CELLS)
def test_what_is_remembered_past_skipped_padding_is_what_the_sequence_alone_remembers(cell):
    experiment = Experiment(cell=cell, hidden_size=4, bidirectional=True)
    model = SequenceModel(experiment, 3, 2, torch.Generator().manual_seed(0), torch.float64, tokens=True)
    tokens, pads = torch.tensor([[0], [0], [0], [1], [2], [0], [1]]), 3
    _, padded = model.record(tokens, (torch.arange(7) < pads)[:, None])
    _, alone = model.record(tokens[pads:])
    found, expected = (memory(recording.tapes[0]) for recording in (padded, alone))
    np.testing.assert_allclose(found.norm[pads:], expected.norm, rtol=1e-12)
    np.testing.assert_array_equal(found.norm[:pads], 0)
    assert found.horizon == pytest.approx(expected.horizon)
    backward = padded.tapes[1]  # it reads the padding last, and ends in a state that is always 0
    np.testing.assert_array_equal(memory(backward).norm, 0)
    for tape, steps in ((padded.tapes[0], range(pads)), (backward, range(7 - pads, 7))):
        assert not any(step_jacobian(tape, t).any() for t in steps)
    np.testing.assert_allclose(step_jacobian(padded.tapes[0], pads + 1), step_jacobian(alone.tapes[0], 1), rtol=1e-12)


@pytest.mark.parametrize("settings", NETWORKS)
def test_the_memory_alone_is_that_of_the_last_layer_read_forwards(settings):
    trainer, _ = trained(**settings)
    alone = look(trainer.subject(), Wanted(frozenset({"memory"}))).memory
    whole = trainer.snapshot(lens=Lens(layer=settings["num_layers"] - 1)).analysis.memory
    np.testing.assert_array_equal(alone.norm, whole.norm)
    np.testing.assert_array_equal(alone.path, whole.path)
    assert (alone.horizon, alone.floor) == (whole.horizon, whole.floor)
    assert len(alone.at) == len(alone.largest) == len(alone.smallest) == 0
