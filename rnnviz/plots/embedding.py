"""The embedding as a map: words in the plane of its first two principal components."""

from collections.abc import Hashable
from zlib import crc32

import numpy as np
import plotly.graph_objects as go

from rnnviz.language import N_, Message, Rounded, Text, _, listed, say, sentences, template
from rnnviz.plots.picture import BLUE, GREY, VERMILION, Arrays, Picture, canvas, holder, shown_label
from rnnviz.plots.words import LETTERS
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Array, Embedding, Indices
from rnnviz.tasks import TASKS, task_of

HIGH = 420
"""The map's height, in pixels."""
SIZE, LETTER, LINE = np.array([420, 340]), 8, 15
"""Pixels there are for words, across and up, about; and what a label's letters and its line take."""


def _seen(scene: Scene) -> Embedding:
    embedding = scene.snapshot.embedding
    assert embedding
    return embedding


def _names(tokens: Indices, scene: Scene) -> list[str]:
    names = task_of(scene.experiment).vocabulary
    assert names
    return [shown_label(say(names[token]), LETTERS) for token in tokens]


def _reach(embedding: Embedding) -> Array:
    """Return how far the map reaches from its middle either way, (2,): in steps of a half more, so that it rests."""
    furthest = np.abs(np.concatenate([embedding.places, embedding.near_places])).max(axis=0)
    return np.exp2(np.ceil(np.log2(np.maximum(1.1 * furthest, 1e-6)) * 2) / 2)


def labelled(places: Array, names: list[str], reach: Array) -> list[str]:
    """Return the names that can stand above their places clear of those before them, "" for the others."""
    pixels = (places / reach + 1) / 2 * SIZE
    taken = np.zeros((0, 4))
    found = []
    for (x, y), name in zip(pixels, names, strict=True):
        half = len(name) * LETTER / 2
        box = np.array([x - half, y, x + half, y + LINE])
        free = not ((taken[:, :2] < box[2:]) & (taken[:, 2:] > box[:2])).all(axis=1).any()
        found.append(name if free else "")
        if found[-1]:
            taken = np.vstack([taken, box])
    return found


def arrays(scene: Scene) -> Arrays:
    """See Picture.arrays."""
    embedding = _seen(scene)
    reach = _reach(embedding)
    near = np.append([] if embedding.chosen is None else embedding.chosen, embedding.nearest).astype(int)
    names, near_names = _names(embedding.tokens, scene), _names(near, scene)
    kept = ["" if token in near else name for token, name in zip(embedding.tokens, names, strict=True)]
    labels = labelled(np.concatenate([embedding.near_places, embedding.places]), [*near_names, *kept], reach)
    x, y = embedding.places.T
    near_x, near_y = embedding.near_places.T
    ends = np.array([-1.0, 1.0])
    return [
        {"x": x, "y": y, "text": labels[len(near) :]},
        {"x": near_x, "y": near_y, "text": labels[: len(near)], "customdata": near_names},
        {"x": ends * reach[0], "y": ends * reach[1]},
    ]


def frame(scene: Scene) -> go.Figure:
    """See Picture.frame."""
    names = _names(_seen(scene).tokens, scene)
    words = go.Scatter(
        name=_("words"),
        mode="markers+text",
        marker={"color": BLUE, "size": 6},
        textposition="top center",
        textfont_size=12,
        customdata=names,
        hovertemplate=_("“{word}”", word="%{customdata}") + "<extra></extra>",
    )
    near = go.Scatter(
        name=_("one and its nearest"),
        mode="markers+text",
        marker={"color": VERMILION, "size": 9, "symbol": "diamond"},
        textposition="top center",
        textfont={"size": 14, "color": VERMILION},
        hovertemplate=_("“{word}”", word="%{customdata}") + "<extra></extra>",
    )
    axis = {"showgrid": False, "nticks": 5, "zeroline": True, "zerolinecolor": GREY}
    figure = canvas(
        [words, near, holder()],
        x={"title_text": _("first two principal components, turned")} | axis,
        y=axis,
        hovermode="closest",
    )
    return figure.update_layout(height=HIGH)


def sentence(scene: Scene) -> Message:
    """See Picture.sentence."""
    return N_(
        "Every word is a row of the embedding, of {size} numbers, seen in the plane in which all rows differ most: "
        "that of the first two principal components. The plane is turned so that the words stand as near as can be to "
        "where they stood at step 0. Shown are the words of the sequence that is looked at and the most frequent ones.",
        size=scene.experiment.embedding_size,
    )


def caption(scene: Scene) -> Message:
    """See Picture.caption."""
    return N_("Words in the plane of the first two principal components.")


def note(embedding: Embedding, experiment: Experiment) -> Text:
    """Say how much the plane shows, and which words are nearest to the chosen one."""
    share = N_(
        "The plane holds {share} % of the variance ({first} % and {second} %).",
        share=Rounded(100 * float(embedding.variances.sum()), 3),
        first=Rounded(100 * float(embedding.variances[0]), 3),
        second=Rounded(100 * float(embedding.variances[1]), 3),
    )
    if embedding.chosen is None:
        return sentences(share, N_("“{word}” is not in the vocabulary.", word=embedding.asked))
    names = task_of(experiment).vocabulary or ()
    near = [
        N_("{word} ({cosine})", word=names[token], cosine=Rounded(float(cosine), 2))
        for token, cosine in zip(embedding.nearest, embedding.cosines, strict=True)
    ]
    said = template("Nearest to “{word}”, by cosine in all {size} dimensions: {words}.")
    return sentences(
        share, said.given(word=names[embedding.chosen], size=experiment.embedding_size, words=listed(near))
    )


def key(scene: Scene) -> Hashable:
    """See Picture.key."""
    return crc32(_seen(scene).tokens.tobytes()), scene.experiment.embedding_size


def embeds(experiment: Experiment) -> bool:
    """Say whether there is an embedding to see."""
    return experiment.embedding_size > 0 and TASKS[experiment.task].reads_tokens()


EMBEDDING = Picture(
    name="embedding",
    title=N_("Embedding"),
    alt=N_("Scatter plot of words, by the first two principal components of the embedding."),
    caption=caption,
    sentence=sentence,
    arrays=arrays,
    frame=frame,
    needs=("embedding",),
    key=key,
    shown=embeds,
)
