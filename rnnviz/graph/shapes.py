"""Every tensor's shape, and how many parameters there are, from the sizes alone: nothing is trained for it."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rnnviz.cells import CELLS
from rnnviz.cells.cell import Cell
from rnnviz.language import N_, Message, Text, template
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
class SourceSizes:
    """What the shapes of an encoder, and of what looks at it, follow from: S steps, I inputs, D directions; V as in
    Sizes. attention: as in an Experiment."""

    S: int
    I: int  # noqa: E741 - the letter of the formulas
    D: int
    V: int
    attention: str


@dataclass(frozen=True)
class Sizes:
    """What shapes follow from: T steps, B sequences, I inputs, H units, L layers, D directions, O outputs.

    V: tokens of the vocabulary, where an embedding turns each into the I numbers that are read; else 0. source: of a
    network of two parts, which is an encoder besides; it has as many units and layers.
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
    source: SourceSizes | None = None

    @property
    def context(self) -> int:
        """How many numbers a context has, M; 0 where there is none."""
        return self.source.D * self.H if self.source and self.source.attention != "none" else 0

    @property
    def letters(self) -> dict[str, int]:
        """How long each axis is, by its letter; those of the source have an s."""
        found = {letter: getattr(self, letter) for letter in "TBIHOLDV"}
        if self.source:
            found |= {"S": self.source.S, "M": self.source.D * self.H, "D": self.source.D}
            found |= {"I_s": self.source.I, "V_s": self.source.V}
        return found

    @property
    def named(self) -> dict[str, int | str]:
        """All that a setting may change, by its name."""
        return {**self.letters, "cell": self.cell, **({"attention": self.source.attention} if self.source else {})}

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
        size = self.letters | {"D·H": self.D * self.H, "L·D": self.L * self.D}
        if self.source:
            letters = self._source_letters() | letters | {"output": "TBH", "h_n": "LBH"}
            letters |= {"c_n": "LBH"} if "c_n" in letters else {}
            letters |= self._attention_letters()
            size["I+M"] = self.I + self.context
        return {name: Shape(name, tuple(axes), tuple(size[axis] for axis in axes)) for name, axes in letters.items()}

    def _source_letters(self) -> dict[str, str | tuple[str, ...]]:
        assert self.source
        words = {"source": "SB", "embedding_s": ("V_s", "I_s")} if self.source.V else {}
        return {**words, "x_s": ("B", "I_s"), "h̄": "SBM"}

    def _attention_letters(self) -> dict[str, str | tuple[str, ...]]:
        if not self.context:
            return {}
        read = {"y_(t-1)": "BI", "x_t": ("B", "I+M")} if self.source and self.source.attention == "additive" else {}
        return {**read, "a_t": "BS", "ctx_t": "BM"}

    def parameters(self) -> int:
        """Return how many weights and biases there are. seq_len (T) and batch_size (B) are not in it."""
        return sum(count for _, _, count in self.formula())

    def formula(self) -> list[tuple[Text, str, int]]:
        """Return the count part by part: what, its formula in letters and numbers, and how many.

        A layer's parameters are those of Cell.parameters: torch keeps two biases where there are two matrices.
        """
        H, D, M = self.H, self.D, self.context
        parts: list[tuple[Text, str, int]] = []
        if self.source:
            parts += self._source_formula(self.source)
        if self.V:
            parts.append((N_("embedding"), f"V · I = {self.V} · {self.I}", self.V * self.I))
        read = ("I + M", f"{self.I} + {M}", self.I + M) if self._reads_context else ("I", str(self.I), self.I)
        name = template("decoder, layer {layer}") if self.source else template("layer {layer}")
        parts += self._layers(name, read, D)
        letter, columns = "H" if D == 1 else "2H", f"{D * H}"
        if M:
            letter, columns = "H + M", f"{H} + {M}"
        parts.append(("W_hy, b_y", f"O · ({letter} + 1) = {self.O} · ({columns} + 1)", self.O * (D * H + M + 1)))
        return parts

    @property
    def _reads_context(self) -> bool:
        return self.source is not None and self.source.attention == "additive"

    def _source_formula(self, source: SourceSizes) -> list[tuple[Text, str, int]]:
        H, M, I = self.H, self.context, source.I  # noqa: E741
        parts: list[tuple[Text, str, int]] = []
        if source.V:
            parts.append((N_("embedding of the source"), f"V_s · I = {source.V} · {I}", source.V * I))
        parts += self._layers(template("encoder, layer {layer}"), ("I" if source.V else "I_s", str(I), I), source.D)
        if source.attention == "additive":
            parts.append(("W_q", f"H · H = {H} · {H}", H * H))
            parts.append(("W_k, b", f"H · (M + 1) = {H} · ({M} + 1)", H * (M + 1)))
            parts.append(("v", f"H = {H}", H))
        elif M > H:
            parts.append(("W_a", f"H · M = {H} · {M}", H * M))
        return parts

    def _layers(self, name: Message, read: tuple[str, str, int], D: int) -> Iterator[tuple[Text, str, int]]:
        """Yield the layers of one part; read: what the first one's input is, in letters, in numbers, and altogether."""
        cell, H = CELLS[self.cell], self.H
        for layer in range(1, self.L + 1):
            letters, numbers, columns = read if layer == 1 else ("H" if D == 1 else "2H", str(D * H), D * H)
            sums = (_sum(_products(cell, *sizes), D) for sizes in ((letters, "H"), (numbers, H)))
            count = D * sum(map(math.prod, cell.parameters(columns, H).values()))
            yield name.given(layer=layer), " = ".join(sums), count


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
    """Return what the experiment's shapes follow from; S is that of the probe."""
    task = task_of(experiment)
    source, words = task.probe.source if task.source_vocabulary else None, len(task.source_vocabulary)
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
        source=None
        if source is None
        else SourceSizes(
            S=len(source),
            I=experiment.embedding_size or words,
            D=experiment.encoder_directions,
            V=words if experiment.embedding_size else 0,
            attention=experiment.attention,
        ),
    )


TEXTBOOK = Sizes(cell="rnn", T=80, B=4, I=100, H=64, O=64)
"""The example lessons use: x [4, 80, 100], batch first, through a plain cell of 64 units."""
