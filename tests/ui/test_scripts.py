"""The browser's modules: what is served of them, and that all they import is."""

import re

import loops
import pytest
from starlette.applications import Starlette

from rnnviz.settings.experiment import Experiment
from rnnviz.ui import scripts

ENTRIES = ("live/live.js", "graph/unrolled.js", "shell/welcome.js")


def get(path: str) -> tuple[int, dict[str, str], bytes]:
    """Ask for a path: status, headers, body."""
    sent = []

    async def receive():
        return {"type": "http.request"}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": [(b"host", b"here")]}
    loops.run(Starlette(routes=[scripts.ROUTE])(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, sent[1]["body"]


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_component_s_module_is_served_with_all_it_imports(entry):
    for module in scripts.needed(entry):
        status, headers, body = get(scripts.address(module))
        assert status == 200
        assert headers["content-type"].startswith("text/javascript")
        assert "immutable" in headers["cache-control"]
        assert body == (scripts.HERE / module).read_bytes()


def test_every_module_is_needed_by_a_component():
    there = {path.relative_to(scripts.HERE).as_posix() for path in scripts.HERE.rglob("*.js")}
    assert there == {"live/entry.js"}.union(*map(scripts.needed, ENTRIES))


@pytest.mark.parametrize("path", ["scripts.py", "../app.py", "live/live.css", "live/nothing.js", ""])
def test_nothing_else_is(path):
    assert get(f"{scripts.PATH}/{path}")[0] == 404


CELLS = Experiment.SETTINGS["cell"].options  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("cell", CELLS)
def test_no_module_knows_a_cell_by_name(cell):
    texts = {path: path.read_text() for path in scripts.HERE.rglob("*.js")}
    assert [path for path, text in texts.items() if re.search(rf"\b{cell}\b", text, re.IGNORECASE)] == []
