"""Two sequences: one is read, another is written, and attention looks back."""

from rnnviz.language import _
from rnnviz.ui.pairs import page as pairs

pairs.show(
    _("See what it looks at while it writes"),
    _("One network reads, another writes: where each word comes from, and what else it might be."),
)
