"""Words as data: what is said travels as a Message, and becomes a sentence where its reader is known."""

from rnnviz.language.door import LANGUAGES, Language, _, reader, say
from rnnviz.language.message import N_, OR, BadValue, Message, Said, Text, counted, listed, sentences, template
from rnnviz.language.numbers import Rounded, short

__all__ = [
    "LANGUAGES",
    "N_",
    "OR",
    "BadValue",
    "Language",
    "Message",
    "Rounded",
    "Said",
    "Text",
    "_",
    "counted",
    "listed",
    "reader",
    "say",
    "sentences",
    "short",
    "template",
]
