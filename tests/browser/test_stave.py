"""The network on top of the bench's score: its columns, its cells that can be opened, its being folded away."""

import re

import pytest
from bench import Bench
from playwright.sync_api import expect

THEN, NOW = re.compile("^Step "), re.compile("^Now: ")

_COLUMNS = """
() => {
  const states = document.querySelector("[data-picture=states]")
  const axis = states._fullLayout.xaxis
  const below = (step) => states.getBoundingClientRect().left + axis._offset + axis.d2p(step)
  return [...document.querySelectorAll(".network .node")].map((node) => {
    const { left, width } = node.querySelector(".box").getBoundingClientRect()
    return { id: node.dataset.node, off: left + width / 2 - below(Number(node.dataset.node.split("-").at(-1))) }
  })
}
"""
_PAINTED = """
() => {
  const canvas = document.querySelector(".network canvas")
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
  return data.reduce((sum, value, i) => (sum * 31 + value * (i % 97)) % 1000003, 0)
}
"""


def network(bench: Bench):
    return bench.page.locator(".network")


def test_its_columns_are_those_of_the_pictures_below_and_it_moves(stay: Bench):
    stay.open(cell="gru", num_layers=2, seq_len=12, speed=5).moves()
    stay.wait("() => document.querySelectorAll('.network .node').length === 4 * 12")
    places = stay.page.evaluate(_COLUMNS)
    assert [place for place in places if abs(place["off"]) > 1] == []
    assert stay.page.locator(".network path.edge[data-norm]").count() == 12 * 3 + 11 * 2
    before = stay.page.evaluate(_PAINTED)
    assert before
    stay.wait(f"(before) => ({_PAINTED})() !== before", before)


def test_a_click_opens_the_cell_there_and_its_numbers_follow(stay: Bench):
    stay.open(cell="gru", num_layers=2, seq_len=12, speed=5).moves()
    box = stay.page.locator("[data-node='h-2-0-5'] .box").bounding_box()
    assert box
    stay.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    cell = stay.page.locator(".beside .cell")
    expect(cell).to_be_visible()
    stay.wait("() => document.querySelector('.beside .cell').dataset.opened === '1,0,4,0'")
    expect(cell.locator("h3")).to_have_text("Inside the cell of layer 2 at time step 5, unit 1")
    stand = cell.locator(".stand").inner_text()
    stay.wait("(before) => document.querySelector('.beside .stand').innerText !== before", stand)
    panel, states = (
        stay.page.locator(".beside").bounding_box(),
        stay.picture("states").locator(".nsewdrag").bounding_box(),
    )
    assert panel
    assert states
    assert panel["x"] >= states["x"] + states["width"]  # all columns can be seen beside it
    stay.page.keyboard.press("ArrowRight")  # of the cursor, which is pinned there
    stay.wait("() => document.querySelector('.beside .cell').dataset.opened === '1,0,5,0'")
    said = stay.page.locator(".rnnviz-scrubber .said")
    stay.page.keyboard.press("Shift+ArrowLeft")
    expect(said).to_have_text(THEN)
    stay.page.keyboard.press("Escape")  # one after the other: the panel, the cursor, the moment
    expect(cell).to_be_hidden()
    expect(said).to_have_text(THEN)
    marks = [network(stay).locator("i.mark"), stay.picture("states").locator("> i.mark")]
    own, below = ([box["x"], box["width"]] for mark in marks if (box := mark.bounding_box()))
    assert own == pytest.approx(below, abs=1)
    stay.page.keyboard.press("Escape")
    expect(network(stay).locator("i.mark")).to_be_hidden()
    expect(said).to_have_text(THEN)
    stay.page.keyboard.press("Escape")
    expect(said).to_have_text(NOW)


def test_long_sequences_have_strips_and_cells_that_open(stay: Bench):
    stay.open(seq_len=200, task="recall", speed=5).moves()
    box = network(stay).locator(".plot").bounding_box()
    place = stay.page.evaluate("() => document.querySelector('[data-picture=states]')._fullLayout._size")
    assert box
    stay.page.mouse.click(box["x"] + place["l"] + place["w"] * (149.5 / 200), box["y"] + box["height"] / 2)
    stay.wait("() => document.querySelector('.beside .cell').dataset.opened === '0,0,149,0'")
    marked = stay.page.evaluate(_COLUMNS)
    assert {place["id"].rpartition("-")[2] for place in marked} == {"150"}
    assert [place for place in marked if abs(place["off"]) > 1] == []
    stay.page.locator(".beside").get_by_role("button", name="Close").click()


def test_folded_away_it_leaves_its_room_and_stays_so(stay: Bench):
    stay.open(seq_len=12, speed=5).moves()
    before = stay.picture("states").bounding_box()
    stay.page.locator(".fold").click()
    expect(network(stay)).to_be_hidden()
    assert before
    stay.wait("(h) => document.querySelector('[data-picture=states]').clientHeight > h + 5", before["height"])
    stay.page.reload()
    stay.drawn().moves()
    expect(network(stay)).to_be_hidden()
    stay.page.locator(".fold").click()
    expect(network(stay)).to_be_visible()
    stay.wait("() => document.querySelector('.network .node')")


@pytest.mark.parametrize("settings", [{"task": "reverse", "attention": "dot"}, {"task": "square"}], ids=str)
def test_other_forms_have_their_own_part_of_it(stay: Bench, settings: dict[str, str]):
    stay.open(speed=5, **settings).moves()
    stay.wait("() => document.querySelector('.network .node.y, .network .node.ctx')")
    assert stay.page.locator(".network .head").all_text_contents() == (
        ["xt", "ht", "yt"] if settings["task"] == "square" else ["xt", "ht", "ctxt", "yt"]
    )
