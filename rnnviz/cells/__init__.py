"""Every recurrent cell as data, by name. A new one is a module here, one of its name in kernels, and its name below."""

from importlib import import_module

from rnnviz.cells.cell import Cell

NAMES = ("rnn", "gru", "lstm", "peephole", "coupled", "mingru")
"""The modules, in the order in which they are offered."""

CELLS: dict[str, Cell] = {name: import_module(f"rnnviz.cells.{name}").CELL for name in NAMES}
