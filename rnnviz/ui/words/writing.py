"""The panel of what is written: a line every so many training steps, and the likeliest tokens at the cursor."""

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from rnnviz.language import N_, Text, _, counted, listed, say, template
from rnnviz.plots import WRITING
from rnnviz.plots.likeliest import likeliest
from rnnviz.runs.messages import Frame
from rnnviz.runs.run import Run
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.snapshot import Draft, Snapshot, Writing
from rnnviz.tasks import TASKS, task_of
from rnnviz.tasks.task import NOTHING
from rnnviz.ui import scripts
from rnnviz.ui.live.board import VALUES, Board
from rnnviz.ui.live.frames import Asked
from rnnviz.ui.shell import controls
from rnnviz.ui.shell.page import Visit
from rnnviz.wanted import Wanted

LONGEST_PROMPT = 200
"""How many tokens are read before the cursor: the last of what is typed."""
TEXT = {
    "title": N_("What it writes"),
    "help": N_(
        "After the words at the cursor it goes on by itself, each next token drawn by its probability. A new line "
        "comes while it trains, the newest on top, with the training step at which it was written."
    ),
    "prompt": N_("It reads this first"),
    "type": N_("Type how it begins"),
    "write": N_("Write from here"),
    "back": N_("Begin as before"),
    "take": template("Take {token}"),
    "at": template("step {step}"),
}
"""What is said around what is written."""

_COMPONENT = scripts.component(
    "writing", "words/writing.js", ("live/glossary.css", "live/live.css", "words/writing.css")
)


def show(visit: Visit, view: View) -> None:
    """Show the panel, where the network says the next token; say why not, where it reads both ways."""
    experiment = visit.experiment
    if not task_of(experiment).says_next:
        return
    st.subheader(_("Writing"), anchor=False)
    if experiment.bidirectional:
        st.info(
            _(
                "A bidirectional network can't write: its backward half begins at the end of a text, which is not "
                "there while it is written. Switch off Bidirectional."
            )
        )
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="writing_settings"):
        controls.widget("temperature", width=320)
        controls.widget("top_k", most=min(50, TASKS[experiment.task].answer_size(experiment)), width=240)
    BOARD.show(
        visit.run,
        view,
        visit.stopped,
        text={name: say(text) for name, text in (VALUES | TEXT).items()},
        vocabulary=repr(task_of(experiment).vocabulary),
    )


@dataclass(frozen=True)
class Desk(Board):
    """Live pictures of what comes next, and the lines that were written."""

    def wanted(self, asked: Asked, experiment: Experiment) -> Wanted:
        """See Board.wanted."""
        return replace(super().wanted(asked, experiment), draft=draft(asked, experiment))

    def render(self, frame: Frame, run: Run, asked: Asked) -> dict[str, Any]:
        """See Board.render."""
        message, snapshot, experiment = super().render(frame, run, asked), frame.snapshot, frame.orders.experiment
        writing = snapshot.parts.get("writing") if snapshot else None
        if snapshot and writing:
            note = unread(asked, experiment)
            message["writing"] = texts(writing, experiment) | {"step": snapshot.step, "note": note}
        return message


def texts(writing: Writing, experiment: Experiment) -> dict[str, Any]:
    """Return what is read and written as texts; the line begins with what stands between it and what was read."""
    task, read = task_of(experiment), writing.prompt.tolist()
    tokens, prompt = likeliest(writing).tolist(), task.joined(read)
    line = None if writing.line is None else task.joined([*read, *writing.line.tolist()]).removeprefix(prompt)
    return {
        "prompt": prompt,
        "line": line,
        "next": [task.joined([*read, token]) for token in tokens],
        "names": [(task.vocabulary or ())[token] for token in tokens],
    }


def draft(asked: Asked, experiment: Experiment) -> Draft:
    """Return what a browser wants to have written."""
    words = task_of(experiment).tokens_of(asked.typed.text or "")
    tokens = tuple(token for _word, token in words if token != NOTHING)
    return Draft(
        tokens[-LONGEST_PROMPT:], temperature=asked.view.temperature, top_k=asked.view.top_k, after=asked.newest
    )


def unread(asked: Asked, experiment: Experiment) -> Text:
    """Say which of the typed words are not read."""
    task = task_of(experiment)
    unknown = dict.fromkeys(
        word for word, token in task.tokens_of(asked.typed.text or "") if token in (NOTHING, task.unknown)
    )
    if not unknown:
        return ""
    return counted(
        "One is not in the vocabulary: {words}.",
        "{n} are not in the vocabulary: {words}.",
        len(unknown),
        words=listed([f"“{word}”" for word in unknown][:10]),
    )


def _words(frame: Frame, snapshot: Snapshot) -> dict[str, Text]:
    return {}


BOARD = Desk("writing", WRITING, {}, _words, needs=(), component=_COMPONENT)
"""The pictures of what comes next."""
