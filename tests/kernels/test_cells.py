"""Cells against autograd: the textbook's formulas in plain tensors, and finite differences."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from rnnviz.kernels.cells import CELLS, NONLINEARITIES, Cell, Tape
from rnnviz.settings.experiment import Experiment

KINDS = [("rnn", "tanh"), ("rnn", "relu"), ("rnn", "sigmoid"), ("gru", "tanh"), ("lstm", "tanh")]
FUNCTIONS = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid}


def case(kind: tuple[str, str], T=6, B=3, I=2, H=4, seed=0, dtype=torch.float64):  # noqa: E741
    """Return a cell, its inputs, weights and initial state, drawn with `seed`; all of them require gradients."""
    name, nonlinearity = kind
    cell = CELLS[name](Experiment(cell=name, nonlinearity=nonlinearity))
    generator = torch.Generator().manual_seed(seed)
    rows = len(cell.preactivations) * H
    shapes = [(T, B, I), (rows, I), (rows, H), (rows,), (rows,), *[(B, H)] * (1 + cell.has_c)]
    drawn = [torch.randn(shape, generator=generator, dtype=dtype) for shape in shapes]
    drawn[2] /= H**0.5  # weight_hh: neither explosion nor silence over many steps
    x, *rest = (tensor.requires_grad_() for tensor in drawn)
    return cell, x, rest[:4], tuple(rest[4:])


def textbook(cell: Cell, x: Tensor, weights: list[Tensor], state: tuple[Tensor, ...]):
    """Return h_t, c_t, gates and preactivations as lists over t, by formulas that know nothing of the cell's code."""
    W_ih, W_hh, b_ih, b_hh = weights
    h, *c = state
    kept: dict[str, list[Tensor]] = {"h_t": [], "c_t": []}
    for x_t in x:
        u, w = x_t @ W_ih.T + b_ih, h @ W_hh.T + b_hh
        if type(cell) is CELLS["rnn"]:
            a = {"h": u + w}
            h = FUNCTIONS[cell.experiment.nonlinearity](a["h"])
            gates = {}
        elif type(cell) is CELLS["gru"]:
            (u_r, u_z, u_n), (w_r, w_z, w_n) = u.chunk(3, 1), w.chunk(3, 1)
            a = {"r": u_r + w_r, "z": u_z + w_z}
            gates = {name: torch.sigmoid(value) for name, value in a.items()}
            a["n"] = u_n + gates["r"] * w_n
            gates["n"] = torch.tanh(a["n"])
            h = (1 - gates["z"]) * gates["n"] + gates["z"] * h
        else:
            a = dict(zip("ifgo", (u + w).chunk(4, 1), strict=True))
            gates = {name: torch.tanh(value) if name == "g" else torch.sigmoid(value) for name, value in a.items()}
            c = [gates["f"] * c[0] + gates["i"] * gates["g"]]
            h = gates["o"] * torch.tanh(c[0])
            kept["c_t"] += c
        kept["h_t"].append(h)
        for prefix, values in (("a_", a), ("gate_", gates)):
            for name, value in values.items():
                kept.setdefault(prefix + name, []).append(value)
    for values in kept.values():
        for value in values:
            value.retain_grad()
    return kept


def difference(ours, theirs: list[Tensor]) -> float:
    return float(np.abs(np.asarray(ours) - torch.stack(theirs).detach().numpy()).max())


def largest_difference(kind: tuple[str, str], reverse: bool, **sizes: Any) -> float:
    """Compare every value and every gradient of one pass, under a random loss over h_t and the final state."""
    cell, x, weights, state = case(kind, **sizes)
    generator = torch.Generator().manual_seed(1)
    tapes: list[Tape] = []
    hidden, end = cell(x, weights, state, reverse=reverse, tapes=tapes)
    (tape,) = tapes
    loss_weight = torch.randn(hidden.shape, generator=generator, dtype=hidden.dtype)
    end_weight = torch.randn(end[-1].shape, generator=generator, dtype=hidden.dtype)
    leaves = [x, *weights, *state]
    ours = torch.autograd.grad((hidden * loss_weight).sum() + (end[-1] * end_weight).sum(), leaves)

    kept = textbook(cell, x.flip(0) if reverse else x, weights, state)
    if reverse:
        kept = {name: values[::-1] for name, values in kept.items()}
    last = 0 if reverse else -1
    theirs_end = kept["c_t" if cell.has_c else "h_t"][last]
    loss = (torch.stack(kept["h_t"]) * loss_weight).sum() + (theirs_end * end_weight).sum()
    loss.backward()
    theirs = [leaf.grad for leaf in leaves if leaf.grad is not None]

    def gradients(name: str) -> list[Tensor]:
        return [value.grad for value in kept[name] if value.grad is not None]

    found = [
        *(float((a - b).abs().max()) for a, b in zip(ours, theirs, strict=True)),
        difference(hidden.detach(), kept["h_t"]),
        difference(tape.hidden, kept["h_t"]),
        difference(tape.hidden_gradient, gradients("h_t")),
        *(difference(tape.gates[name], kept["gate_" + name]) for name in cell.gates),
        *(difference(tape.preactivation_gradients[name], gradients("a_" + name)) for name in cell.preactivations),
    ]
    if cell.has_c:
        found.append(difference(tape.cell_state, kept["c_t"]))
    assert tuple(tape.gates) == cell.gates
    return max(found)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_every_value_and_gradient_is_the_textbooks(kind, reverse):
    assert largest_difference(kind, reverse, T=30, B=5, H=16) <= 1e-10


@settings(max_examples=60, derandomize=True)
@given(
    kind=st.sampled_from(KINDS),
    reverse=st.booleans(),
    T=st.integers(1, 9),
    B=st.integers(1, 5),
    I=st.integers(1, 4),
    H=st.integers(1, 6),
    seed=st.integers(0, 2**31),
)
def test_at_any_shape(kind, reverse, **sizes):
    assert largest_difference(kind, reverse, **sizes) <= 1e-10


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind[1] != "relu"])  # relu has a kink
def test_gradcheck(kind, reverse):
    cell, x, weights, state = case(kind, T=4, B=2, H=3)

    def run(x, *rest):
        hidden, end = cell(x, rest[:4], rest[4:], reverse=reverse, tapes=[])
        return hidden, *end

    assert torch.autograd.gradcheck(run, (x, *weights, *state))


def test_without_a_state_it_starts_from_zero():
    for kind in KINDS:
        cell, x, weights, state = case(kind)
        zero = tuple(torch.zeros_like(part) for part in state)
        for tapes in (None, []):
            assert torch.equal(cell(x, weights, tapes=tapes)[0], cell(x, weights, zero, tapes=tapes)[0])


def test_a_sequence_can_be_read_in_two_halves():
    for kind in KINDS:
        cell, x, weights, state = case(kind)
        whole, end = cell(x, weights, state, tapes=[])
        first, middle = cell(x[:2], weights, state, tapes=[])
        second, same_end = cell(x[2:], weights, middle, tapes=[])
        torch.testing.assert_close(torch.cat([first, second]), whole, rtol=0, atol=1e-12)
        for part, same in zip(end, same_end, strict=True):
            torch.testing.assert_close(part, same, rtol=0, atol=1e-12)


@pytest.mark.parametrize("reverse", [False, True])
def test_the_lstms_fused_kernel_computes_its_equations(reverse):
    cell, x, weights, state = case(("lstm", "tanh"))
    leaves = [x, *weights, *state]
    runs = [cell(x, weights, state, reverse=reverse, tapes=tapes) for tapes in (None, [])]
    fused, written = ([*hidden.unbind(), *end] for hidden, end in runs)
    torch.testing.assert_close(fused, written, rtol=0, atol=1e-12)
    gradients = [torch.autograd.grad(torch.stack(run).square().sum(), leaves) for run in (fused, written)]
    torch.testing.assert_close(gradients[0], gradients[1], rtol=0, atol=1e-10)


def test_a_sigmoid_rnn_is_torchs_tanh_rnn_rescaled():
    # With u = 2 h - 1 and sigmoid(a) = (1 + tanh(a/2)) / 2: u_t = tanh(W_hh/4 u + W_ih/2 x + b/2 + W_hh 1/4).
    cell, x, (W_ih, W_hh, b_ih, b_hh), (h_0,) = case(("rnn", "sigmoid"), T=30, H=8)
    torch_rnn = torch.nn.RNN(2, 8, dtype=torch.float64, device="meta").to_empty(device="cpu")
    scaled = [W_ih / 2, W_hh / 4, (b_ih + b_hh) / 2, W_hh.sum(1) / 4]
    torch_rnn.load_state_dict(dict(zip(torch_rnn.state_dict(), scaled, strict=True)))
    u, _ = torch_rnn(x, (2 * h_0 - 1)[None])
    hidden, _ = cell(x, [W_ih, W_hh, b_ih, b_hh], (h_0,))
    assert (hidden - (1 + u) / 2).abs().max().item() <= 1e-12


@pytest.mark.parametrize("name", NONLINEARITIES)
def test_a_nonlinearity_and_its_derivative_are_torchs(name):
    a = torch.tensor([-800.0, -3.0, -0.5, 0.0, 0.25, 2.0, 800.0], dtype=torch.float64, requires_grad=True)
    value = FUNCTIONS[name](a)
    value.sum().backward()
    ours = np.empty(len(a))
    with np.errstate(all="raise", under="ignore"):  # no overflow on the way
        NONLINEARITIES[name].function(a.detach().numpy(), out=ours)
    np.testing.assert_allclose(ours, value.detach(), rtol=0, atol=1e-15)
    assert a.grad is not None
    np.testing.assert_allclose(NONLINEARITIES[name].derivative(ours), a.grad, rtol=0, atol=1e-15)


def test_it_computes_in_the_type_it_is_given():
    for kind in KINDS:
        cell, x, weights, state = case(kind, dtype=torch.float32)
        tapes: list[Tape] = []
        hidden, _ = cell(x, weights, state, tapes=tapes)
        hidden.sum().backward()
        kept = [tapes[0].hidden, tapes[0].hidden_gradient, *tapes[0].gates.values()]
        kept += tapes[0].preactivation_gradients.values()
        assert {array.dtype for array in kept} == {np.dtype(np.float32)}
        assert hidden.dtype == torch.float32


@pytest.mark.filterwarnings("error")
def test_numbers_too_large_end_in_infinities_and_no_warning():
    cell, x, weights, state = case(("rnn", "relu"), T=200, dtype=torch.float32)
    hidden, _ = cell(x, [weight * 100 for weight in weights], state)
    hidden.sum().backward()
    assert not hidden[-1].isfinite().all()
