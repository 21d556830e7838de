"""The page of a race, and the ways that lead to it and away from it."""

import itertools

from bench import Bench
from playwright.sync_api import expect


def test_the_network_on_the_bench_goes_to_a_race_and_leaves_it_again(bench: Bench):
    bench.open(cell="gru", speed="2").moves()
    bench.setting("race_it").get_by_role("button").click()
    bench.setting("race_usual").get_by_role("button").click()
    expect(bench.page.get_by_role("heading", name="See which one learns it")).to_be_visible()
    expect(bench.setting("lane_c")).to_be_visible()
    bench.address_says(**{"cell": "gru", "speed": "2", "b.cell": "rnn", "c.cell": "lstm"})

    bench.page.get_by_role("link", name="Gradient lab").first.click()
    bench.setting("racing").get_by_role("button").click()
    bench.setting("racing").page.get_by_role("link", name="See the race").click()
    expect(bench.setting("lane_c")).to_be_visible()
    bench.page.get_by_role("link", name="Live bench").first.click()
    bench.drawn()
    bench.setting("racing").get_by_role("button").click()
    bench.setting("leave_race").get_by_role("button").click()
    expect(bench.setting("racing")).to_have_count(0)
    bench.address_says(cell="gru", speed="2")


def test_a_ready_race_tells_what_to_watch_and_what_happened(bench: Bench):
    bench.visit("race", speed="max")
    bench.page.get_by_role("button", name="Ready races").click()
    bench.setting("ready_sine").get_by_role("button").click()
    expect(bench.setting("ready_sine")).not_to_be_visible()  # nothing lies over the race that was asked for
    expect(bench.says("A few values say the next")).to_be_visible()
    expect(bench.says("This is one seed, 0, after")).to_be_visible()


def test_networks_stand_one_below_the_other_on_a_phone(visitor):
    bench = visitor(width=390, height=844, has_touch=True, is_mobile=True)
    bench.visit("race", speed="1")
    rows = [bench.setting(f"lane_{lane}") for lane in "abc"]
    expect(rows[-1]).to_be_visible()
    boxes = [row.bounding_box() for row in rows]
    for above, below in itertools.pairwise(boxes):
        assert above["y"] + above["height"] <= below["y"]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)


def test_on_a_phone_a_picture_is_in_the_first_two_windows_and_no_line_lies_over_it(visitor):
    bench = visitor(width=390, height=844, has_touch=True, is_mobile=True)
    bench.visit("race", task="sine", speed="max", **{"b.cell": "gru", "c.cell": "lstm"})
    expect(bench.says("This is one seed, 0, after")).to_be_visible()
    picture = bench.picture("losses")
    expect(picture.locator(".main-svg").first).to_be_visible()
    box = picture.bounding_box()
    assert box
    assert box["y"] + box["height"] <= 2 * 844
    bench.picture("states_a").locator(".nsewdrag").first.tap(position={"x": 100, "y": 50})
    line = bench.page.locator(".readout")
    expect(line).to_contain_text("t = ")
    bench.wait(
        "() => document.querySelector('[data-testid=stMain]').getBoundingClientRect().bottom"
        " <= document.querySelector('.readout').getBoundingClientRect().top + 0.5"
    )


def test_on_a_phone_it_is_said_why_a_number_can_not_be_taken(visitor):
    bench = visitor(width=390, height=844, has_touch=True, is_mobile=True)
    bench.visit("race", fair="own", playing="off", **{"b.cell": "lstm"})
    field = bench.setting("lane_b").get_by_role("spinbutton")
    field.fill("9999")
    field.press("Enter")
    why = bench.setting("lane_b").get_by_role("alert")
    expect(why).to_contain_text("between 1 and 128")
    box = why.bounding_box()
    assert box
    assert box["width"] > 100
    assert 0 <= box["x"] <= 390 - box["width"]
