"""The panel of the gradient: what each loss asks of each source state, by the state and by attention."""

from rnnviz.plots import PATHS
from rnnviz.settings.view import View
from rnnviz.ui.live.board import Board
from rnnviz.ui.shell.page import Visit


def show(visit: Visit, view: View) -> None:
    """Show the panel."""
    BOARD.show(visit.run, view, visit.stopped)


BOARD = Board("paths", PATHS, {}, lambda frame, snapshot: {}, needs=(), waits=True)
"""The maps of both ways."""
