"""What a network that says the next token might go on with: the likeliest tokens at the cursor."""

from collections.abc import Hashable

import numpy as np
import plotly.graph_objects as go

from rnnviz.language import N_, Message, Text, _, say
from rnnviz.plots.picture import BLUE, GREY, Arrays, Picture, canvas, shown_label
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Indices, Writing
from rnnviz.snapshot.writing import chances
from rnnviz.tasks import TASKS, task_of

SHOWN = 10
"""How many of the likeliest tokens have a bar."""
LONGEST, LETTER, WIDTH = 20, 8.2, 430
"""Letters of a token that are written; pixels of one of them, and of the picture, about."""


def likeliest(writing: Writing | None) -> Indices:
    """Return the likeliest tokens at the cursor, the first the likeliest."""
    return np.argsort(-writing.outputs, kind="stable")[:SHOWN] if writing else np.zeros(0, int)


def arrays(scene: Scene) -> Arrays:
    """See Picture.arrays."""
    writing = scene.snapshot.writing
    tokens = likeliest(writing)
    if writing is None or not np.isfinite(writing.outputs).all():
        return [{"x": np.zeros(0)}, {"x": np.zeros(0)}, {"text": []}]
    names = _names(scene)
    drawn = chances(writing.outputs, scene.view.temperature, scene.view.top_k)[tokens]
    trained = chances(writing.outputs, 1.0)[tokens]
    places: list[int] = tokens.tolist()
    words = [f"{shown_label(say(names[n]), LONGEST)}  {p:.2f}" for n, p in zip(places, drawn, strict=True)]
    return [{"x": drawn.astype(np.float32)}, {"x": trained.astype(np.float32)}, {"text": words}]


def _names(scene: Scene) -> tuple[Text, ...]:
    return task_of(scene.experiment).vocabulary or ("",)


def frame(scene: Scene) -> go.Figure:
    """See Picture.frame."""
    places = np.arange(1, len(likeliest(scene.snapshot.writing)) + 1)
    drawn = go.Bar(
        name=_("as it is drawn"),
        y=places,
        orientation="h",
        marker={"color": BLUE, "line_width": 0},
        hovertemplate=_("number %{y}: %{x:.3f} as it is drawn<extra></extra>"),
    )
    trained = go.Scatter(
        name=_("at temperature 1, of all"),
        y=places,
        mode="markers",
        marker={"symbol": "line-ns-open", "size": 16, "color": GREY, "line_width": 3},
        hovertemplate=_("number %{y}: %{x:.3f} at temperature 1<extra></extra>"),
    )
    names = go.Scatter(  # beside the bars, where an axis could name none anew
        x=np.full(len(places), -0.02),
        y=places,
        mode="text",
        textposition="middle left",
        textfont={"size": 16},
        showlegend=False,
        hoverinfo="skip",
    )
    written = LETTER * (max(len(shown_label(say(name), LONGEST)) for name in _names(scene)) + 6)
    room = max(0.3, 1.03 * written / (WIDTH - written))
    return canvas(
        [drawn, trained, names],
        x={"title_text": _("probability of being next"), "range": [-room, 1.03], "tickvals": [0, 0.5, 1]},
        y={"range": [len(places) + 0.6, 0.4], "showticklabels": False, "showgrid": False},
        hovermode="closest",
        bargap=0.15,
        height=320,
    ).update_layout(margin_l=12)


def sentence(scene: Scene) -> Message:
    """See Picture.sentence."""
    return N_(
        "How probable each of the likeliest next tokens is at the cursor: the softmax of y_t divided by the "
        "temperature, of the k likeliest. The grey marks are the network's own probabilities. Press one to take it and "
        "go on from there."
    )


def caption(scene: Scene) -> Message:
    """See Picture.caption."""
    return N_("The likeliest next tokens at the cursor; press one to take it.")


def key(scene: Scene) -> Hashable:
    """See Picture.key."""
    return len(likeliest(scene.snapshot.writing))


def shown(experiment: Experiment) -> bool:
    """See Picture.shown."""
    task = TASKS[experiment.task]
    return task.reads_tokens() and not experiment.bidirectional and task_of(experiment).says_next


LIKELIEST = Picture(
    name="likeliest",
    title=N_("Next token"),
    alt=N_("Bar chart of the likeliest next tokens at the cursor, by probability."),
    caption=caption,
    sentence=sentence,
    arrays=arrays,
    frame=frame,
    needs=("writing",),
    key=key,
    shown=shown,
)
