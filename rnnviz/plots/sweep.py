"""The learning sweep as a heat map: how well each cell has learned each length of sequence."""

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import Protocol

import plotly.graph_objects as go

from rnnviz.language import N_, Message, Text, _, counted, listed, say
from rnnviz.plots.picture import HEAT, canvas
from rnnviz.settings.experiment import Experiment

LEARNED = 0.9
"""The mean score from which on a length counts as learned."""
WHITE_BELOW = 0.47
"""Scores below this stand on colours on which white is easier to read than black."""
NUMBERS = 20
"""Size of the numbers in the cells: they are read from the back of a room."""
ROW, AROUND = 70, 80
"""Pixels a cell's row is high, and those of the margins above and below."""


class Outcome(Protocol):
    """What one training has come to."""

    @property
    def score(self) -> float:
        """From 0 to 1."""
        ...

    @property
    def diverged(self) -> bool:
        """Whether training broke off, which is why the score is 0."""
        ...


Outcomes = Mapping[tuple[str, int, int], Outcome]
"""By cell, length and seed; what has not come yet is not in it."""


def figure(outcomes: Outcomes, cells: Sequence[str], lengths: Sequence[int]) -> go.Figure:
    """Draw the mean score over the seeds, a row per cell and a column per length; what has not come stays empty."""
    means = [[_mean(outcomes, cell, length) for length in lengths] for cell in cells]
    names, columns = [say(_name(cell)) for cell in cells], [str(length) for length in lengths]
    map_ = go.Heatmap(
        x=columns,
        y=names,
        z=means,
        zmin=0,
        zmax=1,
        colorscale=HEAT,
        xgap=3,
        ygap=3,
        customdata=[[_details(outcomes, cell, length) for length in lengths] for cell in cells],
        hovertemplate="%{customdata}<extra></extra>",
        hoverongaps=False,
        colorbar={
            "title_text": _("score"),
            "thickness": 14,
            "outlinewidth": 0,
            "tickvals": [0, 0.5, 1],
            "tickfont_size": 14,
        },
    )
    known = [
        (column, name, mean)
        for name, row in zip(names, means, strict=True)
        for column, mean in zip(columns, row, strict=True)
        if not math.isnan(mean)
    ]
    numbers = go.Scatter(
        x=[column for column, _name, _mean in known],
        y=[name for _column, name, _mean in known],
        text=[f"{mean:.2f}" for _column, _name, mean in known],
        mode="text",
        textfont={
            "size": NUMBERS,
            "color": ["white" if mean < WHITE_BELOW else "black" for _column, _name, mean in known],
        },
        showlegend=False,
        hoverinfo="skip",
    )
    category = {"type": "category", "showgrid": False, "tickfont_size": 16}
    return canvas(
        [map_, numbers],
        x=category
        | {"title_text": _("sequence length"), "categoryarray": columns, "range": [-0.5, len(columns) - 0.5]},
        y=category | {"categoryarray": names, "range": [len(names) - 0.5, -0.5]},
        height=ROW * len(cells) + AROUND,
        hovermode="closest",
        margin={"l": 66, "r": 80, "t": 12, "b": 68, "autoexpand": False},
    )


def sentence(outcomes: Outcomes, cells: Sequence[str], lengths: Sequence[int]) -> Message:
    """Say up to which length each cell has learned, by the outcomes so far."""
    parts = []
    for cell in cells:
        known = [(length, mean) for length in lengths if not math.isnan(mean := _mean(outcomes, cell, length))]
        learned = [length for length, mean in known if mean >= LEARNED]
        if learned:
            longest = max(learned)
            parts.append(counted("{cell} one step", "{cell} {n} steps", longest, cell=_name(cell)))
        elif known:
            parts.append(N_("{cell} none", cell=_name(cell)))
    if not parts:
        return N_("No result yet.")
    return N_(
        "Of those trained, the longest sequences learned to a mean score of {score} or more: {cells}.",
        score=LEARNED,
        cells=listed(parts),
    )


def _scores(outcomes: Outcomes, cell: str, length: int) -> dict[int, Outcome]:
    """Return the outcomes of one square, by seed."""
    return {key[2]: outcome for key, outcome in sorted(outcomes.items()) if key[:2] == (cell, length)}


def _mean(outcomes: Outcomes, cell: str, length: int) -> float:
    scores = [outcome.score for outcome in _scores(outcomes, cell, length).values()]
    return statistics.fmean(scores) if scores else math.nan


def _details(outcomes: Outcomes, cell: str, length: int) -> str:
    squares = _scores(outcomes, cell, length)
    about = counted(
        "{cell}, length {length}: one seed",
        "{cell}, length {length}: {n} seeds",
        len(squares),
        cell=_name(cell),
        length=length,
    )
    lines = [say(about)]
    for seed, outcome in squares.items():
        score = N_("diverged, counted as 0") if outcome.diverged else f"{outcome.score:.2f}"
        lines.append(_("seed {seed}: {score}", seed=seed, score=score))
    return "<br>".join(lines)  # a line each, as in a list


def _name(cell: str) -> Text:
    return Experiment.SETTINGS["cell"].options[cell]  # pyright: ignore[reportAttributeAccessIssue]
