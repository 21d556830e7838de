"""The scrubber: back to what was to be seen earlier in the training, and to now, in the browser alone."""

import streamlit as st

from rnnviz.cost import weights
from rnnviz.language import N_, Text, counted, say, sentences, template
from rnnviz.moment import BUDGET, most_kept
from rnnviz.runs.run import Run
from rnnviz.ui import scripts
from rnnviz.ui.shell.whole import whole

MODULE = "shell/scrubber.js"
TEXT = {
    "label": N_("The moment of the training that is shown"),
    "at": template("Training step {step}"),
    "play": N_("Show what was kept as a film"),
    "stop": N_("Stop the film"),
    "pin": N_("Pin this moment: its lines stay, dashed, behind those of any other"),
    "loose": N_("Let go of the pinned moment"),
    "now": N_("Now"),
    "about": N_("What is kept"),
    "back": N_("Back to the newest training step (Esc)"),
    "keys": N_("Shift with ← and → goes from moment to moment, Esc back to now. Training goes on meanwhile, or rests."),
}
"""What is said around it."""

_COMPONENT = scripts.component("scrubber", MODULE, ("live/glossary.css", "shell/scrubber.css"))


def show(run: Run) -> None:
    """Show it; it moves once a live component of the page has told it what there is."""
    text = {name: say(words) for name, words in TEXT.items()}
    text["kept"] = say(sentences(TEXT["keys"], _kept(run)))
    _COMPONENT(key="scrubber", data={"text": text}, on_at_change=_take)


@whole
def _take() -> None:
    """Let the address hold the moment that is looked at, as the training step at which it opens; 0 is now."""
    st.session_state["at"] = st.session_state["scrubber"]["at"]


def _kept(run: Run) -> Text:
    """Say how many moments are kept of such a network, and what that takes of the server's memory."""
    lanes = run.orders.experiments
    most = min(most_kept(4 * weights(experiment), BUDGET // len(lanes)) for experiment in lanes)
    room = template("When they become too many, every second one goes. The server keeps at most {size} MB of them.")
    return sentences(
        counted(
            "Of this network step 0 alone is kept.",
            "The weights after up to {n} training steps are kept, from which all that is seen is computed again.",
            most,
        ),
        room.given(size=2 * BUDGET // 10**6),
    )
