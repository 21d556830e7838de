"""A cell computed from its description alone, with torch: what its kernel has to agree with."""

from collections.abc import Mapping

import torch
from torch import Tensor

from rnnviz.cells.cell import Cell, Sum
from rnnviz.cells.expression import evaluate

FUNCTIONS = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid}


def step(cell: Cell, nonlinearity: str, x: Tensor, state: tuple[Tensor, ...], w: Mapping[str, Tensor]):
    """Return the state after x_t (B, I): each equation in its turn, from the sums' parts and the expressions."""
    H = state[0].shape[1]
    values = {f"{name}_before": part for name, part in zip(cell.states, state, strict=True)}
    values |= {f"p_{name.removeprefix('peephole_')}": part for name, part in w.items() if name.startswith("peephole_")}
    for part in cell.equations:
        if not isinstance(part, Sum):
            values[part.name] = evaluate(part.expression, values, FUNCTIONS)
            continue
        a = torch.zeros_like(state[0])
        for reads, names, seen, end in (("x", cell.from_input, x, "ih"), ("h", cell.from_hidden, state[0], "hh")):
            if reads in part.reads:
                rows = slice(names.index(part.name) * H, (names.index(part.name) + 1) * H)
                a = a + seen @ w[f"weight_{end}"][rows].T + w[f"bias_{end}"][rows]
        if part.added:
            a = a + evaluate(part.added, values, FUNCTIONS)
        function = nonlinearity if part.function == "f" else part.function
        values[part.name] = FUNCTIONS[function](a) if function else a
    return tuple(values[name] for name in cell.states)
