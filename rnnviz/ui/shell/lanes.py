"""The other networks of a race, as the session has them: by what each differs in from the first."""

import dataclasses
from typing import Any

import streamlit as st

from rnnviz.language import N_, say, sentences
from rnnviz.settings import race
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.race import LANES, Terms
from rnnviz.ui.shell import address, controls


def chosen() -> tuple[dict[str, Any], ...]:
    """Return in which settings each of the others differs from the first."""
    return st.session_state["others"]


def choose(others: tuple[dict[str, Any], ...]) -> None:
    """Take other networks, at most three, by the settings in which they differ from the first."""
    st.session_state["others"] = others


def others(first: Experiment) -> tuple[Experiment, ...]:
    """Return the others that race with the first; where one can't, say why and return the last that could."""
    found = tuple(race.shared(dataclasses.replace(first, **differs), first) for differs in chosen())
    for lane, experiment in zip(LANES[1:], found, strict=False):
        if problem := controls.unfit(experiment):
            said = sentences(N_("Network {lane} can't be trained.", lane=lane), problem)
            st.error(say(sentences(said, N_("The networks before go on."))))
            return tuple(race.shared(before, first) for before in st.session_state.get("raced", ()))
    st.session_state["raced"] = found
    return found


def by_time() -> bool:
    """Say whether all are given the same computing time."""
    return address.chosen(Terms).fair == "time"
