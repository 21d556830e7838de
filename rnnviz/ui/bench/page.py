"""The bench: settings in the sidebar, the transport, and the live pictures of one run."""

from rnnviz.diagnosis import forecast_sentence
from rnnviz.language import N_, Text
from rnnviz.plots import PICTURES
from rnnviz.runs.messages import Frame
from rnnviz.settings.view import View
from rnnviz.snapshot import Snapshot
from rnnviz.tasks import TASKS
from rnnviz.ui.live.board import READOUTS, Board, numbers
from rnnviz.ui.shell import controls, page, welcome


def show(title: str, sentence: str) -> None:
    """Show the whole bench."""
    page.show("bench", title, sentence, _choose, _draw)


def _choose(visit: page.Visit) -> View:
    with visit.bar:
        return controls.view(visit.experiment)


def _draw(visit: page.Visit, view: View) -> None:
    BOARD.show(visit.run, view, visit.stopped)
    welcome.show()


def _words(frame: Frame, snapshot: Snapshot) -> dict[str, Text]:
    notes: dict[str, Text] = {}
    if forecast := snapshot.parts.get("forecast"):
        unit = TASKS[frame.orders.experiment.task].unit
        notes["forecast_note"] = forecast_sentence(forecast, unit)
    if snapshot.accuracy is not None:
        notes["loss_note"] = N_(
            "Right answers on the validation batch: {share}%, and by guessing {chance}%.",
            share=round(100 * snapshot.accuracy),
            chance=round(100 * (snapshot.baseline.accuracy or 0)),
        )
    return numbers(frame, snapshot) | notes


BOARD = Board(
    "bench",
    PICTURES,
    READOUTS,
    _words,
    staves={"input": 0.7, "prediction": 1.2, "states": 1.2, "gradients": 1.2},
)
"""The pictures of the bench."""
PAGE = page.Page(
    title=N_("Live bench"),
    icon=":material/play_circle:",
    help=N_("A recurrent network trains in front of you: its predictions, loss, states and gradients."),
    modules=("live/live.js", "shell/welcome.js"),
    routes=(BOARD.route,),
)
