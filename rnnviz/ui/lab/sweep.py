"""The learning sweep: which cell learns which length, trained for real while one looks on."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from rnnviz.language import N_, _
from rnnviz.plots import sweep as heat_map
from rnnviz.settings.experiment import Experiment
from rnnviz.sweeps.engine import Engine, Sweep
from rnnviz.sweeps.learning import BATCH_SIZE, HIDDEN_SIZE, Plan

STEPS = (100, 200, 500, 1000, 2000)
LENGTHS = (5, 10, 20, 40, 80, 160)
MOST_SEEDS = 5
MOST_SECONDS = 300
"""Of computing one sweep may ask for, on one core: the server is shared."""
DEFAULTS = {"task": "recall", "cells": ["rnn", "gru", "lstm"], "lengths": list(LENGTHS), "steps": 500, "seeds": 3}
SCORES = {
    "recall": N_("The score is the share of right answers to sequences never trained on; guessing gets 0.25."),
    "adding": N_(
        "The score is 1 minus the mean squared error divided by that of always saying the mean, for sequences never "
        "trained on: 0 is no better than that, 1 is perfect."
    ),
}
"""The tasks of a sweep, and what their score is."""


@st.cache_resource(show_spinner=False)
def engine() -> Engine:
    """Return what the server's sweeps run on; it starts at the first sweep."""
    return Engine()


def show() -> None:
    """Show the choices, the buttons and what has come so far."""
    plan, sweep = st.session_state.get("sweep", (None, None))
    running = sweep is not None and sweep.running
    chosen = _choices(disabled=running)
    with st.container(horizontal=True, vertical_alignment="center"):
        _buttons(chosen, sweep, running)
    if plan and sweep:
        progress(sweep, running, partial(_draw, plan))


def _choices(disabled: bool) -> Plan:
    for name, value in DEFAULTS.items():
        if st.session_state.get(f"sweep_{name}") is None:  # as it can be after values that no browser sends
            st.session_state[f"sweep_{name}"] = value
    tasks, cells = (_words(name) for name in ("task", "cell"))
    common: dict[str, Any] = {"disabled": disabled, "persist_state": "session"}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        task = st.segmented_control(
            _("Task to learn"),
            list(SCORES),
            key="sweep_task",
            format_func=tasks.__getitem__,
            required=True,
            help=_("Recall: remember the first word until the last. Adding: sum two marked numbers far apart."),
            **common,
        )
        chosen = st.pills(
            _("Cells"),
            DEFAULTS["cells"],
            key="sweep_cells",
            selection_mode="multi",
            format_func=cells.__getitem__,
            help=_("Which cells to compare: each is a row of the map."),
            **common,
        )
        lengths = st.pills(
            _("Sequence lengths"),
            LENGTHS,
            key="sweep_lengths",
            selection_mode="multi",
            help=_("How many steps something has to be remembered for: each length is a column of the map."),
            **common,
        )
        steps = st.select_slider(
            _("Training steps"),
            STEPS,
            key="sweep_steps",
            help=_("After how many training steps the score is taken: every network gets as many."),
            width=220,
            **common,
        )
        seeds = st.slider(
            _("Seeds"),
            1,
            MOST_SEEDS,
            key="sweep_seeds",
            help=_("How many networks are trained for each square of the map, from different weights and data."),
            width=160,
            **common,
        )
    # In the order of the map, not of the clicks.
    in_order = tuple(cell for cell in DEFAULTS["cells"] if cell in chosen)
    return Plan(task, in_order, tuple(sorted(lengths)), seeds, steps)


def _words(setting: str) -> dict[str, str]:
    options = Experiment.SETTINGS[setting].options  # pyright: ignore[reportAttributeAccessIssue]
    return {name: _(words) for name, words in options.items()}


def _buttons(plan: Plan, sweep: Sweep | None, running: bool) -> None:
    if running and sweep:
        stop_button(sweep, "sweep_stop")
        return
    jobs = plan.jobs
    seconds = sum(job.cost for job in jobs)
    fits = 0 < seconds <= MOST_SECONDS
    st.button(
        _("Start the sweep"),
        key="sweep_start",
        icon=":material/grid_on:",
        type="primary",
        help=_("Train all these networks in the background, the longest first. It stops when this page is left."),
        on_click=_start,
        args=(plan,),
        disabled=not fits,
    )
    if not jobs:
        st.warning(_("Choose at least one cell and one length."))
    elif not fits:
        text = _(
            "This takes about {minutes:.0f} minutes of one processor, and a shared server gives a sweep at most "
            "{most:.0f}. Take fewer training steps, seeds or lengths."
        )
        st.warning(text.format(minutes=seconds / 60, most=MOST_SECONDS / 60))
    else:
        text = _("{count} networks, about {duration} on one processor.")
        st.caption(text.format(count=len(jobs), duration=_duration(seconds)))


def _start(plan: Plan) -> None:
    st.session_state["sweep"] = plan, Sweep(plan.jobs, engine())


def _draw(plan: Plan, outcomes: dict[Any, Any]) -> None:
    figure = heat_map.figure(outcomes, plan.cells, plan.lengths)
    alt = _("Heat map of the score of every cell at every sequence length.")
    st.plotly_chart(figure, key="sweep_map", width="stretch", alt=alt, config={"displayModeBar": False})
    st.markdown(f"**{heat_map.sentence(outcomes, plan.cells, plan.lengths)}**")
    st.caption(_about(plan))


def stop_button(sweep: Sweep, key: str) -> None:
    """Show the button that stops a running sweep."""
    st.button(
        _("Stop"),
        key=key,
        icon=":material/stop:",
        type="primary",
        help=_("Train no further networks; the results so far stay."),
        on_click=sweep.stop,
    )


def progress(sweep: Sweep, running: bool, draw: Callable[[dict[Any, Any]], None]) -> None:
    """Show how far a sweep is, and `draw` its results so far; every second anew while it runs, and so keep it alive.

    running: whether it was when the buttons above were drawn, which have to be drawn anew when it ends.
    """
    st.fragment(_progress, run_every=1.0 if running else None)(sweep, running, draw)


def _progress(sweep: Sweep, was_running: bool, draw: Callable[[dict[Any, Any]], None]) -> None:
    sweep.touch()
    running, results = sweep.running, sweep.results
    if was_running and not running:
        st.rerun()
    if running:
        st.progress(sweep.done / sweep.total, text=_progress_words(sweep))
    elif sweep.done < sweep.total:
        text = _("Stopped: {done} of {total} networks were trained.").format(done=sweep.done, total=sweep.total)
        st.info(" ".join((text, sweep.problem)))
    if sweep.failed:
        text = _("{count} networks could not be trained: {reason}")
        st.warning(text.format(count=len(sweep.failed), reason=next(iter(sweep.failed.values()))))
    draw(results)


def _progress_words(sweep: Sweep) -> str:
    done = _("{done} of {total}").format(done=sweep.done, total=sweep.total)
    left = sweep.seconds_left
    if left is None:
        return _("{done}, starting ...").format(done=done)
    return _("{done}, about {duration} left").format(done=done, duration=_duration(left))


def _duration(seconds: float) -> str:
    if seconds < 90:
        return _("{seconds:.0f} s").format(seconds=seconds)
    return _("{minutes:.0f} min").format(minutes=seconds / 60)


def _about(plan: Plan) -> str:
    """Say what the map shows."""
    text = _(
        "{task}: the mean score over {seeds} seeds after {steps} training steps, each network with {hidden} units, "
        "batch size {batch}, Adam at a learning rate of {rate:g}, gradient norm clipped at {clip:g}. "
    )
    experiment = plan.experiment("rnn", LENGTHS[0], 0)
    shown = text.format(
        task=_words("task")[plan.task],
        seeds=plan.seeds,
        steps=plan.steps,
        hidden=HIDDEN_SIZE,
        batch=BATCH_SIZE,
        rate=experiment.learning_rate,
        clip=experiment.clip_norm,
    )
    return shown + _(SCORES[plan.task])
