"""A sweep's processes: killed, orphaned, and free of the page."""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from swept import claimed, comparison, finished, wait_until

from rnnviz.sweeps.engine import Engine, Sweep, process_pool
from rnnviz.sweeps.learning import Plan, learn

pytestmark = pytest.mark.slow


def small_plan(cells: tuple[str, ...] = ("rnn", "gru"), steps: int = 60) -> Plan:
    return Plan("recall", cells, (4, 6), seeds=2, steps=steps)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """Two processes, for both tests: each of them loads torch."""
    engine = Engine(partial(process_pool, 2))
    yield engine
    engine.close()
    wait_until(lambda: not multiprocessing.active_children())


def test_the_claim_is_measured_in_processes(engine):
    sweep = finished(Sweep(comparison().jobs, engine))
    assert (sweep.failed, sweep.problem) == ({}, "")
    assert claimed(sweep.results) == claimed({job.key: job.function(*job.args) for job in comparison().jobs})


def test_a_killed_process_loses_nothing(engine):
    plan = small_plan()
    sweep = Sweep(plan.jobs, engine)
    wait_until(lambda: sweep.results)
    processes = multiprocessing.active_children()
    processes[0].kill()
    finished(sweep)
    assert (sweep.failed, sweep.problem) == ({}, "")
    assert not any(process.is_alive() for process in processes)
    assert sweep.results == {job.key: learn(*job.args) for job in plan.jobs}


def has_ended(pid: int) -> bool:
    """Whether the process is gone, or has nobody yet who asks how it ended."""
    try:
        return not Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return True


def test_the_processes_end_with_a_killed_server():
    code = """
import multiprocessing, os, time
from rnnviz.sweeps.engine import process_pool
if __name__ == "__main__":
    backend = process_pool(1)
    print(backend.executor.submit(os.getpid).result(), flush=True)
    time.sleep(600)
"""
    server = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    assert server.stdout
    pid = int(server.stdout.readline())
    assert os.getpriority(os.PRIO_PROCESS, pid) > os.getpriority(os.PRIO_PROCESS, server.pid)
    server.kill()
    server.wait()
    wait_until(lambda: has_ended(pid))


def test_a_process_is_told_how_many_threads_to_take_before_numpy_reads_it():
    code = "import rnnviz.sweeps.processes, sys; sys.exit('numpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=True)


def test_the_processes_of_a_sweep_do_not_load_the_page():
    code = """
import runpy, sys
runpy.run_path("rnnviz/ui/main.py", run_name="__mp_main__")
sys.exit("streamlit" in sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=True)
