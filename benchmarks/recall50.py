"""Recall at distance 50: which cell learns it within a fixed budget of steps, and from how many seeds?

`python -m benchmarks.recall50` runs the page's ready race from 5 seeds, for as many training steps as it says;
`python -m benchmarks.recall50 3000 10` for so many steps, from so many seeds. There is no bar: it prints what it found.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is loaded

import sys
import time
from dataclasses import replace

from benchmarks.table import Row, report
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.race import names
from rnnviz.standing import in_words, losses, over_seeds, steps, successes
from rnnviz.sweeps.engine import Engine, Sweep
from rnnviz.sweeps.race import Seeds
from rnnviz.tasks import TASKS
from rnnviz.ui.race.ready import READY

RACE, SEEDS = READY["recall_50"], 5


def main() -> int:
    load = os.getloadavg()
    budget, count = (int(word) for word in sys.argv[1:3] or (RACE.steps, SEEDS))
    task = TASKS["recall"]
    first = Experiment(**RACE.settings)
    seeds = Seeds((first, *(replace(first, **differs) for differs in RACE.others)), count, budget)
    start, engine = time.perf_counter(), Engine()
    sweep = Sweep(seeds.jobs, engine, in_order=True)
    while not sweep.wait(1.0):
        sweep.touch()
    engine.close()
    found, called = sweep.results, names(seeds.experiments)
    cost = sum(job.cost for job in seeds.jobs)
    rows = [
        Row(f"{sweep.total} networks, {budget} steps, {count} seeds", "", f"{time.perf_counter() - start:.0f} s"),
        Row("what was estimated, of one core", "", f"{cost:.0f} s"),
    ]
    for lane, name in enumerate(called):
        held, trained = successes(found, lane, 0.0, task)
        reached = steps(found, lane, 0.0, task)
        right = sorted(100 * result.accuracy for (its, _seed), result in found.items() if its == lane)
        rows += [
            Row(f"{name!s}: at half the loss of guessing after the last step", "", f"{held} of {trained}"),
            Row(f"{name!s}: validation loss", "", str(in_words(losses(found, lane, task), "diverged"))),
            Row(f"{name!s}: right answers, %", "", str(in_words(right, ""))),
            Row(
                f"{name!s}: first there at step, of {len(reached)} seeds",
                "",
                str(in_words(reached, "")) if reached else "–",
            ),
        ]
    report(rows, load)
    print(over_seeds(found, called, 0.0, task))
    return 0 if sweep.done == sweep.total and not sweep.failed else 1


if __name__ == "__main__":
    sys.exit(main())
