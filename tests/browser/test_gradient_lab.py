"""The gradient lab as a person uses it: move one control and see the gradient die, explode, or live."""

from collections.abc import Callable

import pytest
from bench import PATIENCE, Bench
from playwright.sync_api import expect

from rnnviz import plots
from rnnviz.settings.experiment import Experiment

LAB = [name for name, picture in plots.LAB.items() if picture.shown(Experiment())]
"""The pictures of a network of one sequence."""


class Lab(Bench):
    """The gradient lab's page."""

    def open(self, path: str = "lab", **settings: object) -> "Lab":
        """Go there, and wait until all pictures are drawn."""
        super().visit(path, **settings)
        return self.analysed()

    def analysed(self) -> "Lab":
        """Wait until all pictures are drawn."""
        for name in LAB:
            expect(self.picture(name).locator(".main-svg").first).to_be_visible(timeout=2 * PATIENCE)
        return self

    def slide(self, name: str, key: str) -> "Lab":
        """Press a key on a slider: Home and End are its ends."""
        self.setting(name).locator("input").press(key)
        return self

    def horizon(self, condition: str) -> "Lab":
        """Wait for a condition on the memory horizon, `text` being what is shown."""
        self.wait(
            f"() => {{ const text = document.querySelector('[data-word=horizon]').textContent; return {condition} }}"
        )
        return self


@pytest.fixture(scope="module")
def kind() -> type[Bench]:
    return Lab


@pytest.fixture
def lab(stay: Lab) -> Lab:
    stay.page.set_viewport_size({"width": 1280, "height": 1400})
    return stay


PROFILE = "document.querySelector('[data-picture=gradients]')._fullData[0]"


def test_all_pictures_are_there_and_move(lab: Lab):
    lab.open(seq_len=12)
    before = {name: lab.numbers(name) for name in LAB}
    lab.reaches(lab.step + 5)
    for name in LAB:
        lab.page.wait_for_function(
            "([name, before]) => JSON.stringify(document.querySelector(`[data-picture=${name}]`)"
            "._fullData.map((t) => [...(t.z ?? t.y ?? [])].flat())) !== before",
            arg=[name, before[name]],
        )


def test_the_factor_of_another_step_is_shown_though_training_is_paused(lab: Lab):
    lab.open(seq_len=12)
    lab.press("Pause")
    expect(lab.button("Play")).to_be_visible()
    sentence = lab.page.locator("[data-sentence=jacobian]")
    expect(sentence).to_contain_text("time step 2")
    lab.slide("jacobian", "End")
    expect(sentence).to_contain_text("time step 12", timeout=PATIENCE)


def test_the_profile_follows_the_slider_of_the_length(lab: Lab):
    lab.open(seq_len=12, jacobian=12)
    lab.slide("seq_len", "ArrowRight").wait(f"() => {PROFILE}._length === 13")
    lab.slide("seq_len", "End").wait(f"() => {PROFILE}._length === 500")
    lab.slide("seq_len", "Home").wait(f"() => {PROFILE}._length === 2")
    lab.analysed()


def test_the_spectral_radius_alone_makes_it_vanish_and_explode(lab: Lab):
    lab.open(task="recall", seq_len=30, speed=1)
    lab.press("Pause")
    ratio = f"{PROFILE}.y[0] / {PROFILE}.y[29]"
    lab.slide("spectral_radius", "Home").wait(f"() => {ratio} < 1e-20")
    lab.horizon("Number(text) < 1")
    lab.slide("spectral_radius", "End").wait(f"() => {ratio} > 0.01")
    lab.horizon("text.startsWith('>') || Number(text) > 5")


def test_beyond_the_cut_the_shares_are_zero(lab: Lab):
    lab.open(seq_len=20, truncation=5, playing="off")
    marks = "document.querySelector('[data-picture=distance]')._fullData[2].x"
    lab.wait(f"() => [...{marks}].join() === '5,6,7,8,9,10,11,12,13,14,15,16,17,18'")


def test_a_network_that_explodes_is_drawn_with_marks(lab: Lab):
    lab.open(nonlinearity="relu", task="recall", initialisation="spectral", spectral_radius=2, seq_len=500)
    expect(lab.word("memory_note")).to_contain_text("too large for float32", timeout=PATIENCE)
    assert lab.page.evaluate("document.querySelector('[data-picture=memory]')._fullData.at(-4)._length") > 0


def test_the_learning_sweep_runs_is_stopped_and_keeps_what_it_has(lab: Lab):
    lab.open(seq_len=5, speed=1)
    lab.press("Pause")
    lab.page.get_by_role("tab", name="What each cell learns").click()
    lab.slide("sweep_steps", "Home")  # what has begun is not stopped
    expect(lab.setting("sweep_steps")).to_contain_text("100")
    lab.setting("sweep_start").get_by_role("button").click()
    progress = lab.page.get_by_test_id("stProgress")
    expect(progress).to_contain_text("left", timeout=4 * PATIENCE)
    lab.setting("sweep_stop").get_by_role("button").click()
    expect(lab.says("networks were trained")).to_be_visible(timeout=PATIENCE)
    expect(lab.page.locator(".st-key-sweep_map .hm image").first).to_be_attached(timeout=PATIENCE)


def test_a_study_shows_what_it_finds_as_it_comes(lab: Lab):
    lab.open(seq_len=5, speed=1)
    lab.press("Pause")
    lab.page.get_by_role("tab", name="BPTT and RTRL").click()
    lab.setting("start_costs_rnn").get_by_role("button").click()
    expect(lab.says("The largest difference between the two gradients")).to_be_visible(timeout=4 * PATIENCE)
    expect(lab.page.locator(".st-key-costs .main-svg").first).to_be_visible()


def test_the_lab_fits_a_phone(visitor: Callable[..., Bench]):
    bench = visitor(width=390, height=844)
    lab = Lab(bench.page, bench.url)
    bench.page.emulate_media(color_scheme="dark")
    lab.open(num_layers=2, bidirectional="on", cell="lstm", seq_len=8, playing="off")
    for scheme in ("dark", "light"):
        lab.page.emulate_media(color_scheme=scheme)
        lab.wait("(own) => getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme === own", scheme)
        assert lab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for name in LAB:
            box = lab.picture(name).bounding_box()
            assert box
            assert box["x"] + box["width"] <= 390
