"""Workers that die, hang or cannot start, and what becomes of their runs."""

import os
import pickle
import signal
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import loops
import pytest
from trained import assert_same
from watching import PATIENCE, SMALL, at, losses, obeyed, paused, step, undisturbed, wait_until, watch

from rnnviz import Experiment, Trainer
from rnnviz.runs import pool as pools
from rnnviz.runs import worker
from rnnviz.runs.keeping import CHECKPOINT_EVERY
from rnnviz.runs.messages import Beginning, Frame, Orders, Request
from rnnviz.runs.run import MOST_BLAMED, Run
from rnnviz.runs.running import Running
from rnnviz.wanted import WHOLE, Wanted

pytestmark = pytest.mark.slow


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
        assert f"step {checkpoint.step}" in str(run.notice)
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


def test_moments_survive_a_worker_s_death(pool):
    run = paused(pool)
    step(run, 5)
    wait_until(lambda: run.checkpoint and run.checkpoint.step == 5)
    wanted = Wanted(WHOLE, at=3)
    before = loops.run(run.next_frame(-1, PATIENCE, wanted))
    dead = kill_worker_of(run)
    wait_until(lambda: run.worker and run.worker.process.pid != dead)
    after = loops.run(run.next_frame(-1, PATIENCE, wanted))
    trainer = Trainer(SMALL)
    trainer.step(3)
    for frame in (before, after):
        assert frame
        assert frame.wanted == wanted
        assert_same(frame.snapshot, trainer.snapshot())


class Measured:
    """A worker's standard input, which notes how many bytes are written to it at a time."""

    def __init__(self, pipe: Any):
        self.pipe = pipe
        self.sizes: list[int] = []

    def write(self, data: bytes) -> int:
        self.sizes.append(len(data))
        return self.pipe.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.pipe, name)


def test_a_run_s_past_crosses_the_pipe_only_where_the_run_begins(pool, monkeypatch):
    run = paused(pool)
    step(run, 50)
    past = wait_until(lambda: run.checkpoint and run.checkpoint.step == 50 and run.checkpoint)
    assert run.worker
    pipe = Measured(run.worker.process.stdin)
    monkeypatch.setattr(run.worker.process, "stdin", pipe)
    step(run, 1)
    assert 0 < max(pipe.sizes) < 0.1 * len(pickle.dumps(past))
    wait_until(lambda: run.checkpoint and run.checkpoint.step == 51)
    dead = kill_worker_of(run)
    wait_until(lambda: run.worker and run.worker.process.pid != dead)
    assert losses(step(run, 1)) == undisturbed(SMALL, 52)


def test_large_checkpoints_come_less_often(monkeypatch):
    running = Running(0, Orders(SMALL, playing=False), Beginning(), lambda message: None)
    while running.trainer is None:
        running.turn()
    for rate in (10**9, 100):
        monkeypatch.setattr("rnnviz.runs.keeping.CHECKPOINT_RATE", rate)
        running.trainer.step()
        kept = running.checkpoint()
        assert kept
        running.trainer.step()
        apart = running.next_due(running.keeping.saved) - running.keeping.saved
        assert apart == pytest.approx(max(CHECKPOINT_EVERY, len(kept.data) / rate))


def test_a_checkpoint_brings_the_moments_the_server_does_not_have_yet():
    running = Running(0, Orders(SMALL, playing=False), Beginning(), lambda message: None)
    while running.trainer is None:
        running.turn()
    kept = None
    for steps, new in ((3, (0, 1, 2, 3)), (2, (4, 5)), (0, ())):
        running.trainer.step(steps)
        message = running.checkpoint()
        assert message
        assert tuple(moment.progress.step for moment in message.moments) == new
        kept = message.after(kept)
    assert kept
    assert kept.kept == running.trainer.moments == (0, 1, 2, 3, 4, 5)
    elsewhere = Running(0, kept.orders, Beginning(kept), lambda message: None)
    while elsewhere.trainer is None:
        elsewhere.turn()
    for moment in kept.kept:
        assert_same(elsewhere.trainer.snapshot(at=moment), running.trainer.snapshot(at=moment))
    elsewhere.trainer.step()
    message = elsewhere.checkpoint()
    assert message
    assert [moment.progress.step for moment in message.moments] == [6]  # the server that sent it has the others


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
    assert "given up" in str(run.notice)
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
    assert "another goes on" in str(run.notice)
    assert watch(run, lambda frame: at(frame) > 0)


def test_a_worker_that_hangs_holds_up_nobody_and_is_replaced(pool, monkeypatch):
    runs = [pool.open(SMALL) for _ in range(4)]
    for run in runs:
        watch(run, lambda frame: at(frame) > 0)
    hung, silence = pool.pids(), worker.Worker.silence.fget
    assert silence

    # Those that are stopped have a tenth of the time; the others, on however busy a machine, as much as they need.
    def silent(own: worker.Worker) -> float:
        return 10 * silence(own) if own.process.pid in hung else 0.0

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
    wait_until(lambda: all("another goes on" in str(run.notice) for run in runs))
    for run in runs:
        assert watch(run, lambda frame: at(frame) > 0 and frame.orders == run.orders)  # noqa: B023
    wait_until(lambda: not set(pool.pids()) & set(hung))


def test_what_a_page_wants_is_all_of_one_moment_and_training_goes_on_after_it():
    sent: list[Any] = []
    running = Running(0, Orders(SMALL), Beginning(), sent.append)
    while running.trainer is None:
        running.turn()
    wanted = [Wanted(frozenset({part})) for part in ("trace", "gradients", "flow")]
    for _ in range(3):
        for one in wanted:
            running.ask(Request(0, -1, one))
        before = running.trainer.steps
        while len(frames := [message for message in sent if isinstance(message, Frame)]) < 3:
            running.turn()
        assert {frame.wanted for frame in frames} == {*wanted}
        assert len({frame.snapshot.step for frame in frames if frame.snapshot}) == 1
        sent.clear()
        while running.trainer.steps == before:
            running.ask(Request(0, -1, wanted[0]))
            running.turn()
        sent.clear()
