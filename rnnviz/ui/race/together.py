"""The panel of the pictures: what all networks of a race do, side by side, and how far each has come."""

from rnnviz.diagnosis import describe_divergence
from rnnviz.language import N_, Text, listed, sentences, short
from rnnviz.plots import RACE
from rnnviz.runs.messages import Frame, Lane
from rnnviz.settings.race import LANES, names
from rnnviz.settings.view import View
from rnnviz.snapshot import Snapshot
from rnnviz.ui.live.board import READOUTS, Board
from rnnviz.ui.live.frames import LAST_GOOD
from rnnviz.ui.shell.page import Visit

_HOW_FAR = N_(
    "The training step it is at, the seconds of the processor it has trained for, and how many steps it makes in one "
    "of them on average; the time the others and the pictures take is not in it."
)
_READOUTS = {"step": READOUTS["step"]} | {f"lane_{lane}": (N_("Network {lane}", lane=lane), _HOW_FAR) for lane in LANES}


def show(visit: Visit, view: View) -> None:
    """Show the panel."""
    BOARD.show(visit.run, view, visit.stopped)


def _words(frame: Frame, snapshot: Snapshot) -> dict[str, Text]:
    words: dict[str, Text] = {f"lane_{letter}": _pace(lane) for letter, lane in zip(LANES, frame.lanes, strict=False)}
    words["step"] = _step(frame, snapshot)
    if stopped := _stopped(frame):
        words["problem"] = stopped
    return words


def _step(frame: Frame, snapshot: Snapshot) -> Text:
    """Return the training step all are at, or which is at which."""
    steps = [lane.snapshot.step for lane in frame.lanes]
    if len(set(steps)) < 2:
        return f"{snapshot.step:,}"
    each = zip(LANES, steps, strict=False)
    return listed([N_("{lane}: {step}", lane=letter, step=f"{step:,}") for letter, step in each])


def _pace(lane: Lane) -> Text:
    step, seconds = lane.snapshot.step, lane.seconds
    rate = short(step / seconds, 3) if seconds else "–"
    return N_("step {step}, {seconds} s, {rate}/s", step=f"{step:,}", seconds=short(seconds, 3), rate=rate)


def _stopped(frame: Frame) -> Text:
    """Say which networks stand still, and why."""
    experiments = frame.orders.experiments
    each = [
        N_("{network}: {why}", network=name, why=describe_divergence(stop.step, stop.quantity, experiment))
        for name, lane, experiment in zip(names(experiments), frame.lanes, experiments, strict=False)
        if (stop := lane.problem)
    ]
    if not each:
        return ""
    rest = N_("What has stopped is shown as it was last good; the others go on.")
    return sentences(*each, LAST_GOOD if len(each) == len(experiments) else rest)


BOARD = Board("race", RACE, _READOUTS, _words, needs=(), together=True)
"""The pictures of all networks."""
