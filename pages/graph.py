"""The unrolled graph: the same cell at every step, with its numbers."""

from rnnviz.language import _
from rnnviz.ui.graph import page as unrolled

unrolled.show(
    _("See the same cell at every step"),
    _("The network that is training right now, unrolled in time, with its own numbers."),
)
