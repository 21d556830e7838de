"""The page of two sequences: an encoder and a decoder, in panels, each of which is a module of its own."""

from rnnviz.language import N_, _
from rnnviz.settings.view import View
from rnnviz.tasks import TASKS
from rnnviz.tasks.task import Task
from rnnviz.ui.pairs import arcs, claim, exactness, learning, paths, tree
from rnnviz.ui.shell import offer, page, starting
from rnnviz.ui.shell.address import chosen

PANELS = (learning.show, arcs.show, tree.show, exactness.show, claim.show, paths.show)
"""What the page shows of a network of two parts, from top to bottom: each is called with the visit and the view."""


def show(title: str, sentence: str) -> None:
    """Show the whole page."""
    page.show("pairs", title, sentence, lambda visit: chosen(View), _draw)


def _draw(visit: page.Visit, view: View) -> None:
    if _fits(TASKS[visit.experiment.task]):
        for panel in PANELS:
            panel(visit, view)
        return
    starting.show(visit.run)
    offer.tasks(
        _fits,
        _("This network reads one sequence, and writes no other. These tasks have two:"),
        _("The network before has one sequence: there are two here once the settings at the side can be trained."),
    )


def _fits(task: type[Task]) -> bool:
    return bool(task.source_vocabulary)


PAGE = page.Page(
    title=N_("Two sequences"),
    icon=":material/translate:",
    help=N_("An encoder reads one sequence, a decoder writes another: alignment, attention, greedy and beam search."),
    modules=("live/live.js", "pairs/arcs.js", "pairs/tree.js"),
    routes=(learning.BOARD.route, arcs.BOARD.route, tree.BOARD.route, exactness.BOARD.route, paths.BOARD.route),
)
