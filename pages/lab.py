"""The gradient lab: how sequence length kills a gradient, and what saves it."""

from rnnviz.text import _
from rnnviz.ui import lab, page

page.head(
    _("Follow the gradient back in time"),
    _("What the errors of late steps tell the early ones, in three quantities."),
)
lab.show()
