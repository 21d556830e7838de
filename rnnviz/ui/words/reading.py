"""The panel of what is read: pictures over the words."""

from rnnviz.plots import WORDS
from rnnviz.settings.view import View
from rnnviz.ui.live.board import READOUTS, Board, numbers
from rnnviz.ui.shell.page import Visit


def show(visit: Visit, view: View) -> None:
    """Show the panel."""
    BOARD.show(visit.run, view, visit.stopped)


BOARD = Board("words", WORDS, {name: READOUTS[name] for name in ("step", "loss", "validation", "rate")}, numbers)
"""The pictures of the page of words."""
