"""What a frame of the bench costs, picture by picture: in the worker, on the pipe, in the server and in Chromium.

`python -m benchmarks.pictures [cell]`. The worker looks at a network and pickles what it saw, the server unpickles it
and makes a message of bytes: milliseconds of the processor, the median of many frames. In Chromium one picture after
the other is drawn while nothing trains: milliseconds from its new arrays until plotly.js is done.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is loaded

import pickle
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import torch
from playwright.sync_api import Page

from benchmarks.table import Row
from benchmarks.watched import watch
from rnnviz.looks.look import look
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Part
from rnnviz.training.trainer import Trainer
from rnnviz.ui.bench.page import BOARD
from rnnviz.ui.bench.score import MARKS
from rnnviz.ui.graph.seen import NEEDS, numbers
from rnnviz.ui.live.wire import encoded
from rnnviz.wanted import Wanted

TURNS = 200

DRAWING = """
async (turns) => {
  const modules = performance.getEntriesByType("resource").map(({ name }) => name)
  const { change } = await import(modules.find((name) => name.endsWith("live/plotly.js")))
  const moved = (part) => typeof part === "number" ? part * (1 + Math.random() / 1e3) : part.map(moved)
  const held = ({ marker, text }) => marker?.opacity === 0 || text // what keeps the axes where they are, and words
  const took = {}
  for (const plot of plots().filter(lives)) {
    const times = []
    for (let turn = 0; turn < turns; turn++) {
      const arrays = plot.data.map((trace) => {
        const name = trace.z ? "z" : "y"
        return held(trace) ? {} : { [name]: moved(trace[name]) }
      })
      const began = performance.now()
      await change(plot, arrays)
      times.push(performance.now() - began)
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
    }
    took[plot.dataset.picture] = times.sort((a, b) => a - b)[turns >> 1]
  }
  return took
}
"""


def milliseconds(do: Callable[[], Any]) -> float:
    """Return what it takes of the processor, the median of many times."""
    times = []
    for _ in range(TURNS):
        began = time.thread_time()
        do()
        times.append(time.thread_time() - began)
    return 1000 * statistics.median(times)


def costs(experiment: Experiment) -> dict[str, tuple[float, float, float, int]]:
    """Return by picture the milliseconds in the worker, of both ends of the pipe and in the server, and the bytes that
    are sent; of what all of them need, and of the network's graph, by "numbers" and "network"."""
    trainer = Trainer(experiment)
    trainer.step(TURNS)

    def cost(needs: tuple[Part, ...], made: Callable[[Scene], Any]) -> tuple[float, float, float, int]:
        what = Wanted(frozenset(needs))
        snapshot = look(trainer.subject(), what)
        scene, packed = Scene(experiment, snapshot), pickle.dumps(snapshot, pickle.HIGHEST_PROTOCOL)
        return (
            milliseconds(lambda: look(trainer.subject(), what)),
            milliseconds(lambda: pickle.loads(pickle.dumps(snapshot, pickle.HIGHEST_PROTOCOL))),
            milliseconds(lambda: encoded(made(scene))),
            len(encoded(made(scene))) if made(scene) else len(packed),
        )

    pictures = {name: p for name, p in BOARD.pictures.items() if p.shown(experiment) and not p.still}
    return {
        "numbers": cost((), lambda scene: {}),
        **{name: cost(picture.needs, picture.arrays) for name, picture in pictures.items()},
        "network": cost(tuple(NEEDS), lambda scene: numbers(scene.snapshot, experiment, MARKS)),
    }


def measure(page: Page, cell: str) -> list[Row]:
    page.evaluate("opened('live')")
    drawn = page.evaluate(DRAWING, 60)
    rows = []
    for name, (looking, pipe, server, size) in costs(Experiment(cell=cell, seq_len=50, batch_size=16)).items():
        said = f"worker {looking:.3f}, pipe {pipe:.3f}, server {server:.3f}"
        if name in drawn:
            said += f", Chromium {drawn[name]:.1f}"
        rows.append(Row(name, "", f"{said} ms; {size / 1000:.1f} kB"))
    return rows


if __name__ == "__main__":
    torch.set_num_threads(1)
    cell = (sys.argv[1:] or ["gru"])[0]
    sys.exit(watch(f"?cell={cell}&seq_len=50&batch_size=16&playing=off", lambda page: measure(page, cell)))
