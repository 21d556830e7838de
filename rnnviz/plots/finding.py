"""What networks with and without attention have come to, and what that says of the claim, and no more than it says.

The claim: without attention, the early words of a source are lost as it grows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal, Protocol

import numpy as np

from rnnviz.language import N_, Message, Rounded, Text, counted, listed, sentences, template
from rnnviz.snapshot import Array, Exactness, Indices

NAMES = {"none": N_("no attention"), "additive": N_("additive"), "dot": N_("dot")}
"""The kinds of attention, beside one another."""
CLEAR = 0.05
"""By how much the shares of right tokens at the two ends of the sources have to differ: chance alone makes some 0.01,
with the thousands of tokens that a sweep has there of every seed."""
FEWEST = 3
"""Seeds that have to agree before it is said which end is lost."""

End = Literal["first", "last"]


class Outcome(Protocol):
    """What one training has come to."""

    @property
    def mixed(self) -> Exactness:
        """Of sources of any length."""
        ...

    @property
    def long(self) -> Exactness:
        """Of long ones."""
        ...


Outcomes = Mapping[tuple[str, str, int], Outcome]
"""By order of the answer, kind of attention and seed; what has not come yet is not in it."""
Seen = tuple[Indices, Array, Indices]
"""Of one training: lengths or positions, what is right there, and of how many."""


@dataclass(frozen=True)
class Shares:
    """What is right of each seed, and of how many sources or tokens of each."""

    right: tuple[float, ...]
    counts: tuple[int, ...]

    @property
    def median(self) -> float:
        """Over the seeds."""
        return median(self.right)

    @property
    def said(self) -> Message:
        """In words: the median and the seeds' spread, in per cent."""
        low, middle, high = (Rounded(100 * share) for share in (min(self.right), self.median, max(self.right)))
        if len(self.right) == 1:
            return N_("{share} %", share=middle)
        return N_("{middle} % ({low} to {high})", low=low, middle=middle, high=high)


@dataclass(frozen=True)
class Ends:
    """The first and the last third of some lengths or positions, (from, to) each, and what is right there."""

    places: tuple[tuple[int, int], tuple[int, int]]
    shares: tuple[Shares, Shares]


def by_length(outcomes: Outcomes, order: str, attention: str) -> list[Seen]:
    """Return what is right in full by the source's length, seed by seed."""
    seen = [outcome.mixed for outcome in _of(outcomes, order, attention)]
    return [(each.lengths, each.exact, each.counts) for each in seen]


def by_position(outcomes: Outcomes, order: str, attention: str) -> list[Seen]:
    """Return which tokens are right by where in a long source that stands of which they are made, seed by seed."""
    seen = [outcome.long for outcome in _of(outcomes, order, attention)]
    return [(each.positions, each.right, each.asked) for each in seen]


def _of(outcomes: Outcomes, order: str, attention: str) -> list[Outcome]:
    return [outcome for key, outcome in sorted(outcomes.items()) if key[:2] == (order, attention)]


def line(seeds: Iterable[Seen]) -> dict[int, Shares]:
    """Return the shares at each length or position that some seed has."""
    found: dict[int, list[tuple[float, int]]] = {}
    for places, right, counts in seeds:
        for place, share, count in zip(places.tolist(), right.tolist(), counts.tolist(), strict=True):
            found.setdefault(place, []).append((share, count))
    return {place: Shares(*zip(*found[place], strict=True)) for place in sorted(found)}


def ends(seeds: Sequence[Seen]) -> Ends | None:
    """Return the thirds at both ends; None if there are too few places, or no seeds."""
    places = [place for seen in seeds for place in seen[0].tolist()]
    if not places or max(places) - min(places) < 2:
        return None
    first, last = min(places), max(places)
    third = (last - first) // 3
    sides = (first, first + third), (last - third, last)
    return Ends(sides, (_within(seeds, *sides[0]), _within(seeds, *sides[1])))


def _within(seeds: Iterable[Seen], first: int, last: int) -> Shares:
    right, counts = [], []
    for places, shares, count in seeds:
        there = (first <= places) & (places <= last)
        right.append(float(np.average(shares[there], weights=count[there])) if there.any() else np.nan)
        counts.append(int(count[there].sum()))
    return Shares(tuple(right), tuple(counts))


def lost(outcomes: Outcomes, order: str) -> End | None:
    """Return of which end of the sources less is right without attention; None if the seeds leave that open."""
    found = ends(by_position(outcomes, order, "none"))
    if not found or len(found.shares[0].right) < FEWEST:
        return None
    differences = np.subtract(found.shares[1].right, found.shares[0].right)
    return "first" if (differences >= CLEAR).all() else "last" if (differences <= -CLEAR).all() else None


def about_lengths(outcomes: Outcomes, order: str) -> Text:
    """Say what is right in full of short sources and of long ones, as far as it has come."""
    return _told(BY_LENGTH, {kind: ends(by_length(outcomes, order, kind)) for kind in NAMES})


def about_positions(outcomes: Outcomes, order: str) -> Text:
    """Say what is right of the first and of the last tokens of long sources, as far as it has come, and which of them
    are lost."""
    found = {kind: ends(by_position(outcomes, order, kind)) for kind in NAMES}
    return sentences(_told(BY_POSITION, found), _end(outcomes, order))


BY_LENGTH = template("Right in full, of sources of length {a} to {b} and of {c} to {d}: {kinds}.")
BY_POSITION = template(
    "Right tokens, made of those at positions {a} to {b} of long sources and at {c} to {d}: {kinds}."
)


def _told(sentence: Message, found: Mapping[str, Ends | None]) -> Text:
    known = {kind: there for kind, there in found.items() if there}
    if not known:
        return ""
    (a, b), (c, d) = next(iter(known.values())).places
    kinds = []
    for kind, there in known.items():
        first, last = (Rounded(100 * shares.median) for shares in there.shares)
        kinds.append(N_("{kind} {first} % and {last} %", kind=NAMES[kind], first=first, last=last))
    return sentence.given(a=a, b=b, c=c, d=d, kinds=listed(kinds))


def _end(outcomes: Outcomes, order: str) -> Text:
    """Say which end is lost without attention."""
    seeds = len(by_position(outcomes, order, "none"))
    if seeds < FEWEST:
        return ""
    end = lost(outcomes, order)
    if end == "first":
        return counted(
            "Without attention what was read first is lost more, in the one seed.",
            "Without attention what was read first is lost more, in each of the {n} seeds.",
            seeds,
        )
    if end == "last":
        return counted(
            "Without attention what was read last is lost more, in the one seed.",
            "Without attention what was read last is lost more, in each of the {n} seeds.",
            seeds,
        )
    return counted(
        "Without attention neither end is plainly lost more: that would take {least} % between them, in the one seed.",
        "Without attention neither end is plainly lost more: that would take {least} % between them, in each of the "
        "{n} seeds.",
        seeds,
        least=round(100 * CLEAR),
    )


def verdict(outcomes: Outcomes, orders: Sequence[str]) -> Text:
    """Say what that means for the claim; "" before there is enough to say so."""
    if any(len(by_position(outcomes, order, "none")) < FEWEST for order in orders):
        return ""
    if {*orders} != {"backwards", "forwards"}:
        return N_(
            "That does not tell whether tokens are lost because they were read early: they differ in kind, too, and in "
            "when they are written. The task of reversing letters tells it: all letters are alike, and there are two "
            "orders in which to write them."
        )
    return VERDICTS.get((lost(outcomes, "backwards"), lost(outcomes, "forwards")), OPEN)


OPEN = N_("One order at least leaves open which end is lost more: the claim is neither confirmed here nor refuted.")
VERDICTS: dict[tuple[End | None, End | None], Message] = {
    ("first", "last"): N_(
        "So what is written late is lost, be it read first or last: written backwards that is what was read first, as "
        "the claim has it; written as it came, it is what was read last."
    ),
    ("first", "first"): N_("So what was read first is lost, be it written late or early: as the claim has it."),
    ("last", "last"): N_("So what was read last is lost, be it written late or early: the opposite of the claim."),
    ("last", "first"): N_("So what is written early is lost, be it read first or last: the claim does not say so."),
}
"""By the end that is lost when the answer is written backwards, and forwards."""
