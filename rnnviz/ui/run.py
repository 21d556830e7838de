"""The visitor's run: one training network per session, and the buttons that drive it."""

import dataclasses
import math
import secrets
from typing import Any

import streamlit as st

from rnnviz.experiment import Experiment
from rnnviz.text import _
from rnnviz.view import View
from rnnviz.workers.pool import PoolFull, WorkerPool
from rnnviz.workers.run import Run

SEEDS = 10_000
"""New seeds are below this: short enough to write on a blackboard."""


@st.cache_resource(show_spinner=False)
def pool() -> WorkerPool:
    """Return the server's workers, started at the first call."""
    return WorkerPool()


def follow(experiment: Experiment) -> Run | None:
    """Return the session's run, brought to `experiment`; None, after saying why, if the server is full."""
    run: Run | None = st.session_state.get("run")
    if run is None:
        try:
            run = st.session_state["run"] = pool().open(experiment)
        except PoolFull as full:
            st.error(str(full))
            return None
    if not run.orders.experiment.same_network(experiment):
        st.toast(_("A new network starts."), icon=":material/restart_alt:")
    run.order(experiment=experiment)
    return run


def adjust(live: dict[str, Any]) -> None:
    """Let the session's running network go on with other live settings."""
    run: Run | None = st.session_state.get("run")
    if run:
        run.order(experiment=dataclasses.replace(run.orders.experiment, **live))


def pause() -> None:
    """Pause the session's run."""
    run: Run | None = st.session_state.get("run")
    if run:
        run.order(playing=False)


def transport(run: Run, stopped: bool) -> None:
    """Show the buttons that play, pause, step, reset and reseed, and the speed; each has a key."""
    speeds = list(View.SETTINGS["speed"].options)  # pyright: ignore[reportAttributeAccessIssue]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        if run.orders.playing and not stopped:
            st.button(
                _("Pause"),
                key="pause",
                icon=":material/pause:",
                shortcut="Space",
                type="primary",
                help=_("Stop training; the pictures stay."),
                on_click=run.order,
                kwargs={"playing": False},
            )
        else:
            st.button(
                _("Play"),
                key="play",
                icon=":material/play_arrow:",
                shortcut="Space",
                type="primary",
                help=_("Go on training."),
                on_click=run.order,
                kwargs={"playing": True},
                disabled=stopped,
            )
        st.button(
            _("Step"),
            key="step",
            icon=":material/skip_next:",
            shortcut="Right",
            help=_("Pause, then make one training step: one batch, one change of the weights."),
            on_click=run.step,
            disabled=stopped,
        )
        st.button(
            _("Reset"),
            key="reset",
            icon=":material/replay:",
            shortcut="Left",
            help=_("Back to step 0, to exactly the same start."),
            on_click=run.reset,
        )
        st.button(
            _("New seed"),
            key="new_seed",
            icon=":material/casino:",
            help=_("Draw new starting weights and data: a different run of the same experiment."),
            on_click=_new_seed,
        )
        st.button(
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
        st.menu_button(
            _speed_words(st.session_state["speed"]),
            speeds,
            key="speed_menu",
            format_func=_speed_words,
            help=_(View.SETTINGS["speed"].help),
            on_click=_take_speed,
        )
        st.button(
            _("Faster"),
            key="faster",
            icon=":material/add:",
            shortcut="Up",
            help=_("More training steps per second."),
            on_click=_change_speed,
            args=(speeds, +1),
        )
    speed = st.session_state["speed"]
    run.order(pace=math.inf if speed == "max" else float(speed))


def _new_seed() -> None:
    st.session_state["seed"] = secrets.randbelow(SEEDS)


def _change_speed(speeds: list[str], by: int) -> None:
    there = speeds.index(st.session_state["speed"]) + by
    st.session_state["speed"] = speeds[min(max(there, 0), len(speeds) - 1)]


def _take_speed() -> None:
    st.session_state["speed"] = st.session_state["speed_menu"]


def _speed_words(speed: str) -> str:
    return _("max") if speed == "max" else _("{number}/s").format(number=speed)
