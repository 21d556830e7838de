"""Race: networks side by side, on the same data and in step."""

from rnnviz.language import _
from rnnviz.ui.race import page as race

race.show(
    _("See which one learns it"),
    _("Up to four networks train here in step, on the same batches: what differs is all that differs."),
)
