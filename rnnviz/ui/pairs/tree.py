"""The panel of decoding: greedy beside beam search as a tree, the outputs, and sources on which the two differ."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st

from rnnviz.language import N_, Text, _, counted, listed, say, sentences, template
from rnnviz.runs.messages import Frame
from rnnviz.runs.run import Run
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.snapshot import Decoding, Found, Indices, Line, Snapshot
from rnnviz.tasks.pairs import Pairs
from rnnviz.ui import scripts
from rnnviz.ui.live.board import VALUES, Board
from rnnviz.ui.live.frames import LONGEST_SOURCE, Asked
from rnnviz.ui.pairs.asking import asking, pairs_of, unread
from rnnviz.ui.shell import controls
from rnnviz.ui.shell.page import Visit
from rnnviz.wanted import Wanted

PRUNED = 4
"""How many of the branches that were pruned are drawn at each step, the likeliest."""
INTERVAL = 250
"""Milliseconds from one tree to the next: each is another, and has to be read."""
TEXT = {
    "type": N_("Type a source of your own"),
    "read": N_("Decode it"),
    "back": N_("Back to the probe"),
    "empty": N_("Type a token or more."),
    "seek": N_("Find an example"),
    "seeking": N_("Looking for held-out sources that beam search gets right and greedy decoding wrong ..."),
    "release": N_("Release them"),
    "forced": template("Forced: {tokens}"),
    "tree": N_("The tree of beam search"),
    "pruned_below": N_("pruned, the likeliest of them"),
    "told": template("Step {step}, after {words}: log-probability {own}, with all before it {total}; {state}."),
    "is_kept": N_("kept; press to force it"),
    "is_ended": N_("kept, and ended; press to force it"),
    "is_pruned": N_("pruned; press to force it"),
    "is_forced": N_("forced"),
    "key_best": N_("best of the beam"),
    "key_greedy": N_("greedy"),
    "key_part": N_("here they part"),
    "key_kept": N_("kept"),
    "key_pruned": N_("pruned"),
    "key_ended": N_("ended"),
    "key_forced": N_("forced"),
    "help": N_(
        "Each box is a token; the number is the log-probability of all up to it. Press one to force the output to "
        "begin so; point at it, or walk with the arrow keys, to read more. Where a finger points, its first tap reads, "
        "and the second forces."
    ),
    "outputs": N_("What beam search finds, the best first"),
    "place": N_("place"),
    "output": N_("output"),
    "total": N_("log-probability"),
    "mean_of": N_("mean of a token"),
    "normalising": N_(
        "Each further token lowers the log-probability of an output, so that a long one seldom comes first. Length "
        "normalisation orders outputs by the mean log-probability of a token instead; which branches are kept at a "
        "step is the same, for all are equally long there. Textbooks advise a beam width of 8 to 12."
    ),
}
"""What is said around the tree."""

_COMPONENT = scripts.component("tree", "pairs/tree.js", ("live/glossary.css", "live/live.css", "pairs/tree.css"))


def show(visit: Visit, view: View) -> None:
    """Show the panel."""
    st.subheader(_("Greedy and beam search"), anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom", key="tree_settings"):
        controls.widget("beam", width=320)
        controls.widget("normalised", width="content")
    BOARD.show(
        visit.run,
        view,
        visit.stopped,
        text={name: say(text) for name, text in (VALUES | TEXT).items()},
        task=visit.experiment.task,
        asks="",
        longest=LONGEST_SOURCE,
        interval=INTERVAL,
    )


@dataclass(frozen=True)
class Search(Board):
    """The tree of a beam search, and no pictures."""

    def wanted(self, asked: Asked, experiment: Experiment) -> Wanted:
        """See Board.wanted."""
        decode, view = asked.pairs, asked.view
        asking_for = asking(decode, experiment, view.beam, view.normalised)
        search = max(view.beam, 2) if asking_for and decode.search else 0  # greedy decoding is no better than itself
        return replace(super().wanted(asked, experiment), asking=asking_for, search=search)

    def render(self, frame: Frame, run: Run, asked: Asked) -> dict[str, Any]:
        """See Board.render."""
        message, snapshot, experiment = super().render(frame, run, asked), frame.snapshot, frame.orders.experiment
        task = pairs_of(experiment)
        if snapshot and task and "decoding" in snapshot.parts:
            message["tree"] = drawn(snapshot.decoding, task) | {"note": unread(asked.pairs, experiment)}
        if snapshot and task and "found" in snapshot.parts:
            message["found"] = offered(snapshot.found, snapshot.step, task, frame.playing)
        return message


def drawn(decoding: Decoding, task: Pairs) -> dict[str, Any]:
    """Return what is drawn of a search: its branches, its outputs, and where greedy decoding and it part."""
    branches, beam = list(_branches(decoding, task)), decoding.asked.beam
    return {
        "beam": beam,
        "steps": max(branch["step"] for branch in branches) + 1,
        "rows": beam + PRUNED + 1,
        "branches": branches,
        "parts": decoding.parts,
        "outputs": [_output(line, decoding, task) for line, _score in decoding.best],
        "parting": sentences(
            N_("The source is “{source}”.", source=task.source_text(decoding.source.tolist())),
            _parting(decoding, task),
            _right(decoding, task),
        ),
    }


def _branches(decoding: Decoding, task: Pairs) -> Iterator[dict[str, Any]]:
    """Yield the branches in their places: each kept one by its rank, the likeliest pruned ones below, and in the last
    row those of the greedy output that the search did not look at, or that have no other place."""
    tree, beam, forced = decoding.tree, decoding.asked.beam, decoding.asked.forced
    places: dict[tuple[int, ...], int] = {(): -1}
    paths: list[tuple[int, ...]] = []
    greedy, best = (tuple(line.tokens.tolist()) for line in (decoding.greedy, decoding.best[0][0]))
    own = dict(zip(_beginnings(greedy), decoding.greedy.log_probabilities.tolist(), strict=True))
    totals = dict(zip(_beginnings(greedy), np.cumsum(decoding.greedy.log_probabilities).tolist(), strict=True))

    def branch(path: tuple[int, ...], row: int, kept: bool, own: float, total: float) -> dict[str, Any]:
        places[path] = len(places) - 1
        return {
            "parent": places[path[:-1]],
            "step": len(path) - 1,
            "row": row,
            "token": path[-1],
            "name": name(path[-1], task),
            "own": max(LOWEST, own),  # also where it is NaN, after what can't be
            "total": max(LOWEST, total),
            "kept": kept,
            "ended": path[-1] == task.end,
            "forced": path == forced[: len(path)],
            "greedy": path == greedy[: len(path)],
            "best": path == best[: len(path)],
        }

    rows: dict[tuple[int, bool], int] = {}
    for parent, token, step, total, kept in zip(
        tree.parent.tolist(),
        tree.token.tolist(),
        tree.step.tolist(),
        tree.log_probability.tolist(),
        tree.kept.tolist(),
        strict=True,
    ):
        paths.append((*(paths[parent] if parent >= 0 else ()), token))
        row = rows[step, kept] = rows.get((step, kept), -1) + 1
        if kept or row < PRUNED:
            before = float(tree.log_probability[parent]) if parent >= 0 else 0.0
            yield branch(paths[-1], row if kept else beam + row, kept, total - before, total)
    for path in _beginnings(greedy):
        if path not in places:
            yield branch(path, beam + PRUNED, False, own[path], totals[path])


LOWEST = -9999.0
"""A log-probability as it is written, in the place of one that is lower: of what can't be."""


def _beginnings(tokens: tuple[int, ...]) -> list[tuple[int, ...]]:
    return [tokens[: t + 1] for t in range(len(tokens))]


def _output(line: Line, decoding: Decoding, task: Pairs) -> dict[str, Any]:
    notes: list[Text] = []
    if decoding.right is not None and np.array_equal(line.tokens, decoding.right):
        notes.append(N_("right"))
    if np.array_equal(line.tokens, decoding.greedy.tokens):
        notes.append(N_("greedy"))
    if line.tokens[-1] != task.end:
        notes.append(N_("cut off"))
    return {
        "text": text(line.tokens, task),
        "total": _log(line.log_probability),
        "mean": _log(line.log_probabilities.mean()),
        "notes": listed(notes),
    }


def text(tokens: Indices, task: Pairs) -> str:
    """Return a target as it is written, without END."""
    return task.joined(tokens[tokens != task.end].tolist())


def name(token: int, task: Pairs) -> Text:
    """Return what a token of a target says."""
    return (task.classes or ())[token]


def _log(value: float) -> str:
    """Return a log-probability as it is read."""
    return f"{max(value, LOWEST):.3f}".replace("-", "−")


def _parting(decoding: Decoding, task: Pairs) -> Text:
    best, greedy, t = decoding.best[0][0], decoding.greedy, decoding.parts
    if t is None:
        return N_("Greedy decoding and beam search write the same: “{text}”.", text=text(greedy.tokens, task))
    return N_(
        "At step {step} they part: greedy decoding takes “{greedy}” ({p}), the best of the beam “{best}” ({q}); in the "
        "end the one has a log-probability of {whole}, the other of {better}.",
        step=t + 1,
        greedy=name(int(greedy.tokens[t]), task),
        best=name(int(best.tokens[t]), task),
        p=_log(greedy.log_probabilities[t]),
        q=_log(best.log_probabilities[t]),
        whole=_log(greedy.log_probability),
        better=_log(best.log_probability),
    )


def _right(decoding: Decoding, task: Pairs) -> Text:
    """Say which of the two is right, where that is known."""
    if decoding.right is None:
        return N_("What is right is not known of this source.")
    right = [np.array_equal(line.tokens, decoding.right) for line in (decoding.greedy, decoding.best[0][0])]
    if right == [True, True]:
        return N_("That is right.")
    if right == [False, True]:
        return N_("Beam search is right, greedy decoding wrong.")
    if right == [True, False]:
        return N_("Greedy decoding is right, beam search wrong.")
    return N_("Right would be “{text}”.", text=text(decoding.right, task))


def offered(found: Found, step: int, task: Pairs, playing: bool) -> dict[str, Any]:
    """Return sources as they may be typed, and what there is to say of them.

    playing: whether the network goes on learning, so that the tree is soon of another one.
    """
    sources = [task.source_text(source) for source in found.sources]
    sentence = _offering(found, step)
    if sources and playing:
        learns = N_("The network goes on learning: pause it before you look, and what is found stays so.")
        sentence = sentences(learns, sentence)
    return {"sources": sources, "sentence": sentence}


def _offering(found: Found, step: int) -> Text:
    if not found.sources:
        return counted(
            "After training step {step}, of one held-out source none is written right with a beam width of {beam} and "
            "wrong greedily. Try again when the network is half trained.",
            "After training step {step}, of {n} held-out sources none is written right with a beam width of {beam} and "
            "wrong greedily. Try again when the network is half trained.",
            found.looked,
            beam=found.beam,
            step=step,
        )
    return counted(
        "After training step {step}, one of {looked} held-out sources is written right with a beam width of {beam}, "
        "and wrong greedily:",
        "After training step {step}, {n} of {looked} held-out sources are written right with a beam width of {beam}, "
        "and wrong greedily:",
        len(found.sources),
        looked=found.looked,
        beam=found.beam,
        step=step,
    )


def _words(frame: Frame, snapshot: Snapshot) -> dict[str, Text]:
    return {}


BOARD = Search("tree", {}, {}, _words, needs=(), component=_COMPONENT, waits=True)
"""The tree."""
