"""Tokens: a text taken apart, into letters or into words."""

import re
import unicodedata
from collections.abc import Iterable

BLANK = "␣"
"""How a blank that is read is shown."""
WORDS = re.compile(r"\w+(?:['’-]\w+)*|[^\w\s]")
"""A word, which may have a joint inside, or a mark alone."""


def tidied(text: str) -> str:
    """Return a text with its letters composed, and one blank between words."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def letters(text: str) -> list[str]:
    """Return a text's letters, each with the marks that belong to it; a blank counts as one."""
    found: list[str] = []
    for letter in tidied(text):
        if found and unicodedata.category(letter).startswith("M"):
            found[-1] += letter
        else:
            found.append(BLANK if letter == " " else letter)
    return found


def words(text: str) -> list[str]:
    """Return a text's words and marks; its letters, where it has no blanks and its script no capitals, as Chinese."""
    text = tidied(text)
    if " " not in text and any(unicodedata.category(letter) == "Lo" for letter in text):
        return letters(text)
    return WORDS.findall(text)


def numbered(tokens: Iterable[str], vocabulary: tuple[str, ...]) -> list[int]:
    """Return each token's place in the vocabulary."""
    places = {token: n for n, token in enumerate(vocabulary)}
    return [places[token] for token in tokens]


def quoted(token: str) -> str:
    """Write a token as a script has it, in double quotes where it has none itself."""
    written = repr(token)
    return written if '"' in token else '"' + written[1:-1] + '"'
