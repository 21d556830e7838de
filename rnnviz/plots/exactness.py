"""How much of what is held out is written right: whole targets by the source's length, tokens by their origin in it."""

from collections.abc import Hashable

import plotly.graph_objects as go

from rnnviz.language import N_, Message, Rounded, Text, _
from rnnviz.plots.picture import BLUE, VERMILION, Arrays, Picture, canvas, whole_numbers
from rnnviz.plots.words import writes
from rnnviz.scene import Scene
from rnnviz.snapshot import Array, Exactness, Indices

ENDS = 3
"""From how many positions on it is said how the first and the last differ."""


def _seen(scene: Scene) -> Exactness:
    exactness = scene.snapshot.exactness
    assert exactness
    return exactness


def _share(x: Indices, right: Array, counts: Indices) -> Arrays:
    return [{"x": x, "y": 100 * right, "text": [str(count) for count in counts.tolist()]}]


def _figure(x: Indices, title: str, share: str, colour: str, hover: str, *, counted: bool) -> go.Figure:
    first, last = (int(x.min()), int(x.max())) if len(x) else (1, 1)
    line = go.Scatter(
        mode="lines+markers+text" if counted else "lines+markers",
        textposition="top center",
        textfont_size=11,
        cliponaxis=False,
        line={"color": colour, "width": 3},
        marker={"size": 7},
        showlegend=False,
        hovertemplate=hover + "<extra></extra>",
    )
    return canvas(
        [line],
        x={"title_text": title, "range": [first - 0.5, last + 0.5]} | whole_numbers(last - first + 1),
        y={"title_text": share, "range": [-3, 112], "tickvals": [0, 50, 100], "ticktext": ["0%", "50%", "100%"]},
        hovermode="closest",
    )


def _length_arrays(scene: Scene) -> Arrays:
    seen = _seen(scene)
    return _share(seen.lengths, seen.exact, seen.counts)


def _length_frame(scene: Scene) -> go.Figure:
    hover = _("sources of length %{x}: %{y:.0f}% of %{text} right in full")
    title, share = _("length of the source"), _("right in full")
    return _figure(_seen(scene).lengths, title, share, BLUE, hover, counted=True)


def _length_sentence(scene: Scene) -> Message:
    return N_(
        "Of sources that are held out, by their length: how many have their whole target written right, END included, "
        "always taking the likeliest token. The small numbers say how many sources there are of each length."
    )


def _length_key(scene: Scene) -> Hashable:
    return tuple(_seen(scene).lengths.tolist())


def _position_arrays(scene: Scene) -> Arrays:
    seen = _seen(scene)
    return _share(seen.positions, seen.right, seen.asked)


def _position_frame(scene: Scene) -> go.Figure:
    hover = _("source step %{x}: %{y:.0f}% right, of %{text}")
    title, share = _("position in the source"), _("right tokens")
    return _figure(_seen(scene).positions, title, share, VERMILION, hover, counted=False)


def _position_sentence(scene: Scene) -> Message:
    return N_(
        "Of the tokens that are made of one source token alone: how many are right, each written after the right ones "
        "before it (teacher forcing), by where that one stands in the source. Whether the first or the last are lost "
        "depends on the order in which they are written, too."
    )


def _position_key(scene: Scene) -> Hashable:
    return tuple(_seen(scene).positions.tolist())


def positions_note(exactness: Exactness) -> Text:
    """Say which end of the source is lost more, as the network is now; "" where there are few positions."""
    if len(exactness.positions) < ENDS:
        return ""
    first, last = (Rounded(100 * float(exactness.right[i]), 3) for i in (0, -1))
    return N_(
        "Now: {first} % right of what stands first in a source, {last} % of what stands at position {end}.",
        first=first,
        last=last,
        end=int(exactness.positions[-1]),
    )


LENGTHS = Picture(
    name="lengths",
    title=N_("Right in full, by length"),
    alt=N_("Line chart of the share of sources whose target is written right in full, by the source's length."),
    sentence=_length_sentence,
    arrays=_length_arrays,
    frame=_length_frame,
    needs=("exactness",),
    key=_length_key,
    shown=writes,
)
POSITIONS = Picture(
    name="positions",
    title=N_("Right tokens, by position"),
    alt=N_("Line chart of the share of right tokens, by the position in the source of what they are made of."),
    sentence=_position_sentence,
    arrays=_position_arrays,
    frame=_position_frame,
    needs=("exactness",),
    key=_position_key,
    shown=writes,
)
