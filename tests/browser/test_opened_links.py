"""A link opens the scene it holds, and a newcomer is told once what to look at."""

from collections.abc import Callable

from bench import Bench
from playwright.sync_api import expect

from rnnviz.language import short
from rnnviz.settings.experiment import Experiment
from rnnviz.training.trainer import Trainer

LEAST = 20
"""Pixels of the smallest text on a projector."""
# Every text that can be seen and is smaller, but for subscripts and exponents.
_SMALLER = """
(least) => {
  const found = []
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const place = texts.currentNode.parentElement
    const seen = place.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    if (!texts.currentNode.textContent.trim() || !seen) continue
    if (place.closest("sub, sup, tspan, style, script, noscript") || !place.getBoundingClientRect().width) continue
    const size = parseFloat(getComputedStyle(place).fontSize)
    if (size < least) found.push(`${size} px: ${texts.currentNode.textContent}`)
  }
  return found
}
"""


def test_a_link_opens_the_scene_it_holds(visitor: Callable[..., Bench]):
    bench = visitor(width=1280, height=720)
    scene = {
        "playing": "off",
        "at": "40",
        "hidden_size": "9",
        "projector": "on",
        "lock": "seed",
        "hide": "sequence,step",
    }
    bench.open(**scene).shows_step(40).rests()
    trainer = Trainer(Experiment(hidden_size=9))
    trainer.step(40)
    assert bench.text("loss") == short(trainer.loss, 3)
    assert bench.settings == scene

    expect(bench.button("New seed")).to_be_disabled()
    expect(bench.button("Step")).to_have_count(0)
    expect(bench.setting("all_controls")).not_to_be_in_viewport()  # the sidebar is shut
    assert bench.page.evaluate(_SMALLER, LEAST) == []
    widths = bench.page.evaluate(
        "() => document.querySelector('[data-picture=loss]').data.map((trace) => trace.line.width)"
    )
    assert min(widths) >= 3

    bench.page.get_by_test_id("stExpandSidebarButton").click()
    expect(bench.setting("all_controls")).to_be_in_viewport()
    expect(bench.setting("seq_len")).to_have_count(0)
    bench.setting("all_controls").get_by_role("button").first.click()
    expect(bench.setting("seq_len")).to_be_visible()
    bench.press("Step").shows_step(41)

    bench.setting("share").get_by_role("button").first.click()
    link = bench.page.get_by_test_id("stCode")
    expect(link).to_have_text(f"{bench.url}/?hidden_size=9&projector=on&playing=off&at=41")


def test_a_newcomer_is_told_once_what_to_look_at(visitor: Callable[..., Bench]):
    bench = visitor(newcomer=True).open()
    card = bench.page.locator(".rnnviz-welcome")
    for n in (1, 2, 3):
        expect(card).to_contain_text(f"{n} of 3")
        pointed = bench.page.locator(".rnnviz-pointed")
        expect(pointed).to_have_count(1)
        expect(pointed).to_be_in_viewport()
        if n < 3:
            card.get_by_role("button", name="Next").click()
    bench.page.keyboard.press("Space")  # the keys are the transport's
    bench.rests()
    bench.page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(bench.page.locator(".rnnviz-pointed")).to_have_count(0)
    bench.page.reload()
    bench.drawn().moves()
    expect(card).to_be_hidden()
