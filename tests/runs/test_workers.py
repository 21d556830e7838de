"""The workers: real processes, driven as the server drives them; a made-up clock only where minutes have to pass."""

import gc
import os
import queue
import signal
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import loops
import numpy as np
import pytest

from rnnviz import Diverged, Experiment, Trainer
from rnnviz.looks.gradients import analyse
from rnnviz.runs import pool as pools
from rnnviz.runs import process, running, worker
from rnnviz.runs.messages import Command, Forget, Frame, Leave, Left, Orders, Request, Unknown
from rnnviz.runs.pool import WorkerPool
from rnnviz.runs.run import MOST_BLAMED, Run
from rnnviz.snapshot import Lens, Opened

PATIENCE = 60.0
"""Seconds after which what is waited for counts as never coming."""
SMALL = Experiment(hidden_size=8)


@pytest.fixture(scope="module")
def pool():
    workers = WorkerPool(2)
    yield workers
    workers.close()


def wait_until(condition: Callable[[], object]):
    end = time.monotonic() + PATIENCE
    while not (value := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
    return value


def watch(run: Run, until: Callable[[Frame], object]) -> Frame:
    """Ask for frames, as a browser does, until one is as it should be."""

    async def ask():
        seen, end = -1, time.monotonic() + PATIENCE
        while time.monotonic() < end:
            frame = await run.next_frame(seen, 0.5)
            if frame and until(frame):
                return frame
            seen = frame.version if frame else seen
        raise AssertionError(f"no such frame; the newest is {run.frame}")

    return loops.run(ask())


def nothing_new(run: Run, frame: Frame) -> bool:
    return loops.run(run.next_frame(frame.version, 0.4)) is None


def obeyed(run: Run, step: int | None = None) -> Frame:
    """The frame that shows the newest orders carried out."""
    return watch(
        run, lambda frame: frame.orders == run.orders and (step is None or (frame.snapshot and at(frame) == step))
    )


def at(frame: Frame) -> int:
    assert frame.snapshot
    return frame.snapshot.step


def losses(frame: Frame) -> bytes:
    """Every training loss so far, to the last bit."""
    assert frame.snapshot
    assert len(frame.snapshot.history.loss) == frame.snapshot.step  # else the history was thinned
    return frame.snapshot.history.loss.tobytes()


def undisturbed(experiment: Experiment, steps: int) -> bytes:
    """The losses of the same experiment, trained in this process and left alone."""
    trainer = Trainer(experiment)
    trainer.step(steps)
    return trainer.snapshot().history.loss.tobytes()


def paused(pool: WorkerPool, experiment: Experiment = SMALL) -> Run:
    """A run that stands at step 0."""
    run = pool.open(experiment)
    run.order(playing=False)
    run.reset()
    obeyed(run, step=0)
    return run


def step(run: Run, times: int) -> Frame:
    done = run.orders.steps
    for _ in range(times):
        run.step()
    return obeyed(run, step=done + times)


def test_a_run_trains_by_itself_and_gives_frames(pool):
    run = pool.open(SMALL)
    first = watch(run, lambda frame: at(frame) > 0)
    later = watch(run, lambda frame: at(frame) > at(first))
    assert later.version > first.version
    assert later.playing
    assert later.problem is None
    assert watch(run, lambda frame: frame.steps_per_second > 0)


def test_the_pace_is_kept(pool):
    run = pool.open(SMALL)
    run.order(pace=10.0)
    first = obeyed(run)
    began = time.monotonic()
    last = watch(run, lambda frame: at(frame) >= at(first) + 15)
    assert time.monotonic() - began > 0.9 * (at(last) - at(first) - 1) / 10


def test_a_step_pauses_and_is_exactly_one(pool):
    run = pool.open(SMALL)
    watch(run, lambda frame: at(frame) > 0)
    run.order(playing=False)
    before = obeyed(run)
    run.step()
    after = obeyed(run)
    assert at(after) == at(before) + 1
    assert not after.playing
    assert nothing_new(run, after)


def test_a_step_while_playing_pauses(pool):
    run = pool.open(SMALL)
    watch(run, lambda frame: at(frame) > 0)
    run.step()
    frame = obeyed(run)
    assert not frame.playing
    assert nothing_new(run, frame)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_reset_gives_the_same_losses_to_the_last_bit(pool, cell):
    experiment = Experiment(task="adding", cell=cell, hidden_size=8, batch_size=4)
    run = paused(pool, experiment)
    first = step(run, 20)
    run.reset()
    assert at(obeyed(run)) == 0
    assert losses(step(run, 20)) == losses(first) == undisturbed(experiment, 20)


@pytest.mark.parametrize("playing", [False, True])
def test_a_run_goes_to_a_step_first_with_the_numbers_of_a_run_stepped_there(pool, playing):
    run = pool.open(SMALL)
    run.reset(playing=playing, until=40, pace=5.0)
    frame = watch(run, lambda frame: frame.orders == run.orders and at(frame) >= 40 + playing)
    assert frame.playing == playing
    assert playing or nothing_new(run, frame)
    assert playing or run.reached == at(frame) == 40
    assert losses(frame) == undisturbed(SMALL, at(frame))


def test_on_its_way_to_a_step_a_run_hurries_and_then_keeps_its_pace(monkeypatch):
    orders = Orders(SMALL, until=50, pace=10.0)
    sent = live(monkeypatch, (0.0, Command(0, orders)), *((t, Request(0, -1)) for t in (0.0, 1.0, 2.0)))
    steps = [at(message) for _, message in sent if isinstance(message, Frame)]
    assert steps[1] >= 50  # at its pace it would be near 10
    assert steps[2] - steps[1] == pytest.approx(10, abs=2)


@pytest.mark.parametrize("act", [Run.step, lambda run: run.order(playing=False, until=0)])
def test_a_run_on_its_way_to_a_step_can_be_stopped(pool, act):
    run = pool.open(SMALL)
    run.reset(playing=False, until=10**6)
    assert watch(run, lambda frame: frame.orders == run.orders and at(frame) > 0).playing
    act(run)
    frame = obeyed(run)
    assert not frame.playing
    assert 0 < at(frame) < 10**6


def test_a_new_network_goes_nowhere_first(pool):
    run = pool.open(SMALL)
    run.reset(playing=False, until=5)
    obeyed(run, step=5)
    run.order(experiment=replace(SMALL, seed=1))
    assert nothing_new(run, obeyed(run, step=0))


def test_a_changed_experiment_starts_a_new_network(pool):
    run = paused(pool)
    step(run, 5)
    other = Experiment(cell="gru", hidden_size=5)
    run.order(experiment=other)
    frame = obeyed(run)
    assert at(frame) == 0
    assert frame.snapshot
    assert frame.snapshot.trace.hidden.shape[-1] == 5
    assert losses(step(run, 5)) == undisturbed(other, 5)


def test_the_learning_rate_acts_on_the_running_network(pool):
    run = paused(pool)
    step(run, 5)
    slower = Experiment(hidden_size=8, learning_rate=0.001)
    run.order(experiment=slower)
    frame = step(run, 5)
    trainer = Trainer(SMALL)
    trainer.step(5)
    trainer.adjust(slower)
    trainer.step(5)
    assert losses(frame) == trainer.snapshot().history.loss.tobytes()
    assert losses(frame) != undisturbed(SMALL, 10)


def test_a_frame_looks_into_the_cell_that_is_asked_for(pool):
    run = paused(pool, SMALL)
    step(run, 2)
    assert run.frame
    for opened in (Opened(0, 0, 1, 2), Opened(0, 0, 3, 0)):
        frame = loops.run(run.next_frame(-1, PATIENCE, opened))
        assert frame
        assert frame.snapshot
        assert frame.snapshot.inside
        assert frame.snapshot.inside.opened == opened
        assert at(frame) == 2
        values = frame.snapshot.inside.values["h"]
        np.testing.assert_array_equal(values, frame.snapshot.trace.hidden[0, 0, opened.step])


def test_a_frame_has_the_analysis_that_is_asked_for(pool):
    run = paused(pool, SMALL)
    step(run, 2)
    trainer = Trainer(SMALL)
    trainer.step(2)
    snapshot = trainer.snapshot()
    for lens in (Lens(step=1), Lens(step=3)):
        frame = loops.run(run.next_frame(-1, PATIENCE, None, lens))
        assert frame
        assert frame.snapshot
        assert frame.snapshot.analysis
        found, expected = frame.snapshot.analysis, analyse(trainer, snapshot, lens)
        assert found.asked == found.lens == lens
        for name in ("memory", "shares", "factors"):
            for field, array in vars(getattr(expected, name)).items():
                np.testing.assert_array_equal(getattr(getattr(found, name), field), array)
    frame = loops.run(run.next_frame(-1, PATIENCE))
    assert frame
    assert frame.snapshot
    assert frame.snapshot.analysis is None


def test_a_frame_s_forecast_goes_on_as_far_as_is_asked(pool):
    experiment = Experiment(task="airline", seq_len=12, hidden_size=4)
    run = paused(pool, experiment)
    step(run, 2)
    trainer = Trainer(experiment)
    trainer.step(2)
    for beyond in (7, 0):
        frame = loops.run(run.next_frame(-1, PATIENCE, beyond=beyond))
        assert frame
        assert frame.beyond == beyond
        assert frame.snapshot
        assert frame.snapshot.forecast
        expected = trainer.snapshot(beyond=beyond).forecast
        assert expected
        np.testing.assert_array_equal(frame.snapshot.forecast.beyond, expected.beyond)


def test_the_first_frame_of_a_new_network_does_not_wait_for_its_analysis(pool):
    run = paused(pool, SMALL)
    frames = []
    for seed in (0, 5):
        run.order(experiment=replace(SMALL, seed=seed))
        frames += [loops.run(run.next_frame(-1, PATIENCE, None, Lens())) for _ in range(2)]
    assert [frame.orders.experiment.seed for frame in frames] == [0, 0, 5, 5]
    assert [bool(frame.snapshot.analysis) for frame in frames[2:]] == [False, True]


def test_runs_do_not_disturb_one_another(pool):
    experiments = [Experiment(hidden_size=8, seed=seed, cell=cell) for seed in (1, 2) for cell in ("rnn", "lstm")]
    runs = [paused(pool, experiment) for experiment in experiments]
    for _ in range(10):
        for run in runs:
            run.step()
    for run, experiment in zip(runs, experiments, strict=True):
        assert losses(obeyed(run, step=10)) == undisturbed(experiment, 10)


def test_a_diverging_network_stops_and_says_at_which_step(pool):
    wild = Experiment(optimizer="sgd", learning_rate=10.0, nonlinearity="relu", seq_len=50)
    trainer = Trainer(wild)
    with pytest.raises(Diverged) as stop:
        trainer.step(1000)
    run = pool.open(wild)
    frame = watch(run, lambda frame: frame.problem)
    assert frame.problem
    assert (frame.problem.step, frame.problem.quantity) == (stop.value.step, stop.value.quantity)
    assert at(frame) < stop.value.step
    assert frame.snapshot
    assert np.isfinite(frame.snapshot.trace.hidden).all()  # the last good pictures
    assert run.stopped
    assert not frame.playing

    run.order(experiment=SMALL)
    watch(run, lambda frame: frame.orders == run.orders and at(frame) > 0)
    assert not run.stopped


def test_an_experiment_that_fits_no_data_is_a_sentence(pool):
    run = pool.open(Experiment(task="series", series=(1.0, 2.0)))
    frame = watch(run, lambda frame: frame.problem)
    assert frame.snapshot is None
    assert frame.problem
    assert frame.problem.sentence


def test_what_no_share_can_hold_is_a_sentence(pool):
    large = Experiment(hidden_size=128, num_layers=4, bidirectional=True, seq_len=500, batch_size=128)
    frame = watch(pool.open(large), lambda frame: frame.problem)
    assert frame.problem
    assert "batch size of at most" in frame.problem.sentence


def cpu_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def test_a_run_nobody_asks_for_rests_and_goes_on_when_asked():
    workers = WorkerPool(1)
    try:
        run = workers.open(SMALL)
        before = watch(run, lambda frame: at(frame) > 0)
        began = time.monotonic()
        [pid] = workers.pids()
        spent = [(began, cpu_ticks(pid))]

        def rested():
            spent.append((time.monotonic(), cpu_ticks(pid)))
            window = [ticks for then, ticks in spent if then > spent[-1][0] - 1.0]
            return spent[-1][0] - began > 1.0 and window[-1] - window[0] <= 1

        wait_until(rested)
        assert time.monotonic() - began < running.LEASE + 4
        after = watch(run, lambda frame: at(frame) > at(before))
        assert after.orders == before.orders  # the same network, not a new one
        assert watch(run, lambda frame: at(frame) > at(after))
    finally:
        workers.close()


def kill_worker_of(run: Run) -> int:
    assert run.worker
    pid = run.worker.process.pid
    os.kill(pid, signal.SIGKILL)
    return pid


def test_when_a_worker_dies_its_runs_go_on_from_their_checkpoints(pool):
    experiments = [Experiment(hidden_size=8, cell=cell) for cell in ("rnn", "gru", "lstm")]
    runs = [pool.open(experiment) for experiment in experiments]
    for run in runs:
        run.order(pace=20.0)  # slow: the whole history fits unthinned
    while not all(run.checkpoint for run in runs):
        for run in runs:
            watch(run, lambda frame: True)
    dead = kill_worker_of(runs[0])
    hit = [run for run in runs if run.worker and run.worker.process.pid == dead]
    wait_until(lambda: all(run.notice for run in hit))
    for run in hit:
        checkpoint = run.checkpoint
        assert checkpoint
        assert f"step {checkpoint.step}" in (run.notice or "")
        assert run.worker
        assert run.worker.process.pid != dead
        seen = watch(run, lambda frame: at(frame) > checkpoint.step)  # noqa: B023
        assert seen.orders.start == run.orders.start
    for run, experiment in zip(runs, experiments, strict=True):
        assert (run in hit) == bool(run.notice)
        run.order(playing=False)
        frame = obeyed(run)
        assert losses(frame) == undisturbed(experiment, at(frame))
    wait_until(lambda: len(pool.pids()) == 2 and dead not in pool.pids())


def test_single_steps_survive_a_worker_s_death(pool):
    run = paused(pool)
    step(run, 5)
    kill_worker_of(run)
    wait_until(lambda: run.notice)
    assert losses(obeyed(run, step=5)) == undisturbed(SMALL, 5)
    assert losses(step(run, 3)) == undisturbed(SMALL, 8)


def kill_while_working_for(run: Run):
    """Kill the worker of a run that trains, at a moment at which it works for this very run."""

    def caught():
        if not (run.worker and run.worker.started):
            return False
        worker = run.worker
        worker.process.send_signal(signal.SIGSTOP)
        wait_until(lambda: state(worker.process.pid) == "T")
        if caught := worker.pulse.in_hand == run.number:
            worker.process.kill()
        worker.process.send_signal(signal.SIGCONT)
        return caught

    watch(run, lambda frame: True)  # so that it trains
    wait_until(caught)


def state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_a_run_that_ends_one_worker_after_the_other_is_given_up_until_reset(pool):
    run, bystander = pool.open(SMALL), pool.open(SMALL)
    for times in range(1, MOST_BLAMED + 1):
        kill_while_working_for(run)
        wait_until(lambda: run.blamed == times)  # noqa: B023
    assert "given up" in (run.notice or "")
    frame = run.frame
    assert loops.run(run.next_frame(frame.version if frame else -1, 0.5)) is None
    assert bystander.blamed == 0
    assert watch(bystander, lambda frame: at(frame) > 0)
    run.reset()
    assert at(watch(run, lambda frame: frame.orders == run.orders and at(frame) > 0))


def test_workers_that_die_while_they_start_are_nobody_s_fault(pool, monkeypatch):
    monkeypatch.setattr(pools, "FIRST_WAIT", 0.01)
    run = pool.open(SMALL)
    for _ in range(4):
        before = pool.pids()
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: len(pool.pids()) == 2 and not set(before) & set(pool.pids()))  # noqa: B023
    assert run.blamed <= 1
    assert "another goes on" in (run.notice or "")
    assert watch(run, lambda frame: at(frame) > 0)


def test_a_worker_that_hangs_holds_up_nobody_and_is_replaced(pool, monkeypatch):
    runs = [pool.open(SMALL) for _ in range(4)]
    for run in runs:
        watch(run, lambda frame: at(frame) > 0)
    hung, silence = pool.pids(), worker.Worker.silence.fget
    assert silence

    # Those that are stopped have a third of the time; the others, on however busy a machine, as much as they need.
    def silent(own: worker.Worker) -> float:
        return 3 * silence(own) if own.process.pid in hung else 0.0

    monkeypatch.setattr(worker.Worker, "silence", property(silent))
    for pid in hung:
        os.kill(pid, signal.SIGSTOP)
    large = [replace(SMALL, task="series", series=(float(seed), *[1.0] * 9_999)) for seed in range(200)]

    async def ask():
        for run in runs:
            await run.next_frame(10**9, 0.001)

    def press():
        for experiment in large:  # some 18 MB; a pipe holds 64 KB
            runs[0].order(experiment=experiment)
        loops.run(ask())

    pressing = threading.Thread(target=press, daemon=True)
    pressing.start()
    pressing.join(PATIENCE)
    assert not pressing.is_alive()
    runs[0].order(experiment=SMALL)
    wait_until(lambda: all("another goes on" in (run.notice or "") for run in runs))
    for run in runs:
        assert watch(run, lambda frame: at(frame) > 0 and frame.orders == run.orders)  # noqa: B023
    wait_until(lambda: not set(pool.pids()) & set(hung))


def test_a_dropped_run_is_forgotten(pool):
    run = pool.open(SMALL)
    watch(run, lambda frame: at(frame) > 0)
    token, gone = run.token, weakref.ref(run)
    assert pool.find(token) is run
    del run

    def forgotten():
        gc.collect()
        return gone() is None

    wait_until(forgotten)
    assert pool.find(token) is None


def test_tokens_cannot_be_guessed_and_belong_to_one_run(pool):
    one, other = pool.open(SMALL), pool.open(SMALL)
    assert one.token != other.token
    assert len(one.token) >= 20
    assert pool.find(one.token) is one
    assert pool.find("") is None


def test_closing_ends_the_processes():
    workers = WorkerPool(1)
    pids = workers.pids()
    assert all(Path(f"/proc/{pid}").exists() for pid in pids)
    workers.close()
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


class Days:
    """Messages that arrive at set seconds of a made-up clock, for a worker that lives by it."""

    def __init__(self, *arrivals: tuple[float, object]):
        self.now = 0.0
        self.arrivals = list(arrivals)

    def monotonic(self) -> float:
        self.now += 0.001  # whatever is done takes a little
        return self.now

    def get(self, timeout: float):
        if self.arrivals[0][0] <= self.now + timeout:
            self.now = max(self.now, self.arrivals[0][0])
            return self.arrivals.pop(0)[1]
        self.now += timeout
        raise queue.Empty

    def get_nowait(self):
        return self.get(0.0)


def live(monkeypatch, *arrivals: tuple[float, object]) -> list[tuple[float, object]]:
    """Serve these messages; return what was sent, and when. A step of the batch size 2 takes 0.3 s of that clock."""
    days, sent = Days(*arrivals, (1e3, None)), []

    class Slow(Trainer):
        def pieces(self):
            days.now += 0.3 * (self.experiment.batch_size == 2)
            return super().pieces()

    monkeypatch.setattr(running, "Trainer", Slow)
    for module in (process, running):
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=days.monotonic))
    process.serve(days, lambda message: sent.append((days.now, message)))  # pyright: ignore[reportArgumentType]
    return sent


def test_the_lease_ends_to_the_second(monkeypatch):
    slow = Orders(SMALL, pace=10.0)
    sent = live(monkeypatch, (0.0, Command(0, slow)), (0.0, Request(0, -1)), (20.0, Request(0, -1)))
    frames = [(when, message) for when, message in sent if isinstance(message, Frame)]
    steps = [at(frame) for _, frame in frames]
    assert frames[-1][0] == pytest.approx(20, abs=0.5)
    assert steps[-1] - steps[0] == pytest.approx(10 * running.LEASE, abs=2)


def test_a_run_to_be_forgotten_is_gone_and_one_to_leave_is_handed_back(monkeypatch):
    sent = live(
        monkeypatch,
        *[(0.0, Command(run, Orders(SMALL, playing=False))) for run in (0, 1)],
        (1.0, Forget(0)),
        (1.0, Leave(1)),
        (2.0, Request(0, -1)),
    )
    handed = [message for _, message in sent if isinstance(message, Left)]
    assert [(left.run, bool(left.checkpoint)) for left in handed] == [(1, True)]
    assert sent[-1][1] == Unknown(0)


def test_a_run_nobody_asked_for_in_minutes_is_unknown(monkeypatch):
    late = process.FORGET + 10
    paused = Orders(SMALL, playing=False)
    sent = live(monkeypatch, (0.0, Command(0, paused)), (0.0, Request(0, -1)), (late, Request(0, -1)))
    assert sent[-1][1] == Unknown(0)


def test_two_runs_get_equal_shares(monkeypatch):
    commands = [(0.0, Command(run, Orders(SMALL))) for run in (0, 1)]
    requests = [(t, Request(run, -1)) for t in (0.0, 0.5) for run in (0, 1)]
    sent = live(monkeypatch, *commands, *requests)
    one, other = ([at(f) for _, f in sent if isinstance(f, Frame) and f.run == run][-1] for run in (0, 1))
    assert one == pytest.approx(other, rel=0.2)
    assert one > 10


def test_a_slow_run_uses_no_more_time_than_each_of_its_neighbours(monkeypatch):
    commands = [(0.0, Command(run, Orders(replace(SMALL, batch_size=2 if run == 0 else 1)))) for run in range(4)]
    requests = [(t / 10, Request(run, -1)) for t in range(80) for run in range(4)]
    sent = live(monkeypatch, *commands, *requests)
    frames = [[(when, m) for when, m in sent if isinstance(m, Frame) and m.run == run] for run in range(4)]
    slow, *quick = ([when for when, _ in own if 2 < when < 8] for own in frames)
    steps = at(frames[0][-1][1])
    assert 0.6 * 8 / 0.3 / 4 < steps < 1.2 * 8 / 0.3 / 4  # a quarter of the time
    for own in quick:
        assert max(after - before for before, after in pairwise(own)) < 0.5  # a step of the slow run, and a turn each
        assert len(own) > 3 * 6
    assert len(slow) >= 3
