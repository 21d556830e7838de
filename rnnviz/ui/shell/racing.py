"""The way to a race and back: what a network may race against, and what a page says of a race that is going on."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import streamlit as st

from rnnviz.cells import CELLS
from rnnviz.language import Text, _, counted, listed, say
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.link import Link
from rnnviz.settings.race import SHARED, told
from rnnviz.settings.setting import Choice, Switch
from rnnviz.ui.command import HOME
from rnnviz.ui.shell import controls, lanes
from rnnviz.ui.shell.address import chosen
from rnnviz.ui.shell.whole import whole

PAGE = HOME / "pages" / "race.py"
"""Where a race is seen."""
OTHERWISE: dict[str, tuple[float, float]] = {
    "embedding_size": (16, 0),
    "hidden_size": (64, 16),
    "num_layers": (2, 1),
    "learning_rate": (0.001, 0.01),
    "clip_norm": (1.0, 0.0),
    "truncation": (5, 0),
    "dropout": (0.3, 0.0),
    "spectral_radius": (1.5, 0.5),
    "forget_bias": (2.0, 0.0),
}
"""What a network is raced against of a number: the same with the first of these values, or with the second if it has
the first itself."""


def offer(first: Experiment) -> None:
    """Where no race is going on, show a button that asks what to race the network against, and goes there.

    What was chosen is in the address by now: only then is the page left.
    """
    if st.session_state.pop("to_the_race", False):
        st.switch_page(PAGE)
    link = chosen(Link)
    if lanes.chosen() or link.hides("cell"):
        return
    asked = st.popover(
        _("Race it"),
        icon=":material/sports_score:",
        help=_("Train it beside others, in step and on the same batches."),
        disabled=link.locks("cell"),
        key="race_it",
        on_change="rerun",
    )
    if not asked.open:
        return
    with asked:
        st.caption(_("Against other cells:"))
        with st.container(horizontal=True, gap="xsmall", key="race_cells"):
            usual = lanes.usual(first)
            _race("usual", listed([CELLS[differs["cell"]].label for differs in usual]), *usual)
            for name, cell in CELLS.items():
                if name != first.cell:
                    _race(name, cell.label, {"cell": name})
        st.caption(_("Against itself, but for one setting:"))
        with st.container(horizontal=True, gap="xsmall", key="race_settings"):
            for name in filter(lambda name: _varies(name, first), Experiment.SETTINGS):
                other = dataclasses.replace(first, **{name: another(name, first)})
                differs = {name: getattr(other, name)}
                if name == "spectral_radius" and first.initialisation not in controls.WITH_RADIUS:
                    differs["initialisation"] = "spectral"
                _race(name, told(other, name), differs)


def note(count: int) -> None:
    """Say, where a page shows the first network alone, that so many race; with the way there, and one out of it."""
    said = counted("Network a of a race of one", "Network a of a race of {n}", count)
    with st.popover(say(said), icon=":material/sports_score:", key="racing"):
        st.page_link(PAGE, label=_("See the race"), icon=":material/sports_score:")
        st.button(
            _("Train network a alone"),
            key="leave_race",
            icon=":material/logout:",
            help=_("The others are left behind. It goes on as it is, with the losses it would have had alone."),
            on_click=lanes.choose,
            args=((),),
            disabled=chosen(Link).locks("cell"),
        )


def another(name: str, experiment: Experiment) -> Any:
    """Return another value of a setting than an experiment has."""
    declared, value = Experiment.SETTINGS[name], getattr(experiment, name)
    if isinstance(declared, Switch):
        return not value
    values = declared.options if isinstance(declared, Choice) else OTHERWISE[name]
    return next(other for other in values if other != value)


def _varies(name: str, first: Experiment) -> bool:
    return name not in (*SHARED, "cell") and controls.means(name, first)


def _race(key: str, words: Text, *others: Mapping[str, Any]) -> None:
    st.button(say(words), key=f"race_{key}", on_click=_begin, args=(others,))


@whole
def _begin(others: tuple[dict[str, Any], ...]) -> None:
    """Race the session's network against these, and go there."""
    st.session_state["to_the_race"] = True
    lanes.choose(others)
    st.session_state["fair"] = "own" if any("hidden_size" in differs for differs in others) else "width"
