"""The visitor's run: one training network per session, and the buttons that drive it."""

import dataclasses
import functools
import math
import os
import secrets
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rnnviz.language import _, say, template
from rnnviz.runs.pool import PoolFull, WorkerPool
from rnnviz.runs.run import Run
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.link import Link
from rnnviz.settings.view import View
from rnnviz.ui.shell import reader
from rnnviz.ui.shell.address import chosen
from rnnviz.ui.shell.whole import whole

WORKERS = "RNNVIZ_WORKERS"
SEEDS = 10_000
"""New seeds are below this: short enough to write on a blackboard."""


@functools.cache
def pool() -> WorkerPool:
    """Return the server's workers, started at the first call: one per core, or as many as the environment asks for.

    Not in a cache of Streamlit's, which any browser may ask the server to clear.
    """
    return WorkerPool(int(os.environ.get(WORKERS, 0)) or None)


def follow(experiment: Experiment, meant: bool = True, **race: Any) -> Run | None:
    """Return the session's run, brought to `experiment`; None, after saying why, if the server is full.

    race: what else is trained in step with it, see Orders. meant: whether this is the experiment of the address, so
    that the moment its link asks for can be gone to.
    """
    run: Run | None = st.session_state.get("run")
    if run is None or pool().find(run.token) is not run:
        try:
            run = st.session_state["run"] = pool().open(experiment, pace=_pace(), **race)
        except PoolFull as full:
            st.error(say(full.message))
            return None
    moment: Link | None = st.session_state.get("moment")
    if moment and meant:
        st.session_state["moment"] = None
        run.reset(experiment=experiment, playing=moment.playing, until=moment.at, **race)
        return run
    if not run.goes_on(experiment=experiment, **race):
        st.toast(_("A new network starts."), icon=":material/restart_alt:")
        if not moment:
            st.session_state["at"] = 0
    run.order(experiment=experiment, **race)
    return run


def _pace() -> float:
    """Return how many training steps a second are asked for."""
    speed = chosen(View).speed
    return math.inf if speed == "max" else float(speed)


def adjust(live: dict[str, Any]) -> None:
    """Let the session's running network go on with other live settings."""
    run: Run | None = st.session_state.get("run")
    if not run:
        return
    first, *others = run.orders.experiments
    others = tuple(
        dataclasses.replace(other, **{name: value for name, value in live.items() if name not in differs})
        for other, differs in zip(others, st.session_state["others"], strict=False)
    )
    run.order(experiment=dataclasses.replace(first, **live), others=others)


def rest() -> None:
    """Pause the session's run, and let the address say so."""
    run: Run | None = st.session_state.get("run")
    if run:
        run.order(playing=False, until=0)
    st.session_state["playing"], st.session_state["at"] = False, 0


def start() -> None:
    """Let the session's run train, from wherever it is."""
    run: Run | None = st.session_state.get("run")
    if run:
        _play(run)


def transport(run: Run, stopped: bool, scrub: Callable[[], None], share: Callable[[], None]) -> DeltaGenerator:
    """Show the buttons that play, pause, step, reset and reseed, the speed, and what `scrub` and `share` show.

    Each has a key. Return their row.
    """
    link = chosen(Link)
    speeds = list(View.SETTINGS["speed"].options)  # pyright: ignore[reportAttributeAccessIssue]
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall", key="transport")
    with row:
        if run.orders.playing and not stopped:
            _button(
                ["play"],
                _("Pause"),
                key="pause",
                icon=":material/pause:",
                shortcut="Space",
                type="primary",
                help=_("Stop training; the pictures stay."),
                on_click=_leave,
                args=(run.order,),
                kwargs={"playing": False, "until": 0},
            )
        else:
            _button(
                ["play"],
                _("Play"),
                key="play",
                icon=":material/play_arrow:",
                shortcut="Space",
                type="primary",
                help=_("Go on training."),
                on_click=_play,
                args=(run,),
                disabled=stopped,
            )
        _button(
            ["step"],
            _("Step"),
            key="step",
            icon=":material/skip_next:",
            shortcut="Right",
            help=_("Pause, then make one training step: one batch, one change of the weights."),
            on_click=_leave,
            args=(run.step,),
            disabled=stopped,
        )
        _button(
            ["reset"],
            _("Reset"),
            key="reset",
            icon=":material/replay:",
            shortcut="Left",
            help=_("Back to step 0, to exactly the same start."),
            on_click=_leave,
            args=(run.reset,),
        )
        _button(
            ["new_seed", "seed"],
            _("New seed"),
            key="new_seed",
            icon=":material/casino:",
            help=_("Draw new starting weights and data: a different run of the same experiment."),
            on_click=_new_seed,
        )
        _button(
            ["speed"],
            _("Slower"),
            key="slower",
            icon=":material/remove:",
            shortcut="Down",
            help=_("Fewer training steps per second."),
            on_click=_change_speed,
            args=(speeds, -1),
        )
        # A menu, not a list with a state of its own: a press sent before the browser has heard of the last one would
        # bring the old state back.
        if not link.hides("speed"):
            st.menu_button(
                _speed_words(st.session_state["speed"]),
                speeds,
                key="speed_menu",
                format_func=_speed_words,
                help=say(View.SETTINGS["speed"].help),
                on_click=_take_speed,
                disabled=link.locks("speed"),
            )
        _button(
            ["speed"],
            _("Faster"),
            key="faster",
            icon=":material/add:",
            shortcut="Up",
            help=_("More training steps per second."),
            on_click=_change_speed,
            args=(speeds, +1),
        )
        scrub()
        if not link.hides("share"):
            share()
    run.order(pace=_pace())
    return row


def _button(controls: Sequence[str], words: str, *, disabled: bool = False, **more: Any) -> None:
    """Show a button that is, or moves, these controls, as far as the link lets it."""
    link = chosen(Link)
    if not link.hides(*controls):
        st.button(words, disabled=disabled or link.locks(*controls), **more)


def progress(run: Run) -> bool:
    """Show how far the network is on its way to the step its link opens at, with a way to stop it there, if it is."""
    hurrying = _hurrying(run)
    st.fragment(reader.heard(_progress), run_every=1.0 if hurrying else None)(run, hurrying)
    return hurrying


def _progress(run: Run, was_hurrying: bool) -> None:
    hurrying, frame = _hurrying(run), run.frame
    if was_hurrying and not hurrying:
        st.rerun()
    if not hurrying:
        return
    done, goal = run.reached, run.orders.until
    words = template("On the way to training step {goal}: {done} so far.")
    if frame and frame.steps_per_second:
        words = template("On the way to training step {goal}: {done} so far, about {seconds} s left.")
    rate = frame.steps_per_second if frame else 0.0
    seconds = math.ceil((goal - done) / rate) if rate else 0
    with st.container(horizontal=True, vertical_alignment="center", key="progress"):
        st.progress(done / goal, text=say(words.given(goal=goal, done=done, seconds=seconds)))
        _button(
            ["play"],
            _("Stop here"),
            key="stop_here",
            icon=":material/stop:",
            help=_("Pause at the step it has reached."),
            on_click=_leave,
            args=(run.order,),
            kwargs={"playing": False, "until": 0},
        )


def _hurrying(run: Run) -> bool:
    return run.reached < run.orders.until and not run.stopped


@whole
def _play(run: Run) -> None:
    st.session_state["playing"] = True
    _leave(run.order, playing=True, until=0)


@whole
def _leave(act: Callable[..., None], **orders: Any) -> None:
    """Do what the visitor asks, and let the address forget the training step its link opened at."""
    st.session_state["at"] = 0
    act(**orders)


@whole
def _new_seed() -> None:
    st.session_state["seed"] = secrets.randbelow(SEEDS)


@whole
def _change_speed(speeds: list[str], by: int) -> None:
    there = speeds.index(st.session_state["speed"]) + by
    st.session_state["speed"] = speeds[min(max(there, 0), len(speeds) - 1)]


@whole
def _take_speed() -> None:
    st.session_state["speed"] = st.session_state["speed_menu"]


def _speed_words(speed: str) -> str:
    return _("max") if speed == "max" else _("{number}/s", number=speed)
