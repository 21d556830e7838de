"""The first visit: three sentences that point at what to look at, once in every browser."""

from typing import Any

import streamlit as st

from rnnviz.language import N_, _, say
from rnnviz.settings.link import Link
from rnnviz.ui import scripts
from rnnviz.ui.shell.address import chosen

SENTENCES = {
    "prediction": N_("Here is what the network says, beside what it should say: watch the two come together."),
    "loss": N_("The loss says how wrong it is. It falls as the network learns."),
    "gradients": N_(
        "This is how much of the error's gradient reaches each time step on its way back. Where it fades away, "
        "the network learns nothing from that step."
    ),
}
"""What is said of the pictures of these names, in this order."""

_COMPONENT = scripts.component("welcome", "shell/welcome.js", ("shell/welcome.css",))


def show() -> None:
    """Greet a newcomer, but not one whom a link brings to a lesson of its own."""
    if chosen(Link).hide or st.session_state["projector"]:
        return
    count = len(SENTENCES)
    sentences: list[dict[str, Any]] = [
        {
            "name": name,
            "text": say(text),
            "count": _("{n} of {count}", n=n, count=count),
            "next": _("Next") if n < count else _("Done"),
        }
        for n, (name, text) in enumerate(SENTENCES.items(), start=1)
    ]
    data = {"sentences": sentences, "close": _("Close"), "label": _("What to look at")}
    _COMPONENT(key="welcome", data=data)
