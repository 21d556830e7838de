"""The bench: settings in the sidebar, the transport, and the live pictures of one run."""

from rnnviz.ui import address, controls, live, page


def show() -> None:
    """Show the whole bench."""
    begun = page.begin("bench")
    if not begun:
        return
    experiment, handle, stopped = begun
    view = controls.view(experiment)
    address.publish("bench")
    live.BENCH.show(handle, view, stopped)
