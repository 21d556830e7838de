"""The page of words: what the network reads as text, in panels, each of which is a module of its own."""

from rnnviz.language import N_, _
from rnnviz.settings.view import View
from rnnviz.tasks import TASKS, reads_text
from rnnviz.ui.shell import controls, offer, page, starting
from rnnviz.ui.shell.address import chosen
from rnnviz.ui.words import embedding, reading, tints, writing

PANELS = (reading.show, writing.show, embedding.show)
"""What the page shows of a network that reads words, from top to bottom: each is called with the visit and the view."""


def show(title: str, sentence: str) -> None:
    """Show the whole page."""
    page.show("words", title, sentence, _choose, _draw)


def _choose(visit: page.Visit) -> View:
    if not reads_text(TASKS[visit.experiment.task]):
        return chosen(View)
    return controls.choose_tint(visit.experiment, tints.available(visit.experiment))


def _draw(visit: page.Visit, view: View) -> None:
    task = TASKS[visit.experiment.task]
    if reads_text(task):
        for panel in PANELS:
            panel(visit, view)
        return
    if task.source_vocabulary:
        why = _(
            "This network reads one sequence and writes another, which the page “Two sequences” shows. "
            "These tasks have one, of words or letters:"
        )
    else:
        why = _("This network reads numbers, so there are no words to show. These tasks read words or letters:")
    starting.show(visit.run)
    offer.tasks(
        reads_text,
        why,
        _("The network before is of another kind: there are words here once the settings at the side can be trained."),
    )


PAGE = page.Page(
    title=N_("Words"),
    icon=":material/match_word:",
    help=N_("What the network reads as text: which words decide, and what it answers after each."),
    modules=("words/words.js", "words/writing.js", "live/live.js"),
    routes=(reading.BOARD.route, writing.BOARD.route, embedding.BOARD.route),
)
