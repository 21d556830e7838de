"""The page fits its window and can be read, by day and by night, on a phone and on a wide screen."""

import re
from collections.abc import Callable
from typing import Literal

import pytest
from bench import Bench
from boxes import collisions, cut
from playwright.sync_api import expect

from rnnviz.plots.classes import MOST_CLASSES
from rnnviz.settings.experiment import Experiment

SIZES: tuple[tuple[int, int, Literal["light", "dark"]], ...] = (
    (1920, 1080, "light"),
    (1280, 720, "light"),
    (1280, 720, "dark"),
    (390, 844, "dark"),
)
SHOWN = ("sine", "adding", "recall", "square", "video", "airline")
"""Tasks, one of each way to show what is read and what is said."""
HEAD = 150
"""Pixels that title, transport and choices take at the most, on a screen of a computer."""
_WHOLE = """
() => {
  const parts = [...document.querySelectorAll("[data-picture], .verdict, .readouts")]
  return parts.filter((part) => part.checkVisibility()).map((part) => {
    const { left, right, top, bottom } = part.getBoundingClientRect()
    return { name: part.dataset.picture ?? part.className, left, right, top, bottom }
  })
}
"""
_SHORTENED = """
() => [...document.querySelectorAll(".rnnviz-live :is(figcaption span, dt, dd)")]
  .filter((part) => part.scrollWidth > part.clientWidth && part.clientWidth).map((part) => part.textContent)
"""
_SCROLLS = "() => (({scrollHeight: s, clientHeight: c}) => s - c)(document.querySelector('[data-testid=stMain]'))"
_SETTLED = """
(width) => innerWidth === width && [...document.querySelectorAll("[data-picture]")].every((picture) => {
  const drawn = picture.querySelector(".main-svg")?.getBoundingClientRect()
  const off = (side, room) => Math.abs(drawn[side] - room) > 2
  if (!picture.checkVisibility()) return true
  return drawn && !off("width", picture.clientWidth) && !off("height", picture.clientHeight)
})
"""


@pytest.mark.parametrize("task", SHOWN)
def test_every_picture_is_whole_and_no_text_overlaps(stay: Bench, task: str):
    another(stay, task).reaches(3)
    for width, height, scheme in SIZES:
        where = (width, height, scheme)
        stay.page.emulate_media(color_scheme=scheme)
        stay.page.set_viewport_size({"width": width, "height": height})
        stay.wait(_SETTLED, width)
        assert stay.page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth") <= width
        parts = stay.page.evaluate(_WHOLE)
        assert len(parts) >= 5
        for part in parts:
            assert part["left"] >= 0, (where, part)
            assert part["right"] <= width, (where, part)
            if width >= 1280:
                assert part["top"] >= 0, (where, part)
                assert part["bottom"] <= height, (where, part)
        if width >= 1280:
            assert stay.page.evaluate(_SCROLLS) <= 0, where
            assert min(part["top"] for part in parts) <= HEAD
        assert (where, collisions(stay.page)) == (where, [])
        assert (where, cut(stay.page)) == (where, [])
        assert (where, stay.page.evaluate(_SHORTENED)) == (where, [])


def test_names_of_many_classes_keep_apart(stay: Bench):
    another(stay, "translate").reaches(3)
    for width, height, scheme in SIZES:
        stay.page.emulate_media(color_scheme=scheme)
        stay.page.set_viewport_size({"width": width, "height": height})
        stay.wait(_SETTLED, width)
        assert len(stay.picture("prediction").locator(".textpoint").all_inner_texts()) == MOST_CLASSES
        assert (width, collisions(stay.page), cut(stay.page)) == (width, [], [])


def another(stay: Bench, task: str) -> Bench:
    """Go to the task by the menu of a page that shows one, else by the address."""
    settings = {"cell": "gru", "num_layers": "2", "speed": "5"}
    shown = stay.settings
    if shown.pop("task", "sine") == task or shown != settings:
        return stay.open(task=task, **settings)
    stay.page.set_viewport_size({"width": 1280, "height": 720})
    stay.page.evaluate("() => (window.before = document.querySelector('[data-picture=prediction]').data)")
    stay.choose("task", str(Experiment.SETTINGS["task"].options[task]))  # pyright: ignore[reportAttributeAccessIssue]
    return stay.wait("() => document.querySelector('[data-picture=prediction]').data !== window.before")


def test_the_settings_can_be_reached_on_a_phone(visitor: Callable[..., Bench]):
    bench = visitor(width=390, height=844, has_touch=True, is_mobile=True).open(speed=5)
    expect(bench.setting("cell")).not_to_be_in_viewport()
    bench.page.get_by_test_id("stExpandSidebarButton").click()
    expect(bench.setting("cell")).to_be_in_viewport()
    bench.choose("cell", "GRU")
    bench.wait("() => location.search.includes('cell=gru')")


def luminance(colour: str) -> float:
    """Of "rgb(r, g, b)", as WCAG defines it."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def colours(bench: Bench) -> tuple[str, list[str]]:
    """The background, and the colours of the words in and around the pictures."""
    background = bench.page.evaluate(
        "() => getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
    )
    texts = bench.page.evaluate(
        "() => [...document.querySelectorAll('[data-picture] .xtick text')].map((t) => getComputedStyle(t).fill)"
        ".concat([...document.querySelectorAll('[data-word]')].map((w) => getComputedStyle(w).color))"
    )
    return background, texts


def test_words_can_be_read_by_day_and_by_night(stay: Bench):
    stay.page.emulate_media(color_scheme="light")
    stay.open(speed="1").moves()
    words_can_be_read(stay, "light")
    stay.page.emulate_media(color_scheme="dark")
    stay.wait(
        "() => [...document.querySelectorAll('[data-picture] .xtick text')]"
        ".every((t) => Number(getComputedStyle(t).fill.match(/\\d+/)[0]) > 128)"
    )
    words_can_be_read(stay.moves(), "dark")
    stay.page.reload()
    words_can_be_read(stay.drawn().moves(), "dark")
    stay.page.emulate_media(color_scheme="null")


def words_can_be_read(bench: Bench, scheme: str):
    background, texts = colours(bench)
    assert (luminance(background) < 0.2) == (scheme == "dark")
    assert len(texts) > 20
    words = [text for text in texts if contrast(text, background) < 4.5]
    assert words == []


def test_nothing_moves_when_words_come_and_go(stay: Bench):
    """Long or short, what is said of the network leaves every picture where it is."""
    stay.page.set_viewport_size({"width": 1280, "height": 720})
    stay.open(speed="1").moves()
    before = stay.page.evaluate(_WHOLE)
    stay.page.evaluate(
        "() => { for (const w of ['notice', 'problem', 'advice']) "
        "document.querySelector(`[data-word=${w}]`).textContent = 'Some long words that wrap. '.repeat(9) }"
    )
    assert stay.page.evaluate(_WHOLE) == before
    told = stay.page.locator(".told")
    assert told.evaluate("(told) => told.scrollHeight <= told.clientHeight")
    loss = stay.picture("loss").bounding_box()
    assert loss
    covering = "(told, [x, y]) => told.contains(document.elementFromPoint(x, y))"
    assert told.evaluate(covering, [loss["x"] + 9, loss["y"] + 9])  # it lies over the pictures
