"""Who is ahead at what, as a person reads it: a row for each network, a card on a phone."""

import re
from collections.abc import Callable

from bench import Bench
from playwright.sync_api import Locator, expect

RECALL = {"task": "recall", "seq_len": 5, "speed": "max", "b.cell": "gru"}
LOSS, RIGHT = "Validation loss", "Right answers"


def table(bench: Bench) -> Locator:
    return bench.page.locator(".rnnviz-standing .standing")


def cell(bench: Bench, row: int, column: str) -> Locator:
    return table(bench).locator("tr:has(td[data-label])").nth(row).locator(f"td[data-label='{column}']")


def test_every_network_has_a_row_whose_numbers_move_and_whose_lead_is_said(visitor: Callable[..., Bench]):
    bench = visitor()
    bench.visit("race", **RECALL)
    rows = table(bench).locator("tr:has(td[data-label])").filter(visible=True)
    expect(rows).to_have_count(2)
    expect(rows.locator("th")).to_have_text([re.compile("a: RNN"), re.compile("b: GRU")])
    for row in range(2):
        expect(cell(bench, row, RIGHT)).to_contain_text("100 %")
        expect(cell(bench, row, "Steps to the goal")).to_have_text(re.compile(r"^\d+"))
        expect(cell(bench, row, "Memory horizon")).to_have_text(re.compile(r"^(> )?\d"))
    expect(cell(bench, 0, "Parameters")).to_contain_text("fewest")
    expect(cell(bench, 1, "Parameters").locator(".best")).to_be_empty()
    said = bench.page.locator(".rnnviz-standing .verdict")
    expect(said).to_contain_text("This is one seed")
    expect(bench.page.locator(".rnnviz-standing .note")).to_contain_text("The goal is a validation loss of 0.693")

    bench.page.set_viewport_size({"width": 390, "height": 844})
    expect(table(bench).locator("th[scope=col]").first).to_be_hidden()
    first, second = (cell(bench, 0, column).bounding_box() for column in (LOSS, RIGHT))
    assert first
    assert second
    assert second["y"] >= first["y"] + first["height"]
    assert second["x"] + second["width"] <= 390
