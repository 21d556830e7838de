"""Takes the README's pictures: `python tests/browser/screenshot.py` writes one of each page into docs."""

import tempfile
from pathlib import Path

from bench import Bench, launch
from playwright.sync_api import expect, sync_playwright
from server import ROOT, Server

TRAINED = 300
"""Steps after which the picture is taken: the network is good by then, and the curves still tell of it."""

SHRINKING = {"seq_len": 40, "nonlinearity": "tanh", "initialisation": "spectral", "spectral_radius": 0.8}
TRAINING = (
    ("lab", "[data-picture=training]", SHRINKING),
    ("race", "[data-picture=losses]", {"task": "adding"}),
    ("words", "[data-picture=answer]", {"task": "reviews", "cell": "lstm"}),
    ("pairs", "[data-picture=alignment]", {"task": "translate"}),
)
"""Pages of which a picture is taken once the network has learned: name, a picture to wait for, settings."""


def take(bench: Bench, name: str) -> None:
    """Take a picture of what is in the window."""
    bench.page.mouse.move(0, 0)
    bench.page.screenshot(path=ROOT / "docs" / f"{name}.png", animations="disabled")


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        Server(Path(folder) / "output.txt") as server,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright)
        # 1280 x 900 pixels of a window that is a quarter wider and higher.
        page = browser.new_page(viewport={"width": 1600, "height": 1125}, device_scale_factor=0.8, color_scheme="light")
        bench = Bench(page, server.url).open(task="airline", cell="gru", speed="50").reaches(TRAINED).paused()
        take(bench, "bench")
        bench.visit("graph", cell="lstm", seq_len=8, hidden_size=8, speed="50")
        bench.wait("() => document.querySelector('.node.h .value')?.textContent")
        page.locator("[data-act=backward]").click()
        bench.wait("() => document.querySelector('[data-node=h-1-0-4]').classList.contains('now')")
        page.keyboard.press("k")
        take(bench, "graph")
        for name, picture, settings in TRAINING:
            bench.visit(name, speed="50", **settings)
            bench.wait(f"() => document.querySelector('{picture} .main-svg')").reaches(TRAINED).press("Pause")
            expect(bench.button("Play")).to_be_visible()
            take(bench, name)
        assert bench.complaints == []
        browser.close()


if __name__ == "__main__":
    main()
