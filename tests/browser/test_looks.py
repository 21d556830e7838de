"""The page fits its window and can be read, by day and by night, on a phone and on a wide screen."""

import re
from collections.abc import Callable

import pytest
from bench import PICTURES, Bench
from playwright.sync_api import expect

WIDTHS = (390, 768, 1280, 1920)


@pytest.mark.parametrize("width", WIDTHS)
def test_everything_fits_into_the_window(visitor: Callable[..., Bench], width: int):
    bench = visitor(width=width).open().moves()
    for place in ("html", "[data-testid=stMain]"):
        assert (
            bench.page.evaluate(
                "(p) => (({scrollWidth: s, clientWidth: c}) => s - c)(document.querySelector(p))", place
            )
            <= 0
        )
    for element in [bench.picture(name) for name in PICTURES] + [bench.word("diagnosis"), bench.button("Step")]:
        box = element.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    for name in PICTURES:
        plot, svg = bench.picture(name), bench.picture(name).locator(".main-svg").first
        outer, inner = plot.bounding_box(), svg.bounding_box()
        assert outer
        assert inner
        assert inner["width"] == pytest.approx(outer["width"], abs=2)
        assert inner["width"] > 250


def test_narrowing_the_window_narrows_the_pictures(bench: Bench):
    bench.open().moves()
    bench.page.set_viewport_size({"width": 390, "height": 900})
    for name in PICTURES:
        bench.wait(
            "(n) => document.querySelector(`[data-picture=${n}] .main-svg`).getBoundingClientRect().right <= 390", name
        )
    bench.moves()


def test_the_settings_can_be_reached_on_a_phone(visitor: Callable[..., Bench]):
    bench = visitor(width=390, height=844, has_touch=True).open()
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_can_be_read(visitor: Callable[..., Bench], scheme: str):
    bench = visitor(color_scheme=scheme).open().moves()
    background, texts = colours(bench)
    assert (luminance(background) < 0.2) == (scheme == "dark")
    assert len(texts) > 20
    words = [text for text in texts if contrast(text, background) < 4.5]
    assert words == []


def test_the_pictures_follow_a_change_of_theme(bench: Bench):
    bench.page.emulate_media(color_scheme="light")
    bench.open().moves()
    bench.page.emulate_media(color_scheme="dark")
    bench.wait(
        "() => [...document.querySelectorAll('[data-picture] .xtick text')]"
        ".every((t) => Number(getComputedStyle(t).fill.match(/\\d+/)[0]) > 128)"
    )
    bench.moves()
