"""The learning sweep: which cell learns which length, trained for real while one looks on."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from rnnviz.language import N_, Text, _, counted, say, sentences
from rnnviz.plots import sweep as heat_map
from rnnviz.settings.experiment import Experiment
from rnnviz.sweeps.engine import Sweep
from rnnviz.sweeps.learning import BATCH_SIZE, HIDDEN_SIZE, Plan
from rnnviz.ui.shell import sweeping

STEPS = (100, 200, 500, 1000, 2000, 5000)
LENGTHS = (5, 10, 20, 40, 80, 160)
MOST_SEEDS = 5
DEFAULTS = {"task": "recall", "cells": ["rnn", "gru", "lstm"], "lengths": list(LENGTHS), "steps": 500, "seeds": 3}
SCORES = {
    "recall": N_("The score is the share of right answers to sequences never trained on; guessing gets 0.25."),
    "adding": N_(
        "The score is 1 minus the mean squared error divided by that of always saying the mean, for sequences never "
        "trained on: 0 is no better than that, 1 is perfect."
    ),
}
"""The tasks of a sweep, and what their score is."""


def show() -> None:
    """Show the choices, the buttons and what has come so far."""
    plan, sweep = st.session_state.get("sweep", (None, None))
    running = sweep is not None and sweep.running
    chosen = _choices(disabled=running)
    with st.container(horizontal=True, vertical_alignment="center"):
        _buttons(chosen, sweep, running)
    if plan and sweep:
        sweeping.progress(sweep, running, partial(_draw, plan))


def _choices(disabled: bool) -> Plan:
    for name, value in DEFAULTS.items():
        if st.session_state.get(f"sweep_{name}") is None:  # as it can be after values that no browser sends
            st.session_state[f"sweep_{name}"] = value
    tasks, cells = _options("task"), _options("cell")
    common: dict[str, Any] = {"disabled": disabled, "persist_state": "session"}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        task = st.segmented_control(
            _("Task to learn"),
            list(SCORES),
            key="sweep_task",
            format_func=lambda name: say(tasks[name]),
            required=True,
            help=_("Recall: remember the first word until the last. Adding: sum two marked numbers far apart."),
            **common,
        )
        chosen = st.pills(
            _("Cells"),
            list(cells),
            key="sweep_cells",
            selection_mode="multi",
            format_func=lambda name: say(cells[name]),
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
    in_order = tuple(cell for cell in cells if cell in chosen)
    return Plan(task, in_order, tuple(sorted(lengths)), seeds, steps)


def _options(setting: str) -> Mapping[str, Text]:
    return Experiment.SETTINGS[setting].options  # pyright: ignore[reportAttributeAccessIssue]


def _buttons(plan: Plan, sweep: Sweep | None, running: bool) -> None:
    jobs = plan.jobs
    sweeping.buttons(
        "sweep",
        jobs,
        sweep,
        running,
        _("Start the sweep"),
        partial(_start, plan),
        _("Take fewer training steps, seeds or lengths."),
        icon=":material/grid_on:",
        help=_("Train all these networks in the background, the longest first. It stops when this page is left."),
    )
    if not (jobs or running):
        st.warning(_("Choose at least one cell and one length."))


def _start(plan: Plan) -> None:
    st.session_state["sweep"] = plan, Sweep(plan.jobs, sweeping.engine())


def _draw(plan: Plan, outcomes: dict[Any, Any]) -> None:
    figure = heat_map.figure(outcomes, plan.cells, plan.lengths)
    alt = _("Heat map of the score of every cell at every sequence length.")
    st.plotly_chart(figure, key="sweep_map", width="stretch", alt=alt, config={"displayModeBar": False})
    st.markdown(f"**{say(heat_map.sentence(outcomes, plan.cells, plan.lengths))}**")
    st.caption(_about(plan))


def _about(plan: Plan) -> str:
    """Say what the map shows."""
    experiment = plan.experiment("rnn", LENGTHS[0], 0)
    shown = counted(
        "{task}: the score of one seed at training step {step}; hidden size {hidden}, batch size {batch}, Adam at a "
        "learning rate of {rate}, gradient norm clipped at {clip}.",
        "{task}: the mean score over {n} seeds at training step {step}; hidden size {hidden}, batch size {batch}, Adam "
        "at a learning rate of {rate}, gradient norm clipped at {clip}.",
        plan.seeds,
        task=_options("task")[plan.task],
        step=plan.steps,
        hidden=HIDDEN_SIZE,
        batch=BATCH_SIZE,
        rate=experiment.learning_rate,
        clip=experiment.clip_norm,
    )
    return say(sentences(shown, SCORES[plan.task]))
