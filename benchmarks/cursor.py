"""The cursor in headless Chromium, on the bench and in the lab: from a pointer's move to every picture marked.

`python -m benchmarks.cursor`. Times are taken inside the page, from the time stamp of the browser's own event to the
first frame painted in which all pictures over the time steps mark the same step. Messages are those to the server: a
page at rest asks for the next frame once a second, so the same time without a move is counted beside it.
"""

import statistics
import sys
from urllib.parse import urlencode

from playwright.sync_api import Page

from benchmarks.table import Row, at_most
from benchmarks.watched import watch

SETTINGS = {"cell": "lstm", "seq_len": 100, "hidden_size": 64}
MOVES = 100
BAR = 32
"""Milliseconds."""

IN_PAGE = """
const times = []
const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
const over = () => plots().filter((plot) => plot._fullLayout?.meta?.time)
function marked(plot, step) {
  return Object.keys(plot._fullLayout.meta.time).every((letter) => {
    const mark = plot.querySelector(`:scope > .mark.along-${letter}:not([hidden])`)
    if (!mark) return false
    const axis = plot._fullLayout[`${letter}axis`]
    const [box, whole] = [mark, plot].map((part) => part.getBoundingClientRect())
    const middle = letter === "x" ? box.left + box.width / 2 - whole.left : box.top + box.height / 2 - whole.top
    return Math.abs(axis.p2l(middle - axis._offset) - step) < 0.6
  })
}
addEventListener("pointermove", async ({ timeStamp }) => {
  await painted()
  const painting = performance.now()
  const step = Number(document.querySelector(".readout b")?.textContent.match(/\\d+/)?.[0])
  if (over().every((plot) => marked(plot, step))) times.push(painting - timeStamp)
}, true)
let sent = 0
const send = WebSocket.prototype.send
WebSocket.prototype.send = function (...message) { sent++; return send.apply(this, message) }
Object.assign(window, { times, sends: () => sent, over })
"""


def measure(page: Page, name: str, playing: bool) -> list[Row]:
    """Return how long moves over the gradients took, and what they cost in messages."""
    page.evaluate(f"(() => {{{IN_PAGE}}})()")
    page.wait_for_function("() => over().length > 3")
    page.wait_for_timeout(2000)
    box = page.locator("[data-picture=gradients] .nsewdrag").first.bounding_box()
    assert box
    page.evaluate("() => times.splice(0)")
    before, began = page.evaluate("sends()"), page.evaluate("performance.now()")
    for n in range(MOVES):
        page.mouse.move(box["x"] + box["width"] * ((n * 37) % MOVES + 0.5) / MOVES, box["y"] + box["height"] / 2)
        page.wait_for_timeout(30)
    moving, took = page.evaluate("sends()") - before, page.evaluate("performance.now()") - began
    times = page.evaluate("() => times")
    page.mouse.move(0, 0)
    before = page.evaluate("sends()")
    page.wait_for_timeout(took)
    resting = page.evaluate("sends()") - before
    state = "while it trains" if playing else "paused"
    rows = [
        at_most(
            f"{name}, {state}: every picture marked, median of {len(times)} moves", BAR, statistics.median(times), " ms"
        ),
        Row("  slowest", "", f"{max(times):.0f} ms"),
    ]
    if playing:
        return [*rows, Row("  messages sent meanwhile, and in as long at rest", "", f"{moving}, {resting}")]
    return [
        *rows,
        at_most(f"  messages sent in {took / 1000:.1f} s of moves, beyond {resting} at rest", 1, moving - resting),
    ]


def main() -> int:
    """Measure both pages, training and paused; return 1 if a bar is missed."""
    missed = 0
    for path in ("", "lab"):
        for playing in (True, False):
            query = urlencode(SETTINGS | ({} if playing else {"playing": "off"}))

            def rows(page: Page, path: str = path, playing: bool = playing) -> list[Row]:
                return measure(page, path or "bench", playing)

            missed |= watch(f"{path}?{query}", rows)
    return missed


if __name__ == "__main__":
    sys.exit(main())
