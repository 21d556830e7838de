"""The bench: settings in the sidebar, the transport, and the live pictures of one run."""

from rnnviz.ui.live import board as live
from rnnviz.ui.shell import address, controls, page, welcome


def show(title: str, sentence: str) -> None:
    """Show the whole bench."""
    visit = page.begin("bench", title, sentence)
    if not visit:
        return
    with visit.bar:
        view = controls.view(visit.experiment)
    address.publish("bench", visit.head)
    live.BENCH.show(visit.run, view, visit.stopped)
    welcome.show()
