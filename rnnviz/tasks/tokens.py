"""Tokens: a text taken apart, into letters or into words."""

import textwrap
import unicodedata
from collections.abc import Iterable, Sequence

from rnnviz.tasks.typed import WORDS

BLANK = "␣"
"""How a blank that is read is shown."""
ZWJ = "\N{ZERO WIDTH JOINER}"
JOINERS = ZWJ + "\N{ZERO WIDTH NON-JOINER}"
"""What belongs to the letter before it; the first joins the next one to it too."""
WIDE = 90
"""Columns of a row of tokens in a script; some letters are two wide."""


def tidied(text: str) -> str:
    """Return a text with its letters composed, and one blank between words."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def letters(text: str) -> list[str]:
    """Return a text's letters, each with the marks that belong to it; every blank counts as one."""
    found: list[str] = []
    for letter in unicodedata.normalize("NFC", text):
        joined = letter in JOINERS or unicodedata.category(letter).startswith("M")
        if found and (joined or found[-1].endswith(ZWJ)):
            found[-1] += letter
        else:
            found.append(BLANK if letter.isspace() else letter)
    return found


def goes_by_letters(text: str) -> bool:
    """Say whether a text has no words: no blanks, and a script without capitals, as Chinese."""
    return " " not in text and any(unicodedata.category(letter) == "Lo" for letter in text)


def words(text: str) -> list[str]:
    """Return a text's words and marks."""
    return WORDS.findall(unicodedata.normalize("NFC", text))


def numbered(tokens: Iterable[str], vocabulary: tuple[str, ...]) -> list[int]:
    """Return each token's place in the vocabulary."""
    places = {token: n for n, token in enumerate(vocabulary)}
    return [places[token] for token in tokens]


def _quoted(token: str) -> str:
    """Write a token as a script has it, in double quotes where it has none itself."""
    bare = repr(token)
    return bare if '"' in token else '"' + bare[1:-1] + '"'


def written(name: str, tokens: Sequence[str]) -> str:
    """Write tokens for a script as a list, in rows where they are many."""
    one = ", ".join(map(_quoted, tokens))
    if len(one) <= WIDE:
        return f"{name} = [{one}]"
    rows = textwrap.fill(one, WIDE, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False)
    return f"{name} = [\n{rows},\n]  # fmt: skip"
