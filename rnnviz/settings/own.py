"""A visitor's own data: how much of it is taken."""

import math

from rnnviz.language import N_, BadValue, counted
from rnnviz.settings.labels import SERIES_LIMIT

CORPUS_LIMIT = 200_000
"""The most bytes a visitor's own text may have, in UTF-8."""


def check(series: tuple[float, ...], corpus: str) -> None:
    """Raise BadValue for a series or a text that is too long, and for values that are no numbers."""
    if len(series) > SERIES_LIMIT:
        sentence = counted(
            "series has one value: allowed are up to {most}",
            "series has {n} values: allowed are up to {most}",
            len(series),
            most=SERIES_LIMIT,
        )
        raise BadValue(sentence)
    if not all(map(math.isfinite, series)):
        raise BadValue(N_("series: every value must be a finite number"))
    if len(corpus) > CORPUS_LIMIT or len(corpus.encode("utf-8", "surrogatepass")) > CORPUS_LIMIT:
        raise BadValue(N_("The text is too long: allowed are up to {most} bytes.", most=CORPUS_LIMIT))
