"""How often the network is right, by how far back what decides was read."""

from collections.abc import Hashable

import numpy as np
import plotly.graph_objects as go

from rnnviz.language import N_, Text, _, counted, say
from rnnviz.plots.picture import BLUE, GREY, Arrays, Picture, canvas
from rnnviz.scene import Scene
from rnnviz.tasks import TASKS


def arrays(scene: Scene) -> Arrays:
    """See Picture.arrays."""
    found = scene.snapshot.distances
    if found is None:
        return [{"x": np.zeros(0), "y": np.zeros(0)}] * 2
    level = 100 * (scene.snapshot.baseline.accuracy or 0.0)
    return [
        {"x": found.distances, "y": 100 * found.right},
        {"x": found.distances[[0, -1]], "y": np.full(2, level)},
    ]


def frame(scene: Scene) -> go.Figure:
    """See Picture.frame."""
    found, name = scene.snapshot.distances, say(scene.snapshot.baseline.words)
    last = int(found.distances[-1]) if found else 1
    network = go.Scatter(
        mode="lines+markers",
        line={"color": BLUE, "width": 3},
        marker={"size": 6},
        showlegend=False,
        hovertemplate=_("distance %{x}: %{y:.0f}% right<extra></extra>"),
    )
    baseline = go.Scatter(
        mode="lines",
        line={"color": GREY, "width": 2, "dash": "dash"},
        showlegend=False,
        hovertemplate=name + ": %{y:.0f}%<extra></extra>",
    )
    return canvas(
        [network, baseline],
        x={"title_text": _("words between"), "range": [-0.5, last + 0.5], "nticks": 8},
        y={"title_text": _("right answers"), "range": [-3, 103], "tickvals": [0, 50, 100], "ticksuffix": "%"},
    )


def sentence(scene: Scene) -> Text:
    """See Picture.sentence."""
    return N_(
        "How many answers of the validation batch are right, by how many words stand between the one that decides and "
        "the end. The dashed line is the best without a network: {baseline}.",
        baseline=scene.snapshot.baseline.words,
    )


def caption(scene: Scene) -> Text:
    """See Picture.caption."""
    found = scene.snapshot.distances
    return counted(
        "Right answers, of one sentence each.",
        "Right answers, of {n} sentences each.",
        int(found.counts.min()) if found else 0,
    )


def key(scene: Scene) -> Hashable:
    """See Picture.key."""
    found = scene.snapshot.distances
    return scene.snapshot.baseline.words, found and (int(found.distances[-1]), int(found.counts.min()))


DISTANCES = Picture(
    name="distances",
    title=N_("By distance"),
    alt=N_("Line chart of the share of right answers against the distance to what decides."),
    caption=caption,
    sentence=sentence,
    arrays=arrays,
    frame=frame,
    ghosts=lambda scene: (0,),
    needs=("distances",),
    key=key,
    shown=lambda experiment: TASKS[experiment.task].by_distance,
)
