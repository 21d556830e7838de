"""The gradient lab: how sequence length kills a gradient, and what saves it."""

from rnnviz.language import _
from rnnviz.ui.lab import page as lab

lab.show(
    _("Follow the gradient back in time"),
    _("What the errors of late steps tell the early ones, in three quantities."),
)
