"""Takes the README's pictures: `python tests/browser/screenshot.py` writes those of the four pages into docs."""

import tempfile
from pathlib import Path

from bench import Bench, launch
from playwright.sync_api import sync_playwright
from server import ROOT, Server

TRAINED = 300
"""Steps after which the picture is taken: the network is good by then, and the curves still tell of it."""


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
        page.mouse.move(0, 0)
        page.screenshot(path=ROOT / "docs" / "bench.png", animations="disabled")
        bench.visit("graph", cell="lstm", seq_len=8, hidden_size=8, speed="50")
        bench.wait("() => document.querySelector('.node.h .value')?.textContent")
        page.locator("[data-act=backward]").click()
        bench.wait("() => document.querySelector('[data-node=h-1-0-4]').classList.contains('now')")
        page.keyboard.press("k")
        page.mouse.move(0, 0)
        page.screenshot(path=ROOT / "docs" / "graph.png", animations="disabled")
        bench.visit("lab", seq_len=40, nonlinearity="tanh", initialisation="spectral", spectral_radius=0.8, speed="50")
        bench.wait("() => document.querySelector('[data-picture=training] .main-svg')").reaches(TRAINED).press("Pause")
        page.mouse.move(0, 0)
        bench.rests()
        page.screenshot(path=ROOT / "docs" / "lab.png", animations="disabled")
        bench.visit("words", task="reviews", cell="lstm", speed="50")
        bench.wait("() => document.querySelector('[data-picture=answer] .main-svg')").reaches(TRAINED).press("Pause")
        page.mouse.move(0, 0)
        bench.rests()
        page.screenshot(path=ROOT / "docs" / "words.png", animations="disabled")
        assert bench.complaints == []
        browser.close()


if __name__ == "__main__":
    main()
