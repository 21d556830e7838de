"""Runs watched as a browser watches them: ask for frames until one is as it should be."""

import time
from collections.abc import Callable

import loops

from rnnviz import Experiment, Trainer
from rnnviz.runs.messages import Frame
from rnnviz.runs.pool import WorkerPool
from rnnviz.runs.run import Run
from rnnviz.wanted import WHOLE, Wanted

PATIENCE = 60.0
"""Seconds after which what is waited for counts as never coming."""


SMALL = Experiment(hidden_size=8)


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
            frame = await run.next_frame(seen, 0.5, Wanted(WHOLE))
            if frame and until(frame):
                return frame
            seen = frame.version if frame else seen
        raise AssertionError(f"no such frame; the newest is {run.frame}")

    return loops.run(ask())


def nothing_new(run: Run, frame: Frame) -> bool:
    return loops.run(run.next_frame(frame.version, 0.4, Wanted(WHOLE))) is None


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
