"""Every tensor's shape, and how many parameters there are, from the sizes alone: nothing is trained for it."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rnnviz.cells import CELLS
from rnnviz.cells.cell import Cell
from rnnviz.language import N_, Text
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import task_of


@dataclass(frozen=True)
class Shape:
    """The axes of one tensor: its name, its letters, and how long each is here."""

    name: str
    letters: tuple[str, ...]
    sizes: tuple[int, ...]

    def __str__(self) -> str:
        return f"({', '.join(map(str, self.sizes))})"


@dataclass(frozen=True)
class Sizes:
    """What shapes follow from: T steps, B sequences, I inputs, H units, L layers, D directions, O outputs.

    V: tokens of the vocabulary, where an embedding turns each into the I numbers that are read; else 0.
    """

    cell: str
    T: int
    B: int
    I: int  # noqa: E741 - the letter of the formulas
    H: int
    O: int  # noqa: E741
    L: int = 1
    D: int = 1
    V: int = 0

    def shapes(self) -> dict[str, Shape]:
        """Return every tensor's shape by name, as torch.nn has them with time first."""
        letters = {
            "x": "TBI",
            "x_t": "BI",
            "h_t": "BH",
            "output": ("T", "B", "D·H"),
            "h_n": ("L·D", "B", "H"),
            "c_n": ("L·D", "B", "H"),
            "y": "TBO",
            "y_t": "BO",
        }
        if not CELLS[self.cell].has_c:
            del letters["c_n"]
        if self.V:
            letters = {"words": "TB", "embedding": "VI", **letters}
        size = self._asdict() | {"D·H": self.D * self.H, "L·D": self.L * self.D}
        return {name: Shape(name, tuple(axes), tuple(size[axis] for axis in axes)) for name, axes in letters.items()}

    def _asdict(self) -> dict[str, int]:
        return {letter: getattr(self, letter) for letter in "TBIHOLDV"}

    def parameters(self) -> int:
        """Return how many weights and biases there are. seq_len (T) and batch_size (B) are not in it."""
        return sum(count for _, _, count in self.formula())

    def formula(self) -> list[tuple[Text, str, int]]:
        """Return the count part by part: what, its formula in letters and numbers, and how many.

        A layer's parameters are those of Cell.parameters: torch keeps two biases where there are two matrices.
        """
        cell, H, D = CELLS[self.cell], self.H, self.D
        parts: list[tuple[Text, str, int]] = []
        if self.V:
            parts.append((N_("embedding"), f"V · I = {self.V} · {self.I}", self.V * self.I))
        for layer in range(1, self.L + 1):
            inputs, letter = (self.I, "I") if layer == 1 else (D * H, "H" if D == 1 else "2H")
            sums = (_sum(_products(cell, *sizes), D) for sizes in ((letter, "H"), (inputs, H)))
            count = D * sum(map(math.prod, cell.parameters(inputs, H).values()))
            parts.append((N_("layer {layer}", layer=layer), " = ".join(sums), count))
        letter = "H" if D == 1 else "2H"
        parts.append(("W_hy, b_y", f"O · ({letter} + 1) = {self.O} · ({D * H} + 1)", self.O * (D * H + 1)))
        return parts


def _sum(terms: Iterable[str], times: int) -> str:
    terms = list(terms)
    if times == 1:
        return " + ".join(terms)
    return f"{times} · {terms[0]}" if len(terms) == 1 else f"{times} · ({' + '.join(terms)})"


def _products(cell: Cell, inputs: object, H: object) -> Iterator[str]:
    """Yield the terms of a layer's number of parameters, in letters or numbers."""
    from_input, from_hidden, diagonals = len(cell.from_input), len(cell.from_hidden), len(cell.diagonals)
    if from_input == from_hidden:
        yield f"{from_input} · {H} · ({inputs} + {H} + 2)"
    else:
        yield f"{from_input} · {H} · ({inputs} + 1)"
        if from_hidden:
            yield f"{from_hidden} · {H} · ({H} + 1)"
    if diagonals:
        yield f"{diagonals} · {H}"


def sizes(experiment: Experiment) -> Sizes:
    """Return what the experiment's shapes follow from."""
    task = task_of(experiment)
    return Sizes(
        cell=experiment.cell,
        T=task.steps,
        B=experiment.batch_size,
        I=task.columns(experiment),
        H=experiment.hidden_size,
        O=task.outputs,
        L=experiment.num_layers,
        D=1 + experiment.bidirectional,
        V=task.inputs if task.vocabulary and experiment.embedding_size else 0,
    )


TEXTBOOK = Sizes(cell="rnn", T=80, B=4, I=100, H=64, O=64)
"""The example lessons use: x [4, 80, 100], batch first, through a plain cell of 64 units."""
