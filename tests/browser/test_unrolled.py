"""The unrolled graph as a person uses it: fold, sweep, look inside, change the network, take the code."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from bench import PATIENCE, Bench
from playwright.sync_api import Locator, expect


class Unrolled(Bench):
    """The page of the unrolled graph."""

    def open(self, path: str = "graph", **settings: object) -> "Unrolled":
        """Go there, and wait until every node shown has its value."""
        super().visit(path, **settings)
        return self.valued()

    def valued(self) -> "Unrolled":
        """Wait until the nodes have their values."""
        self.wait("() => [...document.querySelectorAll('.node.h .value')].some((text) => text.textContent)")
        return self

    def node(self, kind: str, step: int, layer: int = 0, direction: int = 0) -> Locator:
        """One node of the graph."""
        return self.page.locator(f"[data-node={kind}-{layer}-{direction}-{step}]")

    def act(self, name: str) -> "Unrolled":
        """Press one of the graph's own buttons."""
        self.page.locator(f"[data-act={name}]").click()
        return self

    def said(self) -> str:
        """The sentence above the graph."""
        return self.page.locator(".rnnviz-graph .said").inner_text()

    def opened(self) -> Locator:
        """The panel with the opened cell."""
        return self.page.locator(".rnnviz-graph .cell")


@pytest.fixture(scope="module")
def kind() -> type[Bench]:
    return Unrolled


@pytest.fixture
def graph(stay: Unrolled) -> Unrolled:
    stay.page.set_viewport_size({"width": 1280, "height": 1400})
    return stay


SMALL: dict[str, Any] = {"seq_len": 5, "hidden_size": 4}


def shown_steps(graph: Unrolled, kind: str = "h") -> list[int]:
    nodes = f"[...document.querySelectorAll('.node.{kind}')]"
    names = graph.page.evaluate(f"() => {nodes}.map((node) => node.dataset.node)")
    return sorted({int(name.rsplit("-", 1)[1]) for name in names})


def test_nodes_carry_the_values_of_the_running_network(graph: Unrolled):
    graph.open(**SMALL)
    assert shown_steps(graph) == [1, 2, 3, 4, 5]
    graph.press("Pause")
    expect(graph.button("Play")).to_be_visible()
    values = "() => [...document.querySelectorAll('.node .value')].map((value) => value.textContent).join()"
    before = graph.page.evaluate(values)
    graph.press("Step")
    graph.wait(f"(before) => ({values})() !== before", before)


def test_folding_brings_all_copies_to_one_place_and_unfolding_takes_them_back(graph: Unrolled):
    places = """() => [...document.querySelectorAll('.node.h')].map((node) => node.getAttribute('transform'))"""
    graph.open(**SMALL)
    before = graph.page.evaluate(places)
    assert len(set(before)) == 5
    graph.act("fold").wait(f"() => new Set(({places})()).size === 1")
    assert "Folded" in graph.said()
    graph.act("fold").wait(f"(before) => JSON.stringify(({places})()) === JSON.stringify(before)", before)


def test_space_on_a_node_opens_it_and_does_not_pause_training(graph: Unrolled):
    graph.open(**SMALL)
    graph.node("h", 2, 1).focus()
    graph.page.keyboard.press("Space")
    expect(graph.opened()).to_be_visible()
    expect(graph.button("Pause")).to_be_visible()
    graph.opened().get_by_role("button", name="Close").click()


def test_the_opened_cell_follows_the_time_step(graph: Unrolled):
    graph.open(**SMALL)
    graph.node("h", 2, 1).click()
    graph.page.locator("[name=cursor]").fill("5")
    graph.wait("() => document.querySelector('.cell').dataset.opened === '0,0,4,0'")
    graph.opened().get_by_role("button", name="Close").click()


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_the_opened_cell_s_equations_hold_on_screen(graph: Unrolled, cell: str):
    graph.open(**({} if cell == "rnn" else {"cell": cell}), **SMALL)
    graph.press("Pause")
    expect(graph.button("Play")).to_be_visible()
    graph.node("h", 3, 1).click()
    state = graph.opened().locator("[data-equation=h]")
    expect(state).to_be_visible()
    graph.wait("() => document.querySelector('.cell').dataset.opened === '0,0,2,0'")
    shown = number(state.locator("[data-value=h]").first.text_content())
    assert shown == pytest.approx(number(graph.node("h", 3, 1).locator(".value").text_content()), abs=5e-3)
    if cell == "rnn":
        parts = [number(graph.opened().locator(f"math [data-value={name}]").first.text_content()) for name in PARTS]
        assert sum(parts[1:]) == pytest.approx(parts[0], abs=2e-4)
    graph.opened().get_by_role("button", name="Close").click()
    expect(graph.opened()).to_be_hidden()


PARTS = ("a", "wx", "wh", "b")


def number(text: str | None) -> float:
    assert text
    return float(text.partition(" | ")[0].strip("()").replace("\u2212", "-"))


def test_the_code_is_shown(graph: Unrolled):
    graph.open(cell="lstm", **SMALL)
    graph.page.get_by_text("Show the code").click()
    expect(graph.page.get_by_test_id("stCode")).to_contain_text("nn.LSTM(1, HIDDEN_SIZE)")


def test_settings_come_along_from_page_to_page(graph: Unrolled):
    graph.open(cell="lstm", **SMALL)
    graph.page.get_by_role("link", name="Live bench").click()
    graph.drawn()
    graph.address_says(cell="lstm", seq_len="5", hidden_size="4")
    graph.page.get_by_role("link", name="Unrolled graph").click()
    expect(graph.page.locator("[data-picture=loss]")).to_have_count(0)  # the bench has a graph, too
    graph.valued()
    assert shown_steps(graph) == list(range(1, 6))


def test_the_space_view_moves_the_same_marks(graph: Unrolled):
    graph.open(task="video", hidden_size=5, seq_len=6)
    marks = "() => [...document.querySelectorAll('.node .mark')]"
    graph.page.evaluate(f"() => (window.marksBefore = ({marks})())")
    graph.act("space").wait("() => document.querySelectorAll('.wires path').length === 2")
    assert graph.page.evaluate(f"() => ({marks})().every((mark, i) => mark === marksBefore[i])")
    units = {kind: graph.node(kind, 1, int(kind == "h")).locator(".mark").count() for kind in "xhy"}
    assert units == {"x": 4, "h": 5, "y": 4}


def test_a_forward_sweep_names_each_quantity_by_key_and_back(graph: Unrolled):
    graph.open(seq_len=3, task="recall")
    graph.page.keyboard.press("l")
    assert re.match(r"x.?1.? is read: (China|France|Spain|Greece)\.", graph.said().replace("\n", ""))
    graph.page.keyboard.press("l")
    expect(graph.page.locator(".key")).to_contain_text("The number in a state's node is that of unit 1.")
    expect(graph.page.locator(".rnnviz-graph .said")).to_contain_text("is computed from what comes in at step 1")
    graph.page.keyboard.press("j")
    expect(graph.page.locator(".rnnviz-graph .said")).to_contain_text("is read")
    graph.page.keyboard.press("k")
    expect(graph.page.locator(".rnnviz-graph .said")).to_contain_text("compares the answer", timeout=PATIENCE)


def test_a_backward_sweep_draws_dead_edges_broken(graph: Unrolled):
    settings = {"nonlinearity": "sigmoid", "initialisation": "spectral", "spectral_radius": 0.1}
    graph.open(task="recall", seq_len=60, playing="off", **settings)
    graph.act("backward")
    said = [graph.said()]
    while "below the floor" not in said[-1] and len(said) < 4 + 2 * 60:
        graph.page.keyboard.press("l")
        said.append(graph.said())
    assert "below the floor" in said[-1]
    broken = graph.page.locator("path.edge[stroke-dasharray='2 7']")
    expect(broken.first).to_be_attached()
    norms = graph.page.evaluate(
        "() => [...document.querySelectorAll('path.edge[data-norm]')].map((edge) => "
        "[Number(edge.dataset.norm), edge.getAttribute('stroke-dasharray') !== ''])"
    )
    assert all((norm < 1.1754944e-38) == dashed for norm, dashed in norms)
    assert any(norm >= 1.1754944e-38 for norm, _ in norms)


@pytest.mark.parametrize("settings", [{"loss_at": "last"}, {"task": "recall", "bidirectional": "on"}])
def test_a_backward_sweep_comes_to_every_node(graph: Unrolled, settings: dict[str, Any]):
    graph.open(seq_len=4, playing="off", **settings)
    graph.act("backward")
    said = {graph.said()}
    for _ in range(30):
        graph.page.keyboard.press("l")
        said.add(graph.said())
    assert any(sentence.startswith("dL/dx") for sentence in said)
    assert any("this answer is not marked" in sentence for sentence in said) == ("loss_at" in settings)
    graph.press("Play")  # the values still come in
    expect(graph.button("Pause")).to_be_visible()


def test_the_cursor_s_step_is_always_shown(graph: Unrolled):
    graph.open(seq_len=40, playing="off")
    for width in (700, 1280, 1920):
        graph.page.set_viewport_size({"width": width, "height": 900})
        the_cursor_s_step_is_shown(graph)


def the_cursor_s_step_is_shown(graph: Unrolled):
    for step in (1, 2, 3, 4, 9, 20, 37, 38, 39, 40):
        graph.page.locator("[name=cursor]").fill(str(step))
        assert {1, step, 40} <= set(shown_steps(graph)), graph.page.viewport_size


def test_a_diverged_network_s_cells_can_be_opened_and_closed(graph: Unrolled):
    graph.open(nonlinearity="relu", initialisation="spectral", spectral_radius=2, learning_rate=10, speed="max")
    expect(graph.word("problem")).to_contain_text("Training stopped", timeout=PATIENCE)
    graph.node("h", 1, 1).click()
    graph.opened().get_by_role("button", name="Close").click()
    expect(graph.opened()).to_be_hidden()


def test_a_long_sequence_is_elided_around_the_cursor(graph: Unrolled):
    graph.open(seq_len=300, playing="off")
    steps = shown_steps(graph)
    assert {1, 300} <= set(steps)
    assert len(steps) < 12
    graph.page.locator("[name=cursor]").fill("150")
    graph.wait("() => document.querySelector('[data-node=h-1-0-150]')")
    assert {1, 149, 150, 151, 300} <= set(shown_steps(graph))


def test_shapes_and_parameters_say_what_a_change_does(graph: Unrolled):
    graph.open(seq_len=5, playing="off")
    graph.act("shapes")
    expect(graph.page.locator(".lens")).to_contain_text("1,153 parameters")
    said = graph.page.locator(".changed")
    graph.setting("seq_len").locator("input").press("ArrowRight")
    expect(said).to_contain_text("T 5 \u2192 6: still 1,153 parameters", timeout=PATIENCE)
    graph.setting("hidden_size").locator("input").press("ArrowRight")
    expect(said).to_contain_text("H 32 \u2192 33: from 1,153 to 1,222 parameters", timeout=PATIENCE)


def test_the_lessons_example_is_one_click_away(graph: Unrolled):
    graph.open(seq_len=6, hidden_size=33, playing="off")
    graph.setting("example").locator("label").first.click()
    expect(graph.page.locator(".lens")).to_contain_text("(80, 4, 100)", timeout=PATIENCE)
    expect(graph.page.locator(".lens")).to_contain_text("(4, 64)")
    expect(graph.page.locator(".rnnviz-graph .said")).to_contain_text("shapes alone")
    expect(graph.page.locator("[data-act=backward]")).to_be_disabled()


def test_a_narrow_window_has_no_sideways_scroll(visitor: Callable[..., Bench]):
    bench = visitor(width=390, height=844)
    graph = Unrolled(bench.page, bench.url).open(cell="lstm", seq_len=40, playing="off")
    assert graph.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    graph.node("h", 1, 1).click()
    expect(graph.opened()).to_be_visible()
    assert graph.page.evaluate("() => document.querySelector('.rnnviz-graph').scrollWidth <= innerWidth")
    graph.opened().get_by_role("button", name="Close").click()
    the_cursor_s_step_is_shown(graph)


FORMS = {
    "One to one": (1, 1, 1),
    "One to many": (1, 1, 20),
    "Many to one": (10, 10, 10),
    "Many to many, unequal lengths": (8, 9, 12),
}
"""Steps of the last input, the first answer, and all, of the task that is taken."""


@pytest.mark.parametrize("form", FORMS)
def test_choosing_a_form_takes_a_task_of_that_form(graph: Unrolled, form: str):
    last_input, first_answer, steps = FORMS[form]
    graph.open()
    graph.setting("form").get_by_text(form, exact=True).click()
    expect(graph.setting("form").get_by_role("radio", name=form)).to_be_checked()
    graph.wait("(steps) => Number(document.querySelector('[name=cursor]').max) === steps", steps)
    graph.page.locator("[name=cursor]").fill(str(first_answer))
    graph.wait(
        """([last, first]) => {
          const there = (kind, step) => document.querySelector(`[data-node=${kind}-0-0-${step}]`)
          return there("y", first) && there("x", last) && !there("x", last + 1)
        }""",
        [last_input, first_answer],
    )
    graph.valued()
    steps = shown_steps(graph)
    assert shown_steps(graph, "x") == [step for step in steps if step <= last_input]
    assert shown_steps(graph, "y") == [step for step in steps if step >= first_answer]


TWO: dict[str, Any] = {"task": "reverse", "cell": "gru", "seq_len": 6, "hidden_size": 8, "bidirectional_encoder": "on"}


def test_an_encoder_a_decoder_and_attention_between_them_are_drawn_with_live_values(graph: Unrolled):
    graph.open(attention="additive", **TWO)
    places = [
        [float(part) for part in re.findall(r"[\d.]+", node.get_attribute("transform") or "")]
        for node in (graph.page.locator("[data-node=h-1-0-6-source]"), graph.node("h", 1, 1))
    ]
    assert places[0][0] < places[1][0]
    assert places[0][1] == places[1][1]  # it begins in that state
    drawn = "() => [...document.querySelectorAll('.edge title')].map((title) => title.textContent).filter(Boolean)"
    assert len(graph.page.evaluate(drawn)) == 2 * 6 * 7
    graph.node("ctx", 3).click()
    graph.wait("() => document.querySelector('.look').dataset.looked === '3'")
    before = graph.page.locator(".look .weights").inner_text()
    assert before.count("\n") == 7  # six source states between what stands above them, and their sum
    graph.wait("(text) => document.querySelector('.look .weights').innerText !== text", before)
    graph.press("Pause")
    expect(graph.button("Play")).to_be_visible()
    graph.page.locator(".look").get_by_role("button", name="Close").click()
    expect(graph.page.locator(".look")).to_be_hidden()


def test_cells_of_both_parts_can_be_opened(graph: Unrolled):
    graph.open(attention="additive", **TWO)
    graph.page.locator("[data-node=h-1-1-2-source]").click()
    graph.wait("() => document.querySelector('.cell').dataset.opened === '0,1,1,0,1'")
    expect(graph.opened()).to_contain_text("the encoder's layer 1, backward pass at time step 2")
    expect(graph.word("read")).to_contain_text("At source step 2")
    graph.page.locator("[name=source]").fill("5")
    graph.wait("() => document.querySelector('.cell').dataset.opened === '0,1,4,0,1'")
    graph.node("h", 4, 1).click()
    graph.wait("() => document.querySelector('.cell').dataset.opened === '0,0,3,0'")
    expect(graph.word("read")).to_contain_text("At step 4, x")
    graph.opened().get_by_role("button", name="Close").click()


def test_a_sweep_tells_of_both_ways_back_to_the_source(graph: Unrolled):
    graph.open(attention="dot", playing="off", **TWO)
    graph.act("backward")
    said = {graph.said()}
    for _ in range(7 * 5 + 6 * 3):
        graph.page.keyboard.press("l")
        said.add(graph.said())
    assert any("how the loss changes with this context" in sentence for sentence in said)
    assert any("Attention alone brings" in sentence and "The hand-over" in sentence for sentence in said)
    norms = graph.page.evaluate("() => document.querySelectorAll('path.edge[data-norm]').length")
    assert norms > 2 * 6 * 7
    graph.act("clear")


def test_two_parts_fold_and_have_room_in_a_narrow_window(visitor: Callable[..., Bench]):
    bench = visitor(width=390, height=844)
    graph = Unrolled(bench.page, bench.url).open(**{**TWO, "attention": "additive", "seq_len": 20, "playing": "off"})
    assert graph.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    for step in (1, 2, 9, 21):
        graph.page.locator("[name=cursor]").fill(str(step))
        expect(graph.node("h", step, 1)).to_be_visible()
    graph.act("fold").wait("() => document.querySelector('.graph').dataset.still === 'true'")
    assert graph.page.locator(".node.h:visible").count() == 3
    loops = graph.page.locator("path.edge[stroke='#D55E00']:not([style*='display: none'])")
    assert loops.count() == 4  # of two directions, of the decoder, and from part to part
