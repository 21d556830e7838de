"""The scrubber as a person uses it: drag back, step by key, a film, and back to now; with one live component and with
several."""

import re
from typing import Self

import pytest
from bench import PATIENCE, Bench
from playwright.sync_api import Locator, expect

THEN = re.compile(r"^Step [\d,]+ of ")
NOW = re.compile(r"^Now: step ")


class Scrubbed(Bench):
    """A page with the scrubber beside its transport."""

    @property
    def said(self) -> Locator:
        """Which moment is shown."""
        return self.page.locator(".rnnviz-scrubber .said")

    @property
    def slider(self) -> Locator:
        """What is dragged."""
        return self.page.get_by_role("slider", name="The moment of the training that is shown")

    @property
    def chosen(self) -> int:
        """The step at which the slider stands."""
        return int((self.slider.get_attribute("aria-valuetext") or "").split()[-1])

    def at(self, step: int) -> Self:
        """Wait until a moment of the past is shown, by the scrubber and by the readouts."""
        expect(self.said).to_have_text(re.compile(rf"^Step {step} of "), timeout=PATIENCE)
        self.shows_step(step)
        return self

    def drag(self, share: float) -> Self:
        """Take hold of the slider where it stands, at its end, and let go of it at another place."""
        box = self.slider.bounding_box()
        assert box
        y, thumb = box["y"] + box["height"] / 2, 8
        self.page.mouse.move(box["x"] + box["width"] - thumb, y)
        self.page.mouse.down()
        for n in range(1, 6):
            self.page.mouse.move(box["x"] + box["width"] * (1 - n / 5 * (1 - share)), y)
        self.page.mouse.up()
        return self


@pytest.fixture(scope="module")
def kind() -> type[Bench]:
    return Scrubbed


def test_one_drags_back_and_steps_by_key_and_returns_to_now(stay: Scrubbed):
    stay.open(speed="10")
    stay.reaches(30).paused()
    newest = stay.step
    before = {name: stay.drawn_at(newest).numbers(name) for name in ("prediction", "states", "gradients", "loss")}
    expect(stay.said).to_have_text(f"Now: step {newest}")
    held = "(step) => new URL(location).searchParams.get('at') === step"
    stay.drag(0.5)
    middle = stay.chosen
    assert newest / 3 < middle < newest * 2 / 3
    stay.at(middle).drawn_at(middle)
    stay.wait(held, str(middle))  # whoever opens this address trains to there
    expect(stay.word("rate")).to_have_text("–")
    for _ in range(3):
        stay.page.keyboard.press("Shift+ArrowLeft")
    stay.at(middle - 3)
    stay.page.keyboard.press("Shift+ArrowRight")
    stay.at(middle - 2).drawn_at(middle - 2)
    assert stay.numbers("states") != before["states"]
    stay.page.keyboard.press("Escape")
    stay.shows_step(newest)
    expect(stay.said).to_have_text(NOW)
    stay.drawn_at(newest)
    assert {name: stay.numbers(name) for name in before} == before
    stay.wait(held, None)
    said = "() => document.querySelector('[data-picture=prediction]').data.map(({ name }) => name)"
    names = stay.page.evaluate(said)
    stay.page.get_by_role("button", name="Pin this moment").click()
    stay.wait(
        f"([names, step]) => ({said})().join() === [...names, `y<sub>t</sub>, step ${{step}}`].join()", [names, newest]
    )
    loose = stay.page.get_by_role("button", name="Let go of the pinned moment")
    expect(loose).to_have_text(str(newest))
    stay.walk(2)
    stay.drawn_at(stay.step)
    for name, lines in {"prediction": 3, "gradients": 2}.items():  # the pinned moment's are still among them
        assert stay.page.locator(f"[data-picture={name}] .trace path.js-line").count() == lines
    loose.click()
    stay.wait(f"(names) => ({said})().join() === names.join()", names)
    stay.walk(1)
    for _ in range(3):
        stay.page.keyboard.press("Shift+ArrowLeft")
    stay.at(newest).drawn_at(newest)
    assert {name: stay.numbers(name) for name in before} == before


def test_training_goes_on_while_another_moment_is_shown_and_a_link_opens_there(stay: Scrubbed):
    stay.open(speed="10")
    stay.reaches(30)
    stay.slider.focus()
    stay.page.keyboard.press("Home")
    stay.at(0)
    newest = "() => Number(document.querySelector('.rnnviz-scrubber .said').textContent.match(/of ([\\d,]+)/)[1])"
    reached = stay.page.evaluate(newest)
    stay.page.wait_for_function(f"(before) => ({newest})() > before", arg=reached, timeout=PATIENCE)
    stay.at(0)
    for _ in range(7):
        stay.page.keyboard.press("Shift+ArrowRight")
    stay.press("Pause")
    there = stay.chosen
    assert 4 <= there <= 7  # they may have become too many meanwhile
    stay.at(there).press("Share")
    link = stay.page.get_by_role("dialog").locator("code")
    expect(link).to_contain_text(f"at={there}", timeout=PATIENCE)
    expect(link).to_contain_text("playing=off")
    stay.wait("(step) => new URL(location).searchParams.get('at') === step", str(there))  # the page's script ran for it
    expect(link).to_be_visible()
    stay.page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    stay.at(there).page.locator(".rnnviz-scrubber").get_by_role("button", name="Now").click()
    expect(stay.said).to_have_text(NOW)
    stay.press("Reset").shows_step(0)


def test_all_panels_of_a_page_show_the_moment_of_the_film(stay: Scrubbed):
    stay.page.goto(f"{stay.url}/words?task=letters&speed=20")
    expect(stay.said).to_have_text(NOW, timeout=2 * PATIENCE)
    stay.reaches(30).press("Pause")
    expect(stay.word("rate")).to_have_text("paused")
    stay.page.evaluate(
        "() => { window.seen = new Set(); const said = document.querySelector('.rnnviz-scrubber .said');"
        "new MutationObserver(() => seen.add(said.textContent)).observe(said, { childList: true }) }"
    )
    stay.page.get_by_role("button", name="Show what was kept as a film").click()
    stay.wait("() => seen.size > 12")
    stay.page.get_by_role("button", name="Stop the film").click()
    expect(stay.said).to_have_text(THEN)
    stay.at(stay.chosen)
    stay.page.keyboard.press("Escape")
    expect(stay.said).to_have_text(NOW)
    seen = filter(THEN.match, stay.page.evaluate("() => [...seen]"))
    films = [int(re.findall(r"\d+", text)[0]) for text in seen]
    assert films[:12] == [*range(12)]
