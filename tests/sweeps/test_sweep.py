"""The learning sweep: its jobs, the engine that runs them, the map and the controls."""

import math
import multiprocessing
import operator
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import plotly.colors
import pytest
from streamlit.testing.v1 import AppTest

from rnnviz import Experiment, Trainer
from rnnviz.plots import sweep as heat_map
from rnnviz.sweeps import engine as sweeps
from rnnviz.sweeps.engine import MOST_BREAKS, Backend, Engine, Sweep, process_pool
from rnnviz.sweeps.jobs import Job, Learned, Plan, learn
from rnnviz.ui.lab import sweep as controls

PATIENCE = 60.0
"""Seconds after which what is waited for counts as never coming."""


def wait_until(condition: Callable[[], Any]) -> Any:
    end = time.monotonic() + PATIENCE
    while not (value := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)
    return value


def finished(sweep: Sweep) -> Sweep:
    end = time.monotonic() + PATIENCE
    while not sweep.wait(1.0):
        sweep.touch()
        assert time.monotonic() < end, "waited in vain"
    return sweep


def threads() -> Engine:
    """An engine that runs jobs in this process."""
    executor = ThreadPoolExecutor(2)
    return Engine(lambda: Backend(executor, 2, partial(executor.shutdown, cancel_futures=True)))


class ByHand(Executor):
    """An executor whose jobs end when the test says so."""

    def __init__(self):
        self.calls: list[tuple[Any, ...]] = []
        self.futures: list[Future[Any]] = []

    def submit(self, fn, /, *args, **kwargs):
        self.calls.append(args)
        self.futures.append(Future())
        return self.futures[-1]

    def engine(self, slots: int = 2) -> Engine:
        return Engine(lambda: Backend(self, slots, lambda: None))

    def submitted(self, count: int) -> list[Future[Any]]:
        wait_until(lambda: len(self.futures) >= count)
        return self.futures


def sums(count: int) -> list[Job]:
    return [Job(n, operator.add, (n, n), cost=n + 1) for n in range(count)]


def sweep_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "sweep"]


def test_every_job_is_done_and_no_thread_stays():
    sweep = finished(Sweep(sums(20), threads()))
    assert sweep.results == {n: 2 * n for n in range(20)}
    assert (sweep.done, sweep.total, sweep.failed, sweep.problem) == (20, 20, {}, "")
    wait_until(lambda: not sweep_threads())


def test_an_empty_sweep_is_over_at_once():
    assert finished(Sweep([], threads())).results == {}


def test_the_costliest_come_first_and_no_more_than_can_run():
    hand = ByHand()
    sweep = Sweep(sums(6), hand.engine())
    for n in range(6):
        hand.submitted(min(n + 2, 6))[n].set_result("done")
    finished(sweep)
    assert [args[0] for args in hand.calls] == [5, 4, 3, 2, 1, 0]

    hand = ByHand()
    sweep = Sweep(sums(6), hand.engine(slots=3))
    hand.submitted(3)[1].set_result("done")
    hand.submitted(4)
    wait_until(lambda: sweep.done == 1)
    assert len(hand.futures) == 4
    sweep.stop()


def test_results_appear_as_they_come():
    hand = ByHand()
    sweep = Sweep(sums(3), hand.engine())
    hand.submitted(2)[1].set_result("first")
    wait_until(lambda: sweep.done == 1)
    assert sweep.results == {1: "first"}
    assert sweep.running
    sweep.stop()


def test_the_time_left_goes_by_the_cost_done():
    hand = ByHand()
    sweep = Sweep([Job(n, operator.neg, (n,), cost=cost) for n, cost in enumerate((30, 10, 10))], hand.engine(1))
    assert sweep.seconds_left is None
    began = time.monotonic()
    time.sleep(0.2)  # what the first job takes
    hand.submitted(1)[0].set_result(0)
    wait_until(lambda: sweep.done == 1)
    took = time.monotonic() - began
    assert sweep.seconds_left is not None
    assert 0 < sweep.seconds_left <= took  # 30 of 50 are done, and it is not known how far the next is
    sweep.stop()


def test_stop_keeps_the_results_and_cancels_what_has_not_begun():
    hand = ByHand()
    sweep = Sweep(sums(6), hand.engine())
    hand.submitted(2)[0].set_result("kept")
    wait_until(lambda: sweep.done == 1)
    hand.submitted(3)
    sweep.stop()
    assert not sweep.running
    wait_until(lambda: not sweep_threads())
    assert sweep.results == {5: "kept"}
    assert sweep.problem == ""
    assert all(future.cancelled() for future in hand.futures[1:])
    assert len(hand.futures) == 3


def test_a_sweep_nobody_looks_at_ends():
    hand = ByHand()
    sweep = Sweep(sums(6), hand.engine(), lease=0.2)
    end = time.monotonic() + 0.5
    while time.monotonic() < end:
        sweep.touch()
        assert not sweep.wait(0.02)
    assert sweep.wait(PATIENCE)
    assert "looked" in sweep.problem
    wait_until(lambda: not sweep_threads())


def test_a_job_that_raises_stops_no_other():
    jobs = [Job("root", math.sqrt, (-1.0,)), Job("ratio", operator.truediv, (1, 0)), *sums(4)]
    sweep = finished(Sweep(jobs, threads()))
    assert sweep.results == {n: 2 * n for n in range(4)}
    assert sweep.failed["root"] == "math domain error"
    assert "no fault of yours" in sweep.failed["ratio"]
    assert sweep.done == sweep.total == 6


def test_an_executor_that_keeps_breaking_is_given_up():
    starts = []

    class Broken(Executor):
        def submit(self, fn, /, *args, **kwargs):
            raise BrokenExecutor

    def start() -> Backend:
        starts.append(1)
        return Backend(Broken(), 1, lambda: None)

    sweep = finished(Sweep(sums(3), Engine(start)))
    assert "keep ending" in sweep.problem
    assert len(starts) == MOST_BREAKS + 1


def test_what_was_lost_with_a_broken_executor_is_done_again():
    hands = [ByHand(), ByHand()]
    backends = [Backend(hand, 2, lambda: None) for hand in hands]
    sweep = Sweep(sums(3), Engine(iter(backends).__next__))
    before = hands[0].submitted(2)
    before[0].set_result("kept")
    before = hands[0].submitted(3)
    wait_until(lambda: sweep.done == 1)
    for future in before[1:]:
        future.set_exception(BrokenExecutor())
    for future in hands[1].submitted(2):
        future.set_result("again")
    assert finished(sweep).results == {2: "kept", 1: "again", 0: "again"}
    assert len(hands[1].futures) == 2


def test_a_closed_engine_runs_nothing():
    engine = threads()
    engine.close()
    assert finished(Sweep(sums(3), engine)).problem == "The server is closing."


def small_plan(cells: tuple[str, ...] = ("rnn", "gru"), steps: int = 60) -> Plan:
    return Plan("recall", cells, (4, 6), seeds=2, steps=steps)


def test_a_killed_process_loses_nothing():
    engine = Engine(partial(process_pool, 2))
    plan = small_plan()
    sweep = Sweep(plan.jobs, engine)
    wait_until(lambda: sweep.results)
    processes = multiprocessing.active_children()
    processes[0].kill()
    finished(sweep)
    assert (sweep.failed, sweep.problem) == ({}, "")
    assert not any(process.is_alive() for process in processes)
    assert sweep.results == {job.key: learn(*job.args) for job in plan.jobs}
    engine.close()
    wait_until(lambda: not multiprocessing.active_children())


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


@pytest.mark.parametrize("task", ["recall", "adding"])
def test_learning_is_training_by_hand(task):
    experiment = Plan(task, ("gru",), (6,), 2, 40).experiment("gru", 6, seed=1)
    trainer = Trainer(experiment)
    trainer.step(40)
    snapshot = trainer.snapshot()
    answers = trainer.task.validation.targets[-1]
    error = np.square(answers - 1).mean()  # of always saying 1, the mean of two numbers' sum
    score = max(0.0, 1 - snapshot.validation_loss / error) if snapshot.accuracy is None else snapshot.accuracy
    learned = learn(experiment, 40)
    assert learned.score == pytest.approx(score, rel=1e-6)
    assert learned == Learned(experiment, 40, learned.score, snapshot.validation_loss)
    assert 0 < learned.score <= 1


def test_a_network_that_diverges_has_learned_nothing():
    experiment = Experiment(task="adding", nonlinearity="relu", num_layers=2, optimizer="sgd", learning_rate=10.0)
    learned = learn(experiment, 500)
    assert learned.diverged
    assert learned.score == 0
    assert learned.steps < 500


def test_a_plan_is_every_cell_at_every_length_from_every_seed():
    plan = Plan("adding", ("rnn", "lstm"), (5, 160), seeds=3, steps=100)
    jobs = {job.key: job for job in plan.jobs}
    assert set(jobs) == {(cell, length, seed) for cell in ("rnn", "lstm") for length in (5, 160) for seed in range(3)}
    for (cell, length, seed), job in jobs.items():
        experiment, steps = job.args
        assert (experiment.task, experiment.cell, experiment.seq_len, experiment.seed) == ("adding", cell, length, seed)
        assert steps == 100
    assert jobs["rnn", 160, 0].cost > jobs["rnn", 5, 0].cost


def outcome(score: float, diverged: bool = False) -> Any:
    return SimpleNamespace(score=score, diverged=diverged)


OUTCOMES = {
    ("rnn", 5, 0): outcome(1.0),
    ("rnn", 5, 1): outcome(0.9),
    ("rnn", 20, 1): outcome(0.0, diverged=True),
    ("gru", 20, 0): outcome(0.95),
}


def drawn(outcomes: Any, cells: tuple[str, ...] = ("rnn", "gru"), lengths: tuple[int, ...] = (5, 20)) -> Any:
    """The traces of the figure: the squares, and the numbers in them."""
    return heat_map.figure(outcomes, cells, lengths).data


def test_the_map_shows_the_mean_of_what_has_come():
    map_, numbers = drawn(OUTCOMES)
    np.testing.assert_allclose(map_.z, [[0.95, 0.0], [math.nan, 0.95]])
    assert list(map_.x) == ["5", "20"]
    assert list(map_.y) == ["RNN", "GRU"]
    assert (map_.zmin, map_.zmax) == (0, 1)
    assert list(zip(numbers.x, numbers.y, numbers.text, strict=True)) == [
        ("5", "RNN", "0.95"),
        ("20", "RNN", "0.00"),
        ("20", "GRU", "0.95"),
    ]


def test_the_map_names_every_seed():
    map_, _numbers = drawn(OUTCOMES)
    assert map_.customdata[0][0] == "RNN, length 5: 2 seeds<br>seed 0: 1.00<br>seed 1: 0.90"
    assert "seed 1: diverged" in map_.customdata[0][1]


def test_an_empty_map_can_be_drawn():
    map_, numbers = drawn({})
    assert np.isnan(map_.z).all()
    assert not numbers.text


def luminance(colour: Any) -> float:
    """Relative luminance, as WCAG defines it."""
    parts = [value / 255 for value in plotly.colors.unlabel_rgb(colour)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_numbers_stand_out_from_their_squares():
    scores = np.linspace(0, 1, 101).tolist()
    _map, numbers = drawn(
        {("rnn", n, 0): outcome(score) for n, score in enumerate(scores)}, ("rnn",), tuple(range(101))
    )
    squares = plotly.colors.sample_colorscale(heat_map.HEAT, scores)
    for square, colour in zip(squares, numbers.textfont.color, strict=True):
        light, dark = sorted((luminance(square), {"white": 1.0, "black": 0.0}[colour]), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5
    assert numbers.textfont.size >= 14


def test_the_sentence_names_the_longest_length_learned():
    text = heat_map.sentence(OUTCOMES, ("rnn", "gru", "lstm"), (5, 20))
    assert "RNN 5 steps, GRU 20 steps." in text
    assert "LSTM" not in text  # nothing of it has come
    assert "RNN none" in heat_map.sentence({("rnn", 5, 0): outcome(0.3)}, ("rnn",), (5,))
    assert heat_map.sentence({}, ("rnn",), (5,)) == "No result yet."


SCRIPT = """
if __name__ == "__main__":
    from rnnviz.ui.lab import sweep
    sweep.show()
"""


@pytest.fixture
def page(monkeypatch) -> Iterator[AppTest]:
    """The sweep's controls, its networks trained in this process."""
    engine = threads()
    monkeypatch.setattr(controls, "engine", lambda: engine)
    yield run(AppTest.from_string(SCRIPT, default_timeout=30))
    engine.close()


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def choose(app: AppTest, **values: Any) -> AppTest:
    for name, value in values.items():
        widget: Any = app.get_by_key(f"sweep_{name}")
        widget.set_value(value)
    return run(app)


def press(app: AppTest, name: str) -> AppTest:
    app.button(key=f"sweep_{name}").click()
    return run(app)


def shown(app: AppTest) -> Any:
    [chart] = app.get("plotly_chart")
    return chart


def test_a_sweep_runs_on_the_page(page):
    choose(page, lengths=[10, 5], cells=["gru", "rnn"], steps=100, seeds=1)
    press(page, "start")
    plan, sweep = page.session_state["sweep"]
    assert plan == Plan("recall", ("rnn", "gru"), (5, 10), 1, 100)
    finished(sweep)
    run(page)
    assert page.button(key="sweep_start")
    assert shown(page)
    assert not page.info
    assert any("longest sequences learned" in text.value for text in page.markdown)


def test_a_stopped_sweep_keeps_its_squares(page):
    choose(page, lengths=[5, 40], steps=200, seeds=5)
    press(page, "start")
    _plan, sweep = page.session_state["sweep"]
    wait_until(lambda: (sweep.touch(), sweep.done)[1])
    run(page)
    assert "left" in page.get("progress")[0].proto.text
    press(page, "stop")
    assert not sweep.running
    assert 0 < sweep.done < sweep.total
    assert "Stopped" in page.info[0].value
    assert shown(page)


def test_too_large_a_sweep_can_not_be_started(page):
    choose(page, steps=2000, seeds=5)
    assert page.button(key="sweep_start").disabled
    assert "a shared server gives" in page.warning[0].value
    choose(page, cells=[])
    assert "at least one" in page.warning[0].value
    choose(page, cells=["rnn"], steps=100)
    assert not page.warning
    assert not page.button(key="sweep_start").disabled


@pytest.mark.parametrize("running", [False, True])
def test_every_widget_has_help(page, running):
    if running:
        choose(page, lengths=[5, 40], steps=100, seeds=5)
        press(page, "start")
    kinds = ("button", "button_group", "select_slider", "slider")
    found = [getattr(element, "proto", element) for kind in kinds for element in page.get(kind)]
    assert len(found) == 6
    assert all(proto.help for proto in found)
    if running:
        page.session_state["sweep"][1].stop()


@pytest.mark.parametrize("task", ["recall", "adding"])
def test_the_page_says_what_the_score_is(page, task):
    choose(page, task=task, lengths=[5], cells=["rnn"], steps=100, seeds=1)
    press(page, "start")
    finished(page.session_state["sweep"][1])
    run(page)
    assert any(controls.SCORES[task] in caption.value for caption in page.caption)


def test_an_unreachable_scheduler_is_told(page, monkeypatch):
    monkeypatch.setenv(sweeps.SCHEDULER, "tcp://127.0.0.1:9")
    monkeypatch.setattr(sweeps, "CONNECTING", 0.2)
    engine = Engine()
    monkeypatch.setattr(controls, "engine", lambda: engine)
    press(page, "start")
    finished(page.session_state["sweep"][1])
    run(page)
    assert "can't be reached" in page.info[0].value


def test_the_processes_of_a_sweep_do_not_load_the_page():
    code = """
import runpy, sys
runpy.run_path("rnnviz/ui/main.py", run_name="__mp_main__")
sys.exit("streamlit" in sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=True)
