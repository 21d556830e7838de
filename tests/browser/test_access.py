"""Every page can be used by keys alone, by touch, and with a screen reader."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from bench import Bench
from boxes import collisions, cut
from playwright.sync_api import Page, expect

PAGES = {
    "graph": "() => [...document.querySelectorAll('.node.h .value')].some((text) => text.textContent)",
}
"""Each page's path, and what is true of it once it is drawn."""

# What a finger is meant for and finds too small. Streamlit's switches and sliders hide an input of their own in a
# larger label or track.
_SMALL = """
() => [...document.querySelectorAll("a[href], button, input, select, summary, [role=button], .legendtoggle")]
  .filter((target) => target.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
  .filter((target) => !target.closest("[data-rac], [data-testid=stSidebar], [data-testid=stSkipToContent]"))
  .map((target) => [target.ariaLabel || target.textContent || target.className.baseVal, target.getBoundingClientRect()])
  .filter(([, { width, height }]) => width && height && Math.min(width, height) < 24)
  .map(([name, { width, height }]) => `${name}: ${width} x ${height}`)
"""


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with the page, and calls serious or critical."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    serious = [rule for rule in found if rule["impact"] in ("serious", "critical")]
    return [f"{rule['id']} {node['target']}: {node['failureSummary']}" for rule in serious for node in rule["nodes"]]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_can_be_read_and_walked_through(visitor: Callable[..., Bench], path: str):
    bench = visitor(color_scheme="light")
    page = bench.page
    bench.visit(path)
    bench.wait(PAGES[path])
    assert page.locator("html").get_attribute("lang") == "en"
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    bench.wait("() => getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme === 'dark'")
    assert violations(page) == []

    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to main content")
    page.keyboard.press("Enter")
    for _ in range(3):
        page.keyboard.press("Tab")
        if page.locator(":focus").and_(bench.button("Pause")).count():
            break
    expect(bench.button("Pause")).to_be_focused()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_can_be_touched(visitor: Callable[..., Bench], path: str):
    bench = visitor(width=390, height=844, has_touch=True, is_mobile=True)
    bench.visit(path)
    bench.wait(PAGES[path])
    for name in ("Live bench", "Unrolled graph", "Gradient lab"):
        expect(bench.page.locator(".st-key-pages").get_by_role("link", name=name)).to_be_in_viewport(ratio=1)
    assert bench.page.locator("kbd:visible").count() == 0
    assert bench.page.evaluate(_SMALL) == []
    assert collisions(bench.page) == []
    assert cut(bench.page) == []


def test_arrows_lead_from_node_to_node(visitor: Callable[..., Bench]):
    bench = visitor()
    page = bench.page
    bench.visit("graph", seq_len=30, num_layers=2, speed=1)
    bench.wait(PAGES["graph"])
    focused = "() => document.activeElement.dataset.node"
    stops = page.locator("[data-node][tabindex='0']")
    expect(stops).to_have_count(1)
    stops.focus()
    assert page.evaluate(focused) == "h-1-0-1"
    way = {"ArrowRight": "h-1-0-2", "ArrowUp": "h-2-0-2", "ArrowLeft": "h-2-0-1", "End": "h-2-0-30"}
    for key, node in way.items():
        page.keyboard.press(key)
        assert page.evaluate(focused) == node
    for _ in range(15):  # to what was left out between the first steps and the last
        page.keyboard.press("ArrowLeft")
    assert page.evaluate(focused) == "h-2-0-15"
    expect(bench.button("Pause")).to_be_visible()  # the page's own arrows make a step, or go back to the start
    page.keyboard.press("Tab")
    assert page.evaluate("() => !document.activeElement.closest('svg.graph')")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(focused) == "h-2-0-15"


def test_a_word_of_the_graph_is_explained_in_place(visitor: Callable[..., Bench]):
    bench = visitor(has_touch=True)
    bench.visit("graph", seq_len=5)
    bench.wait(PAGES["graph"])
    bench.page.locator("[data-act=backward]").click()
    word = bench.page.get_by_role("button", name="floor of float32")
    sentence = bench.page.get_by_text("they lose their digits")
    for press in (word.tap, lambda: word.press("Enter"), lambda: word.press("Space"), word.hover):
        expect(sentence).to_be_hidden()
        press()
        expect(sentence).to_be_in_viewport(ratio=1)
        bench.page.keyboard.press("Escape")
    expect(sentence).to_be_hidden()
    expect(bench.button("Pause")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_labels_of_the_graph_keep_apart(visitor: Callable[..., Bench], width: int):
    bench = visitor(width=width)
    bench.visit("graph", cell="lstm", num_layers=2, bidirectional="on", seq_len=30)
    bench.wait(PAGES["graph"])
    still = "() => document.querySelector('svg.graph').dataset.still === 'true'"
    for act in ("shapes", "fold", "space", "shapes"):
        assert collisions(bench.page) == []
        assert cut(bench.page) == []
        bench.page.locator(f"[data-act={act}]").click()
        bench.wait(still)
    assert collisions(bench.page) == []
