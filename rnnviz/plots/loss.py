"""The loss so far, on a log axis where it may come near 0: of training and validation, and what there is to beat."""

import textwrap
from collections.abc import Hashable
from typing import Any

import numpy as np
import plotly.graph_objects as go

from rnnviz.language import N_, Message, Text, _, say, sentences
from rnnviz.plots.picture import BLUE, GREY, VERMILION, Arrays, Picture, canvas, holder, training_axis
from rnnviz.scene import Scene
from rnnviz.tasks import TASKS

STEP_BOUNDS = np.outer(10.0 ** np.arange(1, 10), (1, 1.5, 2, 3, 4, 6, 8)).ravel()
"""Where the axis of training steps may end: it stays at least two thirds full, and moves seldom."""

ROOM = 3.0
"""How many times the baseline's loss the axis reaches at least, so that its name has room above its line."""

LETTERS = 30
"""Of the baseline's words that fit into one line beside the network's numbers."""


THINNED = N_(
    "Of a long training, evenly spread steps are drawn: a point is the loss at one step, not a mean of several."
)
"""Said of curves that show a History."""

NEWEST = 3
"""The trace that marks the losses of the step that is shown."""


def arrays(scene: Scene) -> Arrays:
    """See Picture.arrays."""
    history, told = scene.snapshot.history, TASKS[scene.experiment.task].told
    step = np.append(history.step, scene.snapshot.step).astype(np.int32)  # the thinned history may not hold the newest
    training = drawable(told(np.append(history.loss, scene.snapshot.loss)))
    validation = drawable(told(np.append(history.validation, scene.snapshot.validation_loss)))
    baseline = drawable(told(np.full(2, scene.snapshot.baseline.loss)))
    end = above(scene.snapshot.step, STEP_BOUNDS)
    return [
        {"x": step, "y": training},
        {"x": step, "y": validation},
        {"x": np.array([0, end]), "y": baseline},
        {"x": np.full(2, scene.snapshot.step), "y": np.array([training[-1], validation[-1]])},
        {"x": np.array([0, end]), "y": ends(scene, [training, validation], baseline)},
    ]


def above(value: float, bounds: np.ndarray) -> float:
    """Return the first of rising bounds that is not below a value, or the last."""
    return float(bounds[min(np.searchsorted(bounds, value), len(bounds) - 1)])


def ends(scene: Scene, lines: list[np.ndarray], baseline: np.ndarray) -> np.ndarray:
    """Return where the axis of the losses begins and ends."""
    drawn = np.concatenate([*lines, baseline])
    if _linear(scene):
        return np.array([0.0, np.ceil(1.1 * drawn[np.isfinite(drawn)].max(initial=1.0))])
    drawn = np.append(drawn, baseline * ROOM)
    decades = np.log10(drawn[np.isfinite(drawn)])
    low, high = (np.floor(decades.min()), np.ceil(decades.max())) if decades.size else (-1.0, 0.0)
    return 10.0 ** np.array([min(low, high - 2), high])


def _linear(scene: Scene) -> bool:
    """Say whether the axis is linear: a loss that nobody brings near 0 needs no powers of ten."""
    task = TASKS[scene.experiment.task]
    return task.in_bits is not None and not task.by_heart


def drawable(loss: np.ndarray) -> np.ndarray:
    """Return the losses a log axis can show, NaN elsewhere."""
    return np.where(np.isfinite(loss) & (loss > 0), loss, np.nan)


def frame(scene: Scene) -> go.Figure:
    """See Picture.frame."""
    traces = [
        go.Scatter(
            name=say(name),
            mode="lines",
            line={"color": colour, "width": width},
            connectgaps=True,
            hovertemplate=_("training step %{x}: {name} loss %{y:.3~g}<extra></extra>", name=name),
        )
        for name, colour, width in ((N_("training"), BLUE, 2), (N_("validation"), VERMILION, 3))
    ]
    newest = go.Scatter(
        mode="markers",
        marker={"color": [BLUE, VERMILION], "size": 9},
        cliponaxis=False,
        showlegend=False,
        hoverinfo="skip",
    )
    return canvas(
        [*traces, baseline_line(scene), newest, holder()],
        x=training_axis() | {"rangemode": "nonnegative"},
        y=axis(scene),
    )


def baseline_line(scene: Scene) -> go.Scatter:
    """Return the line of the loss there is to beat, with its name on it."""
    name = say(scene.snapshot.baseline.words)
    return go.Scatter(
        name=name,
        mode="lines+text",
        text=["", "<br>".join(textwrap.wrap(name, LETTERS))],
        textposition="top left",
        showlegend=False,  # its name would take a row of the legend for itself
        line={"color": GREY, "width": 2, "dash": "dash"},
        hovertemplate=name + ": %{y:.3~g}<extra></extra>",
    )


def axis(scene: Scene) -> dict[str, Any]:
    """Return the axis of the losses."""
    bits = TASKS[scene.experiment.task].in_bits
    title = say(bits or (N_("cross-entropy") if _classifies(scene) else N_("mean squared error")))
    if _linear(scene):
        return {"title_text": title, "nticks": 6}
    return {"title_text": title, "type": "log", "exponentformat": "power", "nticks": 3}


def sentence(scene: Scene) -> Text:
    """See Picture.sentence."""
    return sentences(_meaning(scene), THINNED)


def _meaning(scene: Scene) -> Message:
    if bits := TASKS[scene.experiment.task].in_bits:
        return N_(
            "How wrong the network is, in {bits}: the cross-entropy L by the logarithm to base 2 of the right answer's "
            "probability. Lower is better, and only below the dashed line has it learned more than that counts.",
            bits=bits,
        )
    if _classifies(scene):
        return N_(
            "How wrong the network is, as cross-entropy L (-log of the right answer's probability): lower is better, "
            "and only below the dashed line has it learned."
        )
    return N_(
        "How wrong the network is, as the mean squared error L between y_t and its target: lower is better, and only "
        "below the dashed line has it learned."
    )


def _classifies(scene: Scene) -> bool:
    return scene.snapshot.accuracy is not None


def caption(scene: Scene) -> Message:
    """See Picture.caption."""
    if bits := TASKS[scene.experiment.task].in_bits:
        return N_("Cross-entropy L in {bits}.", bits=bits)
    if _classifies(scene):
        return N_("Cross-entropy L.")
    return N_("Mean squared error L.")


def key(scene: Scene) -> Hashable:
    """See Picture.key."""
    return scene.snapshot.baseline.words, _classifies(scene)


LOSS = Picture(
    name="loss",
    title=N_("Loss"),
    alt=N_(
        "Line chart of the training and validation loss against the training step, and of the loss there is to beat."
    ),
    caption=caption,
    sentence=sentence,
    arrays=arrays,
    frame=frame,
    ghosts=lambda scene: (NEWEST,),
    needs=(),
    key=key,
)
