"""A page nobody has: the loss alone."""

from rnnviz.ui.glance import page as glance  # pyright: ignore[reportMissingImports]

from rnnviz.language import _

glance.show(_("Only the loss"), _("A page made up to see what a new one touches."))
