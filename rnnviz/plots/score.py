"""The score: pictures over the time steps, one above the other, with the same column for the same step in each.

What has no time step, or another axis of time, stands beside it.
"""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from rnnviz.plots.picture import Picture
from rnnviz.scene import Scene
from rnnviz.tasks import TASKS

LEFT, RIGHT = 60, 102
"""Margins of every stave, in pixels: equal, so that the columns stand under one another. On the left are the axis' own
names, on the right those of the lines, or the colour bar."""
ABOVE, BELOW, LOWEST = 6, 6, 40
"""Margins over and under a stave, and under the lowest, which names the steps for all of them."""
LEGEND = {
    "orientation": "v",
    "x": 1,
    "xanchor": "left",
    "y": 1,
    "yanchor": "top",
    "tracegroupgap": 0,
    "font_size": 12,
    "itemwidth": 30,
    "maxheight": 400,
}
BESIDE = {"l": 48, "r": 8, "b": 22, "autoexpand": False}
"""Margins of what stands beside the score; what the axes count, its caption says."""

ROWS = 4
"""Up to how many rows of a stave have a number each; of more, each other one."""
TICKS = 3
"""Of a log axis beside the score: each (range / TICKS, rounded up) decades one, which over two decades and more are two
to four whole ones. Of 2, an axis of two decades would name the one in its middle alone."""


def stave(picture: Picture, scene: Scene, *, lowest: bool) -> go.Figure:
    """Draw a picture whose x axis counts the time steps as one of the score's staves."""
    figure: Any = picture.figure(scene)
    margin = {"l": LEFT, "r": RIGHT, "t": ABOVE, "b": LOWEST if lowest else BELOW, "autoexpand": False}
    figure.update_layout(margin=margin, legend=LEGEND).update_yaxes(title_font_size=12)
    if figure.layout.yaxis.type == "log":
        figure.update_yaxes(nticks=4)
    if figure.layout.yaxis.dtick == 1 and abs(np.subtract(*figure.layout.yaxis.range)) > ROWS:
        figure.update_yaxes(dtick=2)
    task = TASKS[scene.experiment.task]
    if not task.form.has_length:
        return figure.update_layout(margin_b=LOWEST)
    axis: dict[str, Any] = {"range": [0.5, task.length(scene.experiment) + 0.5]}
    if not lowest:
        axis |= {"title_text": "", "showticklabels": False}
    return figure.update_xaxes(axis)


def beside(picture: Picture, scene: Scene) -> go.Figure:
    """Draw a picture as it stands beside the score: small, and a map without its bar of colours."""
    figure: Any = picture.figure(scene)
    figure.update_xaxes(title_text="", ticks="")
    figure.update_yaxes(title_text="", nticks=TICKS if figure.layout.yaxis.type == "log" else 4)
    figure.update_traces(showscale=False, selector={"type": "heatmap"})
    top = figure.layout.margin.t - ABOVE
    return figure.update_layout(margin=BESIDE | {"t": top}, legend={"font_size": 12, "x": -0.1, "y": 1})
