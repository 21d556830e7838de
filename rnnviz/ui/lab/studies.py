"""The lab's studies of many networks: gradient and horizon by length, cell and radius; BPTT beside RTRL."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from rnnviz.language import N_, _, counted, say
from rnnviz.plots import studies as plots
from rnnviz.sweeps import costs
from rnnviz.sweeps.engine import Sweep
from rnnviz.sweeps.job import Job
from rnnviz.sweeps.learning import BATCH_SIZE, HIDDEN_SIZE
from rnnviz.sweeps.studies import COMPARED, LENGTHS, RADII, RADIUS_LENGTH, STEPS, VARIANTS, length_jobs
from rnnviz.ui.shell import sweeping
from rnnviz.ui.shell.glossary import FLOOR, TERMS

LEVELS = {"horizon": N_("1/e of its start"), "floor": N_("float32's floor")}
"""The levels of a memory horizon, by the names a Look has them under."""
WITHOUT_BAR = {"displayModeBar": False}


def lengths() -> None:
    """Show how the sequence length, the cell and the spectral radius change how far back the gradient reaches."""
    shown = _(
        "Recall networks (hidden size {hidden}, batch size {batch}), one per cell and length: the gradient at the "
        "start, dotted, and at training step {step}, solid. The loss is at the last step T alone, so that all that "
        "arrives at step t has come the whole distance T - t. Lines end at the floor of float32 (dashed); a network "
        "that diverged has no solid line. It is a short training: what a cell keeps by then is not what it can learn "
        "to keep, for which see the next tab.",
        hidden=HIDDEN_SIZE,
        batch=BATCH_SIZE,
        step=STEPS,
    )
    st.markdown(shown, help=say(TERMS[FLOOR]))
    if st.session_state.get("lengths_cells") is None:  # as it can be after values that no browser sends
        st.session_state["lengths_cells"] = list(COMPARED)
    study: Sweep | None = st.session_state.get("study_lengths")
    chosen = st.pills(
        _("Cells"),
        list(VARIANTS),
        key="lengths_cells",
        selection_mode="multi",
        format_func=lambda name: say(VARIANTS[name].label),
        help=_("Which cells to compare: each has a field and a line of its own."),
        disabled=study is not None and study.running,
        persist_state="session",
    )
    in_order = [name for name in VARIANTS if name in chosen]
    _study("lengths", lambda: length_jobs(in_order), _draw_lengths, disabled=not in_order)
    if not in_order:
        st.warning(_("Choose at least one cell."))


def _draw_lengths(found: dict[Any, Any]) -> None:
    if not found:
        return
    keys = st.session_state["asked_lengths"]
    names = {name: variant.label for name, variant in VARIANTS.items() if (name, LENGTHS[0]) in keys}
    with_radius = {name: called for name, called in names.items() if (name, RADII[0]) in keys}
    st.plotly_chart(
        plots.profiles(found, names, LENGTHS),
        key="lengths_profiles",
        width="stretch",
        config=WITHOUT_BAR,
        alt=_("Line charts of the norm of dL/dh_t against the distance T - t, for each cell and sequence length."),
    )
    st.markdown(
        _(
            "**Memory horizon**: the distance at which $dh_T/dh_t$ (where a cell has a $c_t$, $dh_T/dc_t$) has fallen "
            "so far, dotted at the start and solid after training. An open triangle stands where it has not fallen so "
            "far within the sequence."
        )
    )
    level = st.segmented_control(
        _("Fallen to"),
        list(LEVELS),
        key="horizon_level",
        default="horizon",
        required=True,
        format_func=lambda name: say(LEVELS[name]),
        help=_("Where the horizon is: at 1/e (0.37) of the start, or at 1.2e-38, the smallest full float32 number."),
    )
    left, right = st.columns(2)
    left.plotly_chart(
        plots.horizons(found, names, LENGTHS, level),
        key="lengths_horizons",
        width="stretch",
        config=WITHOUT_BAR,
        alt=_("Line chart of the memory horizon against the sequence length, a line for each cell."),
    )
    right.plotly_chart(
        plots.horizons(found, with_radius, RADII, level, trained=False),
        key="lengths_radii",
        width="stretch",
        config=WITHOUT_BAR,
        alt=_("Line chart of the memory horizon against the spectral radius of W_hh, a line for each cell."),
    )
    right.caption(
        _(
            "At the start, T = {length}; in a gated cell every gate's {matrix} has this radius. A cell without one has "
            "no line.",
            length=RADIUS_LENGTH,
            matrix="$W_{hh}$",
        )
    )


def forwards(cell: str) -> None:
    """Show that RTRL gives BPTT's gradient, and what either takes."""
    st.markdown(
        _(
            "BPTT runs forwards, keeps every step, and comes back. Real-time recurrent learning (RTRL) carries "
            "$P_t = ds_t/dW$ along instead, $s_t$ being the state ($h_t$, and $c_t$ where there is one), forwards "
            "only: $P_t = (ds_t/ds_{t-1}) P_{t-1}$ + what step t itself adds, "
            "and $dL/dW$ is the sum of all $(dL_t/dh_t) P_t$. The same gradient; but $P_t$ has a row of all weights "
            "for every unit. Its memory does not grow with T, where BPTT's does; its time grows with the fourth power "
            "of H, once H is large enough for that to outweigh the rest."
        )
    )
    _study(f"costs_{cell}", lambda: costs.cost_jobs(cell), _draw_costs)


def _draw_costs(found: dict[Any, Any]) -> None:
    if not found:
        return
    worst = max(cost.difference for cost in found.values())
    text = counted(
        "**The largest difference between the two gradients is {worst} of the largest gradient**, over all weights of "
        "the network, in float64 (which holds 16 digits).",
        "**The largest difference between the two gradients is {worst} of the largest gradient**, over all weights and "
        "all {n} networks, in float64 (which holds 16 digits).",
        len(found),
        worst=f"{worst:.1e}",
    )
    st.markdown(say(text))
    newest = found[max(found)]
    rows = [(name, f"{ours:.15g}", f"{theirs:.15g}") for name, ours, theirs in newest.samples]
    st.caption(_("Of the network with T = {T}, H = {H}:", T=newest.T, H=newest.H))
    names = (_("first entry of"), _("by BPTT, backwards"), _("by RTRL, forwards"))
    st.table(dict(zip(names, zip(*rows, strict=True), strict=True)))
    st.plotly_chart(
        plots.costs(found, costs.LENGTHS, costs.SIZES, costs.LENGTH, costs.SIZE),
        key="costs",
        width="stretch",
        config=WITHOUT_BAR,
        alt=_("Line charts of the time and memory of BPTT and RTRL against the sequence length and the hidden size."),
    )
    text = counted(
        "One sequence of the adding task. Time: forwards, and the gradient; of one run, on this server, beside "
        "whatever else it does. Memory: the most that was held at once beside the weights, as Python counts it.",
        "One sequence of the adding task. Time: forwards, and the gradient; the quickest of {n} runs, on this server, "
        "beside whatever else it does. Memory: the most that was held at once beside the weights, as Python counts it.",
        costs.REPEATS,
    )
    st.caption(say(text))


def _study(
    name: str, jobs: Callable[[], list[Job]], draw: Callable[[dict[Any, Any]], None], disabled: bool = False
) -> None:
    """Show the button that starts a study, or stops it, and what it has found so far."""
    study: Sweep | None = st.session_state.get(f"study_{name}")
    running = study is not None and study.running
    if running and study:
        sweeping.stop_button(study, f"stop_{name}")
    else:
        st.button(
            _("Measure"),
            key=f"start_{name}",
            icon=":material/query_stats:",
            type="primary",
            help=_("Build and train these networks in the background; results appear as they come."),
            on_click=_start,
            args=(name, jobs),
            disabled=disabled,
        )
    if study:
        sweeping.progress(study, running, draw)


def _start(name: str, jobs: Callable[[], list[Job]]) -> None:
    asked = jobs()
    st.session_state[f"asked_{name}"] = {job.key for job in asked}
    st.session_state[f"study_{name}"] = Sweep(asked, sweeping.engine(), in_order=True)
