"""The page as AppTest runs it, opened with something in its address."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from streamlit.testing.v1 import AppTest

from rnnviz.settings.experiment import Experiment

MAIN = "../rnnviz/ui/main.py"
SHARED = ("readout", "scrubber")
"""Components of every page, by the ends of their names."""
KINDS_OF_WIDGETS = (
    "button",
    "button_group",
    "selectbox",
    "slider",
    "select_slider",
    "toggle",
    "number_input",
    "text_input",
    "text_area",
    "file_uploader",
)


def page(**query: str) -> AppTest:
    """The page as somebody finds it who opens it with these parameters in the address."""
    app = AppTest.from_file(MAIN, default_timeout=30)
    for name, text in query.items():
        app.query_params[name] = text
    return run(app)


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def socket(app: AppTest) -> str:
    """The address at which the page's live pictures ask for their frames."""
    return json.loads(components(app)[0].proto.json)["socket"]


def components(app: AppTest) -> list[Any]:
    """The page's own components: all but those that are on every page."""
    return [found for found in app.get("bidi_component") if not found.proto.component_name.endswith(SHARED)]


def widgets(app: AppTest) -> dict[str, str]:
    """The help of every widget on the page, by its key or label."""
    found = {}
    for kind in KINDS_OF_WIDGETS:
        for element in app.get(kind):
            proto: Any = getattr(element, "proto", element)
            found[element.key or proto.label] = proto.help
    return found


@cache
def seen(**query: str) -> dict[str, str]:
    """The help of every widget on a page opened with these parameters; a page is opened once for all who only look."""
    return widgets(page(**query))


def widget(app: AppTest, name: str) -> Any:
    return app.get_by_key(name)


def chosen(app: AppTest) -> Experiment:
    """What is being trained."""
    return app.session_state["run"].orders.experiment


def series(rows: int) -> bytes:
    return ("value\n" + "\n".join(str(i % 7) for i in range(rows))).encode()


def _run_of(script: Callable[[], None], query: dict[str, str]) -> AppTest:
    app = AppTest.from_function(script, default_timeout=30)
    for name, text in query.items():
        app.query_params[name] = text
    return run(app)


def lab(**query: str) -> AppTest:
    """Open the gradient lab, at an address with these settings."""

    def script():
        from rnnviz.ui.lab import page

        page.show("Title", "Sentence.")

    return _run_of(script, query)


def words(**query: str) -> AppTest:
    """Open the page of words, at an address with these settings."""

    def script():
        from rnnviz.ui.words import page

        page.show("Title", "Sentence.")

    return _run_of(script, query)


def pairs(**query: str) -> AppTest:
    """Open the page of two sequences, at an address with these settings."""

    def script():
        from rnnviz.ui.pairs import page

        page.show("Title", "Sentence.")

    return _run_of(script, query)


def race(**query: str) -> AppTest:
    """Open the page of a race, at an address with these settings."""

    def script():
        from rnnviz.ui.race import page

        page.show("Title", "Sentence.")

    return _run_of(script, query)
