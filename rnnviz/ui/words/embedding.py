"""The panel of the embedding: where the words stand, and which are nearest to one."""

from rnnviz.language import Text, _
from rnnviz.plots.embedding import EMBEDDING, embeds, note
from rnnviz.runs.messages import Frame
from rnnviz.settings.view import View
from rnnviz.snapshot import Snapshot
from rnnviz.ui.live.board import Board
from rnnviz.ui.shell import address, controls
from rnnviz.ui.shell.page import Visit


def show(visit: Visit, view: View) -> None:
    """Show the panel, where there is an embedding."""
    if embeds(visit.experiment):
        controls.widget("word", placeholder=_("The last word read"), width=320)
        BOARD.show(visit.run, address.chosen(View), visit.stopped)


def _words(frame: Frame, snapshot: Snapshot) -> dict[str, Text]:
    seen = snapshot.parts.get("embedding")
    return {"embedding_note": note(seen, frame.orders.experiment)} if seen else {}


BOARD = Board("embedding", {EMBEDDING.name: EMBEDDING}, {}, _words, needs=())
"""The map of words."""
