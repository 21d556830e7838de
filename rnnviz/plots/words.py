"""Words beside the numbers of the time steps, where a network reads words: over a point, at a tick, in a table."""

from collections.abc import Hashable, Sequence
from typing import Any
from zlib import crc32

from rnnviz.language import N_, Message, _, say, template
from rnnviz.plots.cursor import TARGET, counts
from rnnviz.plots.picture import DARK_GREY, GREY, shown_label, steps, steps_axis
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Indices
from rnnviz.tasks import TASKS, task_of

LETTERS = 24
"""How long a word may be before it is cut."""
ROOM, LETTER = 220, 8
"""Pixels a narrow picture has for its ticks, and what a letter takes, about."""

DECODERS = N_("These steps are the decoder's, which writes; those of the encoder have pictures of their own.")
STEP, NAMED_STEP = N_("step %{x}"), template("step %{x:d} ({word})")
"""Which time step a point is of, without words and with them."""


def words(scene: Scene) -> list[str] | None:
    """Return the word each time step reads, "" where it reads none; None of a network that reads numbers."""
    tokens, vocabulary = scene.snapshot.trace.tokens, task_of(scene.experiment).vocabulary
    if tokens is None or vocabulary is None:
        return None
    return [shown_label(say(vocabulary[token]), LETTERS) if token >= 0 else "" for token in tokens]


def writes(experiment: Experiment) -> bool:
    """Say whether the time steps are those of a target, which is written after a source was read."""
    return bool(TASKS[experiment.task].source_vocabulary)


def words_key(scene: Scene) -> Hashable:
    """Return what `words` depends on beside the task and the reader."""
    tokens = scene.snapshot.trace.tokens
    return None if tokens is None else (len(tokens), crc32(tokens.tobytes()), scene.experiment.phrase)


def quoted(scene: Scene) -> list[str] | None:
    """Return what is said of each time step: its word in quotes."""
    read, padded = words(scene), padded_steps(scene)
    if read is None:
        return None
    said = [_("“{word}”", word=word) if word else _("nothing is read") for word in read]
    return [_("padding")] * padded + said[padded:]


def at_step(scene: Scene, where: str = "customdata") -> Message:
    """Return which time step a point is of, in a trace that `points` or `cells` were given to."""
    return NAMED_STEP.given(word=f"%{{{where}}}") if words(scene) else STEP


def points(scene: Scene, at: Indices | None = None) -> dict[str, Any]:
    """Return what a line over the time steps, or those at these indices, is given beside its values."""
    said = quoted(scene)
    if not said:
        return {}
    return {"customdata": said if at is None else [said[t] for t in at]}


def cells(scene: Scene, rows: int, where: str = "customdata") -> dict[str, Any]:
    """Return what a map of so many rows over the time steps is given beside its values, under the name `where`."""
    said = quoted(scene)
    return {where: [said] * rows} if said else {}


def time_axis(scene: Scene) -> dict[str, Any]:
    """Return the axis of the time steps, with words at its ticks if they fit."""
    count = len(scene.snapshot.trace.losses)
    title = _("step t of the target") if writes(scene.experiment) else _("time step t")
    read, axis = words(scene), steps_axis(count, title)
    if not read:
        return axis
    ticks = [f"{t} {word}".strip() for t, word in enumerate(read, 1)]
    return axis | named(ticks)


def named(ticks: Sequence[str]) -> dict[str, Any]:
    """Return what an axis of the time steps is given for these words at its ticks: nothing if they don't fit."""
    if (sum(map(len, ticks)) + len(ticks)) * LETTER > ROOM:
        return {}
    return {"tickmode": "array", "tickvals": steps(len(ticks)), "ticktext": list(ticks)}


def padded_steps(scene: Scene) -> int:
    """Return at how many time steps, the first ones, there stands padding."""
    tokens, padding = scene.snapshot.trace.tokens, task_of(scene.experiment).padding
    return 0 if tokens is None or padding is None else int((tokens == padding).sum())


def over_time(scene: Scene, axis: str, shapes: Sequence[dict[str, Any]] = (), also: str = "") -> dict[str, Any]:
    """Return the layout of a figure whose `axis` ("x" or "y") counts time steps: that it does, their words, for its
    table, and where there is padding. shapes: what else is drawn into it. also: another axis that counts them."""
    count = len(scene.snapshot.trace.losses)
    time = {letter: place for name in (axis, also) if name for letter, place in counts(name, TARGET, count).items()}
    layout: dict[str, Any] = {"shapes": [*shapes], "meta": {"time": time}}
    if said := quoted(scene):
        layout["meta"]["places"] = {axis: said}
    if padded := padded_steps(scene):
        other = "y" if axis == "x" else "x"
        across = {f"{other}ref": "paper", f"{other}0": 0, f"{other}1": 1, "line_color": GREY}
        end = {f"{axis}1": padded + 0.5, "line_dash": "dot"}
        layout["shapes"] += [
            {"type": "rect", "layer": "below", "fillcolor": GREY, "opacity": 0.25, f"{axis}0": 0.5} | across | end,
            {"type": "line", f"{axis}0": padded + 0.5} | across | end,
        ]
        place = {"x": 0.5, "y": 1, "yref": "paper"} if axis == "x" else {"x": 0, "y": 0.5, "xref": "paper"}
        layout["annotations"] = [
            {
                "text": _("padding"),
                "xanchor": "left",
                "yanchor": "top" if axis == "x" else "bottom",
                "showarrow": False,
                "bgcolor": DARK_GREY,
                "font": {"color": "white", "size": 12},
            }
            | place
        ]
    return layout
