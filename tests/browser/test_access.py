"""Every page can be used by keys alone, by touch, and with a screen reader."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from bench import Bench
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
