r"""The cells' equations in LaTeX, twice: in letters, and with a place for every number.

A place is written \text{@name}: the value of that name inside the cell (snapshot.Inside) for one unit. The products
written \odot are by element, so that each equation holds for every unit by itself.
"""

import re
from dataclasses import dataclass

from rnnviz.language import N_
from rnnviz.settings.experiment import Experiment

NONLINEARITY = {"tanh": r"\tanh", "relu": r"\mathrm{relu}", "sigmoid": r"\sigma"}
"""How a function is written."""

_SUM = N_("what comes in, added up")
_STATE = N_("the new hidden state")
_RESET = N_("reset gate: how much of the memory the new state sees")
_UPDATE = N_("update gate: how much of the old state stays")
_MEMORY = N_("what the old state contributes")
_NEW = N_("the new state, as proposed")
_INPUT = N_("input gate: how much of the new is let in")
_FORGET = N_("forget gate: how much of the old cell state stays")
_CELL_INPUT = N_("the new, as proposed")
_OUTPUT = N_("output gate: how much of the cell state shows")
_CELL = N_("the new cell state")


@dataclass(frozen=True)
class Equation:
    """What computes the value `name`, in LaTeX; `does` says what that is, and is marked for translation."""

    name: str
    does: str
    letters: str
    numbers: str


def equations(experiment: Experiment, layer: int = 1, direction: int = 0) -> list[Equation]:
    """Return the equations of one step of one cell, in the order in which they are computed.

    layer counts from 1: above the first, what a cell reads is the state of the layer below.
    """
    x = _x(layer)
    before = "t+1" if direction else "t-1"
    h = f"h_{{{before}}}"
    if experiment.cell == "rnn":
        f = NONLINEARITY[experiment.nonlinearity]
        return [
            Equation("a", _SUM, f"a_t = W_{{ih}} {x} + W_{{hh}} {h} + b", f"{at('a')} = {sum_of('wx', 'wh', 'b')}"),
            Equation("h", _STATE, rf"h_t = {f}(a_t)", rf"{at('h')} = {f}({at('a')})"),
        ]
    if experiment.cell == "gru":
        return [
            _gate("r", _RESET, x, h),
            _gate("z", _UPDATE, x, h),
            Equation("m", _MEMORY, rf"m_t = W_{{hn}} {h} + b_{{hn}}", f"{at('m')} = {sum_of('wh_m', 'b_m')}"),
            Equation(
                "n",
                _NEW,
                rf"n_t = \tanh(W_{{in}} {x} + b_{{in}} + r_t \odot m_t)",
                rf"{at('n')} = \tanh({sum_of('wx_n', 'b_n')} + {product('r', 'm')}) = \tanh({at('a_n')})",
            ),
            Equation(
                "h",
                _STATE,
                rf"h_t = (1 - z_t) \odot n_t + z_t \odot {h}",
                rf"{at('h')} = (1 - {at('z')}) \cdot {at('n')} + {product('z', 'h_before')}",
            ),
        ]
    return [
        _gate("i", _INPUT, x, h),
        _gate("f", _FORGET, x, h),
        _gate("g", _CELL_INPUT, x, h, r"\tanh"),
        _gate("o", _OUTPUT, x, h),
        Equation(
            "c",
            _CELL,
            rf"c_t = f_t \odot c_{{{before}}} + i_t \odot g_t",
            f"{at('c')} = {product('f', 'c_before')} + {product('i', 'g')}",
        ),
        Equation(
            "h",
            _STATE,
            r"h_t = o_t \odot \tanh(c_t)",
            rf"{at('h')} = {at('o')} \cdot \tanh({at('c')}) = {product('o', 'tanh_c')}",
        ),
    ]


def vectors(experiment: Experiment, layer: int = 1, direction: int = 0) -> list[tuple[str, str]]:
    """Return every value inside a cell as (name, LaTeX), in the order in which the equations come to it."""
    x, before = _x(layer), "t+1" if direction else "t-1"
    named = {"x": x, "h_before": f"h_{{{before}}}"}
    if experiment.cell == "lstm":
        named["c_before"] = f"c_{{{before}}}"
    for equation in equations(experiment, layer, direction):
        _left, *rights = re.findall(r"@(\w+)", equation.numbers)
        for name in [*rights, equation.name]:
            named.setdefault(name, _letters(name, x, named["h_before"]))
    return list(named.items())


def _letters(name: str, x: str, h: str) -> str:
    kind, _, gate = name.rpartition("_")
    match kind:
        case "wx":
            return f"W_{{i{gate}}} {x}"
        case "wh":
            return f"W_{{h{'n' if gate == 'm' else gate}}} {h}"  # m_t is the hidden part of the GRU's n_t
        case "b":
            return f"b_{{{ {'m': 'hn', 'n': 'in'}.get(gate, gate) }}}"
        case "a":
            return f"a_{{{gate}}}"
        case "tanh":
            return r"\tanh(c_t)"
    return {"wx": f"W_{{ih}} {x}", "wh": f"W_{{hh}} {h}", "b": "b"}.get(name, f"{name}_t")


def at(name: str) -> str:
    """Return the place of a value."""
    return rf"\text{{@{name}}}"


def sum_of(*names: str) -> str:
    """Return the sum of values."""
    return " + ".join(map(at, names))


def product(*names: str) -> str:
    """Return the product of values."""
    return r" \cdot ".join(map(at, names))


def _gate(name: str, does: str, x: str, h: str, f: str = r"\sigma") -> Equation:
    letters = rf"{name}_t = {f}(W_{{i{name}}} {x} + W_{{h{name}}} {h} + b_{name})"
    sums = sum_of(f"wx_{name}", f"wh_{name}", f"b_{name}")
    return Equation(name, does, letters, rf"{at(name)} = {f}({sums}) = {f}({at(f'a_{name}')})")


def _x(layer: int) -> str:
    """Return what a layer's cells read."""
    return "x_t" if layer == 1 else rf"h_t^{{({layer - 1})}}"
