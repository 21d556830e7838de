"""The live bench: it moves by itself, and does what its buttons, keys and settings say."""

import re

import pytest
from bench import LIVE, PICTURES, Bench
from playwright.sync_api import expect

from rnnviz.plots.loss import STEP_BOUNDS

DIVERGES = {"optimizer": "sgd", "learning_rate": "10"}


def test_it_moves_with_nothing_pressed(stay: Bench):
    stay.open()
    expect(stay.page.locator("[data-picture]:visible")).to_have_count(len(PICTURES))
    before = {name: stay.numbers(name) for name in LIVE}
    stay.reaches(5).moves()
    for name in LIVE:
        assert stay.numbers(name) != before[name], name
    for word in ("loss", "validation", "norm", "parameters", "rate", "diagnosis"):
        expect(stay.word(word)).to_have_text(re.compile(r"\w"))


def test_the_pictures_stay_the_same_elements_and_are_never_empty(stay: Bench):
    stay.open().moves()
    find = "[...document.querySelectorAll('[data-picture], [data-picture] .main-svg')]"
    stay.page.evaluate(f"() => {{ window.before = {find} }}")
    stay.updates(20)
    assert stay.page.evaluate(f"() => {find}.length === before.length && {find}.every((e, i) => e === before[i])")
    assert stay.page.evaluate("() => window.blank") == 0


def test_lines_that_are_drawn_alone_are_those_of_a_whole_drawing(stay: Bench):
    """But for an empty group, which plotly.js makes and removes in turns."""
    stay.open().updates(20).paused()
    if stay.step in STEP_BOUNDS:  # where a curve ends with its axis, a whole drawing gives it a tenth of a pixel more
        stay.walk(2)
    stay.drawn_at(stay.step)
    assert stay.page.evaluate(REDRAWN, LIVE) == {}


REDRAWN = """
async (names) => {
  const others = {}
  for (const name of names) {
    const plot = document.querySelector(`[data-picture=${name}]`)
    const drawn = () => plot.querySelector(".main-svg").outerHTML.replace(/<g class="textpoint"[^>]*><\\/g>/g, "")
    const before = drawn()
    await Plotly.redraw(plot)
    if (drawn() !== before) others[name] = before
  }
  return others
}
"""


def test_hover_survives_updates(stay: Bench):
    stay.open().moves()
    stay.picture("gradients").scroll_into_view_if_needed()
    box = stay.picture("gradients").locator(".nsewdrag").bounding_box()
    assert box
    stay.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=3)
    label = stay.picture("gradients").locator(".hovertext").first
    expect(label).to_be_visible()
    stay.updates(10)
    expect(label).to_be_visible()


def test_no_button_sends_anything_away(stay: Bench):
    stay.open()
    expect(stay.page.get_by_role("button", name="Share chart")).to_have_count(0)


def test_pause_step_and_play(stay: Bench):
    stay.open().moves().paused()
    stood = stay.step
    stay.press("Step").shows_step(stood + 1)
    stay.press("Step").shows_step(stood + 2)
    expect(stay.button("Play")).to_be_visible()
    stay.press("Play").reaches(stood + 5)
    expect(stay.button("Pause")).to_be_visible()


def test_a_step_while_playing_pauses(stay: Bench):
    stay.open().moves()
    stay.press("Step").rests()


def test_the_keys(stay: Bench):
    stay.open().moves()
    press = stay.page.keyboard.press
    press("Space")
    stay.rests()
    stood = stay.step
    press("ArrowRight")
    stay.shows_step(stood + 1)
    press("ArrowLeft")
    stay.shows_step(0)
    press("ArrowUp")
    speed = stay.setting("speed_menu")
    expect(speed).to_contain_text("50/s")
    stay.address_says(speed="50")
    press("ArrowDown")
    expect(speed).to_contain_text("20/s")
    stay.address_says()
    press("Space")
    stay.reaches(3)
    expect(stay.button("Pause")).to_be_visible()


@pytest.mark.parametrize("focused", ["Pause", "Step", "Reset"])
def test_space_after_a_click_plays_once(stay: Bench, focused: str):
    stay.open().moves().paused()
    there = {"Pause": stay.step, "Step": stay.step + 1, "Reset": 0}[focused]
    if focused != "Pause":
        stay.press(focused)
    stay.shows_step(there).page.keyboard.press("Space")
    expect(stay.button("Pause")).to_be_visible()
    stay.moves().moves()
    expect(stay.button("Pause")).to_be_visible()


def test_keys_in_an_input_field_are_only_typed(stay: Bench):
    stay.open().moves()
    field = stay.setting("seed").get_by_role("spinbutton")
    field.click()
    for key in ("ArrowLeft", "ArrowRight", "Space"):
        stay.page.keyboard.press(key)
    before = stay.step
    stay.reaches(before + 3)
    expect(stay.button("Pause")).to_be_visible()


def test_zoom_survives_updates(stay: Bench):
    stay.open().moves()
    stay.page.evaluate(
        "(names) => Promise.all(names.map((name) => Plotly.relayout("
        "document.querySelector(`[data-picture=${name}]`), {'xaxis.range': [2, 5]})))",
        PICTURES,
    )
    stay.updates(10)
    for name in PICTURES:
        shown = stay.page.evaluate(
            "(name) => document.querySelector(`[data-picture=${name}]`).layout.xaxis.range", name
        )
        assert shown == [2, 5], name


def test_a_zoom_by_mouse_survives_updates(stay: Bench):
    stay.open().moves()
    box = stay.picture("loss").locator(".nsewdrag").bounding_box()
    assert box
    mouse, middle = stay.page.mouse, box["y"] + box["height"] / 2
    mouse.move(box["x"] + 0.3 * box["width"], middle)
    mouse.down()
    mouse.move(box["x"] + 0.6 * box["width"], middle, steps=5)
    mouse.up()
    axis = "() => document.querySelector('[data-picture=loss]').layout.xaxis"
    stay.wait(f"() => ({axis})().autorange === false")
    zoomed = stay.page.evaluate(axis)["range"]
    stay.updates(10)
    assert stay.page.evaluate(axis)["range"] == zoomed


def test_reset_leads_to_the_same_numbers_and_a_new_seed_to_others(stay: Bench):
    stay.open().moves().at_start()
    first = stay.walk(3)
    stay.press("Reset").shows_step(0)
    assert stay.walk(3) == first
    stay.press("New seed").shows_step(0).wait("() => location.search.includes('seed=')")
    assert stay.walk(3) != first


def test_every_press_of_a_key_counts(stay: Bench):
    stay.open()
    for speed in ("50", "100", "200"):  # of presses faster than the page answers, Streamlit makes one
        stay.page.keyboard.press("ArrowUp")
        stay.address_says(speed=speed)


def test_a_speed_can_be_chosen_from_the_menu(stay: Bench):
    stay.open(speed="200")
    stay.setting("speed_menu").get_by_role("button").click()
    stay.page.get_by_text("max", exact=True).click()
    stay.address_says(speed="max")


def test_the_learning_rate_acts_on_the_running_network(stay: Bench):
    stay.open().reaches(3).paused()
    stood = stay.step
    stay.setting("learning_rate").get_by_role("slider").press("ArrowRight")
    stay.wait("() => location.search.includes('learning_rate=0.02')")
    stay.press("Step").shows_step(stood + 1)


def test_arrow_keys_on_a_slider_only_move_it(stay: Bench):
    stay.open(learning_rate="0.02").moves()
    stay.setting("learning_rate").get_by_role("slider").focus()
    stay.page.keyboard.press("ArrowRight")
    stay.wait("() => location.search.includes('learning_rate=0.05')")
    stay.page.keyboard.press("ArrowUp")
    stay.wait("() => location.search.includes('learning_rate=0.1')")
    assert "speed" not in stay.settings
    stay.reaches(stay.step + 3)
    expect(stay.button("Pause")).to_be_visible()


def test_another_cell_is_a_new_network_and_it_is_said(stay: Bench):
    stay.open().reaches(10).paused()
    parameters = stay.text("parameters")
    stay.choose("cell", "LSTM")
    expect(stay.says("A new network starts")).to_be_visible()
    stay.shows_step(0)
    expect(stay.word("parameters")).not_to_have_text(parameters)
    expect(stay.setting("forget_bias")).to_be_visible()
    stay.press("Play").moves()


def test_the_view_s_switches_change_the_picture_and_not_the_network(stay: Bench):
    stay.open(cell="lstm").moves()
    before = stay.step
    stay.choose("scale", "Per unit").choose("states", "f: forget gate")
    expect(stay.picture("states").locator("..")).to_contain_text("ft of each unit")
    stay.address_says(cell="lstm", scale="unit", states="f")
    assert stay.step >= before


HURRIED = {
    20: ({}, {"scale": "Per unit", "nonlinearity": "relu", "optimizer": "SGD", "loss_at": "Last step only"}),
    60: (
        {"scale": "unit", "nonlinearity": "relu", "optimizer": "sgd", "loss_at": "last"},
        {"scale": "Per layer", "nonlinearity": "sigmoid", "optimizer": "Adam", "loss_at": "Every step"},
    ),
    150: (
        {"scale": "layer", "nonlinearity": "sigmoid"},
        {"scale": "Per unit", "nonlinearity": "relu", "optimizer": "SGD", "loss_at": "Last step only"},
    ),
}
"""Milliseconds between changes: what stands in the address before, and what is chosen then."""
LEFT = {
    20: {"scale": "unit", "nonlinearity": "relu", "optimizer": "sgd", "loss_at": "last"},
    60: {"scale": "layer", "nonlinearity": "sigmoid"},
    150: {"scale": "unit", "nonlinearity": "relu", "optimizer": "sgd", "loss_at": "last"},
}


@pytest.mark.parametrize("apart", HURRIED)
def test_quick_changes_are_all_kept(stay: Bench, apart: int):
    """A change may leave the browser before the server has put the one before into the address."""
    before, options = HURRIED[apart]
    stay.open(**before)
    if not stay.setting("scale").count():
        stay.setting("view").get_by_role("button").click()
    expect(stay.setting("scale")).to_be_visible()
    stay.page.evaluate(
        """async ([options, apart]) => {
          for (const [name, text] of options) {
            [...document.querySelectorAll(`.st-key-${name} [role=radio]`)].find((r) => r.textContent === text).click()
            await new Promise((resolve) => setTimeout(resolve, apart))
          }
        }""",
        [list(options.items()), apart],
    )
    stay.address_says(**LEFT[apart])


def test_a_diverging_network_says_so_and_can_be_started_again(stay: Bench):
    stay.open(**DIVERGES)
    stopped = re.compile(r"stopped at step \d+.*Try ")
    expect(stay.word("problem")).to_have_text(stopped)
    said, loss = (
        stay.word("problem").bounding_box(),
        stay.page.locator("figure:has([data-picture=loss])").bounding_box(),
    )
    assert said
    assert loss
    assert said["y"] + said["height"] <= loss["y"]  # it covers nothing
    expect(stay.button("Play")).to_be_disabled()
    for name in PICTURES:
        assert len(stay.numbers(name)) > 50  # the last good pictures stay
    stay.press("Reset")
    expect(stay.button("Play")).to_be_disabled()  # the same start leads to the same end
    expect(stay.word("problem")).to_have_text(stopped)
    stay.choose("optimizer", "Adam")  # its steps are bounded, however large the gradient
    expect(stay.word("problem")).to_be_empty()
    expect(stay.button("Pause")).to_be_visible()
    stay.reaches(20)
