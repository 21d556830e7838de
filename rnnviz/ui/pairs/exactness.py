"""The panel of the claim: how much is written right, by the source's length and by the position in it."""

from rnnviz.language import Text
from rnnviz.plots import EXACTNESS
from rnnviz.plots.exactness import positions_note
from rnnviz.runs.messages import Frame
from rnnviz.settings.view import View
from rnnviz.snapshot import Snapshot
from rnnviz.ui.live.board import Board
from rnnviz.ui.shell.page import Visit


def show(visit: Visit, view: View) -> None:
    """Show the panel."""
    BOARD.show(visit.run, view, visit.stopped)


def _words(frame: Frame, snapshot: Snapshot) -> dict[str, Text]:
    seen = snapshot.parts.get("exactness")
    return {"positions_note": positions_note(seen)} if seen else {}


BOARD = Board("exactness", EXACTNESS, {}, _words, needs=(), waits=True)
"""The shares of what is right."""
