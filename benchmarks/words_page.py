"""The page of words in headless Chromium, on film reviews with a large network: updates, answers, a text of one's own.

`python -m benchmarks.words_page [cell]`. Times are taken inside the page, as in `benchmarks.live`: from the time stamp
of the browser's own event to the first frame painted after the change.
"""

import statistics
import sys
from urllib.parse import urlencode

from playwright.sync_api import Page

from benchmarks.table import Row, at_least, at_most
from benchmarks.watched import watch

NETWORK = {
    "task": "reviews",
    "vocabulary_size": 10_000,
    "embedding_size": 100,
    "seq_len": 80,
    "num_layers": 2,
    "hidden_size": 64,
    "batch_size": 128,
    "speed": "max",
}
WATCHED, ACTS = 8.0, 20
REVIEWS = (
    "One of the best films I have seen in years, with a wonderful cast and a story that never lets you go.",
    "What a waste of time: a dull plot, poor acting and the worst ending there is. I nearly fell asleep, twice!",
)

IN_PAGE = """
const tokens = () => [...document.querySelectorAll(".row .token:not(.padding)")]
const coloured = () => tokens().some((token) => Number(token.style.getPropertyValue("--tint")) > 0)
const painting = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
const there = async (what) => { while (!what()) await painting() }

// How often the colours and each picture change, and how many animation frames lack a word or a picture.
async function watching(seconds) {
  const changes = { words: 0 }
  let before = "", frames = 0, blank = 0
  for (const plot of plots()) {
    changes[plot.dataset.picture] = 0
    plot.on("plotly_afterplot", () => changes[plot.dataset.picture]++)
  }
  const count = tokens().length
  const end = performance.now() + 1000 * seconds
  while (performance.now() < end) {
    await new Promise(requestAnimationFrame)
    const now = tokens().map((token) => token.getAttribute("style")).join()
    if (now !== before) changes.words++
    before = now
    frames++
    blank += tokens().length < count || plots().some((plot) => !plot.querySelector(".main-svg .trace"))
  }
  return { frames, blank, changes }
}

// Milliseconds from Enter until the words of this text are painted in their colours.
function reading(begins) {
  window.read = new Promise((resolve) => {
    document.addEventListener("keydown", async ({ timeStamp }) => {
      await there(() => tokens()[0]?.textContent === begins && coloured())
      await painting()
      resolve(performance.now() - timeStamp)
    }, { capture: true, once: true })
  })
}
Object.assign(window, { there, tokens, coloured, watching, reading })
"""


def watched(page: Page) -> list[Row]:
    """Return how often what is seen changes, and whether any of it is ever missing."""
    found = page.evaluate(f"watching({WATCHED})")
    rates = {name: count / WATCHED for name, count in found["changes"].items()}
    return [
        *(at_least(f"updates a second: {name}", 5, rate, "/s") for name, rate in rates.items()),
        Row("animation frames a second", "", f"{found['frames'] / WATCHED:.0f}"),
        at_most("frames in which a word or a picture is missing", 0, found["blank"]),
    ]


def transport(page: Page) -> list[Row]:
    """Return how soon the page says that it paused."""
    times = []
    for _ in range(ACTS):
        page.evaluate("answer('pointerdown', 'paused')")
        _press(page, "pause")
        times.append(page.evaluate("window.answered"))
        page.locator(".st-key-play").wait_for()
        _press(page, "play")
        page.wait_for_function("() => Number(word('rate').replaceAll(',', '')) > 0")
    return _times("pause: the readout says paused", times, 200)


def typed(page: Page, how: str) -> list[Row]:
    """Return how soon a typed review is there in its colours."""
    times = []
    area = page.locator(".own textarea")
    for n in range(ACTS):
        area.fill(REVIEWS[n % 2])
        page.evaluate(f"reading('{REVIEWS[n % 2].split()[0].lower()}')")
        area.press("Enter")
        times.append(page.evaluate("window.read"))
    return _times(f"own review, {how}: from Enter to coloured words", times, 300)


def _times(what: str, times: list[float], bar: float) -> list[Row]:
    return [
        at_most(f"{what}, median", bar, statistics.median(times), " ms"),
        Row(f"  worst of {ACTS}", "", f"{max(times):.0f} ms"),
    ]


def _press(page: Page, name: str):
    page.locator(f".st-key-{name} [data-testid^=stBaseButton]").first.click()


def measure(page: Page) -> list[Row]:
    page.evaluate(IN_PAGE + ";0")
    page.evaluate("there(() => coloured() && plots().length && plots().every((plot) => plot.querySelector('.trace')))")
    rows = watched(page) + transport(page) + typed(page, "while it trains")
    rows += [Row("training steps a second", "", page.evaluate("word('rate')"))]
    _press(page, "pause")
    page.wait_for_function("() => word('rate') === 'paused'")
    return rows + typed(page, "paused")


def main() -> int:
    cell = (sys.argv[1:] or ["lstm"])[0]
    return watch(f"words?{urlencode(NETWORK | {'cell': cell})}", measure)


if __name__ == "__main__":
    raise SystemExit(main())
