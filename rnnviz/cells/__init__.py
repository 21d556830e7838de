"""Every recurrent cell as data, by name. A new one is a module here, one of its name in kernels, and its name below."""

from importlib import import_module

from rnnviz.cells.cell import Cell

NAMES = ("rnn", "gru", "lstm", "peephole", "coupled", "mingru")
"""The modules, in the order in which they are offered."""


def described(name: str) -> Cell:
    """Return the description in the module of that name."""
    return import_module(f"rnnviz.cells.{name}").CELL


CELLS: dict[str, Cell] = {name: described(name) for name in NAMES}
