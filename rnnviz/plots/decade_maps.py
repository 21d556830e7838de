"""Maps of sizes over many powers of ten, coloured by their logarithm; zeros and overflows have their own colours."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from rnnviz.language import N_, Message, Text, _
from rnnviz.plots.picture import GREY, HEAT, VERMILION
from rnnviz.snapshot import Array, Indices

DRAWN = 100
"""Up to how many rows and columns of a map are drawn; of more, every second, third ... one."""
DECADES = 12
"""Powers of ten from the brightest colour down to the darkest."""


def thinned(indices: Indices) -> Indices:
    """Return which of these rows or columns are drawn, the last among them."""
    return indices[::-1][:: -(-len(indices) // DRAWN) or 1][::-1]


def decade_map_arrays(norms: Array, largest: float | None = None) -> list[dict[str, Any]]:
    """Return the arrays of the traces of `decade_map`: powers of ten, then where a norm is 0, then overflowed.

    largest: what has the brightest colour, about; the largest of them, if None.
    """
    drawn = np.isfinite(norms) & (norms > 0)
    decades = np.full(norms.shape, np.nan, np.float32)
    decades[drawn] = np.log10(norms[drawn])
    most = norms[drawn].max(initial=0.0) if largest is None else largest
    top = float(np.ceil(np.log10(most))) if most > 0 else 0.0
    marks = np.arange(top - DECADES, top + 1, 3)
    names = [f"{'≤ ' if i == 0 else ''}10<sup>{mark:.0f}</sup>" for i, mark in enumerate(marks)]
    ticks = {"colorbar.tickvals": marks, "colorbar.ticktext": names}
    special = [np.where(where, 1, np.nan).astype(np.float32) for where in (norms == 0, np.isinf(norms))]
    return [{"z": decades, "zmin": top - DECADES, "zmax": top, **ticks}, *({"z": z} for z in special)]


def decade_map(place: Message) -> list[go.Heatmap]:
    """Return the traces of a map. place: what is said of the place one points at."""

    def hover(value: Text) -> str:
        return _("{place}: {value}<extra></extra>", place=place, value=value)

    bar = {"thickness": 14, "outlinewidth": 0}
    special = [
        go.Heatmap(
            zmin=0,
            zmax=1,
            colorscale=[[0, colour], [1, colour]],
            showscale=False,
            hovertemplate=hover(words),
        )
        for colour, words in ((GREY, N_("exactly 0")), (VERMILION, N_("too large for float32")))
    ]
    return [
        go.Heatmap(colorscale=HEAT, colorbar=bar, hovertemplate=hover("10^%{z:.2f}")),
        *special,
    ]
