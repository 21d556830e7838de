"""The bench page as a person sees it: words, buttons, settings, pictures."""

import re
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, TimeoutError, expect

PICTURES = ("input", "prediction", "states", "gradients", "loss", "forecast")
"""Of the bench, where all are shown."""
LIVE = PICTURES[1:]
"""Those that change while it trains."""
HOW_PICTURES_LOOK = ("states", "layer", "direction", "scale", "beyond")
"""Settings that stand behind the bench's button "Pictures"."""
PATIENCE = 40_000
"""Milliseconds within which anything on the page has to happen, on a busy machine."""
CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--process-per-site",  # which keeps the compiled scripts from one page to the next
)

expect.set_options(timeout=PATIENCE)

# What `draws` counts: updates of a picture that plotly.js has finished. `blank` counts those that left it empty.
_COUNT = """
() => {
  window.draws ??= {}
  window.blank ??= 0
  for (const plot of document.querySelectorAll("[data-picture]")) {
    const name = plot.dataset.picture
    if (plot.counted || name === "input" || !plot.checkVisibility()) continue
    plot.counted = true
    draws[name] ??= 0
    const look = () => {
      draws[name]++
      if (!plot.querySelector(".main-svg") || !plot.data?.length) blank++
    }
    plot.on("plotly_afterplot", look)
  }
}
"""
_NUMBERS = """
(name) => {
  const plot = document.querySelector(`[data-picture=${name}]`)
  const plain = (array) => array && Object.values(array)
  return JSON.stringify(plot?.data?.map(({ x, y, z }) => [x, y, z].map(plain)))
}
"""


# Tells the page that this browser has been here before.
_ACQUAINTED = "try { localStorage.setItem('rnnviz-welcomed', '1') } catch {}"


class Bench:
    """The page, opened at `url` with the given settings in its address; a newcomer is greeted first.

    stays: whether a page that stands at an address already is taken as it is, and training there goes on.
    """

    def __init__(self, page: Page, url: str, newcomer: bool = False, stays: bool = False):
        if not newcomer:
            page.add_init_script(_ACQUAINTED)
        self.page = page
        self.url = url
        self.stays = stays
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("websocket", lambda socket: self.requests.append(socket.url))
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.complaints.append(said.text)

    def open(self, path: str = "", **settings: Any) -> "Bench":
        """Go there, and wait until the pictures are drawn."""
        self.visit(path, **settings)
        return self.drawn()

    def visit(self, path: str, **settings: Any):
        """Go there."""
        if self.stays and self._stands_at(path, settings):
            self._leave_alone(settings.get("playing") != "off")
            return
        query = urlencode(settings)
        self.page.goto(f"{self.url}/{path}" + (f"?{query}" if query else ""))

    def _stands_at(self, path: str, settings: dict[str, Any]) -> bool:
        here = self.page.url.partition("?")[0] == f"{self.url}/{path}"
        return here and self.settings == {name: str(value) for name, value in settings.items()}

    def _leave_alone(self, playing: bool):
        """Let go of whatever was clicked or pointed at, and let it train or rest."""
        self.page.evaluate("() => document.activeElement.blur()")
        self.page.mouse.move(0, 0)
        to_press, then = ("Play", "Pause") if playing else ("Pause", "Play")
        if self.button(to_press).count():
            self.press(to_press)
        expect(self.button(then)).to_be_visible()

    def drawn(self) -> "Bench":
        """Wait until the pictures are drawn."""
        expect(self.picture("gradients").locator(".main-svg").first).to_be_visible(timeout=2 * PATIENCE)
        return self.wait(
            "() => [...document.querySelectorAll('[data-picture]')]"
            ".every((p) => !p.checkVisibility() || p.querySelector('.main-svg'))"
        )

    # What there is to see

    def word(self, name: str) -> Locator:
        """The place of one of the words and numbers beside the pictures."""
        return self.page.locator(f"[data-word={name}]")

    def text(self, name: str) -> str:
        """What stands there now."""
        return self.word(name).inner_text()

    @property
    def step(self) -> int:
        """The training step the page shows."""
        return int(self.text("step").replace(",", "") or -1)

    def picture(self, name: str) -> Locator:
        """One of the pictures."""
        return self.page.locator(f"[data-picture={name}]")

    def numbers(self, name: str) -> str:
        """The data a picture is drawn from, as text to compare."""
        return self.page.evaluate(_NUMBERS, name)

    @property
    def settings(self) -> dict[str, str]:
        """The parameters in the address bar."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.page.url).query).items()}

    def says(self, text: str | re.Pattern[str]) -> Locator:
        """A text anywhere on the page."""
        return self.page.get_by_text(text).first

    # What a person does

    def button(self, name: str) -> Locator:
        """A button of the transport."""
        named = self.page.get_by_role("button", name=re.compile(rf"^{name}\b"))
        return self.page.locator("[data-testid^=stBaseButton]").and_(named)

    def press(self, name: str) -> "Bench":
        """Press a button of the transport."""
        self.button(name).click()
        return self

    def setting(self, name: str) -> Locator:
        """The widget of a setting."""
        return self.page.locator(f".st-key-{name}")

    def choose(self, name: str, option: str) -> "Bench":
        """Choose one of the options that stand side by side, or in a list, be it behind the button "Pictures"."""
        widget = self.setting(name)
        if name in HOW_PICTURES_LOOK and not widget.count():
            self.setting("view").get_by_role("button").click()
        listed = widget.get_by_role("combobox")
        if listed.count():
            found = self.page.get_by_role("option", name=option, exact=True)
            for patience in (PATIENCE / 5, PATIENCE):  # a page that is built anew meanwhile shuts the list
                listed.fill(option)  # a long list has only those in sight
                try:
                    found.click(timeout=patience)
                    break
                except TimeoutError:
                    if patience == PATIENCE:
                        raise
        else:
            widget.get_by_text(option, exact=True).click()
        return self

    def upload(self, name: str, content: bytes) -> "Bench":
        """Upload a file from the visitor's machine."""
        files = [{"name": name, "mimeType": "text/csv", "buffer": content}]
        self.page.locator("input[type=file]").set_input_files(files)  # pyright: ignore[reportArgumentType]
        return self

    # What is waited for

    def wait(self, condition: str, argument: Any = None) -> "Bench":
        """Wait for a condition in JavaScript."""
        self.page.wait_for_function(condition, arg=argument, timeout=PATIENCE)
        return self

    def address_says(self, **settings: str) -> "Bench":
        """Wait until the address bar holds these parameters, and no others."""
        same = "(want) => JSON.stringify([...new URLSearchParams(location.search)].sort()) === JSON.stringify(want)"
        return self.wait(same, sorted(map(list, settings.items())))

    def reaches(self, step: int) -> "Bench":
        """Wait until this training step is shown, or a later one."""
        return self.wait(
            "(n) => Number(document.querySelector('[data-word=step]')?.textContent.replaceAll(',', '')) >= n", step
        )

    def shows_step(self, step: int) -> "Bench":
        """Wait until exactly this step is shown."""
        expect(self.word("step")).to_have_text(f"{step:,}", timeout=PATIENCE)
        return self

    def moves(self) -> "Bench":
        """Wait until training has gone on."""
        return self.reaches(self.step + 1)

    def updates(self, count: int) -> "Bench":
        """Wait until the pictures were updated so many times more."""
        self.page.evaluate(_COUNT)
        before = self.page.evaluate("() => ({...window.draws})")
        return self.wait(
            "([before, n]) => Object.entries(before).every(([name, drawn]) => draws[name] >= drawn + n)",
            [before, count],
        )

    def paused(self) -> "Bench":
        """Pause, and wait until the page shows it."""
        self.press("Pause")
        return self.rests()

    def rests(self) -> "Bench":
        """Wait until the page shows that training is paused; from then on the step stands still."""
        expect(self.button("Play")).to_be_visible()
        expect(self.word("rate")).to_have_text("paused")
        return self

    def at_start(self) -> "Bench":
        """Pause, and go back to step 0."""
        self.paused().press("Reset")
        return self.shows_step(0)

    def drawn_at(self, step: int) -> Self:
        """Wait until the curve of the loss, which is drawn after the states, ends at a step."""
        curves = "document.querySelector('[data-picture=loss]').calcdata"
        self.wait(f"(step) => {curves}.some((points) => points.at(-1)?.x === step)", step)
        return self

    def walk(self, steps: int) -> str:
        """From a standstill, make single steps; return the loss then."""
        there = self.step
        for n in range(1, steps + 1):
            self.press("Step").shows_step(there + n)
        return self.text("loss")


def launch(playwright: Any) -> Browser:
    """Start Debian's Chromium; without it the tests fail, they never skip."""
    return playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(CHROMIUM))
