"""The door: where a message is put into the words of the one who reads it.

Who reads is known where something reaches a reader, a widget, a figure or a socket, and nowhere before. It is a context
variable, so that readers of different languages are answered side by side; it is English until somebody says otherwise.
"""

from contextvars import ContextVar
from dataclasses import dataclass
from gettext import NullTranslations

from rnnviz.language.message import N_, Message, Text, Value


@dataclass(frozen=True)
class Language:
    """A language there is a catalogue of: its code, as a browser names it ("en", "zh-CN"), and the catalogue."""

    code: str
    catalogue: NullTranslations

    def say(self, text: Text) -> str:
        """Return `text` in this language."""
        return text.put(self.catalogue) if isinstance(text, Message) else text


ENGLISH = Language("en", NullTranslations())
LANGUAGES: dict[str, Language] = {ENGLISH.code: ENGLISH}
"""Those a reader can ask for, by their codes."""

reader: ContextVar[Language] = ContextVar("reader", default=ENGLISH)
"""The language of the one who is answered now."""


def say(text: Text) -> str:
    """Return `text` in the reader's language."""
    return reader.get().say(text)


def _(msgid: str, /, **values: Value) -> str:
    """Return a message in the reader's language: `say(N_(...))`, for those who stand at the door."""
    return say(N_(msgid, **values))
