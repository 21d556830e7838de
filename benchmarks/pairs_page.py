"""The page of two sequences in headless Chromium, with all its panels, while a network trains as fast as it goes.

`python -m benchmarks.pairs_page [task]`. What is in the window is watched: the alignment, the losses, the graph with
its arcs. The panels below it pull their frames as well.
"""

import sys
from urllib.parse import urlencode

from playwright.sync_api import Page

from benchmarks.table import Row, at_least, at_most
from benchmarks.watched import watch

WATCHED, BAR = 8.0, 6.0

IN_PAGE = """
const arcs = () => [...document.querySelectorAll(".rnnviz-arcs .unrolled path[stroke-opacity]")]
const there = async (what) => { while (!what()) await new Promise(requestAnimationFrame) }
const ready = () => there(() => arcs().length && plots().length === 6 && plots().every(marks))

// How often each picture and the arcs change, and how many animation frames lack one of them.
async function watching(seconds) {
  watch()
  const start = performance.now(), count = arcs().length
  let before = "", changes = 0, bare = 0
  const whole = blanks(seconds)
  await animated(seconds, () => {
    const now = arcs().map((arc) => arc.getAttribute("stroke-opacity")).join()
    changes += now !== before
    before = now
    bare += arcs().length < count
  })
  const { frames, blank } = await whole
  const rates = Object.fromEntries(Object.entries(drawn).map(([name, draws]) =>
    [name, new Set(draws.filter(({ time }) => time > start).map(({ step }) => step)).size / seconds]))
  return { rates: { ...rates, arcs: changes / seconds }, frames: frames / seconds, blank: blank + bare }
}
Object.assign(window, { ready, watching })
"""


def measure(page: Page) -> list[Row]:
    """Return how often what is seen changes, and whether any of it is ever missing."""
    page.evaluate(IN_PAGE + ";0")
    page.evaluate("ready()")
    found = page.evaluate(f"watching({WATCHED})")
    rates = found["rates"]
    watched = {name: rates.pop(name) for name in ("alignment", "loss", "arcs")}
    return [
        *(at_least(f"updates a second: {name}", BAR, rate, "/s") for name, rate in watched.items()),
        *(Row(f"  below them: {name}", "", f"{rate:.1f}/s") for name, rate in rates.items()),
        Row("animation frames a second", "", f"{found['frames']:.0f}"),
        at_most("frames in which a picture or an arc is missing", 0, found["blank"]),
        Row("training steps a second", "", page.evaluate("word('rate')")),
    ]


def main() -> int:
    task = (sys.argv[1:] or ["translate"])[0]
    return watch(f"pairs?{urlencode({'task': task, 'cell': 'gru', 'speed': 'max'})}", measure)


if __name__ == "__main__":
    raise SystemExit(main())
