"""What the last state keeps of the earlier ones, of all networks of a race on one log axis."""

from collections.abc import Hashable

import plotly.graph_objects as go

from rnnviz.cells import CELLS
from rnnviz.language import N_, Text, _, sentences
from rnnviz.plots.decades import AT_STEP, decade_arrays, decade_figure
from rnnviz.plots.memory import loops
from rnnviz.plots.picture import Arrays, Picture, steps
from rnnviz.plots.race.lane import drawn, lanes_key
from rnnviz.plots.words import at_step, over_time, points, time_axis, words_key
from rnnviz.scene import Scene
from rnnviz.tasks import TASKS

BY_H, BY_C = "dh<sub>T</sub>/dh<sub>t</sub>", "dh<sub>T</sub>/dc<sub>t</sub>"


def arrays(scene: Scene) -> Arrays:
    """See Picture.arrays."""
    memories = [own.snapshot.memory for own in scene.lanes]
    t = steps(len(memories[0].norm))
    by_c = [(t, memory.cell_norm) for memory in memories if memory.cell_norm is not None]
    return decade_arrays([*((t, memory.norm) for memory in memories), *by_c], *(m.norm[None] for m in memories))


def frame(scene: Scene) -> go.Figure:
    """See Picture.frame."""
    count, lanes = len(scene.snapshot.memory.norm), drawn(scene)
    step, said = at_step(scene), points(scene)

    def hover(symbol: str) -> str:
        return _("{step}: %{fullData.name}: norm of {symbol} %{y:.2e}<extra></extra>", step=step, symbol=symbol)

    lines = [
        go.Scatter(
            name=name,
            line=lane.line(3),
            hovertemplate=hover(BY_H),
            **lane.points(count),
            **lane.read(f"‖{BY_H}‖"),
            **said,
        )
        for name, lane, _own in lanes
    ]
    lines += [
        go.Scatter(
            name=_("{network}, by c<sub>t</sub>", network=name),
            mode="lines",
            line=lane.line(1.25),
            showlegend=False,
            hovertemplate=hover(BY_C),
            **lane.read(f"‖{BY_C}‖"),
            **said,
        )
        for name, lane, own in lanes
        if own.snapshot.memory.cell_norm is not None
    ]
    marks = [(lane.letter, lane.colour) for _name, lane, _own in lanes]
    figure = decade_figure(lines, time_axis(scene), (1, count), f"‖{BY_H}‖", AT_STEP.given(symbol=BY_H), marks)
    return figure.update_layout(over_time(scene, "x"))


def sentence(scene: Scene) -> Text:
    """See Picture.sentence."""
    own = [lane.experiment for lane in scene.lanes]
    text = N_(
        "How much the last state h_T of each network's last layer still changes with its state at each earlier step, "
        "whatever the loss is: the norm of dh_T/dh_t."
    )
    thin = N_("Thin: by way of c_t, where a cell has one, dh_T/dc_t; it is the way by which such a cell remembers.")
    two = N_("Of two directions it is the one that reads forwards.")
    cut = N_("Truncated BPTT cuts the gradient, not what the state remembers.")
    attention = N_("There is a way by attention too, which is in it: a state chooses the context that is read next.")
    return sentences(
        text,
        thin if _has_c(scene) else "",
        two if any(experiment.bidirectional for experiment in own) else "",
        cut if any(experiment.truncation for experiment in own) else "",
        attention if any(loops(lane) for lane in scene.lanes) else "",
    )


def caption(scene: Scene) -> Text:
    """See Picture.caption."""
    text = N_("Norm of dh_T/dh_t: how much the last state still changes with an earlier one.")
    return sentences(text, N_("Thin: by way of c_t, dh_T/dc_t.") if _has_c(scene) else "")


def _has_c(scene: Scene) -> bool:
    return any(CELLS[own.experiment.cell].has_c for own in scene.lanes)


def key(scene: Scene) -> Hashable:
    """See Picture.key."""
    own = [
        (lane.experiment.cell, lane.experiment.bidirectional, bool(lane.experiment.truncation), loops(lane))
        for lane in scene.lanes
    ]
    return lanes_key(scene), tuple(own), len(scene.snapshot.memory.norm), words_key(scene)


MEMORIES = Picture(
    name="memories",
    title=N_("Memory"),
    alt=N_("Line chart of the norm of dh_T/dh_t of all networks of the race at each time step, on a log axis."),
    caption=caption,
    sentence=sentence,
    arrays=arrays,
    frame=frame,
    needs=("trace", "memory"),
    key=key,
    shown=lambda experiment: TASKS[experiment.task].form.has_length,
)
