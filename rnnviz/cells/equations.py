r"""A cell's equations in LaTeX, twice: in letters, and with a place for every number.

A place is written \text{@name}: the value of that name inside the cell (snapshot.Inside) for one unit. The products
written \odot are by element, so that each equation holds for every unit by itself. The names follow from the cell's
description: wx_r, wh_r, b_r and a_r of its sum r, p_i of a diagonal, tanh_c of what is computed on the way.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from rnnviz.cells import CELLS
from rnnviz.cells.cell import Cell, Step, Sum
from rnnviz.cells.expression import calls, written
from rnnviz.language import N_, Message
from rnnviz.settings.experiment import Experiment

FUNCTIONS = {"tanh": r"\tanh", "relu": r"\mathrm{relu}", "sigmoid": r"\sigma"}
"""How a function is written."""


@dataclass(frozen=True)
class Equation:
    """What computes the value `name`, in LaTeX; `does` says what that is."""

    name: str
    does: Message
    letters: str
    numbers: str


def equations(experiment: Experiment, layer: int = 1, direction: int = 0) -> list[Equation]:
    """Return the equations of one step of one cell, in the order in which they are computed.

    layer counts from 1: above the first, what a cell reads is the state of the layer below.
    """
    cell, letters = CELLS[experiment.cell], _Letters(experiment, layer, direction)
    return [
        line
        for part in cell.equations
        for line in (_sum(part, letters) if isinstance(part, Sum) else [_step(part, letters)])
    ]


def vectors(experiment: Experiment, layer: int = 1, direction: int = 0) -> list[tuple[str, str]]:
    """Return every value inside a cell as (name, LaTeX), in the order in which the equations come to it."""
    letters = _Letters(experiment, layer, direction)
    named = {name: letters(name) for name in ("x", *(f"{state}_before" for state in letters.cell.states))}
    for equation in equations(experiment, layer, direction):
        _left, *rights = re.findall(r"@(\w+)", equation.numbers)
        for name in [*rights, equation.name]:
            named.setdefault(name, letters(name))
    return list(named.items())


class _Letters:
    """How the values inside one cell are written: called with a value's name, returns its LaTeX."""

    def __init__(self, experiment: Experiment, layer: int, direction: int):
        self.cell: Cell = CELLS[experiment.cell]
        self.before = "t+1" if direction else "t-1"
        self.x = "x_t" if layer == 1 else rf"h_t^{{({layer - 1})}}"
        self.chosen = experiment.nonlinearity
        self._rows = [block.called for block in self.cell.sums]

    def function(self, name: str) -> str:
        """How a function is written."""
        return FUNCTIONS[self.chosen if name == "f" else name]

    def __call__(self, name: str) -> str:
        if name == "x":
            return self.x
        if name in ("h_before", "c_before"):
            return f"{name[0]}_{{{self.before}}}"
        if name in self.cell.by_name:
            return f"{name}_t"
        kind, _, block = name.partition("_")
        owner = self.cell.by_name.get(block)
        if not block:
            [owner] = [sum_ for sum_ in self.cell.sums if not sum_.called]
        match kind:
            case "wx" | "wh" if isinstance(owner, Sum):
                reads = self.x if kind == "wx" else self("h_before")
                return f"W_{{{'i' if kind == 'wx' else 'h'}{owner.called or 'h'}}} {reads}"
            case "b" if isinstance(owner, Sum):
                return self._bias(owner)
            case "a":
                return f"a_{{{block}}}" if block else "a_t"
            case "p":
                return f"p_{{{block}}}"
        return rf"{self.function(kind)}({self(block)})"

    def _bias(self, owner: Sum) -> str:
        if not owner.called:
            return "b"
        if self._rows.count(owner.called) > 1:  # two sums share the name of their rows: each has one of the two biases
            return f"b_{{{'i' if 'x' in owner.reads else 'h'}{owner.called}}}"
        return f"b_{{{owner.called}}}"


def at(name: str) -> str:
    """Return the place of a value."""
    return rf"\text{{@{name}}}"


def _expression(text: str, letters: _Letters, name: Callable[[str], str], times: str) -> str:
    return written(text, name, lambda function, argument: f"{letters.function(function)}({argument})", times)


def _sum(block: Sum, letters: _Letters) -> list[Equation]:
    end = f"_{block.name}" if block.called else ""
    names = [f"wx{end}"] * ("x" in block.reads) + [f"wh{end}"] * ("h" in block.reads) + [f"b{end}"]
    sum_letters, sum_numbers = (" + ".join(map(write, names)) for write in (letters, at))
    if block.added:
        sum_letters += " + " + _expression(block.added, letters, letters, r" \odot ")
        sum_numbers += " + " + _expression(block.added, letters, at, r" \cdot ")
    if not block.function:
        return [
            Equation(block.name, block.does, f"{block.name}_t = {sum_letters}", f"{at(block.name)} = {sum_numbers}")
        ]
    f, a = letters.function(block.function), f"a{end}"
    if not block.called:  # the only sum there is: in two lines
        return [
            Equation(a, N_("what comes in, added up"), f"{letters(a)} = {sum_letters}", f"{at(a)} = {sum_numbers}"),
            Equation(block.name, block.does, f"{block.name}_t = {f}({letters(a)})", f"{at(block.name)} = {f}({at(a)})"),
        ]
    numbers = f"{at(block.name)} = {f}({sum_numbers}) = {f}({at(a)})"
    return [Equation(block.name, block.does, f"{block.name}_t = {f}({sum_letters})", numbers)]


def _step(step: Step, letters: _Letters) -> Equation:
    numbers = f"{at(step.name)} = " + _expression(step.expression, letters, at, r" \cdot ")
    if calls(step.expression):
        named = written(step.expression, str, lambda function, argument: f"{function}_{argument}")
        numbers += " = " + _expression(named, letters, at, r" \cdot ")
    return Equation(
        step.name, step.does, f"{step.name}_t = " + _expression(step.expression, letters, letters, r" \odot "), numbers
    )
