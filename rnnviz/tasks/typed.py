"""What a visitor types, as tokens of a vocabulary."""

import functools
import re

from rnnviz.language import Text

WORDS = re.compile(r"\w+(?:['’-]\w+)*|[^\w\s]")
"""A word, which may have a joint inside, or a mark alone."""
LONGEST = 500
"""How many tokens of a text are read at the most."""


def typed(text: str, vocabulary: tuple[Text, ...], unknown: int) -> list[tuple[str, int]]:
    """Return the words of a text as they are written, or its letters where these are the vocabulary, each with its
    token; unknown: that of what is not among them. Small letters stand for capitals where there are no such words."""
    places = _places(vocabulary)
    letters = all(len(name) == 1 for name in places)
    parts: list[str] = []
    for chunk in text.split():
        known = chunk in places or chunk.casefold() in places
        parts += [chunk] if known else list(chunk) if letters else WORDS.findall(chunk)
    return [(part, places.get(part, places.get(part.casefold(), unknown))) for part in parts]


@functools.lru_cache(maxsize=8)
def _places(vocabulary: tuple[Text, ...]) -> dict[str, int]:
    names = [str(name) for name in vocabulary]
    return {name.casefold(): n for n, name in enumerate(names)} | {name: n for n, name in enumerate(names)}
