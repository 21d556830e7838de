"""A language that no word escapes: in it every message stands in ⟦ ⟧, so what stands outside was said past the door."""

import re
from gettext import NullTranslations

from rnnviz.language import Language, Text


class Pseudo(Language):
    """English, each message in brackets; those that are values of another stand in its brackets."""

    def say(self, text: Text) -> str:
        said = super().say(text)
        return said if isinstance(text, str) else f"⟦{said}⟧"


PSEUDO = Pseudo("xx", NullTranslations())
NAMES = re.compile(r"rnnviz|RNN|GRU|LSTM|minGRU|Adam|SGD|tanh|relu|sigmoid|csv|txt|tsv|BPTT|RTRL", re.IGNORECASE)
"""What is called so in every language: cells, functions, optimizers, symbols, the endings of files."""


def escaped(text: str, names: tuple[str, ...] = ()) -> list[str]:
    """The words of `text` outside of all brackets. names: words of the data, which are no sentences."""
    while (inner := re.sub(r"⟦[^⟦⟧]*⟧", " ", text)) != text:
        text = inner
    text = re.sub(r"%\{[^}]*\}|<[^>]*>|:material/\w+:|https?://\S+", " ", text)
    known = set(re.findall(r"\w+", " ".join(names)))
    return [word for word in re.findall(r"[^\W\d_]{3,}", NAMES.sub(" ", text)) if word not in known]
