"""The words of two sequences, the source that is read and the target that is written: at ticks, over a point."""

from collections.abc import Hashable, Sequence
from html import unescape
from typing import Any
from unicodedata import east_asian_width
from zlib import crc32

import numpy as np

from rnnviz.language import Text, _, say
from rnnviz.plots.cursor import SOURCE, TARGET, counts
from rnnviz.plots.picture import shown_label, steps, steps_axis
from rnnviz.plots.words import LETTERS
from rnnviz.scene import Scene
from rnnviz.snapshot import Indices, Source
from rnnviz.tasks import task_of

ROOM, LETTER, WIDE_LETTER = 240, 8, 14
"""Pixels a narrow map has for the source's ticks, and what a letter takes, about; and a Chinese one."""
HIGH = 420
"""A map's height, in pixels."""
LONGEST = 12
"""Letters of a tick; a longer word is cut."""


def source_of(scene: Scene) -> Source:
    """Return the source of a scene that has one."""
    source = scene.snapshot.trace.source
    assert source
    return source


def read(scene: Scene) -> list[str]:
    """Return the word of each source step, (S,)."""
    return _named(source_of(scene).tokens, task_of(scene.experiment).source_vocabulary)


def written(scene: Scene) -> list[str]:
    """Return the word that is to be written at each target step, (T,)."""
    return _named(_right(scene), task_of(scene.experiment).classes or ())


def _right(scene: Scene) -> Indices:
    return np.asarray(scene.snapshot.trace.targets.argmax(axis=-1))


def _named(tokens: Indices, names: Sequence[Text]) -> list[str]:
    return [shown_label(say(names[token]), LETTERS) for token in tokens.tolist()]


def key(scene: Scene) -> Hashable:
    """Return what both depend on beside the task and the reader."""
    said = source_of(scene).tokens, _right(scene)
    return tuple((len(tokens), crc32(np.ascontiguousarray(tokens).tobytes())) for tokens in said)


def quoted(words: Sequence[str]) -> list[str]:
    """Return words in quotes."""
    return [_("“{word}”", word=word) for word in words]


def pairs(scene: Scene) -> list[list[tuple[str, str]]]:
    """Return for each cell of a map, (T, S), the word that is to be written and the one that is read."""
    return [[(target, source) for source in quoted(read(scene))] for target in quoted(written(scene))]


def both(scene: Scene) -> dict[str, Any]:
    """Return what a map of target (rows) by source (columns) says of its axes: which steps they count, their words."""
    target, source = quoted(written(scene)), quoted(read(scene))
    time = counts("y", TARGET, len(target)) | counts("x", SOURCE, len(source))
    return {"time": time, "places": {"x": source, "y": target}}


def over_source(scene: Scene) -> dict[str, Any]:
    """Return the same of a figure whose x axis counts the source's steps."""
    source = quoted(read(scene))
    return {"time": counts("x", SOURCE, len(source)), "places": {"x": source}}


def ticked(words: Sequence[str]) -> dict[str, Any]:
    """Return an axis over these words, one of which stands at each tick."""
    cut = [word if len(word) <= LONGEST else f"{word[: LONGEST - 1]}…" for word in words]
    return {"tickmode": "array", "tickvals": steps(len(words)), "ticktext": cut, "showgrid": False}


def source_axis(scene: Scene) -> dict[str, Any]:
    """Return the axis of the source's steps, with words at its ticks if they fit."""
    words = read(scene)
    axis = steps_axis(len(words), _("step s of the source"))
    return axis | (ticked(words) if sum(map(width, words)) + LETTER * len(words) <= ROOM else {})


def axes(scene: Scene) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Return the axes of a map of target (rows, from top to bottom) by source (columns), and the margins they need."""
    source, target = ticked(read(scene)), ticked(written(scene))
    widest = max(map(width, source["ticktext"]))
    slanted = widest > WIDE_LETTER and len(source["ticktext"]) * (widest + LETTER) > ROOM
    x = (
        source
        | {
            "title_text": _("source, which is read"),
            "range": [0.5, len(source["ticktext"]) + 0.5],
        }
        | ({"tickangle": -60, "tickfont_size": 12} if slanted else {"tickangle": 0})
    )
    y = target | {"title_text": _("target, which is written"), "range": [len(target["ticktext"]) + 0.5, 0.5]}
    left, below = 34 + max(map(width, target["ticktext"])), 46 + slanted * int(0.8 * widest)
    return x, y, {"l": left, "r": 66, "t": 12, "b": below, "autoexpand": False}


def width(label: str) -> int:
    """Return how many pixels a label takes, about."""
    return sum(WIDE_LETTER if east_asian_width(letter) in "WF" else LETTER for letter in unescape(label))
