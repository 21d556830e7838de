"""The live bench: it moves by itself, and does what its buttons, keys and settings say."""

import re

import pytest
from bench import LIVE, PICTURES, Bench
from playwright.sync_api import expect

DIVERGES = {"optimizer": "sgd", "learning_rate": "10"}


def test_it_moves_with_nothing_pressed(bench: Bench):
    bench.open()
    expect(bench.page.locator("[data-picture]:visible")).to_have_count(len(PICTURES))
    before = {name: bench.numbers(name) for name in LIVE}
    bench.reaches(5).moves()
    for name in LIVE:
        assert bench.numbers(name) != before[name], name
    for word in ("loss", "validation", "norm", "parameters", "rate", "diagnosis"):
        expect(bench.word(word)).to_have_text(re.compile(r"\w"))


def test_pause_step_and_play(bench: Bench):
    bench.open().moves().paused()
    stood = bench.step
    bench.press("Step").shows_step(stood + 1)
    bench.press("Step").shows_step(stood + 2)
    expect(bench.button("Play")).to_be_visible()
    bench.press("Play").reaches(stood + 5)
    expect(bench.button("Pause")).to_be_visible()


def test_a_step_while_playing_pauses(bench: Bench):
    bench.open(speed="2").moves()
    bench.press("Step").rests()


def test_reset_leads_to_the_same_numbers_and_a_new_seed_to_others(bench: Bench):
    bench.open().moves().at_start()
    first = bench.walk(5)
    bench.press("Reset").shows_step(0)
    assert bench.walk(5) == first
    bench.press("New seed").shows_step(0)
    assert "seed" in bench.settings
    assert bench.walk(5) != first


def test_the_keys(bench: Bench):
    bench.open().moves()
    press = bench.page.keyboard.press
    press("Space")
    bench.rests()
    stood = bench.step
    press("ArrowRight")
    bench.shows_step(stood + 1)
    press("ArrowLeft")
    bench.shows_step(0)
    press("ArrowUp")
    speed = bench.setting("speed_menu")
    expect(speed).to_contain_text("50/s")
    bench.address_says(speed="50")
    press("ArrowDown")
    expect(speed).to_contain_text("20/s")
    bench.address_says()
    press("Space")
    bench.reaches(3)
    expect(bench.button("Pause")).to_be_visible()


@pytest.mark.parametrize("focused", ["Pause", "Step", "Reset"])
def test_space_after_a_click_plays_once(bench: Bench, focused: str):
    bench.open().moves().paused()
    there = {"Pause": bench.step, "Step": bench.step + 1, "Reset": 0}[focused]
    if focused != "Pause":
        bench.press(focused)
    bench.shows_step(there).page.keyboard.press("Space")
    expect(bench.button("Pause")).to_be_visible()
    bench.moves().moves()
    expect(bench.button("Pause")).to_be_visible()


def test_keys_in_an_input_field_are_only_typed(bench: Bench):
    bench.open().moves()
    field = bench.setting("seed").get_by_role("spinbutton")
    field.click()
    for key in ("ArrowLeft", "ArrowRight", "Space"):
        bench.page.keyboard.press(key)
    before = bench.step
    bench.reaches(before + 3)
    expect(bench.button("Pause")).to_be_visible()


def test_arrow_keys_on_a_slider_only_move_it(bench: Bench):
    bench.open().moves()
    bench.setting("learning_rate").get_by_role("slider").focus()
    bench.page.keyboard.press("ArrowRight")
    bench.wait("() => location.search.includes('learning_rate=0.02')")
    bench.page.keyboard.press("ArrowUp")
    bench.wait("() => location.search.includes('learning_rate=0.05')")
    assert "speed" not in bench.settings
    bench.reaches(bench.step + 3)
    expect(bench.button("Pause")).to_be_visible()


def test_the_learning_rate_acts_on_the_running_network(bench: Bench):
    bench.open().reaches(3).paused()
    stood = bench.step
    bench.setting("learning_rate").get_by_role("slider").press("ArrowRight")
    bench.wait("() => location.search.includes('learning_rate=0.02')")
    bench.press("Step").shows_step(stood + 1)


def test_another_cell_is_a_new_network_and_it_is_said(bench: Bench):
    bench.open().reaches(10).paused()
    parameters = bench.text("parameters")
    bench.choose("cell", "LSTM")
    expect(bench.says("A new network starts")).to_be_visible()
    bench.shows_step(0)
    expect(bench.word("parameters")).not_to_have_text(parameters)
    expect(bench.setting("forget_bias")).to_be_visible()
    bench.press("Play").moves()


def test_a_diverging_network_says_so_and_can_be_started_again(bench: Bench):
    bench.open(**DIVERGES)
    stopped = re.compile(r"stopped at step \d+.*Try ")
    expect(bench.word("problem")).to_have_text(stopped)
    expect(bench.button("Play")).to_be_disabled()
    for name in PICTURES:
        assert len(bench.numbers(name)) > 50  # the last good pictures stay
    bench.press("Reset")
    expect(bench.button("Play")).to_be_disabled()  # the same start leads to the same end
    expect(bench.word("problem")).to_have_text(stopped)
    bench.choose("optimizer", "Adam")  # its steps are bounded, however large the gradient
    expect(bench.word("problem")).to_be_empty()
    expect(bench.button("Pause")).to_be_visible()
    bench.reaches(20)


def test_zoom_survives_updates(bench: Bench):
    bench.open().moves()
    bench.page.evaluate(
        "(names) => Promise.all(names.map((name) => Plotly.relayout("
        "document.querySelector(`[data-picture=${name}]`), {'xaxis.range': [2, 5]})))",
        PICTURES,
    )
    bench.updates(10)
    for name in PICTURES:
        shown = bench.page.evaluate(
            "(name) => document.querySelector(`[data-picture=${name}]`).layout.xaxis.range", name
        )
        assert shown == [2, 5], name


def test_a_zoom_by_mouse_survives_updates(bench: Bench):
    bench.open().moves()
    box = bench.picture("loss").locator(".nsewdrag").bounding_box()
    assert box
    mouse, middle = bench.page.mouse, box["y"] + box["height"] / 2
    mouse.move(box["x"] + 0.3 * box["width"], middle)
    mouse.down()
    mouse.move(box["x"] + 0.6 * box["width"], middle, steps=5)
    mouse.up()
    axis = "() => document.querySelector('[data-picture=loss]').layout.xaxis"
    bench.wait(f"() => ({axis})().autorange === false")
    zoomed = bench.page.evaluate(axis)["range"]
    bench.updates(10)
    assert bench.page.evaluate(axis)["range"] == zoomed


def test_hover_survives_updates(bench: Bench):
    bench.open().moves()
    bench.picture("gradients").scroll_into_view_if_needed()
    box = bench.picture("gradients").locator(".nsewdrag").bounding_box()
    assert box
    bench.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=3)
    label = bench.picture("gradients").locator(".hovertext").first
    expect(label).to_be_visible()
    bench.updates(10)
    expect(label).to_be_visible()


def test_the_pictures_stay_the_same_elements_and_are_never_empty(bench: Bench):
    bench.open().moves()
    find = "[...document.querySelectorAll('[data-picture], [data-picture] .main-svg')]"
    bench.page.evaluate(f"() => {{ window.before = {find} }}")
    bench.updates(20)
    assert bench.page.evaluate(f"() => {find}.length === before.length && {find}.every((e, i) => e === before[i])")
    assert bench.page.evaluate("() => window.blank") == 0


def test_the_view_s_switches_change_the_picture_and_not_the_network(bench: Bench):
    bench.open(cell="lstm", speed="1").moves()
    before = bench.step
    bench.choose("scale", "Per unit").choose("states", "f: forget gate")
    expect(bench.picture("states").locator("..")).to_contain_text("ft of each unit")
    bench.address_says(cell="lstm", speed="1", scale="unit", states="f")
    assert bench.step >= before


@pytest.mark.parametrize("apart", [20, 60, 150])
def test_quick_changes_are_all_kept(bench: Bench, apart: int):
    """A change may leave the browser before the server has put the one before into the address."""
    bench.open().setting("view").get_by_role("button").click()
    expect(bench.setting("scale")).to_be_visible()
    bench.page.evaluate(
        """async ([options, apart]) => {
          for (const [name, text] of options) {
            [...document.querySelectorAll(`.st-key-${name} [role=radio]`)].find((r) => r.textContent === text).click()
            await new Promise((resolve) => setTimeout(resolve, apart))
          }
        }""",
        [[["scale", "Per unit"], ["nonlinearity", "relu"], ["cell", "LSTM"], ["optimizer", "SGD"]], apart],
    )
    bench.address_says(scale="unit", nonlinearity="relu", cell="lstm", optimizer="sgd")
    expect(bench.setting("forget_bias")).to_be_visible()


def test_every_press_of_a_key_counts(bench: Bench):
    bench.open(speed="20")
    for speed in ("50", "100", "200"):  # of presses faster than the page answers, Streamlit makes one
        bench.page.keyboard.press("ArrowUp")
        bench.address_says(speed=speed)


def test_a_speed_can_be_chosen_from_the_menu(bench: Bench):
    bench.open()
    bench.setting("speed_menu").get_by_role("button").click()
    bench.page.get_by_text("max", exact=True).click()
    bench.address_says(speed="max")


def test_no_button_sends_anything_away(bench: Bench):
    bench.open()
    expect(bench.page.get_by_role("button", name="Share chart")).to_have_count(0)
