"""Two sequences as a person sees them: arcs that move, a hand on attention, a source of one's own."""

import re
import statistics
from collections.abc import Callable

import pytest
from bench import Bench
from playwright.sync_api import Locator, expect

NUMBERS = {"task": "numbers", "cell": "gru", "attention": "additive", "speed": "max"}
HOSTILE = "seven <img src=x onerror=alert(1)> **thousand** $x$"


class Two(Bench):
    """The page of two sequences."""

    def paused(self) -> "Two":
        """See Bench.paused."""
        super().paused()
        return self

    def open(self, path: str = "pairs", **settings: object) -> "Two":
        """Go there, and wait until something is written."""
        super().visit(path, **settings)
        expect(self.picture_of_both.locator(".written:not(:empty)").first).to_be_visible()
        for name in ("Back to the probe", "Undo all", "Undo", "Close"):
            button = self.arcs.get_by_role("button", name=name, exact=True)
            if button.is_visible():
                button.click()
        return self

    @property
    def arcs(self) -> Locator:
        """The panel with both parts, unrolled."""
        return self.page.locator(".rnnviz-arcs")

    @property
    def picture_of_both(self) -> Locator:
        """What is drawn in it."""
        return self.arcs.locator(".unrolled svg")

    def step_of(self, side: str, n: int) -> Locator:
        """A step of one of the parts, "source" or "target", with its token."""
        return self.picture_of_both.locator(f".{side}:not(.absent)").nth(n)

    def says_of(self, words: str) -> "Two":
        """Wait until this is said of what is pointed at."""
        expect(self.arcs.locator(".about")).to_contain_text(re.compile(words))
        return self


@pytest.fixture(scope="module")
def kind() -> type[Bench]:
    return Two


@pytest.fixture
def two(stay: Two) -> Two:
    return stay.open(**NUMBERS)


def test_the_tokens_stand_at_the_ticks_of_the_alignment(two: Two):
    two.wait(
        "() => { const plot = document.querySelector('[data-picture=alignment]');"
        "const { ticktext } = plot?.layout?.xaxis ?? {};"
        "const there = [...plot?.querySelectorAll('.xtick text') ?? []].map((tick) => tick.textContent);"
        "return ticktext?.length && there.join() === ticktext.join() }"
    )


def test_the_arcs_move_and_stay(two: Two):
    two.page.evaluate(
        "() => { window.arcs = [...document.querySelectorAll('.arc')]; window.wide = arcs.map((a) => a.outerHTML) }"
    )
    two.wait("() => arcs.filter((a, n) => a.outerHTML !== wide[n]).length > 3")
    assert two.page.evaluate("() => arcs.every((a) => a.isConnected)")
    two.paused()
    expect(two.arcs.locator(".at")).to_contain_text(f"training step {two.step:,}.")


def test_a_token_lights_up_what_it_looks_at_and_back(two: Two):
    two.step_of("target", 1).locator(".box").hover()
    two.says_of(r"Step 2 writes “.+”, with a probability of [\d.]+.* It looks at “")
    lit = two.picture_of_both.locator(".source.lit")
    expect(lit.first).to_be_visible()
    s = lit.first.get_attribute("data-at")
    two.step_of("source", int(s or 0)).locator(".box").hover()
    two.says_of(f"Source step {int(s or 0) + 1}, “")
    expect(two.picture_of_both.locator(".source.self")).to_have_count(1)
    two.page.mouse.move(0, 0)
    expect(two.arcs.locator(".about")).to_be_empty()


def test_the_keys_do_what_a_pointer_does(two: Two):
    two.reaches(200)  # before it has learned, it may end at once, and there is no second step
    two.step_of("target", 0).focus()
    two.page.keyboard.press("ArrowRight")
    two.says_of("Step 2 writes")
    expect(two.page.locator(":focus")).to_have_attribute("aria-label", re.compile("Step 2 writes"))
    two.page.keyboard.press("Enter")
    expect(two.arcs.locator(".weights button").first).to_be_visible()
    two.page.keyboard.press("Enter")
    expect(two.arcs.locator(".weights")).to_be_hidden()
    two.page.keyboard.press("ArrowDown")
    two.says_of("Source step 2")
    expect(two.button("Pause")).to_be_visible()  # the page's own shortcuts slept


def choose(two: Two, t: int, s: int):
    """Press a token and then one of its weights."""
    two.step_of("target", t).locator(".box").click()
    two.arcs.locator(".weights button").nth(s).click()
    expect(two.arcs.locator(".sums")).to_be_visible()


def test_a_weight_tells_its_sums_and_is_moved(two: Two):
    two.paused()
    choose(two, 0, 1)
    spots = two.arcs.locator("[data-value=weight]")
    expect(spots).to_have_text(re.compile(r"\d"))
    listed = two.arcs.locator(".weights button[aria-pressed=true] b")
    assert float((spots.text_content() or "").replace("−", "-")) == pytest.approx(float(listed.inner_text()), abs=6e-4)
    assert two.arcs.locator(".equations math").count() >= 10
    two.arcs.get_by_role("combobox").select_option("0")
    two.arcs.get_by_role("button", name="Move", exact=True).click()
    expect(listed).to_have_text("0")
    expect(two.arcs.locator(".touches li")).to_have_count(1)
    expect(two.arcs.locator(".before")).to_contain_text("Untouched")
    expect(two.arcs.locator("[data-equation=touched]")).to_be_visible()
    two.arcs.get_by_role("button", name=re.compile("off at all steps")).click()
    expect(two.arcs.locator(".touches li")).to_have_count(2)
    two.arcs.get_by_role("button", name="Undo all").click()
    expect(two.arcs.locator(".before")).to_be_hidden()


def test_the_end_of_an_arc_is_dragged_to_another_token(two: Two):
    two.paused()
    two.step_of("target", 0).locator(".box").click()
    handle = two.picture_of_both.locator(".handle:not(.absent)").last
    s = int(handle.get_attribute("data-at") or 0)
    to = 0 if s else 1
    handle.hover(force=True)
    two.page.mouse.down()
    place = two.step_of("source", to).locator(".box").bounding_box()
    assert place
    two.page.mouse.move(place["x"] - 30, place["y"] - 40)
    two.page.mouse.move(place["x"] + 5, place["y"] + 5)
    expect(two.picture_of_both.locator(".drop")).to_have_attribute("data-at", str(to))
    two.page.mouse.up()
    expect(two.arcs.locator(".touches li")).to_have_text(re.compile("^step 1: .+ → "))
    expect(two.arcs.locator(".weights button b").nth(s)).to_have_text("0")


def test_a_picture_that_is_built_anew_keeps_the_focus_and_is_filled(two: Two):
    two.open(**NUMBERS | {"projector": "on", "playing": "off"})
    two.step_of("target", 0).focus()
    two.page.evaluate("() => { window.drawing = document.querySelector('.unrolled svg') }")
    two.page.set_viewport_size({"width": 800, "height": 900})
    two.wait("() => document.querySelector('.unrolled svg') !== drawing")
    expect(two.step_of("target", 0)).to_be_focused()
    expect(two.step_of("target", 0).locator(".written")).not_to_be_empty()
    expect(two.step_of("source", 0).locator(".token")).not_to_be_empty()
    two.says_of("Step 1 writes")


def test_a_finger_moves_a_weight(visitor: Callable[..., Bench]):
    bench = visitor(width=390, height=844, has_touch=True, is_mobile=True)
    two = Two(bench.page, bench.url).open(**NUMBERS).paused()
    two.step_of("target", 0).tap()
    handle = two.picture_of_both.locator(".handle:not(.absent)").first
    handle.scroll_into_view_if_needed()
    s = int(handle.get_attribute("data-at") or 0)
    to = two.step_of("source", s + 1 if s < 2 else s - 1)
    ends = [place.bounding_box() for place in (handle, to.locator(".box"))]
    (x, y), there = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in ends if box]
    touches = two.page.context.new_cdp_session(two.page)
    for kind, (left, top) in (("touchStart", (x, y)), ("touchMove", (x, y - 30)), ("touchMove", there)):
        touches.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": left, "y": top}]})
    touches.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(two.arcs.locator(".touches li")).to_have_text(re.compile("^step 1: .+ → "))


def test_a_source_of_ones_own_is_read_and_nothing_in_it_is_run(two: Two):
    field = two.arcs.get_by_role("textbox")
    field.fill(HOSTILE)
    field.press("Enter")
    expect(two.arcs.locator(".note")).to_contain_text("not in the vocabulary")
    expect(two.step_of("source", 0)).to_contain_text("seven")
    assert two.arcs.locator("img").count() == 0
    field.fill("two thousand and five")
    field.press("Enter")
    expect(two.arcs.locator(".right")).to_contain_text("2 0 0 5")
    field.fill("  ")
    field.press("Enter")
    expect(two.arcs.locator(".refused")).to_contain_text("Type a token")
    two.arcs.get_by_role("button", name="Back to the probe").click()
    expect(two.arcs.locator(".right")).not_to_contain_text("2 0 0 5")


def test_without_attention_the_state_alone_is_handed_over(two: Two):
    two.open(**NUMBERS | {"attention": "none", "playing": "off"})
    expect(two.arcs.locator(".help")).to_contain_text("no attention")
    expect(two.picture_of_both.locator(".handover path")).to_have_count(1)
    assert two.picture_of_both.locator(".arc").count() == 0
    two.step_of("target", 0).locator(".box").hover()
    two.says_of(r"^Step 1 writes “.+”, with a probability of [\d.]+")


GAPS = """
() => {
  window.gaps = []
  let before = performance.now()
  document.querySelector("[data-picture=lengths]").on("plotly_afterplot", () => {
    gaps.push(performance.now() - before)
    before = performance.now()
  })
}
"""
"""Notes from now on how many milliseconds are between two drawings of a picture that is below the window."""


def test_what_is_below_the_window_leaves_the_worker_to_what_is_seen(two: Two):
    two.open(**NUMBERS).wait("() => document.querySelector('[data-picture=lengths] .main-svg .trace')")
    two.page.evaluate(GAPS)
    two.wait("() => gaps.length > 3")
    assert statistics.median(two.page.evaluate("gaps.slice(1)")) > 700
    two.picture("lengths").scroll_into_view_if_needed()
    two.wait("() => gaps.slice(-3).every((gap) => gap < 700)")
