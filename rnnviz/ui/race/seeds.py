"""The panel that runs the race from several seeds: medians, spread, and how often each network succeeds."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from rnnviz.language import N_, Text, _, counted, say, sentences
from rnnviz.plots.race import seeds as plots
from rnnviz.plots.race.lane import LANES
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.race import names
from rnnviz.settings.view import View
from rnnviz.standing import in_words, losses, over_seeds, spread, steps, successes, to_reach
from rnnviz.sweeps.engine import Sweep
from rnnviz.sweeps.race import Seeds, Trained
from rnnviz.tasks import TASKS, task_of
from rnnviz.tasks.task import Task
from rnnviz.ui.shell import sweeping
from rnnviz.ui.shell.page import Visit

STEPS = (100, 200, 500, 1000, 2000, 5000)
MOST_SEEDS = 10
DEFAULTS = {"steps": 500, "count": 5}

Found = Mapping[tuple[int, int], Trained]


def show(visit: Visit, view: View) -> None:
    """Show the choices, the button that starts the races, and what has come so far."""
    st.header(_("The same race from several seeds"), anchor=False)
    st.markdown(
        _(
            "Above is one seed. From another, with other weights and data, the networks may come in otherwise: train "
            "each from several, and see how far their losses lie apart."
        )
    )
    seeds, sweep = st.session_state.get("race_seeds", (None, None))
    running = sweep is not None and sweep.running
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = _choices(visit.run.orders.experiments, disabled=running)
        _buttons(chosen, sweep, running)
    if seeds and sweep:
        sweeping.progress(sweep, running, partial(_draw, seeds, view.goal))


def _choices(experiments: tuple[Experiment, ...], disabled: bool) -> Seeds:
    for name, value in DEFAULTS.items():
        if st.session_state.get(f"race_{name}") is None:  # as it can be after values that no browser sends
            st.session_state[f"race_{name}"] = value
    common: dict[str, Any] = {"disabled": disabled, "persist_state": "session"}
    count = st.slider(
        _("Seeds"),
        1,
        MOST_SEEDS,
        key="race_count",
        help=_("From how many seeds every network is trained: the one at the side, and those that follow it."),
        width=180,
        **common,
    )
    steps = st.select_slider(
        _("Training steps"),
        STEPS,
        key="race_steps",
        help=_("How many training steps every network gets, from every seed."),
        width=220,
        **common,
    )
    return Seeds(experiments, count, steps)


def _buttons(seeds: Seeds, sweep: Sweep | None, running: bool) -> None:
    sweeping.buttons(
        "race",
        seeds.jobs,
        sweep,
        running,
        _("Race"),
        partial(_start, seeds),
        _("Take fewer training steps or seeds, fewer networks, or smaller ones."),
        icon=":material/sports_score:",
        help=_("Train all these networks in the background, seed by seed. It stops when this page is left."),
    )


def _start(seeds: Seeds) -> None:
    st.session_state["race_seeds"] = seeds, Sweep(seeds.jobs, sweeping.engine(), in_order=True)


def _draw(seeds: Seeds, chosen: float, found: Found) -> None:
    """Show what has come; chosen: see to_reach."""
    task, called = TASKS[seeds.experiments[0].task], names(seeds.experiments)
    lines = [
        plots.Line(name, look, there)
        for lane, (name, look) in enumerate(zip(called, LANES, strict=False))
        if (there := spread(found, lane, task))
    ]
    if not lines:
        return
    st.markdown(f"**{say(over_seeds(found, called, chosen, task))}**")
    first = found[min(found)]
    usual = N_("cross-entropy") if task_of(seeds.experiments[0]).classes else N_("mean squared error")
    st.plotly_chart(
        plots.figure(
            lines,
            baseline=float(task.told(first.baseline.loss)),
            beaten=first.baseline.words,
            goal=to_reach(chosen, task, first.baseline),
            loss=task.in_bits or usual,
            linear=task.in_bits is not None and not task.by_heart,
        ),
        key="race_curves",
        width="stretch",
        alt=_(
            "Line chart of the networks' validation losses over the training steps: medians, and bands of all seeds."
        ),
        config={"displayModeBar": False},
    )
    st.table(_values(found, called, chosen, task))
    st.caption(say(_about(seeds, found)))


def _values(found: Found, called: tuple[Text, ...], chosen: float, task: type[Task]) -> dict[str, list[str]]:
    """Return what the networks have come to, column by column, a row for each of which there is something."""
    lanes = sorted({lane for lane, _seed in found})
    all_of = {lane: [trained for (its, _seed), trained in found.items() if its == lane] for lane in lanes}
    right = {
        lane: [100 * one.accuracy for one in all_of[lane] if one.accuracy is not None and not one.diverged]
        for lane in lanes
    }
    columns: dict[str, list[Text]] = {
        _("Network"): [called[lane] for lane in lanes],
        _("At the goal"): [
            N_("{count} of {all}", count=count, all=all_)
            for count, all_ in (successes(found, lane, chosen, task) for lane in lanes)
        ],
        _("Validation loss"): [in_words(losses(found, lane, task), N_("diverged")) for lane in lanes],
        _("Right answers, %"): [_told(right[lane], len(all_of[lane])) for lane in lanes],
        _("Steps to the goal"): [_told(steps(found, lane, chosen, task), len(all_of[lane])) for lane in lanes],
    }
    return {heading: [say(cell) for cell in cells] for heading, cells in columns.items()}


def _told(numbers: Sequence[float], seeds: int) -> Text:
    """Return the numbers in words, and of how many of the seeds they are, if not of all."""
    if not numbers:
        return "–"
    words = in_words(numbers, "∞")
    if len(numbers) == seeds:
        return words
    return N_("{numbers} in {count} of {all}", numbers=words, count=len(numbers), all=seeds)


def _about(seeds: Seeds, found: Found) -> Text:
    """Say what is drawn, and how far it goes."""
    shown = counted(
        "One seed, {steps} training steps.",
        "{n} seeds, {steps} training steps each: lines are medians, bands reach from the best to the worst seed.",
        seeds.seeds,
        steps=seeds.steps,
    )
    diverged = sum(trained.diverged for trained in found.values())
    gone = counted(
        "One network diverged and counts as the worst from then on.",
        "{n} networks diverged and count as the worst from then on.",
        diverged,
    )
    limits = N_(
        "Every network gets as many steps, which need not be equal time. Another budget may show something else."
    )
    return sentences(shown, gone if diverged else "", limits)
