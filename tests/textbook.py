"""One step of every cell, by torch's own single steps or the textbook's formulas: knows nothing of rnnviz's code."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from rnnviz.settings.experiment import Experiment

State = tuple[Tensor, ...]
Step = Callable[[Tensor, State, Mapping[str, Tensor]], State]
"""x_t (B, I), the state (B, H) each, the layer's parameters by name: the state after."""

FUNCTIONS = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid}
KINDS = [
    ("rnn", "tanh"),
    ("rnn", "relu"),
    ("rnn", "sigmoid"),
    *((cell, "tanh") for cell in ("gru", "lstm", "peephole", "coupled", "mingru")),
]
"""Every cell, the plain one with each of its functions."""
IN_TORCH = [kind for kind in KINDS if kind[0] in ("rnn", "gru", "lstm") and kind[1] != "sigmoid"]


def four(w: Mapping[str, Tensor]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    return w["weight_ih"], w["weight_hh"], w["bias_ih"], w["bias_hh"]


def sums(x: Tensor, h: Tensor, w: Mapping[str, Tensor]) -> Tensor:
    return x @ w["weight_ih"].T + w["bias_ih"] + h @ w["weight_hh"].T + w["bias_hh"]


def rnn(x: Tensor, state: State, w: Mapping[str, Tensor], function: str) -> State:
    return (FUNCTIONS[function](sums(x, state[0], w)),)


def gru(x: Tensor, state: State, w: Mapping[str, Tensor]) -> State:
    return (torch.gru_cell(x, state[0], *four(w)),)


def lstm(x: Tensor, state: State, w: Mapping[str, Tensor]) -> State:
    return torch.lstm_cell(x, state, *four(w))


def peephole(x: Tensor, state: State, w: Mapping[str, Tensor]) -> State:
    """Gers and Schmidhuber (2000)."""
    h, c = state
    i, f, g, o = sums(x, h, w).chunk(4, 1)
    i, f = torch.sigmoid(i + w["peephole_i"] * c), torch.sigmoid(f + w["peephole_f"] * c)
    c = f * c + i * torch.tanh(g)
    return torch.sigmoid(o + w["peephole_o"] * c) * torch.tanh(c), c


def coupled(x: Tensor, state: State, w: Mapping[str, Tensor]) -> State:
    """Greff et al., arXiv:1503.04069, CIFG."""
    h, c = state
    i, g, o = sums(x, h, w).chunk(3, 1)
    i = torch.sigmoid(i)
    c = (1 - i) * c + i * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def mingru(x: Tensor, state: State, w: Mapping[str, Tensor]) -> State:
    """Feng et al., arXiv:2410.01201."""
    z, n = (x @ w["weight_ih"].T + w["bias_ih"]).chunk(2, 1)
    z = torch.sigmoid(z)
    return ((1 - z) * state[0] + z * n,)


STEPS: dict[str, Step] = {"gru": gru, "lstm": lstm, "peephole": peephole, "coupled": coupled, "mingru": mingru}


def step_of(experiment: Experiment) -> Step:
    if experiment.cell == "rnn":
        return lambda x, state, w: rnn(x, state, w, experiment.nonlinearity)
    return STEPS[experiment.cell]


def weights_of(parameters: Mapping[str, Tensor], layer: int, direction: int) -> dict[str, Tensor]:
    """Return one layer's parameters, of those of SequenceModel.recurrent, without the ends of their names."""
    end = f"_l{layer}" + "_reverse" * direction
    return {name.removesuffix(end): parameter for name, parameter in parameters.items() if name.endswith(end)}


def zeros(experiment: Experiment, like: Tensor) -> State:
    """Return the zero state for inputs `like`, (T, B, I)."""
    zero = like.new_zeros(like.shape[1], experiment.hidden_size)
    return (zero, zero) if experiment.cell in ("lstm", "peephole", "coupled") else (zero,)


def relative(found: Any, expected: Any) -> float:
    """The largest difference, as a share of the largest value expected."""
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape
    return float(np.abs(found - expected).max() / max(np.abs(expected).max(), 1e-300))
