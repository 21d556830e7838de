"""The tree of beam search in headless Chromium: from a typed source to the tree of it, and updates while it trains.

`python -m benchmarks.tree_page`. Times are taken inside the page, as in `benchmarks.live`: from the time stamp of the
browser's own event to the first frame painted after the change.
"""

import statistics
from urllib.parse import urlencode

from playwright.sync_api import Page

from benchmarks.table import Row, at_least, at_most
from benchmarks.watched import watch
from rnnviz.tasks import TASKS

TASK, SOURCES = "dates", ("3 March 2024", "October 17, 1999")
WATCHED, ACTS, BAR = 8.0, 20, 400

IN_PAGE = """
const tree = () => document.querySelector(".rnnviz-tree")
const painting = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))

// Milliseconds from Enter until the tree of this source is painted.
function decoding(source) {
  window.decoded = new Promise((resolve) => {
    document.addEventListener("keydown", async ({ timeStamp }) => {
      while (!tree().querySelector(".parting").textContent.includes(source)) await painting()
      await painting()
      resolve(performance.now() - timeStamp)
    }, { capture: true, once: true })
  })
}

// How often the tree changes, and how many animation frames lack it.
async function growing(seconds) {
  let before = "", changes = 0, blank = 0
  const end = performance.now() + 1000 * seconds
  while (performance.now() < end) {
    await new Promise(requestAnimationFrame)
    const now = [...tree().querySelectorAll(".value")].map((value) => value.textContent).join()
    if (now !== before) changes++
    before = now
    blank += !tree().querySelector(".branch.kept:not([visibility])")
  }
  return { changes, blank }
}
Object.assign(window, { decoding, growing })
"""


def typed(page: Page, how: str) -> list[Row]:
    """Return how soon a typed source's tree is there."""
    times, field = [], page.locator(".rnnviz-tree .own input")
    for n in range(ACTS):
        source = SOURCES[n % 2]
        field.fill(source)
        page.evaluate(f"decoding('{source}')")
        field.press("Enter")
        times.append(page.evaluate("window.decoded"))
    return [
        at_most(
            f"typed source, {how}: from Enter to the tree of width 8, median", BAR, statistics.median(times), " ms"
        ),
        Row(f"  worst of {ACTS}", "", f"{max(times):.0f} ms"),
    ]


def measure(page: Page) -> list[Row]:
    page.locator(".rnnviz-tree .branch").first.wait_for()
    page.evaluate(IN_PAGE + ";0")
    grown = page.evaluate(f"growing({WATCHED})")
    rows = [
        at_least("trees a second while it trains", 2, grown["changes"] / WATCHED, "/s"),
        at_most("frames without a tree", 0, grown["blank"]),
        *typed(page, "while it trains"),
    ]
    page.locator(".st-key-pause [data-testid^=stBaseButton]").first.click()
    page.wait_for_function("() => word('rate') === 'paused'")
    return rows + typed(page, "paused")


def main() -> int:
    suggested = {n: ("on" if v else "off") if isinstance(v, bool) else v for n, v in TASKS[TASK].suggested.items()}
    return watch(f"pairs?{urlencode({'task': TASK, 'cell': 'gru', 'speed': 'max'} | suggested)}", measure)


if __name__ == "__main__":
    raise SystemExit(main())
