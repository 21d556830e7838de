"""The tree of beam search as a person uses it: a token forced and released, a source typed, examples looked for."""

import re

import pytest
from bench import Bench
from playwright.sync_api import Locator, expect

NUMBERS = {"task": "numbers", "attention": "additive", "embedding_size": 8, "hidden_size": 8, "speed": "max"}


@pytest.fixture
def tree(stay: Bench) -> Locator:
    stay.visit("pairs", **NUMBERS)
    tree = stay.page.locator(".rnnviz-tree")
    expect(tree.locator(".branch").first).to_be_visible()
    return tree


def outputs(tree: Locator) -> Locator:
    return tree.locator(".outputs tr:not(:first-of-type) td:nth-child(2)")


def test_the_tree_moves_while_it_trains_and_its_elements_stay(stay: Bench, tree: Locator):
    branch = tree.locator(".branch").first
    branch.evaluate("(branch) => (branch.mine = true)")
    before = branch.text_content()
    expect(branch).not_to_have_text(before or "")
    expect(branch).not_to_have_text("")
    assert tree.locator(".branch").first.evaluate("(branch) => branch.mine")
    stay.press("Pause")


def test_a_token_is_forced_by_key_and_released(stay: Bench, tree: Locator):
    stay.press("Pause")
    tree.locator(".branch[tabindex='0']").focus()
    stay.page.keyboard.press("ArrowDown")
    expect(tree.locator(".about")).to_contain_text("Step 1")
    expect(tree.locator(".cursor")).to_be_visible()
    tree.get_by_role("textbox").focus()
    expect(tree.locator(".cursor")).to_be_hidden()
    tree.locator(".branch[tabindex='0']").focus()
    stay.page.keyboard.press("Enter")
    prefix = tree.locator(".prefix")
    expect(prefix).to_contain_text(re.compile(r"Forced: \S"))
    expect(tree.locator(".branch.forced")).to_have_count(1)
    token = tree.locator(".branch.forced .name").text_content()
    if token != "<end>":
        expect(outputs(tree).first).to_have_text(re.compile(f"^{token}"))
    tree.get_by_role("button", name="Release").click()
    expect(prefix).to_be_hidden()
    branch = tree.locator(".branch.kept").nth(1)
    branch.click()
    expect(tree.locator(".branch.forced")).to_have_count(1)
    tree.locator(".branch.forced").click()  # once more lets it go
    expect(prefix).to_be_hidden()


def test_a_source_is_typed_and_the_beam_chosen(stay: Bench, tree: Locator):
    stay.press("Pause")
    tree.get_by_role("textbox").fill("twelve")
    tree.get_by_role("textbox").press("Enter")
    expect(tree.locator(".parting")).to_contain_text("“12”")
    expect(stay.page.locator(".rnnviz-arcs .own input")).to_have_value("twelve")
    stay.setting("beam").get_by_role("slider").press("End")
    expect(outputs(tree)).to_have_count(12)
    stay.setting("normalised").locator("label").click()
    means = tree.locator(".outputs td:nth-child(4)")
    expect(means).to_have_count(12)
    stay.wait(
        "() => { const means = [...document.querySelectorAll('.rnnviz-tree .outputs td:nth-child(4)')].map((cell) =>"
        " Number(cell.textContent.replace('−', '-'))); return means.every((mean, n) => !n || mean <= means[n - 1]) }"
    )
    stay.wait("() => /beam=12.*normalised=on/.test(location.search)")
    tree.get_by_role("button", name="Back to the probe").click()
    expect(tree.locator(".parting")).not_to_contain_text("“12”")


def test_what_is_told_of_a_branch_is_what_is_there(stay: Bench, tree: Locator):
    stay.press("Pause")
    branch = tree.locator(".branch.kept").nth(7)
    branch.hover()
    before = branch.get_attribute("aria-label") or ""
    expect(tree.locator(".about")).to_have_text(before)
    stay.page.mouse.move(0, 0)
    tree.get_by_role("textbox").fill("twelve")
    tree.get_by_role("textbox").press("Enter")
    expect(branch).not_to_have_attribute("aria-label", before)
    expect(tree.locator(".about")).to_have_text(branch.get_attribute("aria-label") or "")
    stay.setting("beam").get_by_role("slider").press("Home")
    expect(outputs(tree)).to_have_count(1)
    expect(tree.locator(".about")).to_contain_text("Each box is a token")
    tree.get_by_role("button", name="Back to the probe").click()
    stay.setting("beam").get_by_role("slider").press("End")


def test_examples_are_looked_for(tree: Locator):
    tree.get_by_role("button", name="Find an example").click()
    expect(tree.locator(".found")).to_contain_text(re.compile(r"After training step [\d,]+, .* held-out source"))
    expect(tree.get_by_role("button", name="Find an example")).to_be_enabled()


def test_it_scrolls_inside_its_own_box_on_a_phone(stay: Bench):
    stay.page.set_viewport_size({"width": 390, "height": 844})
    stay.visit("pairs", **NUMBERS | {"task": "dates"})
    box = stay.page.locator(".rnnviz-tree .drawn")
    expect(box.locator(".branch").nth(50)).to_be_attached()
    stay.wait(
        "() => { const box = document.querySelector('.rnnviz-tree .drawn');"
        " return box.clientWidth < 390 && box.scrollWidth > box.clientWidth }"
    )
    assert stay.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    stay.page.set_viewport_size({"width": 1280, "height": 900})


def test_the_cursor_s_column_is_marked_and_a_finger_reads_before_it_forces(visitor):
    bench = visitor(width=390, height=844, has_touch=True, is_mobile=True)
    bench.visit("pairs", **NUMBERS | {"playing": "off", "t": 3})
    tree = bench.page.locator(".rnnviz-tree")
    column = tree.locator(".cursor.pinned")
    branch = tree.locator(".branch").first
    expect(column).to_be_visible()
    assert _column(bench) == 3
    branch.tap()
    expect(tree.locator(".about")).to_contain_text("Step 1")
    expect(bench.page.locator(".readout")).to_contain_text("t = 1")
    assert _column(bench) == 1
    expect(tree.locator(".prefix")).to_be_hidden()
    branch.tap()
    expect(tree.locator(".prefix")).to_contain_text("Forced")


def _column(bench: Bench) -> int:
    """Which of the steps' names stands in the column that is marked, counted from 1."""
    return bench.page.evaluate(
        """() => {
          const [band, ...heads] = [...document.querySelectorAll(".rnnviz-tree .cursor, .rnnviz-tree .head")]
            .map((part) => part.getBoundingClientRect())
          return heads.findIndex(({ left, right }) => band.left <= left && right <= band.right) + 1
        }"""
    )


def test_another_task_forgets_what_was_typed_in_either_panel(stay: Bench, tree: Locator):
    fields = [tree.get_by_role("textbox"), stay.page.locator(".rnnviz-arcs .own input")]
    fields[0].fill("twelve")
    fields[0].press("Enter")
    expect(tree.locator(".parting")).to_contain_text("“twelve”")
    fields[0].evaluate("(field) => field.blur()")
    stay.choose("task", "Dates: any form to 2024-03-03")
    expect(tree.locator(".parting")).not_to_contain_text("“twelve”")
    for field in fields:
        expect(field).to_have_value("")
