"""The gradient lab: the live pictures of one network's gradients, and the sweeps over many networks."""

import math
from typing import Any

import streamlit as st

from rnnviz.cells import CELLS
from rnnviz.diagnosis import NEEDS
from rnnviz.language import N_, Message, Rounded, Text, _, counted, say, sentences, short, template
from rnnviz.plots import LAB
from rnnviz.reach import about_reach, told_distance
from rnnviz.runs.messages import Frame
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.link import Link
from rnnviz.settings.view import View
from rnnviz.snapshot import Lens, Shares, Snapshot
from rnnviz.tasks import TASKS
from rnnviz.ui.lab import studies, sweep
from rnnviz.ui.live.board import READOUTS, Board, numbers
from rnnviz.ui.shell import address, controls, page, racing, run
from rnnviz.ui.shell.whole import whole

HORIZONS = {
    "horizon": (
        N_("Memory horizon"),
        N_("At how many steps' distance dh_T/dh_t (where a cell has a c_t, dh_T/dc_t) has fallen to 1/e."),
    ),
    "floor": (N_("To the floor"), N_("At how many steps' distance it has fallen to the floor of float32, 1.2e-38.")),
    "radius": (N_("Radius now"), N_("The largest absolute eigenvalue of W_hh as it is now, of a cell without gates.")),
}
PLAIN = {
    "task": "recall",
    "cell": "rnn",
    "nonlinearity": "relu",
    "initialisation": "spectral",
    "spectral_radius": 2.0,
    "seq_len": 60,
    "truncation": 0,
    "bidirectional": False,
}
EXAMPLES: dict[str, tuple[Message, Message, dict[str, Any]]] = {
    "explode": (N_("It explodes"), N_("A relu network whose W_hh has spectral radius 2: move that slider."), {}),
    "vanish": (
        N_("It vanishes"),
        N_("The same network with spectral radius 0.5: that one control is all the difference."),
        {"spectral_radius": 0.5},
    ),
    "live": (
        N_("It lives"),
        N_("The same network with W_hh the identity: relu then keeps the gradient as it is (Le, Jaitly, Hinton 2015)."),
        {"initialisation": "identity", "spectral_radius": 1.0},
    ),
    "cut": (
        N_("It is cut"),
        N_("The identity again, with BPTT truncated after 10 steps."),
        {"initialisation": "identity", "spectral_radius": 1.0, "truncation": 10},
    ),
}
"""Examples: label, help, and how they differ from PLAIN."""


def show(title: str, sentence: str) -> None:
    """Show the whole lab."""
    page.show("lab", title, sentence, _choose, _draw)


def _choose(visit: page.Visit) -> View:
    _examples()
    return _lens(visit.experiment)


def _lens(shown: Experiment) -> View:
    """Show which part of the network the gradient lab looks at, and return what is chosen.

    The Jacobian is that of the time step at which the page's cursor is pinned: the slider follows it, and moves it.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        steps = TASKS[shown.task].length(shown)
        if steps > 2:
            if pinned := st.session_state["t"]:
                st.session_state["jacobian"] = View.SETTINGS["jacobian"].nearest(min(pinned, steps))
            controls.widget("jacobian", most=steps, on_change=_pin, width=320)
        if shown.num_layers > 1:
            controls.widget("layer", most=shown.num_layers, width=140)
        if shown.bidirectional:
            controls.widget("direction")
    return address.chosen(View)


@whole
def _pin() -> None:
    st.session_state["t"] = st.session_state["jacobian"]


def _draw(visit: page.Visit, view: View) -> None:
    with visit.head:
        racing.offer(visit.experiment)
    BOARD.show(visit.run, view, visit.stopped)
    st.header(_("Many networks at once"), anchor=False)
    by_length, learning, forwards = st.tabs([_("By length and radius"), _("What each cell learns"), _("BPTT and RTRL")])
    with by_length:
        studies.lengths()
    with learning:
        sweep.show()
    with forwards:
        studies.forwards(visit.experiment.cell)


def _examples() -> None:
    """Offer networks in which the gradient dies, explodes and lives: a control or two apart from one another."""
    link = address.chosen(Link)
    if link.hides(*PLAIN):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.caption(_("Examples, paused at step 0:"), width="content")
        for name, (label, help, settings) in EXAMPLES.items():
            st.button(
                say(label),
                key=f"example_{name}",
                help=say(help),
                on_click=_take,
                args=(settings,),
                disabled=link.locks(*PLAIN),
            )


@whole
def _take(settings: dict[str, Any]) -> None:
    controls.take({**PLAIN, **settings})
    run.rest()


def _words(frame: Frame, snapshot: Snapshot) -> dict[str, Text]:
    if "analysis" not in snapshot.parts:
        return numbers(frame, snapshot)
    analysis = snapshot.analysis
    memory, shares, factors = analysis.memory, analysis.shares, analysis.factors
    longest = len(memory.norm) - 1
    where = _where(analysis.lens, frame.orders.experiment)
    words = numbers(frame, snapshot) | {
        "horizon": told_distance(memory.horizon, longest),
        "floor": told_distance(memory.floor, longest),
        "radius": short(factors.radius, 3) if math.isfinite(factors.radius) else N_("none"),
    }
    overflowed = int((~(memory.norm < math.inf)).sum())
    exploded = counted(
        "Exploded: one of {all} values is too large for float32.",
        "Exploded: {n} of {all} values are too large for float32.",
        overflowed,
        all=longest + 1,
    )
    words["memory_note"] = sentences(where, exploded if overflowed else "")
    if math.isfinite(factors.radius):
        text = N_(
            "W_hh now: spectral radius {radius}, largest singular value {largest}.",
            radius=Rounded(factors.radius, 3),
            largest=Rounded(factors.largest, 3),
        )
        words["factors_note"] = sentences(where, text)
    words["gradients_note"] = about_reach(snapshot, frame.orders.experiment)
    if longest > 1:
        matrix = CELLS[frame.orders.experiment.cell].recurrent
        words["distance_note"] = sentences(where, _about_shares(shares, analysis.terms, longest // 2, matrix))
    return words


def _about_shares(shares: Shares, terms: int, half: int, matrix: str) -> Message:
    if not math.isfinite(shares.norm):
        return N_("dL/d{matrix} has overflowed.", matrix=matrix)
    if len(shares.marked) < terms:
        return counted(
            "This is one of the {terms} loss terms: to take apart all of them would take too long.",
            "These are {n} of the {terms} loss terms, evenly spread: to take apart all of them would take too long.",
            len(shares.marked),
            terms=terms,
        )
    far = float(shares.by_distance[shares.distances > half].max(initial=0.0))
    return N_(
        "dL/d{matrix} has norm {whole}; beyond distance {half} the largest sum shown is {far}.",
        matrix=matrix,
        whole=Rounded(shares.norm, 3),
        half=half,
        far=Rounded(far, 3),
    )


def _where(lens: Lens, experiment: Experiment) -> Text:
    """Name the layer and direction, where there are several."""
    several = experiment.num_layers > 1
    if not experiment.bidirectional:
        return N_("Layer {layer}.", layer=lens.layer + 1) if several else ""
    if not several:
        return N_("Backward pass.") if lens.direction else N_("Forward pass.")
    passes = template("Layer {layer}, forward pass."), template("Layer {layer}, backward pass.")
    return passes[lens.direction].given(layer=lens.layer + 1)


BOARD = Board(
    "lab",
    LAB,
    {name: READOUTS[name] for name in ("step", "loss", "norm", "clipped")} | HORIZONS | {"rate": READOUTS["rate"]},
    _words,
    needs=(*NEEDS, "flow"),
    follows=True,
    stopped=N_("The pictures show it as it is: what is too large for float32 is marked. Press Reset to start again."),
)
PAGE = page.Page(
    title=N_("Gradient lab"),
    icon=":material/trending_down:",
    help=N_("How far back in time the gradient reaches, what kills it and what saves it."),
    modules=("live/live.js",),
    routes=(BOARD.route,),
)
