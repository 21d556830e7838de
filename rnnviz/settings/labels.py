"""Labels: what a visitor's own values are called."""

from dataclasses import dataclass

from rnnviz.language import BadValue, Text, counted

SERIES_LIMIT = 10_000
"""The most values a visitor's own series may have."""
LABEL_LIMIT = 60
"""The most letters of a name or a date."""


@dataclass(frozen=True)
class Labels:
    """What a series, its index and the values that its forecast shows are called. Plain text: escape it where shown.

    name: what is measured ("passengers"). index: what the dates are ("month"). dates: one for each of those values,
    oldest first, the last for the last; none, if they have none. Raises ValueError for what is too long.
    """

    name: Text = ""
    index: Text = ""
    dates: tuple[str, ...] = ()

    def __post_init__(self):
        texts = [text for text in (self.name, self.index, *self.dates) if isinstance(text, str)]
        if len(self.dates) > SERIES_LIMIT:
            raise BadValue(counted("labels: one date is allowed", "labels: up to {n} dates are allowed", SERIES_LIMIT))
        if any(len(text) > LABEL_LIMIT for text in texts):
            allowed = counted(
                "labels: one letter each is allowed", "labels: up to {n} letters each are allowed", LABEL_LIMIT
            )
            raise BadValue(allowed)


NO_LABELS = Labels()
"""Of values that have no names."""
