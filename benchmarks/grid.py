"""Training steps over a grid of sizes, against those of the same project as another folder has it.

`python -m benchmarks.grid FOLDER` lets a process with each of the two, which keeps its memory as a worker does, train
every cell in turns, and prints where the new code is slower; FOLDER is a checkout of another commit. Counted are
seconds of the processor, so that whatever else the machine does matters less, and of each network the quickest turn.
--cell takes a part of the grid.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

from benchmarks.table import Row, at_least, report

LENGTHS, WIDTHS, BATCHES = (5, 50, 500), (1, 8, 32, 128), (1, 16, 128)
CELLS = ("rnn", "gru", "lstm", "peephole", "coupled", "mingru")
BAR = 0.95
TURNS = 4
AGAIN = 8
"""Turns of a network that looks slower, once more: the figure of one that is not was the machine's."""

TRAINING = """
import json, sys, time
import torch
from rnnviz.runs.machine import keep_memory
from rnnviz.settings.experiment import Experiment
from rnnviz.training.trainer import Trainer

torch.set_num_threads(1)
keep_memory()
trained = None, None
for line in sys.stdin:
    if trained[0] != line:
        trained = line, Trainer(Experiment(task="sine", **json.loads(line)), keeps_history=False)
        trained[1].step(2)
    steps, began = 0, time.thread_time()
    while (now := time.thread_time()) < began + 0.1 or not steps:
        trained[1].step()
        steps += 1
    print((now - began) / steps, flush=True)
"""


class Code:
    """A process that trains with the code of a folder."""

    def __init__(self, folder: Path):
        self._process = subprocess.Popen(
            [sys.executable, "-c", TRAINING],
            cwd=folder,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def seconds(self, network: str) -> float:
        """Return what a training step takes: the mean over a turn."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(network)
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()


def faster(codes: tuple[Code, Code], network: str, turns: int) -> float:
    """Return how many times as fast as the second the first trains."""
    turned = [tuple(code.seconds(network) for code in codes) for _ in range(turns)]
    own, other = (min(times) for times in zip(*turned, strict=True))
    return other / own


def measure(folder: Path, cells: Sequence[str]) -> list[Row]:
    codes = Code(Path.cwd()), Code(folder)
    found: dict[tuple[Any, ...], float] = {}
    for sizes in product(cells, LENGTHS, WIDTHS, BATCHES):
        network = json.dumps(dict(zip(("cell", "seq_len", "hidden_size", "batch_size"), sizes, strict=True))) + "\n"
        found[sizes] = faster(codes, network, TURNS)
        if found[sizes] < 1:
            found[sizes] = max(found[sizes], faster(codes, network, AGAIN))
        print("{} T {} H {} B {}: {:.2f}x".format(*sizes, found[sizes]), flush=True)
    for code in codes:
        code.close()
    rows = []
    for cell in cells:
        ratios = {sizes: ratio for sizes, ratio in found.items() if sizes[0] == cell}
        least = min(ratios, key=ratios.__getitem__)
        where = "T {} H {} B {}".format(*least[1:])
        rows += [
            at_least(f"{cell}, slowest at {where}: training steps of those of before", BAR, ratios[least], "x"),
            Row("  median, most", "", f"{statistics.median(ratios.values()):.2f}x, {max(ratios.values()):.1f}x"),
        ]
    return rows


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--cell", choices=CELLS, nargs="+", default=CELLS)
    chosen, load = options.parse_args(), os.getloadavg()
    report(measure(chosen.folder, chosen.cell), load)


if __name__ == "__main__":
    main()
