"""The panel of both parts, unrolled: what is read, what is written, and where attention looks, by arcs."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rnnviz.language import N_, Text, counted, say, sentences, template
from rnnviz.runs.messages import Frame
from rnnviz.runs.run import Run
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.snapshot import Decoding, Line, Snapshot, Sums
from rnnviz.tasks.pairs import Pairs
from rnnviz.ui import scripts
from rnnviz.ui.live.board import Board
from rnnviz.ui.live.frames import LONGEST_SOURCE, MOST_TOUCHES, Asked
from rnnviz.ui.pairs.asking import asking, pairs_of, unread
from rnnviz.ui.pairs.behind import equations
from rnnviz.ui.shell.page import Visit
from rnnviz.wanted import Wanted

TEXT = {
    "title": N_("Both parts, unrolled"),
    "alt": N_("The encoder's steps below, the decoder's above"),
    "help": N_(
        "Below, the encoder reads the source, x_s, into states h̄_s. The decoder above begins with the state that is "
        "handed over (dashed); each step reads what was written before, y_(t-1), and writes the likeliest token. An "
        "arc is as wide as the weight a_ts with which step t looks at source state s. Point at a token to see its own "
        "arcs, press it to keep them, and drag the lower end of an arc to move its weight."
    ),
    "alone": N_(
        "Below, the encoder reads the source, x_s, into states h̄_s. There is no attention: all that the decoder above "
        "writes has to come out of the state that is handed over (dashed). Choose an attention at the side to see "
        "where it looks."
    ),
    "type": N_("Type a source of your own"),
    "read": N_("Write from it"),
    "back": N_("Back to the probe"),
    "empty": N_("Type a token or more."),
    "right": N_("Right is"),
    "written": N_("Written"),
    "untouched": N_("Untouched"),
    "source": N_("source"),
    "wrong": N_("wrong"),
    "changed": N_("another than untouched"),
    "writes": template("Step {t} writes {token}, with a probability of {p}."),
    "wrongly": template("Step {t} writes {token}, with a probability of {p}; right is {right}."),
    "nothing_right": N_("nothing"),
    "looks": template("It looks at {tokens}."),
    "looked": template("Source step {s}, {token}, is looked at by {tokens}."),
    "not_looked": template("Source step {s}, {token}: no step looks at it with a weight of 0.1 or more."),
    "reads": template("Source step {s}, {token}."),
    "weighed": template("{token} ({weight})"),
    "listed": template("{things}, {next}"),
    "weights": template("Where step {t} looks: the weights a_ts, which add up to 1"),
    "lookers": template("What looks at source step {s}: the weights a_ts of all steps"),
    "behind": template("Step {t}, {token}, looks at source step {s}, {source}, with a weight of {weight}"),
    "move": N_("Move it to"),
    "move_now": N_("Move"),
    "off_here": template("Switch {source} off at this step"),
    "off": template("Switch {source} off at all steps"),
    "close": N_("Close"),
    "sums": N_("The sums behind it"),
    "touched": N_("Your hand on attention"),
    "moved": template("step {t}: {source} → {to}"),
    "moved_all": template("all steps: {source} → {to}"),
    "silenced": template("step {t}: {source} switched off"),
    "silenced_all": template("all steps: {source} switched off"),
    "undo": N_("Undo"),
    "undo_all": N_("Undo all"),
    "numbers": N_("Numbers as a table"),
}
"""What is said around the picture."""

_COMPONENT = scripts.component("arcs", "pairs/arcs.js", ("live/glossary.css", "live/live.css", "pairs/arcs.css"))


def show(visit: Visit, view: View) -> None:
    """Show the panel."""
    experiment = visit.experiment
    task = pairs_of(experiment)
    BOARD.show(
        visit.run,
        view,
        visit.stopped,
        text={name: say(text) for name, text in TEXT.items()},
        task=experiment.task,
        asks=say(task.asks) if task else "",
        both=experiment.bidirectional_encoder,
        attention=experiment.attention,
        equations=equations(experiment),
        longest=LONGEST_SOURCE,
        most=MOST_TOUCHES,
    )


@dataclass(frozen=True)
class Unrolled(Board):
    """What is written of a source, as the picture of both parts is drawn from it."""

    def wanted(self, asked: Asked, experiment: Experiment) -> Wanted:
        """See Board.wanted."""
        return replace(super().wanted(asked, experiment), asking=asking(asked.pairs, experiment))

    def render(self, frame: Frame, run: Run, asked: Asked) -> dict[str, Any]:
        """See Board.render."""
        message, snapshot = super().render(frame, run, asked), frame.snapshot
        task = pairs_of(frame.orders.experiment)
        if snapshot and task and "decoding" in snapshot.parts:
            note = unread(asked.pairs, frame.orders.experiment)
            message["pairs"] = drawn(snapshot.decoding, task) | {"note": note}
        return message


def drawn(decoding: Decoding, task: Pairs) -> dict[str, Any]:
    """Return what the picture is drawn from."""
    greedy, untouched = decoding.greedy, decoding.untouched
    right = None if decoding.right is None else decoding.right.tolist()
    written, before = greedy.tokens.tolist(), untouched.tokens.tolist() if untouched else []
    known = task.vocabulary or ()
    return {
        "own": decoding.asked.source is not None,
        "source": [task.source_vocabulary[token] for token in decoding.source],
        "read": [known[token] for token in [task.begin, *written[:-1]]],
        "written": _line(greedy, task, right, before),
        "untouched": _line(untouched, task, right, written) if untouched else None,
        "right": None if right is None else [known[token] for token in right],
        "verdict": verdict(written, right, task),
        "sums": None if decoding.sums is None else _sums(decoding.sums),
    }


def _line(line: Line, task: Pairs, right: list[int] | None, other: list[int]) -> dict[str, Any]:
    """Return an output, which of its tokens are wrong, as far as that is known, and which are others than in the
    other one, if there is another."""
    tokens = line.tokens.tolist()
    return {
        "tokens": [(task.vocabulary or ())[token] for token in tokens],
        "p": np.exp(line.log_probabilities).astype(np.float32),
        "weights": None if line.attention is None else line.attention.astype(np.float32),
        "wrong": [right is not None and right[t : t + 1] != [token] for t, token in enumerate(tokens)],
        "changed": [bool(other) and other[t : t + 1] != [token] for t, token in enumerate(tokens)],
    }


def _sums(sums: Sums) -> dict[str, Any]:
    arrays = ("products", "query", "key", "scores", "weights", "context")
    return {"step": sums.step, "at": sums.at, **{name: getattr(sums, name) for name in arrays}}


def verdict(written: list[int], right: list[int] | None, task: Pairs) -> Text:
    """Say whether all is written right."""
    if right is None:
        return N_("What would be right is not known of this source.")
    if written == right:
        return N_("All of it is right.")
    wrong = sum(right[t : t + 1] != [token] for t, token in enumerate(written))
    missing = max(len(right) - len(written), 0)
    said: list[Text] = []
    if wrong:
        said.append(counted("One token is wrong.", "{n} tokens are wrong.", wrong))
    if missing:
        said.append(counted("One token is missing.", "{n} tokens are missing.", missing))
    return sentences(*said)


def _words(frame: Frame, snapshot: Snapshot) -> dict[str, Text]:
    return {"at": N_("The network as it is at training step {step}.", step=f"{snapshot.step:,}")}


BOARD = Unrolled("arcs", {}, {}, _words, needs=(), component=_COMPONENT)
"""The picture of both parts."""
