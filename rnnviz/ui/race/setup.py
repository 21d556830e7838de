"""Who races, and on which terms: a row for each network, with the settings in which it may differ from the first."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rnnviz.cells import CELLS
from rnnviz.cost import weights
from rnnviz.fairness import NEAR, about, meeting, off
from rnnviz.language import N_, _, counted, listed, say
from rnnviz.plots.race.lane import LANES as LOOKS
from rnnviz.plots.race.lane import Lane
from rnnviz.settings import race
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.link import Link
from rnnviz.settings.race import LANES, SHARED, Terms
from rnnviz.settings.view import View
from rnnviz.ui.race import offer
from rnnviz.ui.shell import controls, lanes
from rnnviz.ui.shell.address import chosen
from rnnviz.ui.shell.page import Visit
from rnnviz.ui.shell.whole import whole

DASHES = {
    "solid": "0 36px",
    "dash": "0 9px, #0000 9px 15px",
    "dot": "0 3px, #0000 3px 7px",
    "dashdot": "0 9px, #0000 9px 13px, {colour} 13px 16px, #0000 16px 20px",
}
"""Plotly's names of dashes as stops of a gradient that is repeated, the colour before the first."""
MORE = tuple(name for name in Experiment.SETTINGS if name not in (*SHARED, "cell", "hidden_size"))
"""Settings of each network that stand behind its button."""


def begin() -> None:
    """Where the first network races with none, let it race with the usual cells that it has not."""
    if not lanes.chosen():
        lanes.choose(lanes.usual(chosen(Experiment)))


def show(visit: Visit, view: View) -> None:
    """Show the panel."""
    first = visit.experiment
    others = lanes.meant(first)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="terms"):
        controls.widget("fair", on_change=_free, args=(others,), width=220)
        offer.button()
        st.button(
            _("Add a network"),
            key="add_lane",
            icon=":material/add:",
            help=_("One more network, on the same data: up to four race."),
            on_click=_add,
            args=(first,),
            disabled=len(others) == len(LANES) - 1 or chosen(Link).locks("cell"),
        )
    offer.tell(visit, view)
    _say_terms(first, others)
    differ = [name for name in race.varied((first, *others)) if name in MORE]
    with _row(0):
        st.markdown(say(CELLS[first.cell].label), width="content")
        _told(first, differ)
        st.caption(_("set at the side"), width="content")
    for lane, experiment in enumerate(others, 1):
        with _row(lane):
            _other(lane, experiment, differ, last=len(others) == 1)


def _say_terms(first: Experiment, others: tuple[Experiment, ...]) -> None:
    """Say what is equal; where parameters can't be, offer a hidden size of the first network with which they are."""
    terms = chosen(Terms)
    st.caption(say(about(terms, (first, *others))))
    if terms.fair != "parameters" or all(abs(off(other, first)) <= NEAR for other in others):
        return
    if size := meeting(first, others):
        st.button(
            _("Hidden size {size} for network a: then all are within {near} %", size=size, near=round(100 * NEAR)),
            key="meet",
            on_click=controls.take,
            args=({"hidden_size": size},),
            disabled=chosen(Link).locks("hidden_size"),
        )


def _row(lane: int) -> DeltaGenerator:
    """Return the row of a network, begun with how its lines look and with its letter."""
    row = st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"lane_{LANES[lane]}")
    with row:
        st.html(_swatch(LOOKS[lane]), width="content")
        st.markdown(f"**{LANES[lane]}**", width="content")
    return row


def _swatch(looks: Lane) -> str:
    """Return a piece of a network's line."""
    stops = DASHES[looks.dash].format(colour=looks.colour)
    line = f"repeating-linear-gradient(90deg, {looks.colour} {stops})"
    return f'<div style="width: 36px; height: 4px; background: {line}"></div>'


def _other(lane: int, experiment: Experiment, differ: Sequence[str], last: bool) -> None:
    """Show the settings of another network than the first. differ: those behind its button in which the networks do.
    last: whether it is the last of them."""
    letter, own_size = LANES[lane], not chosen(Terms).sizes
    _widget(lane, "cell", experiment, label_visibility="collapsed", width=180)
    if own_size:
        _widget(lane, "hidden_size", experiment, typed=True, label_visibility="collapsed", width=110)
    _told(experiment, differ)
    more = st.popover(
        _("More"),
        icon=":material/tune:",
        help=_("Every other setting in which network {lane} may differ from network a.", lane=letter),
        key=f"more_{letter}",
        on_change="rerun",
    )
    if more.open:
        with more:
            for name in filter(lambda name: controls.means(name, experiment), MORE):
                _widget(lane, name, experiment)
    st.button(
        _("Remove"),
        key=f"remove_{letter}",
        icon=":material/close:",
        help=_("Let the others race without network {lane}.", lane=letter),
        on_click=_remove,
        args=(lane,),
        disabled=last or chosen(Link).locks("cell"),
    )


def _widget(lane: int, name: str, experiment: Experiment, **more: Any) -> None:
    key = f"{LANES[lane]}.{name}"
    st.session_state[key] = getattr(experiment, name)
    controls.widget(key, on_change=_take, args=(lane, name), **more)


def _told(experiment: Experiment, differ: Sequence[str]) -> None:
    """Say what a network has of that in which they differ, and how large it is."""
    if own := [race.told(experiment, name) for name in differ if controls.means(name, experiment)]:
        st.markdown(say(listed(own)), width="content")
    units = counted("one unit", "{n} units", experiment.hidden_size)
    parameters = counted("one parameter", "{n} parameters", weights(experiment))
    st.caption(say(listed([units, parameters])), width="content")


@whole
def _take(lane: int, name: str) -> None:
    """Take a setting of a network from its widget; it races on with it, or starts anew with all others."""
    declared, value = Experiment.SETTINGS[name], st.session_state[f"{LANES[lane]}.{name}"]
    if allowed := declared.problem(value):
        sentence = N_(
            "{label} of network {lane} has to be {allowed}.", label=declared.label, lane=LANES[lane], allowed=allowed
        )
        controls.tell(sentence)
        return
    first, before = chosen(Experiment), lanes.chosen()
    now = dataclasses.replace(first, **before[lane - 1] | {name: value})
    if name == "spectral_radius" and now.initialisation not in controls.WITH_RADIUS:
        now = dataclasses.replace(now, initialisation="spectral")
    lanes.choose((*before[: lane - 1], race.differences(now, first), *before[lane:]))


@whole
def _remove(lane: int) -> None:
    before = lanes.chosen()
    lanes.choose((*before[: lane - 1], *before[lane:]))


@whole
def _add(first: Experiment) -> None:
    """Add a network of a cell that none has yet."""
    before = lanes.chosen()
    there = {first.cell, *(differs.get("cell", first.cell) for differs in before)}
    cell = next((cell for cell in (*lanes.USUAL, *CELLS) if cell not in there), first.cell)
    lanes.choose((*before, {"cell": cell}))


@whole
def _free(others: Sequence[Experiment]) -> None:
    """Where the terms leave sizes to the networks, let them begin as they are; else forget that they had their own."""
    kept = []
    for differs, other in zip(lanes.chosen(), others, strict=True):
        rest = {name: value for name, value in differs.items() if name != "hidden_size"}
        own = {"hidden_size": other.hidden_size} if st.session_state["fair"] == "own" else {}
        kept.append(rest | own)
    lanes.choose(tuple(kept))
