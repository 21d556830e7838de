"""One cursor over the time steps: what is pointed at on one picture is marked on all, and read out."""

import re

from bench import Bench
from playwright.sync_api import Locator, expect

MARKED = """
() => [...document.querySelectorAll("[data-picture]")].filter((plot) => plot.checkVisibility()).flatMap((plot) =>
  [...plot.querySelectorAll(".mark")].filter((mark) => !mark.hidden).map((mark) => {
    const letter = mark.classList.contains("along-x") ? "x" : "y"
    const axis = plot._fullLayout[`${letter}axis`]
    const [box, whole] = [mark, plot].map((part) => part.getBoundingClientRect())
    const middle = letter === "x" ? box.left + box.width / 2 - whole.left : box.top + box.height / 2 - whole.top
    return `${plot.dataset.picture} ${letter} ${Math.round(axis.p2l(middle - axis._offset))}`
  }))
"""
"""Which steps are marked, as the picture's own axes have it: picture, axis, step."""
BENCH = ("input", "prediction", "states", "gradients")
PLACE = """
([name, letter, step]) => {
  const { xaxis, yaxis } = document.querySelector(`[data-picture=${name}]`)._fullLayout
  const middle = ({ _length }) => _length / 2
  return letter === "x" ? [xaxis.l2p(step), middle(yaxis)] : [middle(xaxis), yaxis.l2p(step)]
}
"""
"""Where a step is, from the upper left corner of where a picture draws."""


def place(bench: Bench, name: str) -> Locator:
    """Where a picture draws, and hears of a pointer."""
    return bench.picture(name).locator(".nsewdrag").first


def point(bench: Bench, name: str, step: int, letter: str = "x"):
    x, y = bench.page.evaluate(PLACE, [name, letter, step])
    place(bench, name).hover(position={"x": x, "y": y})


def click(bench: Bench, name: str, step: int, letter: str = "x"):
    point(bench, name, step, letter)
    bench.page.mouse.down()
    bench.page.mouse.up()


def line(bench: Bench) -> Locator:
    return bench.page.locator(".readout")


def marked(bench: Bench, *expected: str):
    bench.wait(f"(want) => JSON.stringify(({MARKED})()) === JSON.stringify(want)", [*expected])


def on_all(step: int) -> list[str]:
    return [f"{name} x {step}" for name in BENCH]


def test_a_time_step_is_marked_on_every_picture_of_the_bench_and_read_out(stay: Bench):
    stay.open(seq_len=24, playing="off")
    for name, step in zip(BENCH, (3, 8, 13, 24), strict=True):
        point(stay, name, step)
        marked(stay, *on_all(step))
        expect(line(stay)).to_contain_text(f"t = {step}")
    values = stay.page.evaluate(
        "() => ['input', 'prediction', 'gradients'].flatMap((name) => document.querySelector("
        "`[data-picture=${name}]`)._fullData.filter(({ meta }) => meta).map(({ y }) => Number(y[23].toPrecision(4))))"
    )
    text = stay.page.locator(".rnnviz-step").get_attribute("aria-valuetext") or ""
    said = [part.replace("\u2212", "-") for part in text.split(", ")[1:] if " to " not in part]
    assert [part.rpartition(" ")[0] for part in said] == ["x_t", "target", "y_t", "‖dL/dh_t‖"]
    assert [float(part.rpartition(" ")[2]) for part in said] == values
    point(stay, "loss", 0)
    expect(line(stay)).to_be_hidden()
    marked(stay)


def test_a_press_pins_it_arrows_move_it_and_escape_lets_it_go(stay: Bench):
    stay.open(seq_len=24, playing="off")
    step = stay.step
    click(stay, "states", 9)
    point(stay, "states", 15)
    marked(stay, *on_all(9))
    for key, there in (("ArrowRight", 10), ("ArrowLeft", 9), ("ArrowLeft", 8)):
        stay.page.keyboard.press(key)
        marked(stay, *on_all(there))
    stay.page.keyboard.press("Escape")
    marked(stay)
    point(stay, "loss", 0)
    stay.page.keyboard.press("ArrowRight")  # the transport's again
    stay.shows_step(step + 1)
    click(stay, "gradients", 4)
    click(stay, "prediction", 4)
    point(stay, "loss", 0)
    marked(stay)


def test_by_key_alone_it_is_found_moved_and_read_aloud(stay: Bench):
    stay.open(seq_len=24, playing="off")
    slider = stay.page.get_by_role("slider", name="The time step that is marked on all pictures")
    slider.focus()
    marked(stay, *on_all(1))
    stay.page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuenow", "2")
    expect(slider).to_have_attribute("aria-valuemax", "24")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"t = 2, x_t .+, target .+, y_t .+, ‖dL/dh_t‖ "))


def test_where_it_is_pinned_is_in_the_address_and_opens_there(stay: Bench):
    stay.open(seq_len=24, playing="off")
    click(stay, "states", 6)
    stay.address_says(seq_len="24", playing="off", t="6")
    stay.page.keyboard.press("ArrowRight")
    stay.address_says(seq_len="24", playing="off", t="7")
    stay.page.reload()
    stay.drawn()
    marked(stay, *on_all(7))
    stay.page.keyboard.press("Escape")
    stay.address_says(seq_len="24", playing="off")
    marked(stay)
    stay.open(seq_len=5, playing="off", t=400)
    marked(stay, *on_all(5))


def test_it_stays_at_its_step_while_it_trains_and_the_window_changes(bench: Bench):
    bench.open(seq_len=12, speed="20").moves()
    click(bench, "prediction", 5)
    before = line(bench).inner_text()
    bench.moves()
    bench.page.set_viewport_size({"width": 1100, "height": 700})
    bench.updates(2)
    marked(bench, *on_all(5))
    expect(line(bench)).to_contain_text("t = 5")
    expect(line(bench)).not_to_have_text(before)


def test_on_the_lab_a_row_and_a_column_are_marked_and_the_jacobian_follows_what_is_pinned(bench: Bench):
    bench.open("lab", seq_len=9, playing="off")
    factor = bench.page.locator("[data-sentence=jacobian]")
    expect(factor).to_contain_text("time step 2 ")
    click(bench, "shares", 6)
    every = [f"{name} x 6" for name in ("gradients", "memory")]
    marked(bench, *every, "shares x 6", "shares y 6", "factors x 6", "training y 6")
    expect(factor).to_contain_text("time step 6 ")
    bench.page.keyboard.press("ArrowRight")
    expect(factor).to_contain_text("time step 7 ")
    click(bench, "training", 3, "y")
    expect(factor).to_contain_text("time step 3 ")
    slider = bench.setting("jacobian").get_by_role("slider")
    expect(slider).to_have_value("3")
    slider.press("ArrowRight")
    marked(
        bench,
        *[f"{name} x 4" for name in ("gradients", "memory")],
        "shares x 4",
        "shares y 4",
        "factors x 4",
        "training y 4",
    )
    expect(factor).to_contain_text("time step 4 ")
    slider.evaluate("(slider) => slider.blur()")
    bench.page.mouse.move(0, 0)
    bench.page.keyboard.press("Escape")
    marked(bench)
    expect(factor).to_contain_text("time step 4 ")


def test_a_finger_pins_it(visitor):
    bench = visitor(width=390, height=844, has_touch=True, is_mobile=True).open(seq_len=8, playing="off")
    x, y = bench.page.evaluate(PLACE, ["states", "x", 5])
    place(bench, "states").tap(position={"x": x, "y": y})
    marked(bench, *on_all(5))
    expect(line(bench)).to_contain_text("t = 5")
    assert bench.page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth") <= 390


def node(bench: Bench, name: str) -> Locator:
    return bench.page.locator(f"[data-node={name}]")


def column(bench: Bench, name: str):
    """Wait until the column of a node is the one that is marked."""
    bench.wait(
        """
        (name) => {
          const [band, node] = [".graph .cursor", `[data-node=${name}]`].map((query) => document.querySelector(query))
          const [outer, inner] = [band, node].map((part) => part?.getBoundingClientRect())
          return outer && inner && outer.width > 0 && outer.left <= inner.left && inner.right <= outer.right
        }
        """,
        name,
    )


def test_on_the_graph_a_column_is_marked_and_the_opened_cell_follows_what_is_pinned(bench: Bench):
    bench.visit("graph", seq_len=6, playing="off")
    node(bench, "h-1-0-3").hover()
    column(bench, "h-1-0-3")
    expect(line(bench)).to_contain_text(re.compile(r"t = 3.*xt .*ht .*dL/dht.*yt .*loss "))
    node(bench, "h-1-0-4").click()
    cell = bench.page.locator(".rnnviz-graph .cell")
    expect(cell.get_by_role("heading").first).to_contain_text("4")
    bench.page.evaluate("() => document.activeElement.blur()")
    bench.page.keyboard.press("ArrowRight")
    column(bench, "h-1-0-5")
    expect(cell.get_by_role("heading").first).to_contain_text("5")
    bench.page.keyboard.press("Escape")
    expect(line(bench)).to_be_hidden()


def test_on_the_page_of_words_a_word_and_its_answer_are_marked_together(bench: Bench):
    bench.visit("words", task="languages", playing="off")
    bench.wait("() => document.querySelector('[data-picture=answer] .main-svg')")
    last = bench.page.locator(".rnnviz-words .row .token").last
    last.hover()
    count = bench.page.locator(".rnnviz-words .row .token").count()
    marked(bench, f"answer x {count}")
    point(bench, "answer", count - 2)
    expect(bench.page.locator(".rnnviz-words .token.cursor")).to_have_count(1)
    assert bench.page.evaluate(
        "() => [...document.querySelectorAll('.rnnviz-words .token')].findIndex((t) => t.classList.contains('cursor'))"
    ) == (count - 3)


def test_of_two_sequences_a_cursor_stands_on_the_source_s_steps_or_the_target_s(bench: Bench):
    maps = ("alignment", "state_path", "attention_path")
    bench.visit("pairs", task="reverse", attention="dot", playing="off")
    for name in maps:
        bench.wait("(name) => document.querySelector(`[data-picture=${name}] .main-svg`)", name)
    point(bench, "alignment", 3, "y")
    marked(bench, *[f"{name} y 3" for name in maps])
    expect(line(bench)).to_contain_text("t = 3")
    token = bench.page.locator(".unrolled [data-side=source]").nth(1)
    token.hover()
    marked(bench, *[f"{name} x 2" for name in maps])
    expect(line(bench)).to_contain_text("s = 2")
