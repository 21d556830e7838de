"""The panel "Who is ahead at what": a sentence, and a live table of what each network has come to."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from rnnviz.diagnosis import HARDLY
from rnnviz.language import N_, Message, Rounded, Text, _, sentences, short
from rnnviz.plots.race.lane import LANES
from rnnviz.reach import told_distance
from rnnviz.runs.messages import Frame
from rnnviz.runs.run import Run
from rnnviz.scene import Scene
from rnnviz.settings import race
from rnnviz.settings.view import View
from rnnviz.standing import Result, best, goal, standings, verdict
from rnnviz.standing.margin import CLOCK, MARGIN, SAME_SIZE
from rnnviz.standing.now import LATELY, POINTS
from rnnviz.tasks import TASKS
from rnnviz.ui import scripts
from rnnviz.ui.live.board import Board, scene_of
from rnnviz.ui.live.frames import Asked
from rnnviz.ui.shell import controls
from rnnviz.ui.shell.page import Visit

COLUMNS: dict[str, tuple[Message, Message]] = {
    "loss": (N_("Validation loss"), N_("How wrong its answers are on data held out from training; less is better.")),
    "accuracy": (N_("Right answers"), N_("The share of right answers on the validation batch, of a classification.")),
    "steps": (
        N_("Steps to the goal"),
        N_("The first training step at which the validation loss was seen at the goal, as finely as it is measured."),
    ),
    "seconds": (
        N_("Seconds to the goal"),
        N_("About how long the processor took to that step: its share of the time of all steps so far."),
    ),
    "horizon": (
        N_("Memory horizon"),
        N_(
            "At how many steps' distance dh_T/dh_t (where a cell has a c_t, dh_T/dc_t) has fallen to 1/e: how far a "
            "small change of the state reaches. What a network has settled on it may remember for longer."
        ),
    ),
    "parameters": (N_("Parameters"), N_("How many weights and biases are trained, the read-out's included.")),
    "per_step": (
        N_("Time a step"),
        N_(
            "About how long the processor took for one training step, the mean of all; measuring the loss for its "
            "curve is in it. It is one run's, on a machine that others use."
        ),
    ),
}
"""By what networks are compared, in the table's order: see standing.BETTER."""
BEST = {
    "loss": N_("least"),
    "accuracy": N_("most"),
    "steps": N_("fewest"),
    "seconds": N_("least"),
    "horizon": N_("longest"),
    "parameters": N_("fewest"),
    "per_step": N_("least"),
}
"""What marks the best of each column."""
SYMBOLS = {"circle": "●", "square": "■", "diamond": "◆", "triangle-up": "▲"}
"""The lanes' forms of a point, as letters."""

_COMPONENT = scripts.component(
    "standing", "race/standing.js", ("live/glossary.css", "live/live.css", "race/standing.css")
)


def show(visit: Visit, view: View) -> None:
    """Show the panel, with what there is to choose of it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.header(_("Who is ahead at what"), anchor=False)
        controls.widget("goal", width=240)
    signs = [{"name": name, "sign": SYMBOLS[look.symbol], "colour": look.colour} for name, look in _looks()]
    BOARD.show(visit.run, view, visit.stopped, lanes=signs)


def _looks() -> Any:
    return zip(race.LANES, LANES, strict=True)


@dataclass(frozen=True)
class Table(Board):
    """The table of all networks, fed as words."""

    def render(self, frame: Frame, run: Run, asked: Asked) -> dict[str, Any]:
        """See Board.render."""
        message = super().render(frame, run, asked)
        if frame.snapshot:
            message["words"] |= table(scene_of(frame, frame.snapshot, asked.view))
        return message


def table(scene: Scene) -> dict[str, Text]:
    """Return the words of the table by their places, such as loss_b and loss_b_best, and what is said of it."""
    results = standings(scene.lanes)
    words: dict[str, Text] = {}
    for lane in race.LANES:
        words |= {f"{column}_{lane}": "" for column in ("name", *COLUMNS)}
        words |= {f"{column}_{lane}_best": "" for column in COLUMNS}
    for lane, result in zip(race.LANES, results, strict=False):
        words[f"name_{lane}"] = result.name
        words |= {f"{column}_{lane}": said for column, said in _cells(result).items()}
    for column in COLUMNS:
        for lane, is_best in zip(race.LANES, best(results, column), strict=False):
            words[f"{column}_{lane}_best"] = BEST[column] if is_best else ""
    words["kind"] = repr([(result.learned, result.diverged) for result in results] + [*best(results, "loss")])
    return words | {"diagnosis": verdict(scene.lanes), "goal_note": sentences(_about_goal(scene), _about_margin(scene))}


def _cells(result: Result) -> dict[str, Text]:
    reached, per_step = result.reached, result.per_step
    none = "–" if result.step == 0 else N_("not yet")
    return {
        "loss": N_("diverged") if result.diverged else short(result.loss, 3),
        "accuracy": "–" if result.accuracy is None else N_("{share} %", share=round(100 * result.accuracy)),
        "steps": f"{reached.step:,}" if reached else none,
        "seconds": N_("about {seconds} s", seconds=Rounded(reached.seconds)) if reached else none,
        "horizon": "–" if result.horizon is None else told_distance(result.horizon, result.longest),
        "parameters": f"{result.parameters:,}",
        "per_step": "–" if per_step is None else N_("about {milliseconds} ms", milliseconds=Rounded(1000 * per_step)),
    }


def _about_goal(scene: Scene) -> Message:
    """Say what the goal is, and who chose it."""
    reached = Rounded(goal(scene), 3)
    if scene.view.goal:
        return N_("The goal is a validation loss of {goal}, as chosen.", goal=reached)
    return N_(
        "The goal is a validation loss of {goal}, at which a network of this task is called healthy: {baseline} has "
        "{bar}.",
        goal=reached,
        baseline=scene.snapshot.baseline.words,
        bar=Rounded(TASKS[scene.experiment.task].told(scene.snapshot.baseline.loss), 3),
    )


def _about_margin(scene: Scene) -> Message:
    return N_(
        "Marked is what is better by {margin} % (times by {clock} %, right answers by {points} of 100, parameters by "
        "{size} %), a loss also by {part} % of that of {baseline}, now and in the median of its last {count} "
        "measurements. What is closer counts as alike: the next batch might turn it round.",
        margin=round(100 * MARGIN),
        clock=round(100 * CLOCK),
        points=round(100 * POINTS),
        size=round(100 * SAME_SIZE),
        part=round(100 * HARDLY),
        baseline=scene.snapshot.baseline.words,
        count=LATELY,
    )


BOARD = Table(
    "standing",
    {},
    COLUMNS,
    lambda frame, snapshot: {},
    needs=("memory",),
    component=_COMPONENT,
    waits=True,
    together=True,
)
"""The table."""
