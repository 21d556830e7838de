"""The page of a race in headless Chromium, while three networks train as fast as they go.

`python -m benchmarks.race_page [task]`. Every picture is watched: how often it changes, whether it is ever missing or
made anew.
"""

import sys
from urllib.parse import urlencode

from playwright.sync_api import Page

from benchmarks.table import Row, at_least, at_most
from benchmarks.watched import watch

WATCHED, BAR = 8.0, 6.0
PICTURES = ("losses", "answers", "profiles", "memories", "states_a", "states_b", "states_c")

IN_PAGE = """
const there = async (what) => { while (!what()) await new Promise(requestAnimationFrame) }
const own = () => plots().filter((plot) => NAMES.includes(plot.dataset.picture))
const ready = () => there(() => own().length === NAMES.length && own().every(marks))

async function watching(seconds) {
  watch()
  const start = performance.now(), before = own(), svgs = before.map((plot) => plot.querySelector(".main-svg"))
  const { frames, blank } = await blanks(seconds)
  const rates = Object.fromEntries(NAMES.map((name) =>
    [name, new Set(drawn[name].filter(({ time }) => time > start).map(({ step }) => step)).size / seconds]))
  const anew = own().filter((plot, i) => plot !== before[i] || plot.querySelector(".main-svg") !== svgs[i]).length
  return { rates, frames: frames / seconds, blank, anew }
}
Object.assign(window, { ready, watching })
"""


def measure(page: Page) -> list[Row]:
    """Return how often what is seen changes, and whether any of it is ever missing."""
    page.evaluate(IN_PAGE.replace("NAMES", str(list(PICTURES))) + ";0")
    page.evaluate("ready()")
    found = page.evaluate(f"watching({WATCHED})")
    return [
        *(at_least(f"updates a second: {name}", BAR, rate, "/s") for name, rate in found["rates"].items()),
        at_most("frames in which a picture is missing", 0, found["blank"]),
        at_most("pictures made anew", 0, found["anew"]),
        Row("animation frames a second", "", f"{found['frames']:.0f}"),
        Row("training step", "", page.evaluate("word('step')")),
    ]


def main() -> int:
    task = (sys.argv[1:] or ["sine"])[0]
    return watch(f"race?{urlencode({'task': task, 'speed': 'max'})}", measure)


if __name__ == "__main__":
    raise SystemExit(main())
