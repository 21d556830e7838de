"""A page of a server of its own, watched in a browser of its own."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.live import FLAGS, open_page
from benchmarks.table import Row, report
from tests.browser.server import Server


def watch(path: str, measure: Callable[[Page], list[Row]]) -> int:
    """Print what `measure` finds on the page at `path`; return 1 if a bar is missed."""
    load = os.getloadavg()
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "output.txt") as server:
        server.idle_after()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            rows = measure(open_page(browser, f"{server.url}/{path}"))
            browser.close()
        print(*server.complaints, sep="\n")
    report(rows, load)
    return any(row.met is False for row in rows)
