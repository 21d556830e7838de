"""The panel that puts a claim to the test: many networks, with attention and without, trained for real."""

from functools import partial
from typing import Any

import streamlit as st

from rnnviz.cells import CELLS
from rnnviz.language import N_, _, counted, say, sentences
from rnnviz.plots import claim as plots
from rnnviz.plots.finding import about_lengths, about_positions, verdict
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.sweeps.claim import EXAMINED, Comparison
from rnnviz.sweeps.engine import Sweep
from rnnviz.ui.shell import sweeping
from rnnviz.ui.shell.page import Visit

STEPS = (500, 1000, 2000, 4000)
FEWEST_SEEDS, MOST_SEEDS = 3, 5
DEFAULTS = {"steps": 1000, "seeds": FEWEST_SEEDS}


def show(visit: Visit, view: View) -> None:
    """Show the claim, the button that has it measured, and what has come so far."""
    st.header(_("Is what was read early lost?"), anchor=False)
    st.markdown(
        _(
            "Without attention, all that is written has to come out of one state. It is said that the early words are "
            "lost then as the source grows. Measure it: networks with the settings at the side are trained that differ "
            "in their attention and their seed alone; and in the order of the answer, where the task has two."
        )
    )
    comparison, sweep = st.session_state.get("claim", (None, None))
    running = sweep is not None and sweep.running
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = _choices(visit.experiment, disabled=running)
        _buttons(chosen, sweep, running)
    if comparison and sweep:
        sweeping.progress(sweep, running, partial(_draw, comparison))


def _choices(experiment: Experiment, disabled: bool) -> Comparison:
    for name, value in DEFAULTS.items():
        if st.session_state.get(f"claim_{name}") is None:  # as it can be after values that no browser sends
            st.session_state[f"claim_{name}"] = value
    common: dict[str, Any] = {"disabled": disabled, "persist_state": "session"}
    steps = st.select_slider(
        _("Training steps"),
        STEPS,
        key="claim_steps",
        help=_("After how many training steps it is measured what is written right: every network gets as many."),
        width=220,
        **common,
    )
    seeds = st.slider(
        _("Seeds"),
        FEWEST_SEEDS,
        MOST_SEEDS,
        key="claim_seeds",
        help=_("How many networks of each kind are trained, from different weights and data."),
        width=160,
        **common,
    )
    return Comparison(experiment, seeds, steps)


def _buttons(comparison: Comparison, sweep: Sweep | None, running: bool) -> None:
    sweeping.buttons(
        "claim",
        comparison.jobs,
        sweep,
        running,
        _("Measure"),
        partial(_start, comparison),
        _("Take fewer training steps or seeds, a shorter source, or a smaller network."),
        icon=":material/query_stats:",
        help=_("Train all these networks in the background, the longest first. It stops when this page is left."),
    )


def _start(comparison: Comparison) -> None:
    st.session_state["claim"] = comparison, Sweep(comparison.jobs, sweeping.engine())


def _draw(comparison: Comparison, found: dict[Any, Any]) -> None:
    if not found:
        return
    orders = Experiment.SETTINGS["answer_order"].options  # pyright: ignore[reportAttributeAccessIssue]
    for order in comparison.orders:
        if len(comparison.orders) > 1:
            st.subheader(_("Order of the answer: {order}", order=orders[order]), anchor=False)
        _pictures(found, order)
    if said := verdict(found, comparison.orders):
        st.markdown(f"**{say(said)}**")
    st.caption(_about(comparison, found))


def _pictures(found: dict[Any, Any], order: str) -> None:
    pictures = (
        (
            plots.by_lengths(found, order),
            _("length of the source"),
            _("right in full"),
            _("Line chart of the share of targets right in full by the source's length, a line for each attention."),
            about_lengths(found, order),
        ),
        (
            plots.by_positions(found, order),
            _("position in long sources"),
            _("right tokens"),
            _("Line chart of the share of right tokens by their position in the source, a line for each attention."),
            about_positions(found, order),
        ),
    )
    for n, (column, (lines, place, share, alt, said)) in enumerate(zip(st.columns(2), pictures, strict=True)):
        with column:
            st.plotly_chart(
                plots.figure(lines, place, share),
                key=f"claim_{order}_{n}",
                width="stretch",
                alt=alt,
                config={"displayModeBar": False},
            )
            st.markdown(say(said))
            with st.expander(_("The values: {share}, by {place}", share=share, place=place)):
                st.table(plots.table(lines, place))


def _about(comparison: Comparison, found: dict[Any, Any]) -> str:
    """Say what was trained and measured, and how far that goes."""
    experiment = comparison.experiment
    shown = counted(
        "One seed, after {steps} training steps.",
        "Medians over {n} seeds, with bars from the worst to the best; each network after {steps} training steps.",
        comparison.seeds,
        steps=comparison.steps,
    )
    trained = N_(
        "{cell}, hidden size {hidden}, batch size {batch}, learning rate {rate}. All encoders read forwards alone. "
        "Of each network {count} held-out pairs of any length count for the lengths, and {count} with the longest "
        "targets for the positions. A token is right if it is the likeliest after the right ones before it.",
        cell=CELLS[experiment.cell].label,
        hidden=experiment.hidden_size,
        batch=experiment.batch_size,
        rate=experiment.learning_rate,
        count=EXAMINED,
    )
    stopped = sum(written.steps < comparison.steps for written in found.values())
    diverged = counted(
        "One network diverged and counts as it was before.",
        "{n} networks diverged and count as they were before.",
        stopped,
    )
    limits = N_(
        "Equal steps are not equal time: with attention a step takes longer. Other budgets, sizes and tasks may show "
        "something else."
    )
    return say(sentences(shown, trained, diverged if stopped else "", limits))
