"""The scrubber in headless Chromium: a film of two hundred kept moments, how many of them reach the screen a second.

`python -m benchmarks.scrub [cell]`. Counted inside the page: moments for which every picture has been drawn.
"""

import os
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Page, sync_playwright

from benchmarks.live import FLAGS, open_page
from benchmarks.table import Row, at_least, at_most, report
from rnnviz.cost import weights
from rnnviz.moment import BUDGET, most_kept
from rnnviz.settings.experiment import Experiment
from tests.browser.server import Server

NETWORK = {"task": "sine", "seq_len": 100, "hidden_size": 64, "at": 200, "playing": "off"}
MOMENTS = 200

IN_PAGE = """
const painting = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))

// What a picture is drawn from, as one number.
const sum = (value) => value?.length && typeof value !== "string"
  ? value.reduce((total, part) => total + sum(part), 0)
  : Number(value) || 0
const fingerprint = ({ data }) => sum(data.map(({ x, y, z }) => [x, y, z].map((array) => array?._inputArray ?? array)))

// Plays all that is kept: how many moments each picture showed, and for how long each is seen.
async function film(moments) {
  const scrubber = document.querySelector(".rnnviz-scrubber")
  const drawn = {}, times = [], byPlotly = plots().filter((plot) => plot.on) // the network is drawn by its own script
  for (const plot of byPlotly.filter(lives)) {
    const seen = drawn[plot.dataset.picture] = new Set()
    plot.on("plotly_afterplot", () => {
      if (plot.dataset.picture === "loss") times.push(performance.now())
      seen.add(fingerprint(plot))
    })
  }
  let blank = 0
  scrubber.querySelector("[data-act=play]").click()
  while (!times.length || scrubber.classList.contains("past")) {
    await painting()
    blank += byPlotly.some((plot) => !plot.querySelector(".main-svg .trace, .main-svg .hm"))
  }
  for (let n = 0; n < 30; n++) await painting() // until the last is drawn
  const gaps = times.slice(1).map((time, i) => time - times[i]).sort((a, b) => a - b)
  return {
    seconds: (times.at(-1) - times[0]) / 1000, blank, longest: gaps.at(-1), median: gaps[gaps.length >> 1],
    drawn: Object.fromEntries(Object.entries(drawn).map(([name, seen]) => [name, seen.size])),
  }
}
Object.assign(window, { film })
"""


def measure(page: Page, cell: str) -> list[Row]:
    page.wait_for_function(f"() => word('step') === '{MOMENTS}' && word('rate') === 'paused'", timeout=120_000)
    page.evaluate(IN_PAGE + ";0")
    found = page.evaluate(f"film({MOMENTS})")
    size = 4 * weights(Experiment(cell=cell, hidden_size=64, seq_len=100))
    drawn = min(found["drawn"].values())
    return [
        at_least("moments that are kept and shown in turn, by each picture", MOMENTS, drawn),
        at_least("moments a second on the screen, all pictures", 12, drawn / found["seconds"], "/s"),
        Row("  from one to the next, median and longest", "", f"{found['median']:.0f} and {found['longest']:.0f} ms"),
        at_most("frames in which a picture is missing", 0, found["blank"]),
        at_most("memory of a visitor's moments, here", 32, 2 * size * most_kept(size) / 1e6, " MB"),
        at_most("memory of a visitor's moments, at the most", 32, 2 * BUDGET / 1e6, " MB"),
    ]


def main() -> int:
    load, cell = os.getloadavg(), (sys.argv[1:] or ["lstm"])[0]
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "output.txt") as server:
        server.idle_after()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            rows = measure(open_page(browser, f"{server.url}/?{urlencode(NETWORK | {'cell': cell})}"), cell)
            browser.close()
        print(*server.complaints, sep="\n")
    report(rows, load)
    return any(row.met is False for row in rows)


if __name__ == "__main__":
    raise SystemExit(main())
