"""SequenceModel against torch.nn, whose weights, outputs and gradients it shares, and against the textbook's steps."""

import itertools
import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from textbook import IN_TORCH, KINDS, step_of, weights_of, zeros
from torch import Tensor, nn
from torch.nn import functional

from rnnviz.cells import CELLS
from rnnviz.model.continuation import Continuation
from rnnviz.model.network import SequenceModel
from rnnviz.settings.experiment import Experiment

GATES = {
    "rnn": (),
    "gru": ("r", "z", "n"),
    "lstm": ("i", "f", "g", "o"),
    "peephole": ("i", "f", "g", "o"),
    "coupled": ("i", "f", "g", "o"),
    "mingru": ("z", "n"),
}


def build(kind=("rnn", "tanh"), inputs=2, outputs=3, dtype=torch.float64, **settings) -> SequenceModel:
    settings = {"hidden_size": 7, **settings}
    experiment = Experiment(cell=kind[0], nonlinearity=kind[1], **settings)
    return SequenceModel(experiment, inputs, outputs, torch.Generator().manual_seed(experiment.seed), dtype)


def normal(*shape: int, seed: int = 1) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def unrolled(model: SequenceModel, inputs: Tensor) -> tuple[Tensor, list[list[Tensor]]]:
    """Run single steps one by one; return outputs, and h_t (B, H) as [layer and direction][t]."""
    step = step_of(model.experiment)
    T = len(inputs)
    xs, kept = list(inputs), []
    parameters = dict(model.recurrent.named_parameters())
    for layer in range(model.experiment.num_layers):
        for reverse in range(model.directions):
            weights, state = weights_of(parameters, layer, reverse), zeros(model.experiment, inputs)
            states: list[Tensor] = [state[0]] * T
            for t in reversed(range(T)) if reverse else range(T):
                state = step(xs[t], state, weights)
                states[t] = state[0]
                states[t].retain_grad()
            kept.append(states)
        xs = [torch.cat(together, 1) for together in zip(*kept[-model.directions :], strict=True)]
    return model.readout(torch.stack(xs)), kept


def loss_of(outputs: Tensor, loss: str, loss_at: str) -> Tensor:
    T, B, O = outputs.shape  # noqa: E741
    if loss_at == "last":
        outputs = outputs[-1:]
    if loss == "squared error":
        return functional.mse_loss(outputs, normal(T, B, O, seed=2)[-len(outputs) :])
    classes = torch.arange(len(outputs) * B) % O
    return functional.cross_entropy(outputs.flatten(0, 1), classes)


def largest_difference(model: SequenceModel, inputs: Tensor, loss: str, loss_at: str) -> float:
    """Compare outputs, parameter gradients and every dL/dh_t with those of the unrolled loop and of torch.nn."""
    tapes = []
    outputs, _ = model(inputs, tapes=tapes)
    parameters = list(model.parameters())
    ours = [outputs, *torch.autograd.grad(loss_of(outputs, loss, loss_at), parameters)]
    ours += [torch.from_numpy(tape.hidden_gradient.copy()) for tape in tapes]

    outputs, states = unrolled(model, inputs)
    model.zero_grad()
    loss_of(outputs, loss, loss_at).backward()
    theirs = [outputs, *(parameter.grad for parameter in parameters)]
    zero = torch.zeros_like(states[0][0])
    theirs += [torch.stack([zero if h.grad is None else h.grad for h in steps]) for steps in states]

    if (model.experiment.cell, model.experiment.nonlinearity) in IN_TORCH:
        recurrent, readout = model.to_torch()
        outputs = readout(recurrent(inputs)[0])
        ours += ours[: 1 + len(parameters)]
        its_parameters = [*recurrent.parameters(), *readout.parameters()]
        theirs += [outputs, *torch.autograd.grad(loss_of(outputs, loss, loss_at), its_parameters)]
    assert all(value is not None for value in theirs)
    return max((a - b).abs().max().item() for a, b in zip(ours, theirs, strict=True) if b is not None)


@pytest.mark.parametrize("loss", ["squared error", "cross-entropy"])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("num_layers", [1, 2, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_outputs_and_all_gradients_are_torchs(kind, num_layers, bidirectional, loss):
    model = build(kind, num_layers=num_layers, bidirectional=bidirectional)
    for loss_at in ("every", "last"):
        assert largest_difference(model, normal(9, 4, 2), loss, loss_at) <= 1e-10


@settings(max_examples=50, derandomize=True)
@given(
    kind=st.sampled_from(KINDS),
    num_layers=st.integers(1, 3),
    bidirectional=st.booleans(),
    hidden_size=st.integers(1, 6),
    loss_at=st.sampled_from(["every", "last"]),
    T=st.integers(1, 8),
    B=st.integers(1, 4),
    I=st.integers(1, 3),
    O=st.integers(1, 3),
)
def test_at_any_shape(kind, num_layers, bidirectional, hidden_size, loss_at, T, B, I, O):  # noqa: E741
    model = build(kind, I, O, num_layers=num_layers, bidirectional=bidirectional, hidden_size=hidden_size)
    assert largest_difference(model, normal(T, B, I), "squared error", loss_at) <= 1e-10


def test_torchs_own_random_numbers_are_left_alone():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        expected = torch.rand(4)
        torch.manual_seed(0)
        for settings in ({}, {"task": "dates", "attention": "additive", "embedding_size": 4}):
            SequenceModel(Experiment(**settings), 5, 4, torch.Generator(), tokens=True, source=9 * bool(settings))
        assert torch.equal(torch.rand(4), expected)


@pytest.mark.parametrize(
    ("kind", "num_layers", "bidirectional", "seed"), [*itertools.product(IN_TORCH, [1, 3], [False, True], [0, 7])]
)
def test_the_same_seed_draws_the_weights_of_a_plain_script(kind, num_layers, bidirectional, seed):
    ours = build(kind, dtype=torch.float32, num_layers=num_layers, bidirectional=bidirectional, seed=seed)
    options = {"nonlinearity": kind[1]} if kind[0] == "rnn" else {}
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        recurrent = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[kind[0]](
            2, 7, num_layers, bidirectional=bidirectional, **options
        )
        readout = nn.Linear(14 if bidirectional else 7, 3)
    for theirs, own in ((recurrent, ours.recurrent), (readout, ours.readout)):
        expected = theirs.state_dict()
        assert list(own.state_dict()) == list(expected)
        for name, value in own.state_dict().items():
            assert torch.equal(value, expected[name]), name
        own.load_state_dict(expected)  # and both ways
        theirs.load_state_dict(own.state_dict())


def test_neither_building_nor_exporting_touches_the_global_generator():
    before = torch.get_rng_state()
    build(num_layers=2).to_torch()
    assert torch.equal(torch.get_rng_state(), before)


def test_what_to_torch_returns_is_a_copy():
    model = build()
    recurrent, readout = model.to_torch()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
    assert all(parameter.abs().sum() > 0 for parameter in [*recurrent.parameters(), *readout.parameters()])


def test_torch_has_no_sigmoid_rnn():
    with pytest.raises(ValueError, match="sigmoid"):
        build(("rnn", "sigmoid")).to_torch()
    gru = Experiment(cell="gru", nonlinearity="sigmoid")  # where the nonlinearity says nothing
    assert isinstance(SequenceModel(gru, 1, 1, torch.Generator()).to_torch()[0], nn.GRU)


def blocks(model: SequenceModel) -> list[Tensor]:
    """Every H x H block of every recurrent matrix."""
    matrices = [value for name, value in model.recurrent.named_parameters() if name.startswith("weight_hh")]
    return [block.detach() for matrix in matrices for block in matrix.split(model.experiment.hidden_size)]


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_initialisations(cell):
    kind, options = (cell, "tanh"), {"num_layers": 2, "bidirectional": True, "hidden_size": 9}
    one = torch.eye(9, dtype=torch.float64)
    for block in blocks(build(kind, initialisation="orthogonal", **options)):
        torch.testing.assert_close(block @ block.T, one, rtol=0, atol=1e-5)
        assert not torch.allclose(block, one, atol=0.1)
    identity = build(kind, initialisation="identity", **options)
    assert all(torch.equal(block, one) for block in blocks(identity))
    assert all(not value.any() for name, value in identity.recurrent.named_parameters() if name.startswith("bias"))
    for radius in (0.5, 1.5):
        for block in blocks(build(kind, initialisation="spectral", spectral_radius=radius, **options)):
            assert np.abs(np.linalg.eigvals(block.numpy())).max() == pytest.approx(radius, rel=1e-5)


def test_the_forget_bias_is_added_to_the_forget_gate_alone():
    plain, moved = (build(("lstm", "tanh"), num_layers=2, forget_bias=bias) for bias in (0.0, 1.5))
    for (name, before), after in zip(plain.recurrent.named_parameters(), moved.recurrent.parameters(), strict=True):
        shift = torch.zeros_like(before)
        if name.startswith("bias_ih"):
            shift[7:14] = 1.5  # torch's order: i, f, g, o
        torch.testing.assert_close(after, before + shift, rtol=0, atol=1e-7)
    for cell in ("rnn", "gru"):
        plain, same = (build((cell, "tanh"), forget_bias=bias) for bias in (0.0, 1.5))
        assert all(torch.equal(a, b) for a, b in zip(plain.parameters(), same.parameters(), strict=True))


def test_weights_are_drawn_in_float32_whatever_they_are_kept_in():
    single, double = build(dtype=torch.float32), build(dtype=torch.float64)
    for a, b in zip(single.parameters(), double.parameters(), strict=True):
        assert b.dtype == torch.float64
        assert torch.equal(a.double(), b)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bidirectional", [False, True])
def test_a_recording_has_every_layer_direction_step_and_unit(kind, bidirectional):
    model = build(kind, num_layers=3, bidirectional=bidirectional)
    inputs = normal(5, 1, 2)
    outputs, recording = model.record(inputs)
    with pytest.raises(AttributeError):
        _ = recording.hidden_gradient
    outputs.sum().backward()
    shape = (3, 1 + bidirectional, 5, 7)
    _, states = unrolled(model, inputs)
    expected = np.array([[h.detach().numpy()[0] for h in steps] for steps in states]).reshape(shape)
    np.testing.assert_allclose(recording.hidden, expected, rtol=0, atol=1e-12)
    assert (recording.cell is not None) == (kind[0] in ("lstm", "peephole", "coupled"))
    arrays = [recording.hidden_gradient, *recording.gates.values(), *recording.preactivation_gradients.values()]
    assert {array.shape for array in arrays} == {shape}
    assert tuple(recording.gates) == GATES[kind[0]]
    # coupled gates have one sum for i and f
    sums = [gate for gate in GATES[kind[0]] if (kind[0], gate) != ("coupled", "f")]
    assert list(recording.preactivation_gradients) == (sums or ["h"])
    # The last layer's forward half has seen all but the future: at the end, only the loss itself reaches h_T.
    at_the_end = model.readout.weight.detach().sum(0)[:7]
    np.testing.assert_allclose(recording.hidden_gradient[-1, 0, -1], at_the_end, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_a_continuation_goes_on_as_if_the_sequence_were_longer(kind):
    model = build(kind, num_layers=3)
    inputs = normal(12, 1, 2)
    expected = model(inputs)[0][:, 0].detach()
    _, recording = model.record(inputs[:8])
    continuation = Continuation(model, recording, 5, 7)
    went_on = np.array([continuation.step(x) for x in inputs[5:, 0].numpy()])
    np.testing.assert_allclose(went_on, expected[5:], rtol=0, atol=1e-12)


def test_a_bidirectional_network_cant_go_on():
    model = build(bidirectional=True)
    with pytest.raises(ValueError, match="bidirectional"):
        Continuation(model, model.record(normal(3, 1, 2))[1], 1, 1)


def test_the_state_of_one_batch_starts_the_next():
    for kind in IN_TORCH:
        model = build(kind, num_layers=2)
        inputs = normal(10, 3, 2)
        _, state = model(inputs[:6])
        second, _ = model(inputs[6:], state)
        torch.testing.assert_close(second, model(inputs)[0][6:], rtol=0, atol=1e-12)


def test_the_default_bounds_are_torchs():
    # Independent of torch's code: 1/sqrt(H) for every parameter, as its documentation says.
    values = torch.cat([parameter.detach().flatten() for parameter in build(hidden_size=100).parameters()])
    assert 0.09 < float(values.abs().max()) <= 1 / math.sqrt(100)


@pytest.mark.parametrize("cell", ["peephole", "coupled", "mingru"])
def test_what_torch_has_not_is_refused_in_a_sentence(cell):
    with pytest.raises(ValueError, match=re.escape(str(CELLS[cell].label))):
        build((cell, "tanh")).to_torch()
