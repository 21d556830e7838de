"""No word escapes in a browser: the pages are visited, opened and pressed in a language whose messages stand in ⟦ ⟧."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bench import Bench
from playwright.sync_api import Locator, expect
from pseudo import PSEUDO, escaped
from server import Server

THEIRS = (
    *("kbd", "[role=log]", "[data-key=__select_all__]", ".vega-embed *"),
    *(
        f"[data-testid={name}]"
        for name in (
            *("stToolbar", "stStatusWidget", "stSkipToContent", "stFileUploaderDropzone", "stElementToolbar"),
            *("stIconMaterial", "stToastDynamicIcon", "stCode"),
        )
    ),
)
"""What Streamlit says itself, in English alone; its icons, which are words in a font; and code."""
LABELS = (
    r"^(Sidebar|Collapse sidebar|Notifications|progress|Open|Close|Increment|Decrement|Clear all|Dismiss"
    r"|Help( for .*)?|Shortcut .*)$"
)
"""What it says to those who can't see it."""

# What can be seen of the page, in the order of its elements, and what is said of them to those who can't see it.
_SAID = """
([theirs, labels]) => {
  const seen = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(theirs)
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const said = []
  for (let text = texts.nextNode(); text; text = texts.nextNode()) if (seen(text.parentElement)) said.push(text.data)
  const names = ["aria-label", "aria-description", "aria-valuetext", "title", "placeholder", "alt"]
  const labelled = [...document.querySelectorAll(names.map((name) => `[${name}]`))].filter(seen)
  const own = (element, label) => element.closest(".rnnviz, .rnnviz-welcome") || !new RegExp(labels).test(label)
  return [
    said.join(" "),
    ...labelled.flatMap((element) =>
      names.map((name) => element.getAttribute(name) ?? "").filter((label) => own(element, label))
    ),
  ]
}
"""
# What stands behind each button that opens something: an explanation, or a picture's values as tables.
_OPENED = """
() => [...document.querySelectorAll(".rnnviz button[aria-expanded]:not(.fold)")]
  .filter((button) => button.checkVisibility())
  .map((button) => {
    button.click()
    const opened = document.querySelector(".explanation:popover-open")
    const said = [opened.innerText, ...[...opened.querySelectorAll("[aria-label]")].map(({ ariaLabel }) => ariaLabel)]
    opened.hidePopover()
    return said.join(" ")
  })
"""
# What is said at a point of each line and map, as under a mouse.
_HOVERED = """
() => [...document.querySelectorAll("[data-picture]")].filter((plot) => plot.checkVisibility()).flatMap((plot) =>
  plot._fullData.map((trace, curveNumber) => {
    if (trace.visible !== true || trace.hoverinfo === "skip") return ""
    Plotly.Fx.hover(plot, [{ curveNumber, pointNumber: trace.type === "heatmap" ? [1, 1] : 1 }])
    const said = plot.querySelector(".hoverlayer").textContent
    Plotly.Fx.unhover(plot)
    return said
  })
)
"""


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log, streamlit = tmp_path_factory.mktemp("spoken") / "output.txt", Path(__file__).with_name("spoken.py")
    with Server(log, streamlit=(str(streamlit),)) as running:
        yield running


@pytest.fixture
def visit(spoken: Server, visitor: Callable[..., Bench]) -> Callable[..., Bench]:
    """Called, opens a page in that language, as the first one of this browser."""

    def arrive(path: str, **settings: Any) -> Bench:
        bench = visitor(spoken.url, newcomer=True, height=1400)
        bench.visit(path, lang=PSEUDO.code, **settings)
        return bench

    return arrive


def nothing_escapes(bench: Bench, *names: str, by: str = _SAID):
    """No word stands outside of all brackets. names: those of the visitor's own."""
    said = bench.page.evaluate(by, [", ".join(THEIRS), LABELS])
    assert sum("⟦" in text for text in said) > 0
    assert [(words, text[:200]) for text in said if (words := escaped(text, names))] == []


def pressed(bench: Bench, key: str) -> Locator:
    """Press the button that has this key."""
    button = bench.setting(key).get_by_role("button").first
    button.click()
    return button


FILE = b"day,sales,guests\n" + b"".join(b"d%d,%d,%d\n" % (i, i % 7, i * i % 11) for i in range(300))


def test_the_bench(visit: Callable[..., Bench], spoken: Server):
    names = ("day", "sales", "guests", "own", "nonsense")
    bench = visit("", task="series", speed=1, nonsense="5").drawn()
    card = bench.page.locator(".rnnviz-welcome")
    for _ in range(3):
        expect(card).to_be_visible()
        nothing_escapes(bench, *names)
        card.locator("[data-act=next]").click()
    expect(card).to_be_hidden()
    pressed(bench, "remarks")
    nothing_escapes(bench, *names)
    bench.page.keyboard.press("Escape")
    side = bench.page.get_by_test_id("stSidebar")
    for content in (FILE.replace(b",", b";", 1), FILE):
        bench.upload("own.csv", content)
        expect(side.get_by_role("alert").first).to_be_visible()
        nothing_escapes(bench, *names)
    for by in (_OPENED, _HOVERED):
        nothing_escapes(bench, *names, by=by)
    bench.page.mouse.move(0, 0)  # a message under the mouse stays, over the buttons
    expect(bench.page.get_by_test_id("stToast")).to_have_count(0)
    pressed(bench, "share")
    dialog = bench.page.get_by_role("dialog")
    dialog.get_by_role("combobox").first.click()
    nothing_escapes(bench, *names)
    bench.page.keyboard.press("Escape")
    bench.page.keyboard.press("Escape")
    for worker in spoken.workers():
        os.kill(worker, signal.SIGKILL)
    expect(bench.word("notice")).not_to_be_empty()
    nothing_escapes(bench, *names)


def test_the_graph(visit: Callable[..., Bench]):
    bench = visit("graph", cell="lstm", num_layers=2, bidirectional="on", seq_len=6, speed=1)
    bench.wait("() => document.querySelector('.node.h .value')?.textContent")
    bench.page.emulate_media(reduced_motion="reduce")
    nothing_escapes(bench, "output")
    bench.page.locator("[data-node=h-1-0-2]").click()
    expect(bench.page.locator(".cell [data-equation=h]")).to_be_visible()
    for name in ("sums", "vectors"):
        bench.page.locator(f".cell .{name} summary").click()
    for act in ("forward", "on", "on", "backward", "on", "on", "clear", "shapes", "fold", "fold", "space"):
        bench.page.locator(f"[data-act={act}]").click()
        nothing_escapes(bench, "output")
    bench.setting("example").locator("label").first.click()
    bench.page.get_by_test_id("stExpander").locator("summary").click()
    expect(bench.page.get_by_test_id("stCode").first).to_be_visible()
    bench.wait("() => document.querySelector('[data-act=backward]').disabled")
    nothing_escapes(bench, "output")


def test_the_lab(visit: Callable[..., Bench]):
    bench = visit("lab", seq_len=8, speed=1)
    bench.wait("() => document.querySelectorAll('[data-picture] .main-svg').length >= 16")
    nothing_escapes(bench)
    for by in (_OPENED, _HOVERED):
        nothing_escapes(bench, "dhT dht dWhh", by=by)
