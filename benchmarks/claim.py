"""The claim of the texts: without attention, what was read early is lost as the source grows. Is it so?

`python -m benchmarks.claim` trains networks to write 5 to 20 letters, in both orders, with every kind of attention, as
the page of two sequences does; `python -m benchmarks.claim 4000 5` for so many training steps, from so many seeds.
There is no bar: it prints what was found.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is loaded

import sys
import time

from benchmarks.table import Row, report
from rnnviz.plots.finding import NAMES, Shares, about_lengths, about_positions, by_length, by_position, line, verdict
from rnnviz.settings.experiment import Experiment
from rnnviz.sweeps.claim import Comparison
from rnnviz.sweeps.engine import Engine, Sweep
from rnnviz.tasks import TASKS

STEPS, SEEDS = 1000, 3
LENGTHS, POSITIONS = (5, 10, 15, 20), (1, 5, 10, 15, 20)


def told(shares: dict[int, Shares], places: tuple[int, ...]) -> str:
    """Say what is right at some places, each the median over the seeds and their spread."""
    return "; ".join(f"{place}: {shares[place].said!s}" for place in places)


def main() -> int:
    load = os.getloadavg()
    steps, seeds = (int(word) for word in sys.argv[1:3] or (STEPS, SEEDS))
    experiment = Experiment(**{**TASKS["reverse"].suggested, "task": "reverse", "cell": "gru", "seq_len": 20})
    comparison = Comparison(experiment, seeds, steps)
    start, engine = time.perf_counter(), Engine()
    sweep = Sweep(comparison.jobs, engine)
    while not sweep.wait(1.0):
        sweep.touch()
    engine.close()
    found = sweep.results
    cost = sum(job.cost for job in comparison.jobs)
    rows = [Row(f"{sweep.total} networks, {steps} steps, {seeds} seeds", "", f"{time.perf_counter() - start:.0f} s")]
    rows.append(Row("what was estimated, of one core", "", f"{cost:.0f} s"))
    for order in comparison.orders:
        for kind, name in NAMES.items():
            exact, right = line(by_length(found, order, kind)), line(by_position(found, order, kind))
            rows.append(Row(f"{order}, {name!s}: right in full, by length", "", told(exact, LENGTHS)))
            rows.append(Row(f"{order}, {name!s}: right tokens, by position of 20", "", told(right, POSITIONS)))
    report(rows, load)
    for order in comparison.orders:
        print(f"{order}: {about_lengths(found, order)!s} {about_positions(found, order)!s}")
    print(verdict(found, comparison.orders))
    return 0 if sweep.done == sweep.total and not sweep.failed else 1


if __name__ == "__main__":
    sys.exit(main())
