"""Kernels against autograd: the textbook's formulas in plain tensors, finite differences, torch.nn and ONNX."""

from typing import Any

import numpy as np
import onnx.helper
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx.reference import ReferenceEvaluator
from torch import Tensor

from rnnviz.kernels import kernel_of
from rnnviz.kernels.arithmetic import NONLINEARITIES
from rnnviz.kernels.kernel import Kernel
from rnnviz.kernels.scan import run
from rnnviz.kernels.tape import Tape
from rnnviz.settings.experiment import Experiment

OTHERS = ("gru", "lstm", "peephole", "coupled", "mingru")
KINDS = [("rnn", "tanh"), ("rnn", "relu"), ("rnn", "sigmoid"), *((cell, "tanh") for cell in OTHERS)]
FUNCTIONS = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid, "": torch.clone}


def case(kind: tuple[str, str], T=6, B=3, I=2, H=4, seed=0, dtype=torch.float64):  # noqa: E741
    """Return a kernel, inputs, weights and an initial state, drawn with `seed`; all of them require gradients."""
    name, nonlinearity = kind
    kernel = kernel_of(Experiment(cell=name, nonlinearity=nonlinearity))
    generator = torch.Generator().manual_seed(seed)
    shapes = kernel.cell.parameters(I, H)
    drawn = {
        name: torch.randn(shape, generator=generator, dtype=dtype)
        for name, shape in ({"x": (T, B, I)} | shapes).items()
    }
    if "weight_hh" in drawn:
        drawn["weight_hh"] /= H**0.5  # neither explosion nor silence over many steps
    state = tuple(torch.randn((B, H), generator=generator, dtype=dtype).requires_grad_() for _ in kernel.cell.states)
    x, *weights = (tensor.requires_grad_() for tensor in drawn.values())
    return kernel, x, weights, state


def textbook(kernel: Kernel, x: Tensor, weights: list[Tensor], state: tuple[Tensor, ...]):
    """Return h_t, c_t, gates and preactivations as lists over t, by formulas that know nothing of the kernel's code."""
    name = kernel.cell.name
    named = dict(zip(kernel.cell.parameters(1, 1), weights, strict=True))
    h, *rest = state
    c = rest[0] if rest else torch.zeros(())
    kept: dict[str, list[Tensor]] = {"h_t": [], "c_t": []}
    for x_t in x:
        u = x_t @ named["weight_ih"].T + named["bias_ih"]
        w = h @ named["weight_hh"].T + named["bias_hh"] if "weight_hh" in named else torch.zeros(())
        gates, a = {}, {}
        match name:
            case "rnn":
                a = {"h": u + w}
                h = FUNCTIONS[kernel.experiment.nonlinearity](a["h"])
            case "gru":
                (u_r, u_z, u_n), (w_r, w_z, w_n) = u.chunk(3, 1), w.chunk(3, 1)
                a = {"r": u_r + w_r, "z": u_z + w_z}
                gates = {gate: torch.sigmoid(value) for gate, value in a.items()}
                a["n"] = u_n + gates["r"] * w_n
                gates["n"] = torch.tanh(a["n"])
                h = (1 - gates["z"]) * gates["n"] + gates["z"] * h
            case "mingru":
                a = dict(zip("zn", u.chunk(2, 1), strict=True))
                gates = {"z": torch.sigmoid(a["z"]), "n": a["n"] + 0}
                h = (1 - gates["z"]) * h + gates["z"] * gates["n"]
            case _:
                blocks = "igo" if name == "coupled" else "ifgo"
                a = dict(zip(blocks, (u + w).chunk(len(blocks), 1), strict=True))
                if name == "peephole":
                    a["i"] = a["i"] + named["peephole_i"] * c
                    a["f"] = a["f"] + named["peephole_f"] * c
                gates = {"i": torch.sigmoid(a["i"])}
                gates["f"] = 1 - gates["i"] if name == "coupled" else torch.sigmoid(a["f"])
                gates["g"] = torch.tanh(a["g"])
                c = gates["f"] * c + gates["i"] * gates["g"]
                if name == "peephole":
                    a["o"] = a["o"] + named["peephole_o"] * c
                gates["o"] = torch.sigmoid(a["o"])
                h = gates["o"] * torch.tanh(c)
                kept["c_t"].append(c)
        kept["h_t"].append(h)
        for prefix, values in (("a_", a), ("gate_", gates)):
            for gate, value in values.items():
                kept.setdefault(prefix + gate, []).append(value)
    for values in kept.values():
        for value in values:
            value.retain_grad()
    return kept


def difference(ours, theirs: list[Tensor]) -> float:
    return float(np.abs(np.asarray(ours) - torch.stack(theirs).detach().numpy()).max())


def largest_difference(kind: tuple[str, str], reverse: bool, **sizes: Any) -> float:
    """Compare every value and every gradient of one pass, under a random loss over h_t and the final state."""
    kernel, x, weights, state = case(kind, **sizes)
    generator = torch.Generator().manual_seed(1)
    tapes: list[Tape] = []
    hidden, end = run(kernel, x, weights, state, reverse=reverse, tapes=tapes)
    (tape,) = tapes
    loss_weight = torch.randn(hidden.shape, generator=generator, dtype=hidden.dtype)
    end_weight = torch.randn(end[-1].shape, generator=generator, dtype=hidden.dtype)
    leaves = [x, *weights, *state]
    ours = torch.autograd.grad((hidden * loss_weight).sum() + (end[-1] * end_weight).sum(), leaves)

    kept = textbook(kernel, x.flip(0) if reverse else x, weights, state)
    if reverse:
        kept = {name: values[::-1] for name, values in kept.items()}
    last = 0 if reverse else -1
    theirs_end = kept["c_t" if kernel.cell.has_c else "h_t"][last]
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
        *(difference(tape.gates[name], kept["gate_" + name]) for name in kernel.cell.gates),
        *(difference(tape.preactivation_gradients[name], gradients("a_" + name)) for name in kernel.cell.from_input),
    ]
    if kernel.cell.has_c:
        found.append(difference(tape.cell_state, kept["c_t"]))
    assert tuple(tape.gates) == kernel.cell.gates
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
    kernel, x, weights, state = case(kind, T=4, B=2, H=3)

    def passed(x, *rest):
        hidden, end = run(kernel, x, rest[: len(weights)], rest[len(weights) :], reverse=reverse, tapes=[])
        return hidden, *end

    assert torch.autograd.gradcheck(passed, (x, *weights, *state))


def test_without_a_state_it_starts_from_zero():
    for kind in KINDS:
        kernel, x, weights, state = case(kind)
        zero = tuple(torch.zeros_like(part) for part in state)
        for tapes in (None, []):
            assert torch.equal(run(kernel, x, weights, tapes=tapes)[0], run(kernel, x, weights, zero, tapes=tapes)[0])


def test_a_sequence_can_be_read_in_two_halves():
    for kind in KINDS:
        kernel, x, weights, state = case(kind)
        whole, end = run(kernel, x, weights, state, tapes=[])
        first, middle = run(kernel, x[:2], weights, state, tapes=[])
        second, same_end = run(kernel, x[2:], weights, middle, tapes=[])
        torch.testing.assert_close(torch.cat([first, second]), whole, rtol=0, atol=1e-12)
        for part, same in zip(end, same_end, strict=True):
            torch.testing.assert_close(part, same, rtol=0, atol=1e-12)


@pytest.mark.parametrize("reverse", [False, True])
def test_the_lstm_is_torchs(reverse):
    kernel, x, weights, (h_0, c_0) = case(("lstm", "tanh"), T=30, H=8)
    options = (True, 1, 0.0, True, False, False)  # biases, one layer, no dropout, training, one way, time first
    read = x.flip(0) if reverse else x
    expected, h_n, c_n = torch.lstm(read, (h_0[None], c_0[None]), weights, *options)  # pyright: ignore
    hidden, end = run(kernel, x, weights, (h_0, c_0), reverse=reverse)
    ours, theirs = (hidden.flip(0) if reverse else hidden, *end), (expected, h_n[0], c_n[0])
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)
    leaves = [x, *weights, h_0, c_0]
    squares = [torch.stack([part.square().sum() for part in parts]).sum() for parts in (ours, theirs)]
    gradients = [torch.autograd.grad(square, leaves) for square in squares]
    torch.testing.assert_close(gradients[0], gradients[1], rtol=0, atol=1e-10)


def test_coupled_gates_are_torchs_lstm_with_the_forget_gate_turned_round():
    # 1 - sigmoid(a) = sigmoid(-a): the rows of f are those of i, negated.
    kernel, x, weights, (h_0, c_0) = case(("coupled", "tanh"), T=30, H=8)
    theirs = torch.nn.LSTM(2, 8, dtype=torch.float64, device="meta").to_empty(device="cpu")
    leaves = [weight.detach().clone().requires_grad_() for weight in weights]
    full, start = {}, (h_0.detach()[None], c_0.detach()[None])
    for name, leaf in zip(theirs.state_dict(), leaves, strict=True):
        i, g, o = leaf.chunk(3)
        full[name] = torch.cat([i, -i, g, o])
    expected, (_, c_n) = torch.func.functional_call(theirs, full, (x.detach(), start))
    hidden, (_, c_end) = run(kernel, x, weights, (h_0, c_0))
    assert (hidden - expected).abs().max().item() <= 1e-10
    assert (c_end - c_n[0]).abs().max().item() <= 1e-10
    ours = torch.autograd.grad(hidden.square().sum() + c_end.sum(), weights)
    others = torch.autograd.grad(expected.square().sum() + c_n.sum(), leaves)
    for own, other in zip(ours, others, strict=True):
        assert (own - other).abs().max().item() <= 1e-10


@pytest.mark.parametrize("reverse", [False, True])
def test_peepholes_are_those_of_onnx(reverse):
    kernel, x, weights, (h_0, c_0) = case(("peephole", "tanh"), T=20, H=8)
    hidden, (end, c_end) = run(kernel, x, weights, (h_0, c_0), reverse=reverse)
    W, R, b_ih, b_hh, p_i, p_f, p_o = (weight.detach().numpy() for weight in weights)

    def iofc(rows: np.ndarray) -> np.ndarray:
        """ONNX has its rows in the order i, o, f, c."""
        i, f, g, o = np.split(rows, 4)
        return np.concatenate([i, o, f, g])

    given = {
        "X": x.detach().numpy()[::-1] if reverse else x.detach().numpy(),
        "W": iofc(W)[None],
        "R": iofc(R)[None],
        "B": np.concatenate([iofc(b_ih), iofc(b_hh)])[None],
        "sequence_lens": np.full(x.shape[1], len(x), np.int32),
        "initial_h": h_0.detach().numpy()[None],
        "initial_c": c_0.detach().numpy()[None],
        "P": np.concatenate([p_i, p_o, p_f])[None],
    }
    node = onnx.helper.make_node("LSTM", list(given), ["Y", "Y_h", "Y_c"], hidden_size=8)
    every, last, last_c = map(np.asarray, ReferenceEvaluator(node).run(None, given))
    every = every[:, 0]
    np.testing.assert_allclose(hidden.detach(), every[::-1] if reverse else every, rtol=0, atol=1e-10)
    np.testing.assert_allclose(end.detach(), last[0], rtol=0, atol=1e-10)
    np.testing.assert_allclose(c_end.detach(), last_c[0], rtol=0, atol=1e-10)


@pytest.mark.parametrize("T", [1, 2, 7, 64, 500])
@pytest.mark.parametrize("reverse", [False, True])
def test_mingru_is_the_same_one_after_another_and_all_at_once(T, reverse):
    kernel, x, weights, state = case(("mingru", "tanh"), T=T)
    tapes: list[Tape] = []
    run(kernel, x, weights, state, reverse=reverse, tapes=tapes)
    at_once = kernel.parallel(tapes[0])
    assert at_once is not None
    np.testing.assert_allclose(at_once, tapes[0].h[1:], rtol=0, atol=1e-10)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind[0] != "mingru"])
def test_the_others_can_not_be_computed_at_once(kind):
    kernel, x, weights, state = case(kind)
    tapes: list[Tape] = []
    run(kernel, x, weights, state, tapes=tapes)
    assert kernel.parallel(tapes[0]) is None


def test_a_sigmoid_rnn_is_torchs_tanh_rnn_rescaled():
    # With u = 2 h - 1 and sigmoid(a) = (1 + tanh(a/2)) / 2: u_t = tanh(W_hh/4 u + W_ih/2 x + b/2 + W_hh 1/4).
    kernel, x, (W_ih, W_hh, b_ih, b_hh), (h_0,) = case(("rnn", "sigmoid"), T=30, H=8)
    torch_rnn = torch.nn.RNN(2, 8, dtype=torch.float64, device="meta").to_empty(device="cpu")
    scaled = [W_ih / 2, W_hh / 4, (b_ih + b_hh) / 2, W_hh.sum(1) / 4]
    torch_rnn.load_state_dict(dict(zip(torch_rnn.state_dict(), scaled, strict=True)))
    u, _ = torch_rnn(x, (2 * h_0 - 1)[None])
    hidden, _ = run(kernel, x, [W_ih, W_hh, b_ih, b_hh], (h_0,))
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
        kernel, x, weights, state = case(kind, dtype=torch.float32)
        tapes: list[Tape] = []
        hidden, _ = run(kernel, x, weights, state, tapes=tapes)
        hidden.sum().backward()
        kept = [tapes[0].hidden, tapes[0].hidden_gradient, *tapes[0].gates.values()]
        kept += tapes[0].preactivation_gradients.values()
        assert {array.dtype for array in kept} == {np.dtype(np.float32)}
        assert hidden.dtype == torch.float32


@pytest.mark.filterwarnings("error")
def test_numbers_too_large_end_in_infinities_and_no_warning():
    kernel, x, weights, state = case(("rnn", "relu"), T=200, dtype=torch.float32)
    hidden, _ = run(kernel, x, [weight * 100 for weight in weights], state)
    hidden.sum().backward()
    assert not hidden[-1].isfinite().all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("reverse", [False, True])
def test_padding_silences_whatever_came_there(dtype, reverse):
    kernel = kernel_of(Experiment(cell="lstm", hidden_size=2))
    padding = np.array([[True, True], [True, False], [False, False]])  # (T, B)
    tape = Tape(kernel, np.ones((4, 2, 4), dtype), np.zeros((0, 2), dtype), 3, 2, reverse, padding).expect()
    tape.da[:] = np.inf
    tape.dh[1:], tape.dc[1:] = np.nan, -np.inf
    tape.silence()
    there = padding[::-1] if reverse else padding
    for gradient in (tape.da.reshape(3, 2, -1), tape.dh[1:], tape.dc[1:]):
        np.testing.assert_array_equal(gradient == 0, np.broadcast_to(there[..., None], gradient.shape))
