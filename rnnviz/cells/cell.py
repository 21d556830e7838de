"""Cell: all that is said of a recurrent cell, as data. Its sizes, gates, equations, drawing and code follow from it.

What computes it is its kernel (rnnviz/kernels), of the same name; what is written here is what the kernel is tested
against, and what a visitor reads.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from rnnviz.cells import expression
from rnnviz.language import N_, Message, Text

STATES = {"h": N_("hidden state"), "c": N_("cell state")}
"""What a cell can hand on from step to step, and what it is called."""


@dataclass(frozen=True, kw_only=True)
class Sum:
    """A block of H sums, a_t = W_ih x_t + W_hh h_(t-1) + b, and the function around each.

    function: "sigmoid", "tanh", "f" for the one an Experiment chooses, "" for none. does: what it is for, in a few
    words. reads: which of "x" and "h" have weights in it. sees: the state ("c_before" or "c")
    it sees besides through a diagonal, p_t by name. more: an expression that is added. rows: what its rows of the
    weights are called, if not as it is itself; "" where a cell has no others. gate: what a gate is called; what
    has none is no gate.
    """

    name: str
    does: Message
    function: str = ""
    reads: str = "xh"
    sees: str = ""
    more: str = ""
    rows: str | None = None
    gate: Text = ""

    @property
    def called(self) -> str:
        """The index of its rows: "r" of W_ir."""
        return self.name if self.rows is None else self.rows

    @property
    def diagonal(self) -> str:
        """The name of the diagonal through which it sees a state; "" without one."""
        return f"p_{self.called}" if self.sees else ""

    @property
    def added(self) -> str:
        """What is added to the products and the bias, as an expression; "" for nothing."""
        return " + ".join(part for part in (self.sees and f"{self.diagonal} * {self.sees}", self.more) if part)


@dataclass(frozen=True, kw_only=True)
class Step:
    """An equation after the sums, such as c_t = f_t c_(t-1) + i_t g_t: `expression` in the names of this cell's values,
    of h_before and of c_before. does, gate: as of a Sum."""

    name: str
    expression: str
    does: Message
    gate: Text = ""


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """A cell's drawing: boxes are functions, rounds are operations by element; each value stands where it flows.

    size: (width, height), in units of the drawing, which all else is counted in. wires: SVG paths. rounds: (sign, x,
    y). boxes: (function, x, y) or (function, x, y, index); "f" is the function the Experiment chooses. weights: (index
    of W, x, y). values: (name inside the cell, letters, x, y).
    """

    size: tuple[int, int]
    wires: tuple[str, ...]
    rounds: tuple[tuple[str, int, int], ...] = ()
    boxes: tuple[tuple[Any, ...], ...] = ()
    weights: tuple[tuple[str, int, int], ...] = ()
    values: tuple[tuple[str, str, int, int], ...] = ()

    def drawn(self, chosen: str) -> dict[str, Any]:
        """Return it as JSON has it; chosen: the function an Experiment chooses."""
        boxes = [(chosen if text == "f" else text, *place) for text, *place in self.boxes]
        return asdict(self) | {"boxes": boxes}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One kind of cell.

    name: in an Experiment, a URL, and of its kernel's module. label: on screen. help: what it changes and why one would
    want that, in a sentence. source: who described it, and where. equations: in the order in
    which they are computed, the sums among them in the order of torch's rows. states: what it hands on. keeps: the
    factor by which the old state stays, an expression; "" where there is none. proposes: the name of the sum that
    proposes the new state. torch: the class in torch.nn that computes the same; "" where there is none.
    """

    name: str
    label: Text
    help: Message
    source: str
    equations: tuple[Sum | Step, ...]
    wiring: Wiring
    states: tuple[str, ...] = ("h",)
    keeps: str = ""
    proposes: str = ""
    torch: str = ""

    @cached_property
    def sums(self) -> tuple[Sum, ...]:
        """The blocks of sums, in the order of torch's rows."""
        return tuple(part for part in self.equations if isinstance(part, Sum))

    @cached_property
    def by_name(self) -> Mapping[str, Sum | Step]:
        """The equations, by the names of what they compute."""
        return {part.name: part for part in self.equations}

    @cached_property
    def gates(self) -> tuple[str, ...]:
        """The names of the gates, in the order in which they are computed."""
        return tuple(part.name for part in self.equations if part.gate)

    @cached_property
    def from_input(self) -> tuple[str, ...]:
        """The names of the sums with a W_ih x_t: the blocks of rows of weight_ih and bias_ih."""
        return tuple(part.name for part in self.sums if "x" in part.reads)

    @cached_property
    def from_hidden(self) -> tuple[str, ...]:
        """The names of the sums with a W_hh h_(t-1): the blocks of rows of weight_hh and bias_hh."""
        return tuple(part.name for part in self.sums if "h" in part.reads)

    @cached_property
    def diagonals(self) -> tuple[str, ...]:
        """The names of the sums that see a state through a diagonal: one parameter (H,) each."""
        return tuple(part.name for part in self.sums if part.sees)

    @property
    def has_c(self) -> bool:
        """Whether it hands on a c_t beside its h_t."""
        return "c" in self.states

    @property
    def forgets(self) -> bool:
        """Whether it has a forget gate with a bias of its own."""
        return "f" in self.from_input

    @property
    def chooses(self) -> bool:
        """Whether an Experiment chooses the function around its sums."""
        return any(part.function == "f" for part in self.sums)

    def activation(self, chosen: str) -> str:
        """Return the function that makes the new state, or its proposal; chosen: what an Experiment chooses."""
        block = self.by_name[self.proposes or self.sums[0].name]
        assert isinstance(block, Sum)
        return chosen if block.function == "f" else block.function

    def in_torch(self, chosen: str) -> bool:
        """Say whether torch.nn has it, with the function an Experiment chooses: it has no plain RNN with a sigmoid."""
        return bool(self.torch) and not (self.chooses and chosen == "sigmoid")

    @property
    def states_shown(self) -> dict[str, Text]:
        """All that can be seen of it at every step, by name: states, then gates; and what each is called."""
        states, gates = self.states, {name: self.by_name[name].gate for name in self.gates}
        return {**{state: STATES[state] for state in states}, **gates}

    @property
    def recurrent(self) -> str:
        """The matrix that is used at every step and that the lab takes apart: W_hh, or W_ih where it has no other."""
        return "W_hh" if self.from_hidden else "W_ih"

    def parameters(self, inputs: int, hidden_size: int) -> dict[str, tuple[int, ...]]:
        """Return the shapes of one layer's parameters, I inputs and H units, by torch's names, in torch's order."""
        H, from_input, from_hidden = hidden_size, len(self.from_input), len(self.from_hidden)
        shapes: dict[str, tuple[int, ...]] = {"weight_ih": (from_input * H, inputs)}
        if from_hidden:
            shapes["weight_hh"] = (from_hidden * H, H)
        shapes["bias_ih"] = (from_input * H,)
        if from_hidden:
            shapes["bias_hh"] = (from_hidden * H,)
        return shapes | {f"peephole_{self.by_name[name].called}": (H,) for name in self.diagonals}  # pyright: ignore

    def intermediate(self) -> Iterator[tuple[str, str, str]]:
        """Yield (name, function, argument) of what is computed on the way in steps: ("tanh_c", "tanh", "c")."""
        for part in self.equations:
            if isinstance(part, Step):
                for function, argument in expression.calls(part.expression):
                    yield f"{function}_{argument}", function, argument
