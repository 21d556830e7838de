"""The causes of a vanishing or exploding gradient: the activation's derivative, and one step's factor as matrices."""

from collections.abc import Hashable
from typing import Any

import numpy as np
import plotly.graph_objects as go

from rnnviz.cells import CELLS
from rnnviz.language import N_, Message, _
from rnnviz.plots.memory import analysis_of, loops
from rnnviz.plots.picture import BLUE, MAP_MARGIN, VERMILION, Arrays, Picture, canvas, steps, whole_numbers
from rnnviz.plots.states import BLUE_TO_RED
from rnnviz.scene import Scene
from rnnviz.snapshot import Array

REACH = 6.0
"""The derivative is drawn for a_t from -REACH to REACH; points beyond are put on the edge."""


def _derivative_arrays(scene: Scene) -> Arrays:
    factors = analysis_of(scene).factors
    (x, y), (a, slope) = factors.curve, factors.visited
    return [{"x": x, "y": y}, {"x": np.clip(a, -REACH, REACH), "y": slope}]


def _derivative_frame(scene: Scene) -> go.Figure:
    name = CELLS[scene.experiment.cell].activation(scene.experiment.nonlinearity)
    hover = _("a = %{x:.2f}: derivative %{y:.3f}<extra></extra>")
    return canvas(
        [
            go.Scatter(
                name=f"f', f = {name}" if name else "f', f(a) = a",
                line={"color": BLUE, "width": 3},
                hovertemplate=hover,
            ),
            go.Scatter(
                name=_("units, at all steps"),
                mode="markers",
                marker={"color": VERMILION, "size": 8, "symbol": "line-ns-open", "line_width": 2},
                hovertemplate=hover,
            ),
        ],
        x={"title_text": _("a<sub>t</sub>, what f is applied to"), "range": [-REACH - 0.2, REACH + 0.2], "dtick": 2},
        y={"title_text": "f'(a<sub>t</sub>)", "range": [-0.05, 1.1], "nticks": 6},
        hovermode="closest",
    )


def _derivative_sentence(scene: Scene) -> Message:
    cell = CELLS[scene.experiment.cell]
    if not cell.keeps:
        return N_(
            "The derivative of the activation, and where the units are on it: every mark is a factor the gradient is "
            "multiplied by. A unit far out is saturated: its factor is near 0."
        )
    function = cell.activation(scene.experiment.nonlinearity)
    if not function:
        return N_(
            "The new value {name}_t is its sum as it is: no function stands in the gradient's way.", name=cell.proposes
        )
    return N_(
        "The derivative of the {function} that makes the new value {name}_t, and where the units are on it.",
        function=function,
        name=cell.proposes,
    )


def _derivative_key(scene: Scene) -> Hashable:
    return scene.experiment.cell, scene.experiment.nonlinearity


def _matrices(scene: Scene) -> list[Array]:
    """Return f'(a_t) as a column, W_hh and their product; of a gated cell the product alone."""
    factors = analysis_of(scene).factors
    if factors.slope is None or factors.W_hh is None:
        return [factors.jacobian]
    return [factors.slope[:, None], factors.W_hh, factors.jacobian]


def _jacobian_arrays(scene: Scene) -> Arrays:
    *others, jacobian = _matrices(scene)
    arrays: Arrays = []
    size = np.concatenate([np.abs(matrix[np.isfinite(matrix)]) for matrix in [*others[1:], jacobian]])
    largest = float(size.max(initial=0.0)) or 1.0
    for i, matrix in enumerate([*others, jacobian]):
        limit = largest if i or not others else 1.0
        arrays.append({"z": matrix.astype(np.float32), "zmin": -limit, "zmax": limit})
    arrays[-1]["colorbar.tickvals"] = np.array([-largest, 0, largest])
    return arrays


DOMAINS = {1: [(0.2, 0.8)], 3: [(0.0, 0.05), (0.14, 0.53), (0.61, 1.0)]}


def _jacobian_frame(scene: Scene) -> go.Figure:
    matrices = _matrices(scene)
    product = "dh<sub>t</sub>/dh<sub>t-1</sub>"
    names = [product] if len(matrices) == 1 else ["f'(a<sub>t</sub>)", "W<sub>hh</sub>", product]
    units = len(matrices[-1])
    hover = _("unit %{y}, from unit %{x}: %{z:.3~g}<extra></extra>")
    maps, layout = [], {}
    for i, (matrix, domain) in enumerate(zip(matrices, DOMAINS[len(matrices)], strict=True), 1):
        last = i == len(matrices)
        bar: dict[str, Any] = {"thickness": 14, "outlinewidth": 0, "tickformat": ".2~g"}
        maps.append(
            go.Heatmap(
                x=steps(matrix.shape[1]),
                y=steps(units),
                xaxis=f"x{i}",
                yaxis=f"y{i}",
                colorscale=BLUE_TO_RED,
                showscale=last,
                colorbar=bar if last else None,
                hovertemplate=hover if i > 1 or last else _("unit %{y}: %{z:.3~g}<extra></extra>"),
            )
        )
        plain = {"showgrid": False, "zeroline": False, "automargin": False}
        ticks = whole_numbers(units) if matrix.shape[1] > 1 else {"showticklabels": False, "ticks": ""}
        title = {"title_text": names[i - 1], "title_standoff": 4, "title_font_size": 15}
        layout[f"xaxis{i}"] = plain | ticks | title | {"domain": domain, "anchor": f"y{i}", "nticks": 5}
        shown = {"title_text": _("unit")} if i == 1 else {"showticklabels": False, "ticks": ""}
        layout[f"yaxis{i}"] = plain | whole_numbers(units) | shown | {"range": [units + 0.5, 0.5], "anchor": f"x{i}"}
    signs = [
        {"text": text, "x": x, "y": 0.5, "xref": "paper", "yref": "paper", "showarrow": False, "font_size": 22}
        for text, x in ((("×", 0.095), ("=", 0.57)) if len(matrices) == 3 else ())
    ]
    x, y = layout.pop("xaxis1"), layout.pop("yaxis1")
    return canvas(maps, x=x, y=y, hovermode="closest", margin=MAP_MARGIN, annotations=signs, **layout)


def _jacobian_sentence(scene: Scene) -> Message:
    t, factors = analysis_of(scene).lens.step + 1, analysis_of(scene).factors
    if factors.slope is not None:
        return N_(
            "The factor of time step {t} itself: each row of W_hh, times its unit's derivative f'(a_t), is "
            "dh_t/dh_(t-1), how each unit (row) changes with each unit one step before.",
            t=t,
        )
    if loops(scene):
        return N_(
            "How each unit (row) at time step {t} changes with each unit one step before, dh_t/dh_(t-1): by way of the "
            "cell, and by that of attention, since h_(t-1) chooses the context which is read at step t.",
            t=t,
        )
    return N_("How each unit (row) at time step {t} changes with each unit one step before: dh_t/dh_(t-1).", t=t)


def _jacobian_key(scene: Scene) -> Hashable:
    shapes = tuple(matrix.shape for matrix in _matrices(scene))
    return shapes, scene.experiment.cell, loops(scene), analysis_of(scene).lens.step


DERIVATIVE = Picture(
    name="derivative",
    title=N_("The activation's derivative"),
    alt=N_("Line chart of the activation's derivative, with the points where the units are."),
    sentence=_derivative_sentence,
    arrays=_derivative_arrays,
    frame=_derivative_frame,
    needs=("analysis",),
    key=_derivative_key,
)
JACOBIAN = Picture(
    name="jacobian",
    title=N_("One step's factor"),
    alt=N_("Heat maps: the local derivatives times the recurrent matrix is the Jacobian of one time step."),
    sentence=_jacobian_sentence,
    arrays=_jacobian_arrays,
    frame=_jacobian_frame,
    needs=("analysis",),
    key=_jacobian_key,
)
