"""The running answer: how probable the network finds each class after every word."""

from collections.abc import Hashable

import plotly.graph_objects as go

from rnnviz.language import N_, Text, _, say, sentences
from rnnviz.plots.cursor import TARGET, counts, read_out
from rnnviz.plots.picture import BLUE, COLOURS, MARKED, Arrays, Picture, canvas, shown_label, steps, steps_axis
from rnnviz.plots.words import named
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import TASKS, task_of
from rnnviz.tasks.form import EQUAL

MOST = 8
"""Classes that have a line."""
MOST_TWICE = 4
"""Classes whose line with the change is named, too."""


def _lines(scene: Scene) -> list[int]:
    """Return which classes have a line: of two the second alone, for the other's is its mirror image."""
    count = len(task_of(scene.experiment).classes or ())
    return [1] if count == 2 else [*range(min(count, MOST))]


def _words(scene: Scene) -> list[list[str]]:
    """Return what each passage reads, step by step."""
    names = task_of(scene.experiment).vocabulary or ()
    found: list[list[int]] = [passage.tokens.tolist() for passage in scene.snapshot.reading.passages]
    return [[shown_label(say(names[token]), 20) if token >= 0 else "–" for token in tokens] for tokens in found]


def arrays(scene: Scene) -> Arrays:
    """See Picture.arrays."""
    passages, classes = scene.snapshot.reading.passages, _lines(scene)
    return [{"y": passage.answers[:, k]} for passage in passages for k in classes]


def frame(scene: Scene) -> go.Figure:
    """See Picture.frame."""
    names = task_of(scene.experiment).classes or ()
    words = _words(scene)
    traces = [
        go.Scatter(
            name=_("{answer}, with the change", answer=say(names[k])) if i else say(names[k]),
            x=steps(len(read)),
            text=read,
            mode="lines+markers" if len(read) <= MARKED else "lines",
            line={
                "color": BLUE if len(names) == 2 else COLOURS[k % 4],
                "dash": "dash" if i else ("solid", "dot")[k // 4],
            },
            line_width=2.5,
            showlegend=not i or len(names) <= MOST_TWICE,
            marker={"size": 7 if i else 5, "symbol": "circle-open" if i else "circle"},
            hovertemplate=_("step %{x}, after %{text}: %{fullData.name} %{y:.3f}<extra></extra>"),
            **read_out(_("{answer}, with the change", answer=say(names[k])) if i else names[k]),
        )
        for i, read in enumerate(words)
        for k in _lines(scene)
    ]
    count = max(map(len, words))
    x = steps_axis(count, _("time step t")) | named(words[0])
    title = _("probability of {answer}", answer=names[1]) if len(names) == 2 else _("probability")
    meta = {"time": counts("x", TARGET, count)}
    figure = canvas(traces, x=x, y={"title_text": title, "range": [-0.03, 1.03], "nticks": 6}, meta=meta)
    return figure.update_layout(hovermode="closest" if len(traces) > 1 else "x")


def sentence(scene: Scene) -> Text:
    """See Picture.sentence."""
    task, experiment = task_of(scene.experiment), scene.experiment
    last = N_("It is trained on the last answer alone.") if task.form.one_answer or task.leaves_some else ""
    back = N_("The way back has read all that follows, too: these are no answers on the way.")
    of = N_("It is the softmax of the read-out of each h_t.")
    return sentences(
        caption(scene),
        of,
        last,
        back if experiment.bidirectional else "",
    )


def caption(scene: Scene) -> Text:
    """See Picture.caption."""
    names = task_of(scene.experiment).classes or ()
    if len(names) == 2:
        return N_(
            "How probable it finds “{answer}” after every word; the rest, up to 1, is “{other}”.",
            answer=names[1],
            other=names[0],
        )
    every = N_("How probable it finds each answer after every word.")
    if len(names) > MOST_TWICE and len(scene.snapshot.reading.passages) > 1:
        return sentences(every, N_("Dashed: with the change."))
    return every


def key(scene: Scene) -> Hashable:
    """See Picture.key."""
    reading = scene.snapshot.reading
    return tuple(tuple(passage.tokens.tolist()) for passage in reading.passages), scene.experiment.bidirectional


def shown(experiment: Experiment) -> bool:
    """See Picture.shown: where the next token is said, every step has an answer of its own."""
    task = TASKS[experiment.task]
    return task.reads_tokens() and task.form is not EQUAL


ANSWER = Picture(
    name="answer",
    title=N_("Answer, word by word"),
    alt=N_("Line chart of how probable the network finds each answer after every word."),
    caption=caption,
    sentence=sentence,
    arrays=arrays,
    frame=frame,
    needs=("reading",),
    key=key,
    shown=shown,
)
