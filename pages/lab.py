"""The gradient lab: how sequence length kills a gradient, and what saves it."""

from rnnviz.text import _
from rnnviz.ui import lab

lab.show(
    _("Follow the gradient back in time"),
    _("What the errors of late steps tell the early ones, in three quantities."),
)
