"""The panel of what is read: the text in its colours, the answer as it runs, and a text of the visitor's own."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rnnviz.language import N_, Message, Rounded, Text, counted, say, sentences, short, template
from rnnviz.plots import WORDS
from rnnviz.runs.messages import Frame
from rnnviz.runs.run import Run
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.snapshot import Passage, Passages, Snapshot
from rnnviz.tasks import TASKS, reads_text, task_of
from rnnviz.tasks.task import NOTHING, Task
from rnnviz.ui import scripts
from rnnviz.ui.live.board import READOUTS, VALUES, Board, rate
from rnnviz.ui.live.frames import LONGEST_TEXT, Asked
from rnnviz.ui.shell.page import Visit
from rnnviz.ui.words import tints
from rnnviz.ui.words.texts import Written, named, texts
from rnnviz.wanted import Wanted

MOST_OFFERED = 500
"""Up to how many words of a vocabulary are offered for another one."""
TEXT = {
    "own": N_("Your own text"),
    "changed": N_("With the change"),
    "type": N_("Type your own, and the network reads it as it is now"),
    "read": N_("Read it"),
    "back": N_("Back to the text before"),
    "another": N_("Another word"),
    "swap": N_("Swap"),
    "leave_out": N_("Leave it out"),
    "undo": N_("Undo"),
    "judged": N_("Judge the answer after it"),
    "numbers": N_("Numbers as a table"),
    "word": N_("word"),
    "after": N_("answer after it"),
    "probability": N_("probability"),
    "padding": N_("padding"),
    "nothing": N_("nothing is read"),
    "unknown": N_("not in the vocabulary"),
    "help": N_("Point at a word, or walk through them with the arrow keys; press one to change it."),
    "empty": N_("Type a word or more."),
    "long": counted(
        "Only the last character of your text was taken.",
        "Only the last {n} characters of your text were taken.",
        LONGEST_TEXT,
    ),
    "chosen": template("Word {n} of {count}, {word}"),
    "about": template("{which}: {value}. After it: {answer}, {share}."),
}
"""What is said around the words."""

_COMPONENT = scripts.component("words", "words/words.js", ("live/glossary.css", "live/live.css", "words/words.css"))
_READOUTS = {name: READOUTS[name] for name in ("step", "loss", "validation", "rate")} | {
    "accuracy": (
        N_("Right answers"),
        N_("The share of right answers on the batch of which the validation loss is told."),
    ),
}


def _probe(experiment: Experiment) -> Message:
    if TASKS[experiment.task].by_heart:
        return N_("What it learns by heart")
    return N_("A sequence never trained on")


def show(visit: Visit, view: View) -> None:
    """Show the panel."""
    BOARD.show(
        visit.run,
        view,
        visit.stopped,
        text={name: say(text) for name, text in (VALUES | TEXT | {"probe": _probe(visit.experiment)}).items()},
        task=visit.experiment.task,
        vocabulary=[say(name) for name in offered(task_of(visit.experiment))],
        longest=LONGEST_TEXT,
    )


def offered(task: Task) -> list[Text]:
    """Return which words are offered for another one: none that stands for padding or for what is not known."""
    names = enumerate(task.vocabulary or ())
    return [name for token, name in names if token not in (task.padding, task.unknown)][:MOST_OFFERED]


@dataclass(frozen=True)
class Reader(Board):
    """Live pictures below the text they are of."""

    def wanted(self, asked: Asked, experiment: Experiment) -> Wanted:
        """See Board.wanted."""
        wanted = super().wanted(asked, experiment)
        if not reads_text(TASKS[experiment.task]):
            return wanted
        return replace(wanted, reading=passages(asked, experiment))

    def render(self, frame: Frame, run: Run, asked: Asked) -> dict[str, Any]:
        """See Board.render."""
        message, snapshot = super().render(frame, run, asked), frame.snapshot
        if snapshot and "reading" in snapshot.parts:
            message["reading"] = rows(snapshot, frame.orders.experiment, asked)
        return message


def passages(asked: Asked, experiment: Experiment) -> Passages:
    """Return what a browser wants to have read."""
    view, typed = asked.view, asked.typed
    return Passages(
        texts=tuple(text.tokens for text in texts(typed, experiment)),
        layer=view.layer - 1,
        direction=int(view.direction == "backward"),
        unit=view.unit - 1,
        share=tints.tint_of(view, experiment) == "share",
        step=typed.step,
    )


def rows(snapshot: Snapshot, experiment: Experiment, asked: Asked) -> dict[str, Any]:
    """Return the texts as they are shown, one or two, and what their colours mean."""
    reading, tint = snapshot.reading, tints.tint_of(asked.view, experiment)
    written: tuple[Written | None, ...] = texts(asked.typed, experiment)
    if reading.asked.texts != tuple(text.tokens for text in written if text):
        written = (None,) * len(reading.passages)  # of what was asked for before
    return {
        "name": tints.NAMES[tint],
        "scale": tints.scale(tint, reading),
        "legend": tints.legend(tint, reading, experiment),
        "own": asked.typed.text is not None,
        "rows": [
            _row(passage, text, tints.values(tint, passage), task_of(experiment))
            for passage, text in zip(reading.passages, written or (None,), strict=True)
        ],
    }


def _row(passage: Passage, text: Written | None, values: np.ndarray, task: Task) -> dict[str, Any]:
    tokens, pads = passage.tokens.tolist(), int(passage.padding.sum())
    words: list[Text] = [""] * pads + (
        [word for word, _ in text.words] if text else [named(task, t) for t in tokens[pads:]]
    )
    unknown = NOTHING if task.unknown is None else task.unknown
    kinds = [
        "padding" if t < pads else "unknown" if token == unknown and word else "nothing" if token == NOTHING else "word"
        for t, (token, word) in enumerate(zip(tokens, words, strict=True))
    ]
    answers = passage.answers.argmax(-1)
    return {
        "words": words,
        "kinds": kinds,
        "values": values.astype(np.float32),
        "after": [(task.classes or ())[n] for n in answers.tolist()],
        "shares": passage.answers.max(-1).astype(np.float32),
        "at": passage.at,
        "changed": [pads + n for n in text.changed] if text else [],
        "answer": N_(
            "It answers {answer} with a probability of {p}; z = {z}.",
            answer=(task.classes or ())[passage.answer],
            p=Rounded(float(passage.answers[passage.at].max()), 3),
            z=short(passage.logit, 3).replace("-", "−"),
        ),
        "note": sentences(
            _about_padding(passage, pads, task), _about_unknown(kinds, task), _about_cut(text), _about_only(text)
        ),
    }


def _about_padding(passage: Passage, pads: int, task: Task) -> Text:
    if not pads:
        return ""
    if passage.alone is None:
        return counted(
            "One step of padding stands before it, and is skipped: it changes nothing.",
            "{n} steps of padding stand before it, and are skipped: they change nothing.",
            pads,
        )
    return counted(
        "One step of padding stands before it: without it h_T would be another by {moved}% of its length, and {answer} "
        "would have a probability of {p}.",
        "{n} steps of padding stand before it: without them h_T would be another by {moved}% of its length, and "
        "{answer} would have a probability of {p}.",
        pads,
        moved=Rounded(100 * passage.moved, 2),
        answer=(task.classes or ())[passage.answer],
        p=Rounded(float(passage.alone[passage.answer]), 3),
    )


def _about_unknown(kinds: list[str], task: Task) -> Text:
    if not (count := kinds.count("unknown")):
        return ""
    read: Message | Text = N_("nothing") if task.unknown is None else (task.vocabulary or ())[task.unknown]
    return counted(
        "One token is not in the vocabulary, and read as {what}.",
        "{n} tokens are not in the vocabulary, and read as {what}.",
        count,
        what=read,
    )


def _about_cut(text: Written | None) -> Text:
    if not (text and text.cut):
        return ""
    return counted(
        "The first token was one too many, and was not read.",
        "The first {n} tokens were too many, and were not read.",
        text.cut,
    )


def _about_only(text: Written | None) -> Text:
    if not (text and text.only):
        return ""
    return N_("It can't be left out: there is no other to be read.")


def _words(frame: Frame, snapshot: Snapshot) -> dict[str, Text]:
    return {
        "step": f"{snapshot.step:,}",
        "loss": short(snapshot.loss, 3),
        "validation": short(snapshot.validation_loss, 3),
        "rate": rate(frame),
        "accuracy": "–" if snapshot.accuracy is None else _right(snapshot, TASKS[frame.orders.experiment.task].tested),
    }


def _right(snapshot: Snapshot, tested: int | None) -> Text:
    share = Rounded(100 * (snapshot.accuracy or 0), 3)
    if tested:
        return N_("{share} % ({count} of the {tested})", share=share, count=snapshot.validated, tested=tested)
    return counted("{share} % (one sequence)", "{share} % ({n} sequences)", snapshot.validated, share=share)


BOARD = Reader("words", WORDS, _READOUTS, _words, needs=(), component=_COMPONENT)
"""The pictures of the page of words."""
