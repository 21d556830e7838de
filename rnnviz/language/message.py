"""A Message: a sentence and its values, said by whoever has something to say and in no language yet.

The English sentence is the message's name (gettext's msgid); {places} in it are filled with the values when it is said.
Plotly's own places, %{x}, and LaTeX's indices, _{hh}, are left alone. A value may be a number, a message of its own, or
text that is the same in every language: a name, a symbol, what a visitor has typed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from gettext import NullTranslations
from typing import Any

from rnnviz.language.numbers import written

Value = Any
"""What fills a place: Text, Rounded, or a number."""

PLACE = re.compile(r"(?<![%_])\{(\w+)\}")


@dataclass(frozen=True)
class Message:
    """A sentence with its values, as data: it can be compared, hashed, pickled and sent.

    msgid: in English. values: by the name of their place. plural: the sentence for other counts than 1, "" if there is
    none; then `count` decides by the language's rules. open: whether places without a value stay, for whoever fills
    them later. `str` gives it in English; the reader's language is put by `say`.
    """

    msgid: str
    values: tuple[tuple[str, Value], ...] = ()
    plural: str = ""
    count: int = 0
    open: bool = False

    def given(self, **values: Value) -> "Message":
        """Return it with these values too, as far as it has a place for them."""
        places = {*PLACE.findall(self.msgid), *PLACE.findall(self.plural)}
        more = {name: value for name, value in values.items() if name in places}
        return replace(self, values=tuple((dict(self.values) | more).items()))

    def put(self, translations: NullTranslations) -> str:
        """Return it in the language of `translations`. Raises KeyError for a place that has no value."""
        text = (
            translations.ngettext(self.msgid, self.plural, self.count)
            if self.plural
            else translations.gettext(self.msgid)
        )
        values = dict(self.values)

        def fill(place: re.Match[str]) -> str:
            if self.open and place[1] not in values:
                return place[0]
            value = values[place[1]]
            return value.put(translations) if isinstance(value, Message) else _text(value)

        return PLACE.sub(fill, text)

    def __str__(self) -> str:
        return self.put(NullTranslations())

    def __format__(self, _spec: str) -> str:
        raise TypeError("a message is no part of a text: give it to another as a value, or say it to its reader")


Text = Message | str
"""A message, or what is the same in every language: a name, a symbol, a visitor's own words, nothing."""


def _text(value: Value) -> str:
    return value if isinstance(value, str) else written(value)


def N_(msgid: str, /, **values: Value) -> Message:  # noqa: N802 (gettext's own name for this marker)
    """Return a message, to be said where its reader is known."""
    return Message(msgid, tuple(values.items()))


def counted(one: str, many: str, n: int, /, **values: Value) -> Message:
    """Return the message for `n` things: `one` and `many` are its English forms, and {n} in them is the number."""
    return Message(one, (("n", n), *values.items()), many, n)


def template(msgid: str, /) -> Message:
    """Return a message whose places are filled later: by `Message.given`, or in the browser."""
    return Message(msgid, open=True)


def sentences(*said: Text | None) -> Text:
    """Return those that are said one after the other; "" if none is."""
    first, *rest = [text for text in said if text] or [""]
    for following in rest:
        first = N_("{sentence} {following}", sentence=first, following=following)
    return first


def listed(things: Sequence[Text], last: Message | None = None) -> Text:
    """Return things in a row: "a, b, c"; "" if there are none. last: how the last is joined to the others, as by OR."""
    if not things:
        return ""
    first, *rest = things
    for place, following in enumerate(rest, 1):
        joint = last if last and place == len(rest) else template("{things}, {next}")
        first = joint.given(things=first, next=following)
    return first


OR = template("{things} or {next}")


class Said(Exception):
    """An error that tells a reader something: as a message, and in English where it is printed."""

    def __init__(self, message: Message):
        super().__init__(message)
        self.message = message


class BadValue(Said, ValueError):
    """What was given is none of what is allowed."""
