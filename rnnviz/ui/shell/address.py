"""The URL: it holds every setting, and opening it elsewhere gives the same experiment.

What it does not name is as suits the task it names, whether the page or a person wrote it.
"""

import re
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rnnviz.language import N_, _, say
from rnnviz.settings import race
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.link import Link
from rnnviz.settings.race import Terms
from rnnviz.settings.setting import Settings
from rnnviz.settings.view import View
from rnnviz.tasks import TASKS
from rnnviz.ui.shell import reader

KINDS: tuple[type[Settings], ...] = (Experiment, View, Link, Terms)
"""The kinds of settings that live in the URL. A setting's widget has the setting's name as its key."""

S = TypeVar("S", bound=Settings)


@dataclass(frozen=True)
class _Written:
    """What was last written into the URL, what it replaced and when, and the settings as they were then."""

    query: dict[str, str]
    before: dict[str, str]
    at: float
    settings: dict[str, Any]
    page: str


MOST_REMARKS = 10
"""Sentences about an address: more help nobody."""

HEARD_AFTER = 1.0
"""Seconds within which a browser has surely heard of a new address; until then it may still send the one before."""


def adopt(page: str) -> None:
    """Take the settings from the URL when it is not the one this page wrote: at first, or after Back and Forward.

    A rerun because a setting changed may come with an older address, one the browser had not heard the last of; and
    a visitor who comes over from another page brings the settings along, not in the address.
    """
    query = st.query_params.to_dict()
    written: _Written | None = st.session_state.get("address")
    if written:
        if page != written.page and not query:  # the widgets of this page are new, and know nothing of those before
            for name, value in written.settings.items():
                st.session_state[name] = value
            st.session_state["address"] = replace(written, page=page)  # who goes on at once does not wait for publish
            return
        late = query == written.before and monotonic() - written.at < HEARD_AFTER
        if query == written.query or late or _settings() != written.settings:
            return
    usual = TASKS[Experiment.from_query(query).task].suggested
    remarks = [remark for kind in KINDS for remark in kind.query_remarks(query, usual)]
    known = {name for kind in KINDS for name in kind.SETTINGS} | set(reader.parameters())
    unknown = [name for name in query if name not in known and not race.is_lane(name)]
    remarks += [N_("{name} in the address is no setting.", name=name[:40]) for name in unknown]
    first = Experiment.from_query(query, usual)
    others, more = race.from_query(query, first)
    remarks += more
    st.session_state["others"] = tuple(race.differences(other, first) for other in others)
    for kind in KINDS:
        settings = kind.from_query(query, usual)
        for name in kind.SETTINGS:
            st.session_state[name] = getattr(settings, name)
    if chosen(Terms).sizes and any("hidden_size" in differs for differs in st.session_state["others"]):
        remarks.append(
            N_(
                "The address gives a network of the race a hidden size of its own, which fair={fair} does not: the "
                "data alone are equal.",
                fair=st.session_state["fair"],
            )
        )
        st.session_state["fair"] = "own"
    st.session_state["address"] = _Written(query, query, monotonic(), _settings(), page)
    st.session_state["remarks"] = remarks
    link = chosen(Link)
    st.session_state["moment"] = link if link.at or not link.playing else None


def publish(page: str, head: DeltaGenerator) -> None:
    """Write the settings into the URL, and say in the page's head what of the opened one could not be taken."""
    wanted = query()
    written: _Written = st.session_state["address"]
    if wanted != written.query:
        written = _Written(wanted, written.query, monotonic(), {}, page)
    st.session_state["address"] = replace(written, settings=_settings(), page=page)
    if wanted != st.query_params.to_dict():
        st.query_params.from_dict(wanted)
    if remarks := st.session_state["remarks"]:
        with head, st.popover(_("About the address"), icon=":material/warning:", key="remarks", type="primary"):
            st.warning("\n".join(f"- {escaped(say(remark))}" for remark in remarks[:MOST_REMARKS]))


def query(**instead: Any) -> dict[str, str]:
    """Return the settings as URL parameters, with other values `instead` of those on the page."""
    values, usual = _settings() | instead, TASKS[chosen(Experiment).task].suggested
    made = (kind(**{name: s.nearest(values[name]) for name, s in kind.SETTINGS.items()}) for kind in KINDS)
    settings = {key: text for settings in made for key, text in settings.to_query(usual).items()}
    return settings | race.written(st.session_state["others"]) | reader.parameters()


def _settings() -> dict[str, Any]:
    names = [name for kind in KINDS for name in kind.SETTINGS]
    return {name: st.session_state[name] for name in (*names, "others")}


def chosen(kind: type[S], **more: Any) -> S:
    """Return the settings of this kind as the widgets have them, brought into bounds."""
    values = {name: setting.nearest(st.session_state[name]) for name, setting in kind.SETTINGS.items()}
    return kind(**values, **more)


def mend() -> None:
    """Put defaults in place of values no widget can have, and say so: a browser may send anything as a widget's."""
    for kind in KINDS:
        for name, setting in kind.SETTINGS.items():
            if name in st.session_state and (allowed := setting.problem(st.session_state[name])):
                st.session_state[name] = kind.DEFAULTS[name]
                used = setting.format(kind.DEFAULTS[name])
                sentence = _(
                    "{label} can't be what was sent: allowed is {allowed}. {value} is used.",
                    label=setting.label,
                    allowed=allowed,
                    value=used,
                )
                st.warning(escaped(sentence))


def escaped(text: str) -> str:
    """Return Markdown that shows `text` as it stands: for sentences that repeat what somebody typed or uploaded."""
    unlinked = re.sub(r"(?i)(www|https?|ftp|mailto|@)", "\\1\u200b", text)  # a joint at which no link is recognised
    return re.sub(r"([\\`*_{}\[\]()#+\-.!<>|~$:&])", r"\\\1", unlinked)
