"""The gradient lab: how sequence length kills a gradient, and what saves it."""

from rnnviz.language import _
from rnnviz.ui.lab import page as lab

lab.show(
    _("Follow the gradient back in time"),
    _("What late errors tell the early steps, in three quantities."),
)
