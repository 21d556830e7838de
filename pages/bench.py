"""The live bench: open the page and a recurrent network is learning."""

from rnnviz.text import _
from rnnviz.ui import bench

bench.show(
    _("Watch a recurrent network learn"),
    _("Every number on this page is read from the small network that is training here."),
)
