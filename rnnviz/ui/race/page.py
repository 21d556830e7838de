"""The page of a race: networks that train in step, in panels, each of which is a module of its own."""

from collections.abc import Callable

from rnnviz.language import N_
from rnnviz.settings.view import View
from rnnviz.ui.race import seeds, setup, standing, together
from rnnviz.ui.shell import controls, page

PANELS: tuple[Callable[[page.Visit, View], None], ...] = (setup.show, together.show, standing.show, seeds.show)
"""What the page shows of the networks, from top to bottom: each is called with the visit and the view."""


def show(title: str, sentence: str) -> None:
    """Show the whole page."""
    page.show("race", title, sentence, _choose, _draw, begin=setup.begin)


def _choose(visit: page.Visit) -> View:
    with visit.bar:
        return controls.view(visit.experiment)


def _draw(visit: page.Visit, view: View) -> None:
    for panel in PANELS:
        panel(visit, view)


PAGE = page.Page(
    title=N_("Race"),
    icon=":material/sports_score:",
    help=N_("Up to four networks train in step on the same data: who learns it, how fast, and why."),
    modules=("live/live.js", "race/standing.js"),
    routes=(together.BOARD.route, standing.BOARD.route),
)
