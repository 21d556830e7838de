"""The unrolled graph in headless Chromium: drawing it, sweeping it, opening a cell.

Of one network of T = 50, two layers, two directions; and of an encoder and a decoder of S = 20 and T = 21. Times are
taken inside the page, as in benchmarks.live.
"""

import os
import statistics
import tempfile
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.live import FLAGS, SIZE
from benchmarks.table import Row, at_least, at_most, report
from tests.browser.server import Server

LARGE = {"cell": "gru", "num_layers": 2}
NETWORKS = {
    "one network": ({**LARGE, "bidirectional": "on", "seq_len": 50}, "h-2-1-25"),
    "two parts": (
        {**LARGE, "task": "reverse", "seq_len": 20, "attention": "additive", "bidirectional_encoder": "on"},
        "h-2-0-11",
    ),
}
"""What is drawn, and a state in the middle that the window is moved to."""
CLICKS = 20
SWEPT = 6.0
"""Seconds of a sweep over which its frames are counted."""

IN_PAGE = """
const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
const until = async (condition) => { while (!condition()) await painted() }

// Milliseconds from the component's arrival on the page to the first painted frame with the graph in it.
const drawn = new Promise((resolve) => {
  let began
  new MutationObserver(async (_, observer) => {
    if (document.querySelector(".rnnviz-graph")) began ??= performance.now()
    if (!document.querySelector(".graph .node")) return
    observer.disconnect()
    await painted()
    resolve(performance.now() - began)
  }).observe(document, { subtree: true, childList: true })
})

// Milliseconds from moving the cursor to the first painted frame with the window around it.
async function moving(id) {
  const slider = document.querySelector("[name=cursor]")
  const began = performance.now()
  slider.value = id.split("-").at(-1)
  slider.dispatchEvent(new Event("input"))
  await until(() => document.querySelector(`[data-node=${id}]`))
  await painted()
  return performance.now() - began
}

// Frames a second of a sweep, the longest gap between two, and how many nodes it came to.
async function sweeping(seconds) {
  const times = []
  const said = new Set()
  document.querySelector("[data-act=backward]").click()
  const end = performance.now() + 1000 * seconds
  await new Promise((resolve) => {
    const frame = (now) => {
      times.push(now)
      said.add(document.querySelector(".said").textContent)
      now < end ? requestAnimationFrame(frame) : resolve()
    }
    requestAnimationFrame(frame)
  })
  document.querySelector("[data-act=clear]").click()
  const gaps = times.slice(1).map((time, i) => time - times[i])
  return { rate: 1000 * gaps.length / (times.at(-1) - times[0]), longest: Math.max(...gaps), said: said.size }
}

// Milliseconds from a click on one of the states to the first painted frame with that cell open at that step.
async function opening(i) {
  const states = document.querySelectorAll(".node.h") // another window may be shown after each
  const id = states[i % states.length].dataset.node
  const [, layer, direction, step] = id.split("-").map(Number)
  const wanted = [layer - 1, direction, step - 1].join()
  const began = performance.now()
  document.querySelector(`[data-node=${id}]`).dispatchEvent(new MouseEvent("click", { bubbles: true }))
  await until(() => document.querySelector(".cell")?.dataset.opened?.startsWith(wanted))
  await painted()
  return performance.now() - began
}

Object.assign(window, { drawn, moving, sweeping, opening })
"""


def first_drawn(page: Page, url: str) -> float:
    """Return the seconds from the graph's data reaching the page to all of it drawn with its values."""
    page.goto(url)
    page.wait_for_selector(".graph .node")
    return page.evaluate(
        """async () => {
          const [node] = document.querySelectorAll(".graph .node.h .value")
          while (!node.textContent) await new Promise(requestAnimationFrame)
          return performance.now() / 1000
        }"""
    )


def measured(browser: Browser, url: str, name: str) -> list[Row]:
    """Return the rows of one of the networks."""
    settings, middle = NETWORKS[name]
    page = browser.new_context(viewport={"width": SIZE["width"], "height": SIZE["height"]}).new_page()
    page.add_init_script(IN_PAGE)
    opened = first_drawn(page, f"{url}/graph?{urlencode(settings)}")
    drawn = page.evaluate("drawn")
    moved = page.evaluate("(id) => moving(id)", middle)
    sweep = page.evaluate(f"sweeping({SWEPT})")
    clicks = [page.evaluate("(i) => opening(i)", i) for i in range(CLICKS)]
    page.context.close()
    return [
        Row(f"{name}: opening the page to the graph with its values", "", f"{opened:.2f} s"),
        at_most("  draw: from the component's arrival to the painted graph", 1000, drawn, " ms"),
        at_most("  the window moved to the middle, painted", 1000, moved, " ms"),
        at_least("  backward sweep: frames a second", 30, sweep["rate"], "/s"),
        Row("  longest gap between two frames, nodes come to", "", f"{sweep['longest']:.0f} ms, {sweep['said']}"),
        at_most("  click on a node to the opened cell, median", 300, statistics.median(clicks), " ms"),
        Row(f"  worst of {CLICKS}", "", f"{max(clicks):.0f} ms"),
    ]


def main():
    load = os.getloadavg()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "output.txt") as server:
        server.idle_after()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            for name in NETWORKS:
                rows += measured(browser, server.url, name)
            browser.close()
    report(rows, load)


if __name__ == "__main__":
    main()
