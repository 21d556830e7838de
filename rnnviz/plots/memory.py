"""What the last state keeps of the earlier ones, and what each step multiplies it by."""

from collections.abc import Hashable

import numpy as np
import plotly.graph_objects as go

from rnnviz.cells import CELLS
from rnnviz.cells.cell import Cell
from rnnviz.cells.expression import written
from rnnviz.language import N_, Message, Text, _, sentences
from rnnviz.plots.cursor import read_out
from rnnviz.plots.decades import AT_STEP, decade_arrays, decade_figure
from rnnviz.plots.picture import (
    BLUE,
    GREEN,
    GREY,
    MARKED,
    PURPLE,
    VERMILION,
    Arrays,
    Picture,
    canvas,
    holder,
    steps,
)
from rnnviz.plots.words import at_step, over_time, points, time_axis, words_key
from rnnviz.scene import Scene
from rnnviz.snapshot import Analysis
from rnnviz.tasks import TASKS


def analysis_of(scene: Scene) -> Analysis:
    """Return a scene's analysis."""
    return scene.snapshot.analysis


def loops(scene: Scene) -> bool:
    """Say whether a decoder's state comes back to it as a context, which is a way through time beside its cells."""
    return bool(TASKS[scene.experiment.task].source_vocabulary) and scene.experiment.attention == "additive"


def _memory_arrays(scene: Scene) -> Arrays:
    memory = analysis_of(scene).memory
    t = steps(len(memory.norm))
    lines = [(t, memory.norm), (t[memory.at], memory.largest), (t[memory.at], memory.smallest)]
    if memory.cell_norm is not None:
        lines.append((t, memory.cell_norm))
    return decade_arrays(lines)


def _memory_frame(scene: Scene) -> go.Figure:
    memory = analysis_of(scene).memory
    count = len(memory.norm)
    symbol = "dh<sub>T</sub>/dh<sub>t</sub>"
    named = [
        (_("norm"), BLUE, "solid", 3, read_out(f"‖{symbol}‖")),
        (_("σ, largest"), GREEN, "dash", 2, {}),
        (_("σ, smallest"), PURPLE, "dot", 2, {}),
    ]
    if memory.cell_norm is not None:
        named.append((_("by c<sub>t</sub>"), VERMILION, "solid", 3, read_out("‖dh<sub>T</sub>/dc<sub>t</sub>‖")))
    lines = [
        go.Scatter(
            name=name,
            mode="lines+markers" if count <= MARKED else "lines",
            line={"color": colour, "width": width, "dash": dash},
            marker={"size": 5},
            hovertemplate=_("{step}: %{fullData.name} %{y:.2e}<extra></extra>", step=at_step(scene)),
            **read,
        )
        for name, colour, dash, width, read in named
    ]
    for line, at in zip(lines, (None, memory.at, memory.at, None), strict=False):
        line.update(points(scene, at))
    figure = decade_figure(lines, time_axis(scene), (1, count), symbol, AT_STEP.given(symbol=symbol))
    return figure.update_layout(over_time(scene, "x"))


def _memory_sentence(scene: Scene) -> Text:
    text = N_(
        "How much the last state h_T still changes with each earlier one, whatever the loss is: dh_T/dh_t, the product "
        "of the factors dh_s/dh_(s-1) of all steps s from t+1 to T. Its singular values σ say how much it keeps in the "
        "best and in the worst direction."
    )
    by_c = N_("There is a second way, by c_t: dh_T/dc_t.")
    cut = N_("Truncated BPTT cuts the gradient, not what the state remembers.")
    attention = N_("There is a way by attention too, which is in it: a state chooses the context that is read next.")
    backwards = N_(
        "This pass reads from the last step to the first: its last state is h_1, and the one before h_t is h_(t+1)."
    )
    return sentences(
        text,
        by_c if CELLS[scene.experiment.cell].has_c else "",
        attention if loops(scene) else "",
        cut if scene.experiment.truncation else "",
        backwards if analysis_of(scene).lens.direction else "",
    )


def _memory_key(scene: Scene) -> Hashable:
    analysis, experiment = analysis_of(scene), scene.experiment
    direction, cut = analysis.lens.direction, bool(experiment.truncation)
    return len(analysis.memory.norm), experiment.cell, cut, loops(scene), direction, words_key(scene)


def _factor_arrays(scene: Scene) -> Arrays:
    factors = analysis_of(scene).factors
    t = steps(len(factors.local))
    values = [np.where(np.isfinite(y) & (y > 0), y, np.nan) for y in (factors.growth, factors.local)]
    decades = np.log10(np.concatenate([y[np.isfinite(y)] for y in values]))
    low, high = np.floor(decades.min(initial=-1)), np.ceil(decades.max(initial=0.3))
    return [
        *({"x": t, "y": y.astype(np.float64)} for y in values),
        {"y": np.full(2, factors.radius)},
        {"y": 10.0 ** np.array([low, high])},
    ]


def _factor_frame(scene: Scene) -> go.Figure:
    factors = analysis_of(scene).factors
    count = len(factors.local)
    state = "c" if CELLS[scene.experiment.cell].has_c else "h"
    symbol = f"dh<sub>T</sub>/d{state}<sub>t</sub>"
    mode = "lines+markers" if count <= MARKED else "lines"
    hover, named = _("{step}: %{y:.3~g}<extra></extra>", step=at_step(scene)), points(scene)
    local = _("mean {factor}", factor=_local(CELLS[scene.experiment.cell]))
    lines = [
        go.Scatter(
            name=symbol,
            mode=mode,
            line={"color": BLUE, "width": 3},
            hovertemplate=hover,
            **read_out(N_("factor")),
            **named,
        ),
        go.Scatter(
            name=local,
            mode=mode,
            line={"color": VERMILION, "width": 2, "dash": "dot"},
            hovertemplate=hover,
            **named,
        ),
        go.Scatter(
            name=_("radius"),
            x=[1, count],
            mode="lines",
            line={"color": GREEN, "width": 2, "dash": "dash"},
            showlegend=bool(np.isfinite(factors.radius)),
            hovertemplate=_("spectral radius %{y:.3~g}<extra></extra>"),
        ),
    ]
    one = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 1, "y1": 1, "line": {"color": GREY, "width": 1}}
    return canvas(
        [*lines, holder().update(x=[1, count])],
        x=time_axis(scene),
        y={"title_text": _("factor"), "type": "log", "dtick": 1, "exponentformat": "power"},
        **over_time(scene, "x", shapes=[one]),
    )


def _local(cell: Cell) -> str:
    """Return what carries the old state on at a step, as it is written."""
    if not cell.keeps:
        return "f'(a<sub>t</sub>)"
    return written(cell.keeps, lambda name: f"{name}<sub>t</sub>", lambda function, argument: f"{function}({argument})")


def _factor_sentence(scene: Scene) -> Message:
    cell = CELLS[scene.experiment.cell]
    if loops(scene):
        return N_(
            "By how much each step back multiplies the gradient, by way of the cell and of attention together: below 1 "
            "(the grey line) it shrinks. The dotted line is of the cell alone."
        )
    if not cell.keeps:
        return N_(
            "Each step back multiplies dh_T/dh_t by diag(f'(a_t)) W_hh, the local derivative times the matrix. Blue: "
            "what that does to its norm; below 1 (grey) it shrinks, above it grows. tanh saturates: a large W_hh makes "
            "f' small."
        )
    if not cell.from_hidden:
        return N_(
            "By how much each step back multiplies the gradient: below 1 (the grey line) it shrinks. This cell's gates "
            "do not see the state, so the gate that keeps it is all there is on the way, unit by unit."
        )
    return N_(
        "By how much each step back multiplies the gradient: below 1 (the grey line) it shrinks. The gate that keeps "
        "the state carries it around the matrix W_hh; where it is near 1, the gradient survives."
    )


def _factor_key(scene: Scene) -> Hashable:
    factors = analysis_of(scene).factors
    return len(factors.local), scene.experiment.cell, bool(np.isfinite(factors.radius)), loops(scene), words_key(scene)


MEMORY = Picture(
    name="memory",
    title=N_("Memory"),
    alt=N_("Line chart of the norm and singular values of dh_T/dh_t at each time step, on a log axis."),
    sentence=_memory_sentence,
    arrays=_memory_arrays,
    frame=_memory_frame,
    ghosts=lambda scene: (0, 3) if analysis_of(scene).memory.cell_norm is not None else (0,),
    needs=("trace", "analysis"),
    key=_memory_key,
)
FACTORS = Picture(
    name="factors",
    title=N_("Factor by factor"),
    alt=N_("Line chart of the factor by which each time step multiplies the gradient, and of what it is made of."),
    sentence=_factor_sentence,
    arrays=_factor_arrays,
    frame=_factor_frame,
    needs=("trace", "analysis"),
    key=_factor_key,
)
