"""Two sequences: one is read, another is written, and attention looks back."""

from rnnviz.language import _
from rnnviz.ui.pairs import page as pairs

pairs.show(
    _("See what it looks at while it writes"),
    _("One network reads a sequence, another writes one: where each word comes from, and what else might be written."),
)
