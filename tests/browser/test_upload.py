"""A visitor's own file: a good one is plotted and trained on, a bad one gets a sentence while training goes on."""

import re

from bench import Bench
from playwright.sync_api import expect

OWN = "Your own series (CSV)"


def rows(count: int) -> bytes:
    return ("day,sales,guests\n" + "\n".join(f"d{i},{i % 7},{(i * i) % 11}" for i in range(count))).encode()


# Of each kind of sentence one: read by the server, with its line, and the browser's own. All the others are known to
# tests/tasks/test_series.py.
BAD = {
    "not CSV": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not a text file"),
    "missing values": (b"value\n1\n2\nNA\n4\n", "line 4 has no value"),
    "6 MB": (b"value\n" + b"12345\n" * 1_000_000, "5.0MB or smaller"),
}


def test_a_bad_file_gets_a_sentence_and_training_goes_on(stay: Bench):
    stay.open(speed=5).choose("task", OWN)
    sidebar = stay.page.get_by_test_id("stSidebar")
    for kind, (content, words) in BAD.items():
        before = stay.step
        stay.upload(f"{kind}.csv", content)
        expect(sidebar.get_by_role("alert").filter(has_text=words)).to_be_visible()
        stay.reaches(before + 3)
        expect(stay.word("problem")).to_be_empty()


def test_a_good_file_is_plotted_and_trained_on(stay: Bench):
    stay.open(speed=5).choose("task", OWN)
    expect(stay.says("Upload a file to train on it")).to_be_visible()
    stay.upload("good.csv", rows(300))
    expect(stay.page.get_by_test_id("stVegaLiteChart")).to_be_visible()
    expect(stay.says(re.compile("A new network starts"))).to_be_visible()
    stay.moves()
    expect(stay.setting("seq_len").get_by_role("slider")).to_have_attribute("max", "209")
    assert stay.settings == {"task": "series", "speed": "5"}  # as the task suggests, whatever the file allows
    expect(stay.word("forecast_note")).to_contain_text("held-out")
    before = stay.numbers("prediction")
    stay.page.get_by_role("combobox", name="Column").click()
    stay.page.get_by_role("option", name="guests").click()
    expect(stay.says("Left out")).to_contain_text("day")
    stay.wait("() => document.querySelector('[data-word=step]').textContent.length")
    stay.moves()
    assert stay.numbers("prediction") != before


def test_a_text_of_ones_own_is_trained_on_and_shown_as_it_stands(stay: Bench):
    stay.open(task="text", speed=5)
    sidebar = stay.page.get_by_test_id("stSidebar")
    sidebar.get_by_text("Your own text", exact=True).click()
    stay.upload("bad.txt", b"\x00\x01")
    expect(sidebar.get_by_role("alert")).to_contain_text("not a plain text")
    stay.moves()
    stay.upload("own.txt", "<b>天地玄黄</b> $x$ **宇宙洪荒**。\n".encode("gb18030") * 99)
    expect(stay.says(re.compile("A new network starts"))).to_be_visible()
    expect(sidebar.get_by_test_id("stText")).to_contain_text("<b>天地玄黄</b> $x$ **宇宙洪荒**。")
    stay.moves()
    stay.page.get_by_role("link", name="Words").first.click()
    expect(stay.page.locator(".rnnviz-writing .written li").first).to_be_visible()  # the text is the other page's too
    expect(sidebar.get_by_test_id("stText")).to_contain_text("天地玄黄")
