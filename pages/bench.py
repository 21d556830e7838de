"""The live bench: open the page and a recurrent network is learning."""

from rnnviz.text import _
from rnnviz.ui import bench, page

page.head(
    _("Watch a recurrent network learn"),
    _("A small network is training right now, and every number on this page is read from it."),
)
bench.show()
