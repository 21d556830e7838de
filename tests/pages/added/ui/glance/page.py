"""One live picture and one number, of the run that all pages share."""

from rnnviz.language import N_
from rnnviz.plots import PICTURES
from rnnviz.settings.view import View
from rnnviz.ui.live.board import READOUTS, Board, numbers
from rnnviz.ui.shell import page

BOARD = Board("glance", {"loss": PICTURES["loss"]}, {"step": READOUTS["step"]}, numbers)


def show(title: str, sentence: str) -> None:
    """Show the page."""
    page.show("glance", title, sentence, choose=lambda visit: View(), draw=_draw)


def _draw(visit: page.Visit, view: View) -> None:
    BOARD.show(visit.run, view, visit.stopped)


PAGE = page.Page(
    title=N_("Glance"),
    icon=":material/visibility:",
    help=N_("The loss alone."),
    modules=("live/live.js",),
    routes=(BOARD.route,),
)
