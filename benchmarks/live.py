"""One visitor in headless Chromium: updates a second, the training that goes on beside them, answers, opening, leaving.

Times are taken inside the page: from the time stamp of the browser's own event to the first frame painted after the
change, so that Playwright's own delays do not count.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlencode

import torch
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.table import Row, at_least, at_most, report
from benchmarks.training import bare
from tests.browser.server import Server

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]
SIZE = {"width": 1280, "height": 900}
WATCHED = 8.0
"""Seconds over which updates are counted."""
ROUNDS, TRAINED = 5, 4.0
"""How often page and bare loop train in turns, and for how many seconds."""
TRAINING_BARS = {"rnn": 0.7, "gru": 0.7, "lstm": 0.4}
ACTS = 20
OPENINGS = 5

IN_PAGE = """
const word = (name) => document.querySelector(`[data-word=${name}]`)?.textContent ?? ""
const step = () => Number(word("step").replaceAll(",", ""))
const plots = () => [...document.querySelectorAll("[data-picture]")].filter((plot) => plot.checkVisibility())
const lives = (plot) => plot.dataset.picture !== "input" // which stands still
const marks = (plot) => plot.querySelectorAll(".main-svg .trace, .main-svg .hm image[*|href^=data]").length
const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
const within = (seconds, promise) => Promise.race([
  promise, new Promise((_, fail) => setTimeout(() => fail(Error(`nothing came for ${seconds} s`)), 1000 * seconds))
])
const animated = (seconds, look) => new Promise((resolve) => {
  const end = performance.now() + 1000 * seconds
  const again = () => { look(); performance.now() < end ? requestAnimationFrame(again) : resolve() }
  again()
})

// Pictures: who was drawn when, at which training step.
const drawn = {}
function watch() {
  for (const plot of plots().filter(lives)) {
    const draws = drawn[plot.dataset.picture] = []
    plot.on("plotly_afterplot", () => draws.push({ time: performance.now(), step: step() }))
  }
  const draws = drawn.network = [] // which is no picture of plotly.js
  const observer = new MutationObserver(() => draws.push({ time: performance.now(), step: step() }))
  observer.observe(document.querySelector(".network"), { subtree: true, attributes: true })
}
function updates(number) {
  const wanted = drawn.loss.length + number
  const wait = async () => { while (drawn.loss.length < wanted) await painted() }
  return within(60, wait())
}

// How many animation frames there are, and how many of them lack a picture or a part of one.
async function blanks(seconds) {
  const before = plots().map((plot) => ({ plot, svg: plot.querySelector(".main-svg"), marks: marks(plot) }))
  let frames = 0, blank = 0
  await animated(seconds, () => {
    frames += 1
    blank += before.some(({ plot, marks: all }) => !plot.isConnected || marks(plot) < all)
  })
  const same = before.filter(({ plot, svg }, i) => plots()[i] === plot && plot.querySelector(".main-svg") === svg)
  return { frames, blank, same: same.length }
}
async function labels(plot, seconds) {
  let frames = 0, shown = 0
  await animated(seconds, () => { frames += 1; shown += plot.querySelector(".hoverlayer .hovertext") !== null })
  return shown / frames
}

// Milliseconds from the next `event` to the first painted frame in which `change` can be seen.
function answer(event, change) {
  const before = { step: step(), rate: word("learning_rate") }
  const seen = {
    paused: () => word("rate") === "paused",
    stepped: () => step() > before.step,
    adjusted: () => word("learning_rate") !== before.rate,
  }[change]
  window.answered = new Promise((resolve) => {
    setTimeout(() => resolve(Infinity), 10_000)
    document.addEventListener(event, ({ timeStamp }) => {
      const observer = new MutationObserver(async () => {
        if (!seen()) return
        observer.disconnect()
        await painted()
        resolve(performance.now() - timeStamp)
      })
      observer.observe(document.querySelector(".readouts"), { subtree: true, childList: true, characterData: true })
    }, { capture: true, once: true })
  })
}

// Milliseconds from opening the page until it shows what it is for.
const shown = {
  live: () => plots().length === 6 && plots().every(marks),
  text: () => document.querySelector("[data-testid=stMarkdownContainer] p"),
}
const opened = (what) => within(60, new Promise((resolve) => {
  const look = () => (shown[what]() ? resolve(performance.now()) : requestAnimationFrame(look))
  look()
}))

Object.assign(window, { word, plots, lives, marks, animated, drawn, watch, updates, blanks, labels, answer, opened })
"""


def open_page(browser: Browser, url: str) -> Page:
    """Open a page in a browser context of its own, with an empty cache."""
    page = browser.new_context(viewport={"width": SIZE["width"], "height": SIZE["height"]}).new_page()
    page.add_init_script(IN_PAGE)
    page.goto(url, wait_until="commit")
    return page


def open_live(browser: Browser, server: Server, cell: str = "gru") -> Page:
    """Open the live page, training as fast as it goes, and wait for its pictures."""
    query = urlencode({"cell": cell, "seq_len": 50, "batch_size": 16, "speed": "max"})
    page = open_page(browser, f"{server.url}/?{query}")
    page.evaluate("opened('live')")
    page.evaluate("watch()")
    return page


def pictures(page: Page) -> list[Row]:
    """Return how often the pictures change, and whether they are ever missing, replaced or forgetful."""
    page.evaluate("updates(10)")
    start = page.evaluate("performance.now()")
    whole = page.evaluate(f"blanks({WATCHED})")
    rates = {
        name: len({d["step"] for d in draws if d["time"] > start}) / WATCHED
        for name, draws in page.evaluate("drawn").items()
    }
    names = page.evaluate("plots().filter(lives).map((plot) => plot.dataset.picture)")
    labels = [_hover(page, name) for name in names]
    zoomed = sum(_zoom_survives(page, name) for name in names)
    return [
        at_least(f"updates a second, the slowest of {len(rates)} pictures", 12, min(rates.values()), "/s"),
        Row("  each", "", ", ".join(f"{name} {rate:.1f}" for name, rate in rates.items())),
        Row("animation frames a second", "", f"{whole['frames'] / WATCHED:.0f}"),
        at_most("frames in which a picture or a part is missing", 0, whole["blank"]),
        at_least("pictures that are the same elements afterwards", 6, whole["same"]),
        at_least("zoomed with the mouse, still so 20 updates later", len(names), zoomed),
        at_least("hover label there, share of the frames, worst picture", 0.95, min(labels)),
    ]


def _inside(page: Page, name: str) -> Callable[[float, float], tuple[float, float]]:
    """Return what turns shares of the picture's width and height into a place on the page."""
    box = page.locator(f"[data-picture={name}] .nsewdrag").first.bounding_box()
    assert box
    return lambda x, y: (box["x"] + x * box["width"], box["y"] + y * box["height"])


def _hover(page: Page, name: str) -> float:
    page.mouse.move(0, 0)
    page.mouse.move(*_inside(page, name)(0.5, 0.5))
    page.evaluate("updates(2)")
    return page.evaluate(f"labels(document.querySelector('[data-picture={name}]'), 2)")


def _zoom_survives(page: Page, name: str) -> bool:
    bounds = f"document.querySelector('[data-picture={name}]')._fullLayout.xaxis.range"
    place = _inside(page, name)
    before = page.evaluate(bounds)
    page.mouse.move(*place(0.3, 0.3))
    page.mouse.down()
    page.mouse.move(*place(0.6, 0.7), steps=5)
    page.mouse.up()
    page.evaluate("updates(1)")
    zoomed = page.evaluate(bounds)
    page.evaluate("updates(20)")
    narrower = zoomed[1] - zoomed[0] < 0.5 * (before[1] - before[0])
    return narrower and page.evaluate(bounds) == zoomed


def _press(page: Page, name: str):
    page.locator(f".st-key-{name} [data-testid^=stBaseButton]").first.click()


def _play(page: Page):
    """Let it train, and wait until it can be seen to."""
    _press(page, "play")
    page.wait_for_function("() => Number(word('rate').replaceAll(',', '')) > 0")
    page.evaluate("updates(5)")


def _pause(page: Page):
    _press(page, "pause")
    page.wait_for_function("() => word('rate') === 'paused'")
    page.locator(".st-key-play").wait_for()


def training(browser: Browser, server: Server, cell: str, bar: float) -> list[Row]:
    """Return how fast it trains while it is watched, against the bare loop before and after."""
    page, step = open_live(browser, server, cell), bare(cell)
    _pause(page)
    _steps_per_second(step)  # warm
    watched, rates, alone = [], [], [_alone(server, step)]
    for _ in range(ROUNDS):
        _play(page)
        page.evaluate("watch()")
        page.wait_for_timeout(1000 * TRAINED)
        draws = page.evaluate("drawn.loss")
        seconds = (draws[-1]["time"] - draws[0]["time"]) / 1000
        watched.append((draws[-1]["step"] - draws[0]["step"]) / seconds)
        rates.append((len(draws) - 1) / seconds)
        _pause(page)
        alone.append(_alone(server, step))
    page.context.close()
    ratios = [own / statistics.mean(around) for own, around in zip(watched, pairwise(alone), strict=True)]
    details = [f"{statistics.median(values):.0f}" for values in (watched, alone, rates)]
    return [
        at_least(f"{cell}: training while watched, of the bare loop", bar, statistics.median(ratios), "x"),
        Row("  lowest and highest of the rounds", "", f"{min(ratios):.2f}x, {max(ratios):.2f}x"),
        Row("  steps a second watched, steps a second bare, updates a second", "", ", ".join(details)),
    ]


def _alone(server: Server, step: Callable[[], None]) -> float:
    server.idle_after()
    return _steps_per_second(step)


def _steps_per_second(step: Callable[[], None]) -> float:
    steps, start = 0, time.perf_counter()
    while (now := time.perf_counter()) < start + TRAINED / 2:
        step()
        steps += 1
    return steps / (now - start)


def answers(page: Page) -> list[Row]:
    """Return how soon the page answers to pause, step and the learning rate while it trains at full speed."""
    times: dict[str, list[float]] = {"pause": [], "step, while training": [], "step, paused": [], "rate": []}

    def act(event: str, change: str, do: Callable[[], None]) -> float:
        page.evaluate(f"answer('{event}', '{change}')")
        do()
        return page.evaluate("window.answered")

    for _ in range(ACTS):
        times["pause"].append(act("pointerdown", "paused", lambda: _press(page, "pause")))
        _play(page)
        times["step, while training"].append(act("pointerdown", "paused", lambda: _press(page, "step")))
        times["step, paused"].append(act("pointerdown", "stepped", lambda: _press(page, "step")))
        _play(page)
    slider = page.locator(".st-key-learning_rate input")
    for i in range(ACTS):
        slider.focus()
        key = "ArrowRight" if i % 2 else "ArrowLeft"
        times["rate"].append(act("keydown", "adjusted", lambda key=key: page.keyboard.press(key)))
        page.evaluate("updates(5)")
    words = {
        "pause": "pause: the readout says paused",
        "step, while training": "step while it trains: the readout says paused",
        "step, paused": "step when paused: the step readout rises",
        "rate": "learning rate: the readout, as the training process has it, changes",
    }
    rows = []
    for name, took in times.items():
        rows.append(at_most(f"{words[name]}, median", 150, statistics.median(took), " ms"))
        rows.append(at_most(f"  worst of {ACTS}", 500, max(took), " ms"))
    return rows


def opening(browser: Browser, live: Server, empty: Server) -> list[Row]:
    """Return how much later the first live pictures come than the text of an empty Streamlit page."""
    times: dict[str, list[float]] = {"live": [], "text": []}
    for _ in range(OPENINGS):
        for what, server in (("text", empty), ("live", live)):
            page = open_page(browser, f"{server.url}/")
            times[what].append(page.evaluate(f"opened('{what}')") / 1000)
            page.context.close()
            server.idle_after()
    pictures, text = (statistics.median(times[what]) for what in ("live", "text"))
    return [
        at_most("opening: the live pictures, later than an empty page's text", 2, pictures - text, " s"),
        Row("opening: live pictures, empty page's text", "", f"{pictures:.2f} s, {text:.2f} s"),
    ]


def leaving(browser: Browser, server: Server) -> list[Row]:
    """Return how soon the server is idle when the tab is closed or shows another page."""
    rows = []
    for way, leave in (
        ("tab closed", lambda page: page.close()),
        ("other page", lambda page: page.goto("about:blank")),
    ):
        page = open_live(browser, server)
        page.evaluate("updates(20)")
        leave(page)
        rows.append(at_most(f"{way}: server idle after", 10, server.idle_after(), " s"))
    return rows


def measure(browser: Browser, live: Server, empty: Server) -> list[Row]:
    page = open_live(browser, live)
    rows = pictures(page)
    page.reload()
    page.evaluate("opened('live')")
    page.evaluate("watch()")
    rows += answers(page)
    page.context.close()
    for cell, bar in TRAINING_BARS.items():
        rows += training(browser, live, cell, bar)
    return rows + opening(browser, live, empty) + leaving(browser, live)


def main():
    torch.set_num_threads(1)
    load = os.getloadavg()
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "empty.py"
        script.write_text('import streamlit as st\nst.write("Hello")\n')
        logs = [Path(folder) / name for name in ("live.txt", "empty.txt")]
        with Server(logs[0]) as live, Server(logs[1], script) as empty, sync_playwright() as playwright:
            live.idle_after()
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            rows = measure(browser, live, empty)
            browser.close()
    report(rows, load)


if __name__ == "__main__":
    main()
