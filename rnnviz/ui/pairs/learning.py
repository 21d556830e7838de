"""The panel on top: how it learns, and where each token that is to be written looks."""

from rnnviz.language import N_, Rounded, Text, counted
from rnnviz.plots import PAIRS
from rnnviz.runs.messages import Frame
from rnnviz.settings.view import View
from rnnviz.snapshot import Snapshot
from rnnviz.ui.live.board import READOUTS, Board, numbers
from rnnviz.ui.shell.page import Visit

_READOUTS = {name: READOUTS[name] for name in ("step", "loss", "validation", "rate")} | {
    "exact": (
        N_("Right in full"),
        N_("The share of held-out sources whose whole target is written right, always taking the likeliest token."),
    ),
}


def show(visit: Visit, view: View) -> None:
    """Show the panel."""
    BOARD.show(visit.run, view, visit.stopped)


def _words(frame: Frame, snapshot: Snapshot) -> dict[str, Text]:
    words = numbers(frame, snapshot)
    if snapshot.accuracy is not None:
        share = Rounded(100 * snapshot.accuracy, 3)
        words["exact"] = counted("{share} % (one source)", "{share} % ({n} sources)", snapshot.validated, share=share)
    if frame.orders.experiment.attention == "none":
        words["loss_note"] = N_(
            "There is no attention: all that is written has to come out of the one state in which the encoder ends. "
            "With attention, chosen at the side, there is a map of where it looks."
        )
    return words


BOARD = Board("pairs", PAIRS, _READOUTS, _words)
"""The map of the alignment, and the losses."""
