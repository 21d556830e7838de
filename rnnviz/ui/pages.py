"""The pages, in the order of the menu. A new one is a file in pages/, a folder here, and its name below."""

from importlib import import_module

from rnnviz.ui.shell.page import Page

NAMES = ("bench", "graph", "lab", "race", "words", "pairs")
"""What their files in pages/, their addresses and the folders of what they call are called."""

PAGES: dict[str, Page] = {name: import_module(f"rnnviz.ui.{name}.page").PAGE for name in NAMES}
