"""The live bench: open the page and a recurrent network is learning."""

from rnnviz.language import _
from rnnviz.ui.bench import page as bench

bench.show(
    _("Watch a recurrent network learn"),
    _("Every number is read from the small network that trains here."),
)
