"""The drawings of the cells: every value stands clear of wires, boxes and the other values."""

import itertools
import re
from collections.abc import Iterator

import pytest

from rnnviz.cells import CELLS
from rnnviz.cells.cell import Wiring

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
VALUE = (22, -16, 17)
"""Half the width of a number of four decimals, and how far its name and itself reach, with some air around them."""


def values(wiring: Wiring) -> list[Box]:
    half, above, below = VALUE
    return [(x - half, y + above, x + half, y + below) for _, _, x, y in wiring.values]


def segments(path: str) -> Iterator[Box]:
    """The straight parts of "M30 50 H144 V90"."""
    x, y, *turns = (int(number) for number in re.findall(r"\d+", path))
    for way, there in zip(re.findall("[HV]", path), turns, strict=True):
        before, (x, y) = (x, y), (there, y) if way == "H" else (x, there)
        yield min(before[0], x), min(before[1], y), max(before[0], x), max(before[1], y)


def overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@pytest.mark.parametrize("name", list(CELLS))
def test_every_value_stands_clear(name: str):
    wiring = CELLS[name].wiring
    wires = [segment for path in wiring.wires for segment in segments(path)]
    rounds = [(x - 16, y - 16, x + 16, y + 16) for _, x, y in wiring.rounds]
    boxes = [(x - 26, y - 18, x + 26, y + 18) for _, x, y, *_ in wiring.boxes]
    assert len(wires) >= len(wiring.wires)
    for value, *part in itertools.product(values(wiring), wires + rounds + boxes):
        assert not overlap(value, *part)
    for one, other in itertools.combinations(values(wiring), 2):
        assert not overlap(one, other)
    for left, top, right, bottom in values(wiring):
        assert min(left, top) >= 0
        assert right <= wiring.size[0]
        assert bottom <= wiring.size[1]
