"""The other networks of a race, as the session has them: by what each differs in from the first."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import streamlit as st

from rnnviz.cost import too_big_together
from rnnviz.fairness import fair
from rnnviz.language import N_, Text, say, sentences
from rnnviz.settings import race
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.race import LANES, Terms
from rnnviz.ui.shell import address, controls
from rnnviz.ui.shell.whole import whole

USUAL = ("rnn", "gru", "lstm")
"""The cells that race where nothing else is asked for."""


def usual(first: Experiment) -> tuple[dict[str, Any], ...]:
    """Return what races with the first where nothing else is asked for: the usual cells that it has not."""
    return tuple({"cell": cell} for cell in USUAL if cell != first.cell)


def chosen() -> tuple[dict[str, Any], ...]:
    """Return in which settings each of the others differs from the first."""
    return st.session_state["others"]


@whole
def choose(others: tuple[dict[str, Any], ...]) -> None:
    """Take other networks, at most three, by the settings in which they differ from the first."""
    st.session_state["others"] = others


def meant(first: Experiment) -> tuple[Experiment, ...]:
    """Return the others as they are chosen, with the hidden sizes that the race's terms give them."""
    differing = (race.shared(dataclasses.replace(first, **differs), first) for differs in chosen())
    return fair(first, tuple(differing), address.chosen(Terms))


def others(first: Experiment) -> tuple[Experiment, ...]:
    """Return the others that race with the first; where they can't, say why and return the last that could."""
    found, (leader, raced) = meant(first), st.session_state.get("raced", (first, ()))
    if (first, found) == (leader, raced):
        return found
    if problem := _unfit(first, found):
        st.error(say(sentences(problem, N_("The networks before go on."))))
        before = tuple(race.shared(other, first) for other in raced)
        return () if _unfit(first, before) else before
    st.session_state["raced"] = first, found
    return found


def _unfit(first: Experiment, others: Sequence[Experiment]) -> Text | None:
    """Say why these can't be trained together here; None if they can."""
    for lane, experiment in zip(LANES[1:], others, strict=False):
        if problem := controls.unfit(experiment):
            return sentences(N_("Network {lane} can't be trained.", lane=lane), problem)
    return too_big_together((first, *others)) if others else None


def by_time() -> bool:
    """Say whether all are given the same computing time."""
    return address.chosen(Terms).fair == "time"
