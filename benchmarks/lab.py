"""The gradient lab: all (t, k) shares beside loops of autograd calls, and how soon a long profile is on the screen."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from playwright.sync_api import sync_playwright
from torch import Tensor, nn

from benchmarks.live import FLAGS, SIZE
from benchmarks.table import Row, at_least, at_most, report
from rnnviz.looks.shares import shares
from rnnviz.settings.experiment import Experiment
from rnnviz.training.trainer import Trainer
from tests.browser.server import Server

T, H = 200, 64
ROUNDS = 5
MOVES = 20
"""Of the slider of the sequence length, between 499 and 500."""

IN_PAGE = """
// Milliseconds from the next key press to the first painted frame whose profile has that many time steps.
const answer = (steps) => {
  window.answered = new Promise((resolve) => {
    addEventListener("keydown", ({ timeStamp }) => {
      const look = () => {
        const [line] = document.querySelector("[data-picture=gradients]")._fullData
        if (line._length !== steps) return requestAnimationFrame(look)
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - timeStamp)))
      }
      look()
    }, { capture: true, once: true })
  })
}
Object.assign(window, { answer })
"""


def seconds(function: Callable[[], Any]) -> tuple[float, Any]:
    """Return how long a call takes, and what it returns."""
    began = time.perf_counter()
    result = function()
    return time.perf_counter() - began, result


def probe(cell: str, dtype: torch.dtype) -> Trainer:
    """Return a trainer of a network of T steps and H units, with a loss at every step, that has been looked at."""
    trainer = Trainer(Experiment(task="sine", cell=cell, seq_len=T, hidden_size=H), dtype)
    trainer.snapshot()
    return trainer


class ByAutograd:
    """The same network in plain torch, where each step uses a copy of W_hh of its own: its gradient is a share."""

    def __init__(self, trainer: Trainer):
        recurrent, readout = trainer.model.to_torch()
        state = recurrent.state_dict()
        W_ih, W_hh, b = state["weight_ih_l0"], state["weight_hh_l0"], state["bias_ih_l0"] + state["bias_hh_l0"]
        x, targets = (
            torch.from_numpy(a).to(W_hh.dtype) for a in (trainer.task.probe.inputs, trainer.task.probe.targets)
        )
        self.copies = [W_hh.clone().requires_grad_() for _ in range(T)]
        h, self.losses = torch.zeros(1, H, dtype=W_hh.dtype), []
        for t in range(T):
            h = torch.tanh(x[t] @ W_ih.T + h @ self.copies[t].T + b)
            self.losses.append(nn.functional.mse_loss(readout(h), targets[t]) / T)

    def a_call_a_pair(self) -> np.ndarray:
        """Return the norms of all shares, (T, T), NaN above the diagonal."""
        norms = np.full((T, T), np.nan)
        for t, loss in enumerate(self.losses):
            for k in range(t + 1):
                norms[t, k] = self._norm(torch.autograd.grad(loss, self.copies[k], retain_graph=True)[0])
        return norms

    def a_call_a_term(self) -> np.ndarray:
        """Do the same, for all steps of a loss term at once."""
        norms = np.full((T, T), np.nan)
        for t, loss in enumerate(self.losses):
            found = torch.autograd.grad(loss, self.copies[: t + 1], retain_graph=True)
            norms[t, : t + 1] = [self._norm(share) for share in found]
        return norms

    @staticmethod
    def _norm(share: Tensor) -> float:
        return torch.linalg.vector_norm(share).item()


def all_shares() -> list[Row]:
    """Return how long all shares take, and what autograd says of them."""
    trainer, marked = probe("rnn", torch.float64), np.arange(T)
    ours = [seconds(lambda: shares(trainer.subject().recording, marked))[0] for _round in range(ROUNDS)]
    pairs, reference = seconds(ByAutograd(trainer).a_call_a_pair)
    ours += [seconds(lambda: shares(trainer.subject().recording, marked))[0] for _round in range(ROUNDS)]
    terms, others = seconds(ByAutograd(trainer).a_call_a_term)
    found = shares(trainer.subject().recording, marked)[0].norms
    worst = max(float(np.nanmax(np.abs(found - other)) / np.nanmax(other)) for other in (reference, others))
    middle = statistics.median(ours)
    rows = [
        at_most(f"all (t, k) shares and their sums by distance, T = {T}, H = {H}, RNN", 2, middle, " s"),
        at_least("  a loop of autograd calls, one a pair, takes that", 50, pairs / middle, "x"),
        Row("  a loop of autograd calls, one a loss term, takes that", "", f"{terms / middle:.3g}x"),
        Row("  those loops", "", f"{pairs:.3g} s, {terms:.3g} s"),
        at_most("  largest difference from autograd, of the largest share", 1e-10, worst),
    ]
    for cell in ("gru", "lstm"):
        trainer = probe(cell, torch.float64)
        took = [seconds(lambda t=trainer: shares(t.subject().recording, marked))[0] for _round in range(ROUNDS)]
        rows.append(at_most(f"  the same, {cell}", 2, statistics.median(took), " s"))
    return rows


def profile() -> list[Row]:
    """Return how soon the profile of 500 steps is on the screen, the network being trained all the while."""
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "output.txt") as server:
        server.idle_after()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            page = browser.new_context(viewport={"width": SIZE["width"], "height": SIZE["height"]}).new_page()
            page.add_init_script(IN_PAGE)
            page.goto(f"{server.url}/lab?seq_len=500")
            page.wait_for_function("() => document.querySelector('[data-picture=training]')?.data")
            times = []
            for i in range(MOVES):
                page.locator(".st-key-seq_len input").focus()
                page.evaluate("answer", 500 if i % 2 else 499)
                page.keyboard.press("ArrowRight" if i % 2 else "ArrowLeft")
                times.append(page.evaluate("answered"))
                page.wait_for_function("() => Number(document.querySelector('[data-word=step]').textContent) > 3")
            browser.close()
    return [
        at_most(
            "the slider moves to T = 500: the profile is on the screen, median", 300, statistics.median(times), " ms"
        ),
        Row(f"  worst of {MOVES}", "", f"{max(times):.0f} ms"),
    ]


def main():
    torch.set_num_threads(1)
    load = os.getloadavg()
    report(all_shares() + profile(), load)


if __name__ == "__main__":
    main()
