"""Every page can be used by keys alone, by touch, and with a screen reader."""

import itertools
import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from bench import Bench
from boxes import collisions, cut
from playwright.sync_api import Page, expect

DRAWN = "(count) => document.querySelectorAll('[data-picture] .main-svg').length >= 2 * count"
PAGES = {
    "": f"() => ({DRAWN})(6)",
    "graph": "() => [...document.querySelectorAll('.node.h .value')].some((text) => text.textContent)",
    "lab": f"() => ({DRAWN})(8)",
    "race": "() => document.querySelector('.st-key-lane_c svg')",
    "words": f"() => ({DRAWN})(1)",
    "pairs": "() => [...document.querySelectorAll('.arc')].some((arc) => arc.getAttribute('stroke-width') > 0)",
}
"""Each page's path, and what is true of it once it is drawn."""
SETTINGS = {"words": {"task": "recall"}, "pairs": {"task": "numbers", "attention": "additive"}}
"""What else a page's address needs."""

# What a finger is meant for and finds too small. Streamlit's switches and sliders hide an input of their own in a
# larger label or track, and a legend is no switch where its clicks are off. The nodes over the bench's score are for
# keys: a finger meets the picture, and where its columns are narrow, the slider of the cursor goes to the step.
_SMALL = """
() => [...document.querySelectorAll("a[href], button, input, select, summary, [role=button], .legendtoggle")]
  .filter((target) => target.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
  .filter((target) => !target.closest("[data-rac], [data-testid=stSidebar], [data-testid=stSkipToContent]"))
  .filter((target) => getComputedStyle(target).pointerEvents !== "none")
  .filter((target) => target.closest(".js-plotly-plot")?._fullLayout.legend?.itemclick !== false)
  .map((target) => [target.ariaLabel || target.textContent || target.className.baseVal, target.getBoundingClientRect()])
  .filter(([, { width, height }]) => width && height && Math.min(width, height) < 24)
  .map(([name, { width, height }]) => `${name}: ${width} x ${height}`)
"""

_SCROLLED = "() => document.querySelector('[data-testid=stMain]').scrollTop"
_ZOOM = "(plot) => JSON.stringify([plot._fullLayout.xaxis.range, plot._fullLayout.xaxis.autorange])"


def violations(page: Page, *rules: str) -> list[str]:
    """What axe-core finds wrong with the page by these rules, or all, and calls serious or critical."""
    options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    found = Axe().run(page, options=options).response["violations"]
    serious = [rule for rule in found if rule["impact"] in ("serious", "critical")]
    return [f"{rule['id']} {node['target']}: {node['failureSummary']}" for rule in serious for node in rule["nodes"]]


def swipe(page: Page, x: float, y: float, by: float):
    """Move a finger up or down from there, as a touch screen tells of it."""
    touches = page.context.new_cdp_session(page)
    touches.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 9):
        move = {"type": "touchMove", "touchPoints": [{"x": x, "y": y + by * step / 8}]}
        touches.send("Input.dispatchTouchEvent", move)
    touches.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.mark.parametrize("path", PAGES)
def test_a_page_can_be_read_and_walked_through(bench: Bench, path: str):
    page = bench.page
    page.emulate_media(color_scheme="light")
    bench.visit(path, speed=1, **SETTINGS.get(path, {}))
    bench.wait(PAGES[path])
    assert page.locator("html").get_attribute("lang") == "en"
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    bench.wait("() => getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme === 'dark'")
    assert violations(page, "color-contrast", "link-in-text-block") == []  # all that can be another by night

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
    bench.visit(path, speed=1, **SETTINGS.get(path, {}))
    bench.wait(PAGES[path])
    for name in ("Live bench", "Unrolled graph", "Gradient lab", "Race", "Words", "Two sequences"):
        expect(bench.page.locator(".st-key-pages").get_by_role("link", name=name)).to_be_in_viewport(ratio=1)
    assert bench.page.locator("kbd:visible").count() == 0
    assert bench.page.evaluate(_SMALL) == []
    assert collisions(bench.page) == []
    assert cut(bench.page) == []
    for picture in bench.page.locator("[data-picture]:visible").all()[:4]:
        picture.evaluate("(plot) => plot.scrollIntoView({ block: 'center' })")
        expect(picture.locator(".main-svg").first).to_be_visible()  # what is out of sight is drawn less often
        box = picture.bounding_box()
        assert box
        before = bench.page.evaluate(_SCROLLED)
        ranges = picture.evaluate(_ZOOM)
        up = -100 if before < 100 else 100  # a page that is at its end can only go back
        swipe(bench.page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, up)
        bench.wait(f"(before) => Math.abs(({_SCROLLED})() - before) > 50", before)
        assert picture.evaluate(_ZOOM) == ranges


def test_arrows_lead_from_node_to_node_and_words_are_explained(visitor: Callable[..., Bench]):
    bench = visitor(has_touch=True)
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
    a_word_is_explained_in_place(bench)


def a_word_is_explained_in_place(bench: Bench):
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


def test_labels_of_the_graph_keep_apart(bench: Bench):
    bench.page.emulate_media(reduced_motion="reduce")
    bench.visit("graph", cell="lstm", num_layers=2, bidirectional="on", seq_len=30, playing="off")
    bench.wait(PAGES["graph"])
    still = "() => document.querySelector('svg.graph').dataset.still === 'true'"
    for width in (1280, 390):
        bench.page.set_viewport_size({"width": width, "height": 900})
        bench.wait("(width) => document.querySelector('svg.graph').viewBox.baseVal.width < width", width)
        for act in ("shapes", "fold", "space", "shapes", "space", "fold"):
            bench.wait(still)
            assert (width, act, collisions(bench.page)) == (width, act, [])
            assert (width, act, cut(bench.page)) == (width, act, [])
            bench.page.locator(f"[data-act={act}]").click()


def test_a_picture_s_values_can_be_read_by_keys_alone(visitor: Callable[..., Bench]):
    bench = visitor()
    page = bench.page
    bench.visit("", seq_len=8, hidden_size=3, speed=1)
    bench.wait(PAGES[""])
    bench.press("Pause").rests()
    for picture, rows, columns in (("prediction", 8, 3), ("states", 3, 9)):
        button = page.locator(f"figure:has([data-picture={picture}]) button.values")
        button.press("Enter")
        table = page.get_by_role("dialog")
        expect(table.locator("tr")).to_have_count(rows + 1)
        expect(table.locator("tr").last.locator("th, td")).to_have_count(columns)
        expect(table.locator(":focus")).to_have_count(1)
        page.keyboard.press("ArrowLeft")  # scrolls, and does not take the network back to its start
        if picture == "states":
            assert violations(page) == []
            said = [
                float(cell.replace("\u2212", "-"))
                for cell in table.locator("tr").nth(2).locator("td").all_inner_texts()
            ]
            drawn = page.evaluate("() => [...document.querySelector('[data-picture=states]')._fullData[0].z[1]]")
            assert said == pytest.approx(drawn, rel=1e-3)
        page.keyboard.press("Escape")
        expect(table).to_have_count(0)
        expect(button).to_be_focused()
    assert bench.step > 0


def test_the_verdict_is_read_aloud_when_it_is_another(bench: Bench):
    bench.open(speed="50").reaches(60)
    bench.page.evaluate(
        """() => {
            const seen = (name) => {
                const place = document.querySelector(name)
                const texts = [place.textContent]
                const look = () => texts.at(-1) !== place.textContent && texts.push(place.textContent)
                new MutationObserver(look).observe(place, { childList: true, subtree: true, characterData: true })
                return texts
            }
            window.shown = seen("[data-word=diagnosis]")
            window.aloud = seen(".aloud")
        }"""
    )
    bench.wait("() => shown.length > 8")
    shown, aloud = bench.page.evaluate("() => [shown, aloud]")
    assert aloud[-1]
    kinds = [re.sub(r"[\d.,e\-]+", "", sentence) for sentence in aloud]
    assert all(one != other for one, other in itertools.pairwise(kinds))
    assert len(aloud) < len(shown) / 2
