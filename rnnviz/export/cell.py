"""A cell that torch.nn does not have, or not in such a network, written out in a script from its description."""

import textwrap
from collections.abc import Sequence

from rnnviz.cells import CELLS
from rnnviz.cells.cell import Cell, Step, Sum
from rnnviz.cells.expression import written
from rnnviz.export.numbers import times
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks.task import COLUMNS

MODULE = "Recurrent"
"""The name of its class."""
_ABOUT = "{cell}: {why}, so it is written out. {source}."
_LETTERS = {"weight": "W", "bias": "b", "peephole": "p"}
"""How the parameters are called in the equations."""


def why(experiment: Experiment, padded: bool) -> str:
    """Say why this network's cells have to be written out; "" where torch.nn's own do. padded: whether it skips
    padding."""
    if not CELLS[experiment.cell].in_torch(experiment.nonlinearity):
        return "torch.nn has no such cell"
    if padded:
        return "torch.nn can't keep a state at 0 until a sequence begins"
    if drops_between(experiment):
        return "torch.nn leaves out other inputs at each time step"
    return ""


def drops_between(experiment: Experiment) -> bool:
    """Say whether dropout acts inside the stack of layers."""
    return experiment.dropout > 0 and experiment.num_layers > 1


def module(experiment: Experiment, inputs: int, padded: bool = False) -> str:
    """Return the definition of a class `Recurrent` for this experiment's network, which reads so many inputs a step.

    Its parameters have the names and shapes of the Trainer's, and are drawn in the same order. It is called as torch's
    modules are, with inputs (T, B, I) and a state or None, but that its state is a tuple even of h_n alone. Where it
    drops between layers, `keep` is what each layer's inputs are multiplied by; padded: `there`, (T, B, 1), is where a
    sequence has begun.
    """
    cell = CELLS[experiment.cell]
    return _written(
        cell,
        why(experiment, padded),
        ["def __init__(self):", *_drawn(experiment, f"{inputs}")],
        _scan(cell, experiment.nonlinearity, "{state} * here" if padded else ""),
        _forward(cell, experiment, padded),
    )


def _written(cell: Cell, reason: str, drawn: Sequence[str], scan: Sequence[str], forward: Sequence[str]) -> str:
    """Write the class; reason: why it is written out."""
    about = _ABOUT.format(cell=str(cell.label), why=reason, source=cell.source)
    return "\n".join(
        [
            textwrap.fill(about, COLUMNS, initial_indent="# ", subsequent_indent="# "),
            f"class {MODULE}(nn.Module):",
            *indented(
                '"""The cell in all layers; its parameters are named and drawn as torch.nn does."""',
                "",
                *drawn,
                "",
                *_shapes(cell),
                "",
                *scan,
                "",
                *forward,
            ),
        ]
    )


def module_of_two(experiment: Experiment) -> str:
    """Return the definition of a class `Recurrent` as `module` does, for an encoder and a decoder: it is made with the
    number of inputs, and with `bidirectional` where the encoder reads both ways.

    `there`, (T, B, 1), is where there is something to read: elsewhere the state stays as it is.
    """
    cell, two_ways = CELLS[experiment.cell], experiment.encoder_directions == 2
    return _written(
        cell,
        why(experiment, padded=False),
        _drawn_either_way(experiment) if two_ways else ["def __init__(self, inputs):", *_drawn(experiment, "inputs")],
        _scan(cell, experiment.nonlinearity, "torch.where(here, {state}, {state}_before)"),
        _forward_either_way(cell, experiment),
    )


def indented(*lines: str) -> list[str]:
    """Move lines one level in."""
    return [f"    {line}" if line else "" for line in lines]


def _tuple(names: Sequence[str]) -> str:
    return f"({', '.join(names)}{',' * (len(names) == 1)})"


def _bare(names: Sequence[str]) -> str:
    """Write a tuple without the brackets it can do without."""
    return ", ".join(names) if len(names) > 1 else _tuple(names)


def _drawn(experiment: Experiment, inputs: str) -> list[str]:
    """Write the body of `__init__`."""
    above = "2 * HIDDEN_SIZE" if experiment.bidirectional else "HIDDEN_SIZE"
    ends = ("", "_reverse") if experiment.bidirectional else ("",)
    draws = [
        f'self.draw("_l{layer}{end}", {above if layer else inputs})'
        for layer in range(experiment.num_layers)
        for end in ends
    ]
    return indented('"""Draw the weights."""', "super().__init__()", *draws)


def _drawn_either_way(experiment: Experiment) -> list[str]:
    return [
        "def __init__(self, inputs, bidirectional=False):",
        *indented(
            '"""Draw the weights."""',
            "super().__init__()",
            'self.ends = ("", "_reverse") if bidirectional else ("",)',
            f"for layer in range({experiment.num_layers}):",
            "    for end in self.ends:",
            '        self.draw(f"_l{layer}{end}", len(self.ends) * HIDDEN_SIZE if layer else inputs)',
        ),
    ]


def _shapes(cell: Cell) -> list[str]:
    """Write `draw`; the sizes are told apart by two that could not be the same."""
    I, H = 2, 1009  # noqa: E741 - a prime, so that what it divides is a multiple of the hidden size
    sizes = {I: "inputs"} | {n * H: times(n, "HIDDEN_SIZE") for n in range(1, len(cell.sums) + 1)}
    shapes = {name: [sizes[size] for size in shape] for name, shape in cell.parameters(I, H).items()}
    return [
        "def draw(self, end, inputs):",
        *indented(
            '"""Draw the parameters of one layer, in one direction."""',
            "shapes = {",
            *indented(*(f'"{name}": {_tuple(shape)},' for name, shape in shapes.items())),
            "}",
            "for name, shape in shapes.items():",
            *indented(
                "drawn = torch.empty(shape).uniform_(-1 / HIDDEN_SIZE**0.5, 1 / HIDDEN_SIZE**0.5)",
                "self.register_parameter(name + end, nn.Parameter(drawn))",
            ),
        ),
    ]


def _scan(cell: Cell, chosen: str, after: str) -> list[str]:
    """Write `scan`; after: what each state is after a step, where that depends on whether it reads `here`, or ""."""
    padded, after_all = bool(after), [(after or "{state}").format(state=state) for state in cell.states]
    return [
        f"def scan(self, inputs, end, state{', there' * padded}):",
        *indented(
            '"""Return the h_t of all steps, (T, B, H), and the state after the last."""',
            *(f'{_letter(name)} = self.get_parameter("{name}" + end)' for name in cell.parameters(1, 1)),
            "hidden = []",
            "for x, here in zip(inputs, there):" if padded else "for x in inputs:",
            *indented(
                f"{_bare([f'{state}_before' for state in cell.states])} = state",
                _sums("x", cell.from_input, "x @ W_ih.T + b_ih"),
                *([_sums("h", cell.from_hidden, "h_before @ W_hh.T + b_hh")] if cell.from_hidden else []),
                *(_equation(part, chosen) for part in cell.equations),
                f"state = {_bare(after_all)}",
                f"hidden.append({'state[0]' if padded else 'h'})",
            ),
            "return torch.stack(hidden), state",
        ),
    ]


def _letter(parameter: str) -> str:
    kind, _sign, index = parameter.partition("_")
    return f"{_LETTERS[kind]}_{index}"


def _sums(letter: str, names: tuple[str, ...], product: str) -> str:
    """Write the products of one matrix, block by block: those of sum "i" with x are x_i."""
    blocks = ", ".join(f"{letter}_{name}" for name in names)
    return f"{blocks} = {product}" if len(names) == 1 else f"{blocks} = ({product}).chunk({len(names)}, dim=1)"


def _equation(part: Sum | Step, chosen: str) -> str:
    if isinstance(part, Step):
        return f"{part.name} = {_torch(part.expression)}"
    products = [f"{letter}_{part.name}" for letter in part.reads]
    summed = " + ".join([*products, _torch(part.added)] if part.added else products)
    function = chosen if part.function == "f" else part.function
    return f"{part.name} = " + (f"torch.{function}({summed})" if function else summed)


def _torch(expression: str) -> str:
    return written(expression, str, lambda function, argument: f"torch.{function}({argument})")


def _forward(cell: Cell, experiment: Experiment, padded: bool) -> list[str]:
    passes, zeros = experiment.num_layers * (1 + experiment.bidirectional), _tuple(["zeros"] * len(cell.states))
    drops, both = drops_between(experiment), experiment.bidirectional
    given = ", *" * (drops or padded) + ", keep" * drops + ", there" * padded
    there, backwards = (", there", ", there.flip(0)") if padded else ("", "")
    return [
        f"def forward(self, inputs, state=None{given}):",
        *indented(
            '"""Return the h_t of the last layer, and the state that all layers end in."""',
            f"zeros = torch.zeros({passes}, inputs.shape[1], HIDDEN_SIZE)",
            f"starts, ends = list(zip(*(state or {zeros}))), []",
            f"for layer in range({experiment.num_layers}):",
            *indented(
                *(["inputs = inputs * keep[layer]"] if drops else []),
                *(line.format(there=there, backwards=backwards) for line in (_BOTH_WAYS if both else _ONE_WAY)),
            ),
            "return inputs, tuple(torch.stack(parts) for parts in zip(*ends))",
        ),
    ]


_ONE_WAY = (
    'inputs, after = self.scan(inputs, f"_l{{layer}}", starts[layer]{there})',
    "ends.append(after)",
)
_BOTH_WAYS = (
    'forwards, after = self.scan(inputs, f"_l{{layer}}", starts[2 * layer]{there})',
    'backwards, before = self.scan(inputs.flip(0), f"_l{{layer}}_reverse", starts[2 * layer + 1]{backwards})',
    "inputs = torch.cat([forwards, backwards.flip(0)], dim=2)",
    "ends += [after, before]",
)


def _forward_either_way(cell: Cell, experiment: Experiment) -> list[str]:
    """Write `forward` of a class that an encoder and a decoder share."""
    L, zeros = experiment.num_layers, _tuple(["zeros"] * len(cell.states))
    two_ways = experiment.encoder_directions == 2
    passes = f"{L} * len(self.ends)" if two_ways and L > 1 else "len(self.ends)" if two_ways else f"{L}"
    return [
        "def forward(self, inputs, state=None, there=None):",
        *indented(
            '"""Return the h_t of the last layer, and the state that all layers end in."""',
            f"zeros = torch.zeros({passes}, inputs.shape[1], HIDDEN_SIZE)",
            "there = torch.ones(len(inputs), 1, 1, dtype=torch.bool) if there is None else there",
            f"starts, ends = zip(*(state or {zeros})), []",
            f"for layer in range({L}):",
            *indented(*(_PASSES if two_ways else _PASS)),
            "return inputs, tuple(torch.stack(parts) for parts in zip(*ends))",
        ),
    ]


_PASS = (
    'inputs, after = self.scan(inputs, f"_l{layer}", next(starts), there)',
    "ends.append(after)",
)
_PASSES = (
    "directions = []",
    "for end in self.ends:",
    "    steps = torch.arange(len(inputs))",
    "    steps = steps.flip(0) if end else steps",
    '    hidden, after = self.scan(inputs[steps], f"_l{layer}{end}", next(starts), there[steps])',
    "    directions.append(hidden[steps])",
    "    ends.append(after)",
    "inputs = torch.cat(directions, dim=2)",
)
