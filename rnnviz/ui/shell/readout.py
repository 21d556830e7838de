"""The readout: what all pictures of a page show at the time step that is pointed at, in one line of the browser's."""

import streamlit as st

from rnnviz.language import N_, say, template
from rnnviz.ui import scripts
from rnnviz.ui.shell.whole import whole

MODULE = "shell/readout.js"
TEXT = {
    "label": N_("The time step that is marked on all pictures"),
    "keys": N_(
        "Point at a time step and it is marked on all pictures; press it and it stays. ← and → then move it instead of "
        "making or taking back training steps, Esc lets it go."
    ),
    "place": template("{axis} = {step}"),
    "named": template("{axis} = {step} {word}"),
    "span": template("{low} to {high}"),
    "named_value": template("{name} ({value})"),
}
"""What is said of it."""

_COMPONENT = scripts.component("readout", MODULE, ("live/glossary.css", "live/marks.css", "shell/readout.css"))


def show() -> None:
    """Show it; it comes into sight with a cursor."""
    text = {name: say(words) for name, words in TEXT.items()}
    _COMPONENT(key="readout", data={"text": text, "t": st.session_state["t"]}, on_t_change=_take)


@whole
def _take() -> None:
    """Let the address hold the time step at which the cursor was pinned; 0 once it was let go."""
    st.session_state["t"] = st.session_state["readout"]["t"]
