"""The bench: settings in the sidebar, the transport, and the live pictures of one run."""

from rnnviz.ui import address, controls, live, page, welcome


def show() -> None:
    """Show the whole bench."""
    visit = page.begin("bench")
    if not visit:
        return
    with visit.bar:
        view = controls.view(visit.experiment)
    address.publish("bench")
    live.BENCH.show(visit.run, view, visit.stopped)
    welcome.show()
