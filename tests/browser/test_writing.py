"""Writing on the page of words: line after line while it trains, and a token taken at the cursor."""

import re

from bench import Bench
from playwright.sync_api import expect

TEXT = {"task": "text", "hidden_size": 16, "speed": "max"}
HOSTILE = "<img src=x onerror=alert(1)> **a** $x$"


def test_lines_come_while_it_trains_and_a_token_is_taken(stay: Bench):
    stay.visit("words", **TEXT)
    desk = stay.page.locator(".rnnviz-writing")
    lines = desk.locator(".written li")
    expect(lines.nth(1)).to_be_visible()
    steps = [int(re.sub(r"\D", "", at)) for at in lines.locator(".at").all_inner_texts()]
    assert steps == sorted(steps, reverse=True)
    assert len(set(steps)) == len(steps) >= 2
    stay.press("Pause")
    cursor, first = desk.locator(".begins .said"), desk.locator(".next button").first
    before = cursor.text_content() or ""
    first.click()
    expect(cursor).to_have_text(re.compile(re.escape(before) + r"[\s\S]"))
    expect(lines).to_have_count(1)  # those of the new beginning; paused, there is no other
    desk.locator(".plot .point").first.click(force=True)
    expect(cursor).to_have_text(re.compile(re.escape(before) + r"[\s\S]{2}"))


def test_what_is_typed_is_shown_as_it_stands(stay: Bench):
    stay.visit("words", **TEXT)
    desk = stay.page.locator(".rnnviz-writing")
    desk.get_by_role("textbox").fill(HOSTILE)
    desk.get_by_role("textbox").press("Enter")
    expect(desk.locator(".note")).to_contain_text("not in the vocabulary")
    expect(desk.locator(".begins .said")).to_contain_text("img src")
    assert desk.locator("img").count() == 0
    desk.get_by_role("button", name="Begin as before").click()
    expect(desk.locator(".begins .said")).not_to_contain_text("img")
