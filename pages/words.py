"""Words: the sequence as text, and what the network makes of it, word by word."""

from rnnviz.language import _
from rnnviz.ui.words import page as words

words.show(
    _("See how it reads, word by word"),
    _("What the network that is training right now makes of each word, and which of them decide."),
)
