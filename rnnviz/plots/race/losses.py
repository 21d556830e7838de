"""The losses of all networks of a race, over the training steps or, where these are not what is equal, over time."""

from collections.abc import Hashable

import numpy as np
import plotly.graph_objects as go

from rnnviz.language import N_, Text, _, sentences
from rnnviz.plots.loss import STEP_BOUNDS, THINNED, above, axis, baseline_line, drawable, ends
from rnnviz.plots.picture import Arrays, Picture, canvas, holder, training_axis
from rnnviz.plots.race.lane import drawn, lanes_key
from rnnviz.scene import Scene
from rnnviz.snapshot import Array
from rnnviz.tasks import TASKS

TIME_BOUNDS = np.outer(10.0 ** np.arange(-1, 6), (1, 1.5, 2, 3, 4, 6, 8)).ravel()
"""Where the axis of seconds may end."""


def arrays(scene: Scene) -> Arrays:
    """See Picture.arrays."""
    told = TASKS[scene.experiment.task].told
    curves = [(_places(own, scene.by_time), *_losses(own)) for own in scene.lanes]
    baseline = drawable(told(np.full(2, scene.snapshot.baseline.loss)))
    newest = max(float(x[-1]) for x, _training, _validation in curves)
    end = above(newest, TIME_BOUNDS if scene.by_time else STEP_BOUNDS)
    lines = [line for _x, *pair in curves for line in pair]
    return [
        *({"x": x, "y": line} for x, *pair in curves for line in pair),
        {"x": np.array([x[-1] for x, *_ in curves]), "y": np.array([validation[-1] for *_, validation in curves])},
        {"x": np.array([0, end]), "y": baseline},
        {"x": np.array([0, end]), "y": ends(scene, lines, baseline)},
    ]


def _losses(scene: Scene) -> tuple[Array, Array]:
    """Return one network's losses on its training batches and on the validation batch, (N + 1,) each."""
    history, told = scene.snapshot.history, TASKS[scene.experiment.task].told
    return (
        drawable(told(np.append(history.loss, scene.snapshot.loss))),
        drawable(told(np.append(history.validation, scene.snapshot.validation_loss))),
    )


def _places(scene: Scene, by_time: bool) -> Array:
    """Return where these losses stand, (N + 1,): at their training steps, or at the seconds these took in the mean."""
    step = np.append(scene.snapshot.history.step, scene.snapshot.step)
    return np.asarray(step * (scene.seconds / max(scene.snapshot.step, 1) if by_time else 1.0))


def frame(scene: Scene) -> go.Figure:
    """See Picture.frame."""
    where = _("after %{x:.3~g} s") if scene.by_time else _("training step %{x}")
    traces, lanes = [], drawn(scene)
    for name, lane, _own in lanes:
        traces += [
            go.Scatter(
                name=_("{network}, training", network=name),
                mode="lines",
                line={"color": lane.colour, "width": 1},
                opacity=0.55,
                connectgaps=True,
                showlegend=False,
                hoverinfo="none",
            ),
            go.Scatter(
                name=name,
                mode="lines",
                line=lane.line(3),
                connectgaps=True,
                hovertemplate=_("{where}: {network}: loss %{y:.3~g}<extra></extra>", where=where, network=name),
            ),
        ]
    newest = go.Scatter(
        mode="markers",
        marker={
            "color": [lane.colour for _name, lane, _own in lanes],
            "symbol": [lane.symbol for _name, lane, _own in lanes],
            "size": 10,
        },
        cliponaxis=False,
        showlegend=False,
        hoverinfo="skip",
    )
    baseline = baseline_line(scene).update(line_dash="solid")  # the networks have dashes
    seconds = {"title_text": _("computing time, seconds"), "nticks": 8, "exponentformat": "none"}
    return canvas(
        [*traces, newest, baseline, holder()],
        x=(seconds if scene.by_time else training_axis()) | {"rangemode": "nonnegative"},
        y=axis(scene),
    )


def sentence(scene: Scene) -> Text:
    """See Picture.sentence."""
    text = N_(
        "How wrong each network is: the loss L on the validation batch (thick) and on its training batches (thin). "
        "Lower is better, and only below the grey line has it learned."
    )
    return sentences(text, THINNED, _timed(scene))


def caption(scene: Scene) -> Text:
    """See Picture.caption."""
    return sentences(N_("Loss L: thick on the validation batch, thin on the training batches."), _timed(scene))


def _timed(scene: Scene) -> Text:
    if not scene.by_time:
        return ""
    return N_("A step stands at its number times the seconds of the processor a step of that network takes on average.")


def key(scene: Scene) -> Hashable:
    """See Picture.key."""
    return lanes_key(scene), scene.by_time, scene.snapshot.baseline.words, scene.snapshot.accuracy is None


LOSSES = Picture(
    name="losses",
    title=N_("Losses"),
    alt=N_("Line chart of the losses of all networks of the race, and of the loss there is to beat."),
    caption=caption,
    sentence=sentence,
    arrays=arrays,
    frame=frame,
    needs=(),
    key=key,
)
