"""The page of words as a person uses it: colours that move, a text of one's own, another word in it."""

import re

import pytest
from bench import PATIENCE, Bench
from playwright.sync_api import Locator, expect

RECALL = {"task": "recall", "speed": "5"}

# The smallest contrast of a word on the fullest colours, blended with the page's own background.
_CONTRAST = """
() => {
  const token = document.querySelector(".row button.token")
  const channels = (colour) => {
    const numbers = colour.match(/[\\d.e-]+/g).map(Number)
    return colour.startsWith("color") ? [...numbers.slice(0, 3).map((n) => 255 * n), numbers[3] ?? 1] : numbers
  }
  const linear = (n) => n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4
  const light = ([r, g, b]) => [r, g, b].map((n) => linear(n / 255))
    .reduce((sum, n, i) => sum + n * [0.2126, 0.7152, 0.0722][i], 0)
  const page = channels(getComputedStyle(document.querySelector(".stApp")).backgroundColor)
  const text = light(channels(getComputedStyle(token).color))
  const before = token.getAttribute("style")
  const found = [false, true].map((minus) => {
    token.classList.toggle("minus", minus)
    token.style.setProperty("--tint", "1")
    const [r, g, b, a = 1] = channels(getComputedStyle(token).backgroundColor)
    const ground = light([r, g, b].map((n, i) => a * n + (1 - a) * page[i]))
    return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05)
  })
  token.setAttribute("style", before)
  return Math.min(...found)
}
"""


class Words(Bench):
    """The page of words."""

    def open(self, path: str = "words", **settings: object) -> "Words":
        """Go there, and wait until a text is in its colours."""
        super().visit(path, **settings)
        self.wait("() => [...document.querySelectorAll('.token')].some((t) => t.style.getPropertyValue('--tint') > 0)")
        if self.page.get_by_role("button", name="Back to the text").is_visible():
            self.page.get_by_role("button", name="Back to the text").click()
        return self

    def row(self, n: int) -> Locator:
        """The words of a text."""
        return self.page.locator(".row").nth(n).locator(".token")

    def type(self, text: str) -> "Words":
        """Type a text, and have it read."""
        self.page.locator(".own textarea").fill(text)
        self.page.locator(".own textarea").press("Enter")
        return self


@pytest.fixture(scope="module")
def kind() -> type[Bench]:
    return Words


@pytest.fixture
def words(stay: Words) -> Words:
    return stay.open(**RECALL)


def test_the_colours_move_and_the_words_stay(words: Words):
    page = words.page
    expect(words.row(0)).to_have_count(10)
    expect(words.row(0).last).to_have_text("speaks?")
    expect(words.picture("answer").locator(".main-svg").first).to_be_visible()
    second = "document.querySelectorAll('.token')[1]"  # the first is soon the darkest there can be, and stays so
    page.evaluate(f"() => {{ window.token = {second}; window.before = token.style.cssText }}")
    words.wait("() => token.style.cssText !== before")
    assert page.evaluate(f"() => token.isConnected && token === {second}")
    expect(page.locator(".row header").first).to_contain_text(re.compile(r"It answers \w+ with a probability of "))


def test_a_text_of_one_s_own_is_read_and_a_word_of_it_changed(words: Words):
    page = words.page
    words.type("China <img src=x onerror=alert(1)> we speaks?")
    expect(words.row(0).first).to_have_text("China")
    expect(words.row(0).last).to_have_text("speaks?")
    assert page.locator(".row img").count() == 0
    expect(page.locator(".note").first).to_contain_text("not in the vocabulary")
    words.row(0).first.click()
    page.locator(".change input").fill("Greece")
    page.locator(".change input").press("Enter")
    expect(words.row(1).first).to_have_text("Greece")
    expect(words.row(1).first).to_have_class(re.compile(r"\bchanged\b"))
    expect(words.row(0).first).to_be_focused()
    expect(page.locator(".row")).to_have_count(2)
    words.wait("() => document.querySelector('[data-picture=answer]').data.length === 8")
    words.row(0).last.click()
    page.get_by_role("button", name="Leave it out").click()
    expect(words.row(1).last).to_have_text("we")
    words.row(0).first.click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".row")).to_have_count(1)
    words.type(" ")
    expect(page.locator(".refused")).to_have_text("Type a word or more.")
    page.get_by_role("button", name="Back to the text").click()
    expect(words.row(0)).to_have_count(10)


def test_while_it_is_paused_a_text_is_read_as_well(words: Words):
    words.paused()
    words.type("France we speaks?")
    expect(words.row(0).first).to_have_text("France")
    words.page.get_by_role("link", name="Live bench").click()
    expect(words.row(0)).to_have_count(0)
    words.page.get_by_role("link", name="Words").first.click()
    expect(words.row(0).first).to_have_text("France")


def test_keys_walk_through_the_words_and_nowhere_else(words: Words):
    page = words.page
    words.paused()
    there = words.step
    words.row(0).first.focus()
    page.keyboard.press("ArrowRight")
    expect(words.row(0).nth(1)).to_be_focused()
    expect(words.row(0).nth(1)).to_have_attribute(
        "aria-label", re.compile(r"^Word 2 of 10, .*importance .* After it: ")
    )
    expect(page.locator(".about")).to_contain_text("Word 2 of 10")
    page.keyboard.press("End")
    expect(words.row(0).last).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".change input")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".change")).to_be_hidden()
    expect(words.row(0).last).to_be_focused()
    assert words.step == there
    assert page.locator(".row button.token[tabindex='0']").count() == 1


def test_what_colours_the_words_stands_in_the_address(words: Words):
    words.page.keyboard.press("Escape")  # lets go of the word that is pinned, if one is: it is in the address, too
    words.choose("tint", "Norm of dL/dx_t: position more than meaning")
    words.address_says(**RECALL, tint="norm")
    expect(words.page.locator(".meaning")).to_contain_text("position more than its meaning")
    words.page.locator(".numbers summary").click()
    expect(words.page.locator(".numbers tr")).to_have_count(11)
    expect(words.page.locator(".numbers th").nth(1)).to_have_text("norm of dL/dx_t")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_can_be_read_on_the_fullest_colour(words: Words, scheme):
    words.page.emulate_media(color_scheme=scheme)
    background = "() => getComputedStyle(document.querySelector('.stApp')).backgroundColor.match(/\\d+/)[0]"
    words.wait(f"() => ({background})() {'>' if scheme == 'light' else '<'} 128")
    assert words.page.evaluate(_CONTRAST) >= 4.5
    words.page.emulate_media(color_scheme="light")


def test_a_narrow_window_wraps_the_words(words: Words):
    words.page.set_viewport_size({"width": 390, "height": 844})
    words.type("we " * 80)
    expect(words.row(0)).to_have_count(80, timeout=PATIENCE)
    fits = (
        "() => [...document.querySelectorAll('.rnnviz-words *')].every((e) => e.getBoundingClientRect().right <= 391)"
    )
    words.wait(fits)
    assert words.text("accuracy") != "–"
    cut = "() => [...document.querySelectorAll('.readouts dd')].filter((dd) => dd.scrollWidth > dd.clientWidth).length"
    assert words.page.evaluate(cut) == 0


def test_a_narrow_input_shows_the_ends_of_what_is_read_inside_its_bars(words: Words):
    words.page.set_viewport_size({"width": 390, "height": 844})
    words.visit("", task="languages")
    shown = words.picture("input").locator(".textpoint:visible")
    expect(shown).to_have_text([re.compile("."), "speak"])
    ends = shown.last.bounding_box()
    bars = words.picture("input").locator(".nsewdrag").bounding_box()
    assert ends
    assert bars
    assert ends["x"] + ends["width"] <= bars["x"] + bars["width"]


def test_numbers_are_told_and_words_are_offered(words: Words):
    words.visit("words", task="sine")
    words.page.get_by_role("button", name=re.compile("^Recall")).click()
    expect(words.row(0)).to_have_count(10)
