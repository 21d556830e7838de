"""The URL: it holds every setting, and opening it elsewhere gives the same experiment."""

import re
from typing import Any, TypeVar

import streamlit as st

from rnnviz.experiment import Experiment
from rnnviz.settings import Settings
from rnnviz.text import _
from rnnviz.view import View

KINDS: tuple[type[Settings], ...] = (Experiment, View)
"""The kinds of settings that live in the URL. A setting's widget has the setting's name as its key."""

S = TypeVar("S", bound=Settings)


def adopt() -> None:
    """Take the settings from the URL when it is not the one this page wrote: at first, or after Back and Forward."""
    query = st.query_params.to_dict()
    if query == st.session_state.get("address"):
        return
    remarks = [remark for kind in KINDS for remark in kind.query_remarks(query)]
    known = {name for kind in KINDS for name in kind.SETTINGS}
    remarks += [_("{name} in the address is no setting.").format(name=name[:40]) for name in query if name not in known]
    for kind in KINDS:
        settings = kind.from_query(query)
        for name in kind.SETTINGS:
            st.session_state[name] = getattr(settings, name)
    st.session_state["address"] = query
    st.session_state["remarks"] = remarks


def publish() -> None:
    """Write the settings into the URL, and say what of the opened one could not be taken."""
    query = {key: text for kind in KINDS for key, text in chosen(kind).to_query().items()}
    if query != st.session_state["address"]:
        st.query_params.from_dict(query)
        st.session_state["address"] = query
    if remarks := st.session_state["remarks"]:
        st.warning("\n".join(f"- {plain(remark)}" for remark in remarks))


def chosen(kind: type[S], **more: Any) -> S:
    """Return the settings of this kind as the widgets have them, brought into bounds."""
    values = {name: setting.nearest(st.session_state[name]) for name, setting in kind.SETTINGS.items()}
    return kind(**values, **more)


def plain(text: str) -> str:
    """Return Markdown that shows `text` as it stands: for sentences that repeat what somebody typed or uploaded."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!<>|~$:&])", r"\\\1", text)
