"""The alignment: with which weight each step that writes a token of the target looks at each token of the source."""

from collections.abc import Hashable

import numpy as np
import plotly.graph_objects as go

from rnnviz.language import N_, Message, _
from rnnviz.plots import sides
from rnnviz.plots.cursor import read_out
from rnnviz.plots.picture import HEAT, Arrays, Picture, canvas, steps
from rnnviz.plots.words import writes
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Array


def attends(experiment: Experiment) -> bool:
    """Say whether there is attention to be seen."""
    return writes(experiment) and experiment.attention != "none"


def _weights(scene: Scene) -> Array:
    attention = scene.snapshot.trace.attention
    assert attention is not None
    return attention  # (T, S)


def arrays(scene: Scene) -> Arrays:
    """See Picture.arrays."""
    return [{"z": np.asarray(_weights(scene), np.float32)}]


def frame(scene: Scene) -> go.Figure:
    """See Picture.frame."""
    T, S = _weights(scene).shape
    x, y, margin = sides.axes(scene)
    map_ = go.Heatmap(
        x=steps(S),
        y=steps(T),
        zmin=0,
        zmax=1,
        colorscale=HEAT,
        colorbar={"thickness": 14, "outlinewidth": 0, "tickvals": [0, 0.5, 1]},
        customdata=sides.pairs(scene),
        **read_out(N_("looks at"), "most"),
        hovertemplate=_(
            "step {t}: {written} looks at {read} (step {s} of the source) with weight {weight}",
            t="%{y}",
            written="%{customdata[0]}",
            read="%{customdata[1]}",
            s="%{x}",
            weight="%{z:.2f}",
        )
        + "<extra></extra>",
    )
    figure = canvas([map_], x=x, y=y, hovermode="closest", margin=margin, meta=sides.both(scene))
    return figure.update_layout(height=sides.HIGH)


def sentence(scene: Scene) -> Message:
    """See Picture.sentence."""
    if not attends(scene.experiment):
        return N_("There is no attention, so nothing looks back at the source.")
    return N_(
        "The weights a_ts of a pair that is held out: how much each step t that is to write a token of the right "
        "answer (row) looks at each token s of the source (column). The weights of a row add up to 1. Nobody says "
        "where to look: it is learned from what is to be written alone."
    )


def caption(scene: Scene) -> Message:
    """See Picture.caption."""
    return N_("Weights a_ts: where each token of the right answer (row) looks in the source (column).")


def key(scene: Scene) -> Hashable:
    """See Picture.key."""
    return sides.key(scene)


ALIGNMENT = Picture(
    name="alignment",
    title=N_("Alignment"),
    alt=N_("Heat map of the weights of attention, tokens of the target by tokens of the source."),
    caption=caption,
    sentence=sentence,
    arrays=arrays,
    frame=frame,
    needs=("trace",),
    key=key,
    shown=attends,
)
