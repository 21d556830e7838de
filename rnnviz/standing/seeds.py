"""What a race has come to over several seeds: medians and spread, successes, and who was plainly ahead in each.

A network that diverged counts as the worst there is.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Protocol

from rnnviz.language import N_, Message, Rounded, Text, counted, listed, sentences
from rnnviz.snapshot import Baseline
from rnnviz.standing.margin import beats, plainly_less, to_reach
from rnnviz.tasks.task import Task


class Outcome(Protocol):
    """What one training has come to: see sweeps.race.Trained."""

    @property
    def at(self) -> tuple[int, ...]:
        """The training steps at which the validation loss was measured, rising."""
        ...

    @property
    def losses(self) -> tuple[float, ...]:
        """The validation loss then."""
        ...

    @property
    def baseline(self) -> Baseline:
        """What there is to beat."""
        ...

    @property
    def accuracy(self) -> float | None:
        """The share of right answers; None where the task is no classification."""
        ...

    @property
    def diverged(self) -> bool:
        """Whether it stopped, since its loss or gradient was no finite number."""
        ...


Outcomes = Mapping[tuple[int, int], Outcome]
"""By network and seed, both counted from 0; what has not come yet is not in it."""


@dataclass(frozen=True)
class Spread:
    """The validation loss over the seeds, as the task tells it, at some training steps: all of one length N."""

    at: tuple[int, ...]
    middle: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def _of(outcomes: Outcomes, lane: int) -> list[Outcome]:
    return [outcome for (its, _seed), outcome in sorted(outcomes.items()) if its == lane]


def _final(outcome: Outcome) -> float:
    return math.inf if outcome.diverged else outcome.losses[-1]


def spread(outcomes: Outcomes, lane: int, task: type[Task]) -> Spread | None:
    """Return the curve of one network; None as long as none of its seeds has come."""
    seeds = _of(outcomes, lane)
    if not seeds:
        return None
    # one that diverged was measured last where it stood, which need not be a step at which the others were
    at = sorted({step for seed in seeds for step in (seed.at[:-1] if seed.diverged else seed.at)} or {0})
    measured = [dict(zip(seed.at, seed.losses, strict=True)) for seed in seeds]
    losses = [[_told(each.get(step, math.inf), task) for each in measured] for step in at]
    finite = [[loss if math.isfinite(loss) else math.inf for loss in there] for there in losses]
    return Spread(tuple(at), *(tuple(map(of, finite)) for of in (median, min, max)))


def successes(outcomes: Outcomes, lane: int, chosen: float, task: type[Task]) -> tuple[int, int]:
    """Return from how many seeds the network's loss is at the goal after the last step, and from how many it was
    trained. chosen: see `to_reach`."""
    seeds = _of(outcomes, lane)
    return sum(_told(_final(seed), task) <= to_reach(chosen, task, seed.baseline) for seed in seeds), len(seeds)


def steps(outcomes: Outcomes, lane: int, chosen: float, task: type[Task]) -> list[int]:
    """Return at which training step the network was first seen at the goal, of the seeds from which it ever was."""
    found = (
        next((step for step, loss in zip(seed.at, seed.losses, strict=True) if _told(loss, task) <= there), None)
        for seed in _of(outcomes, lane)
        for there in [to_reach(chosen, task, seed.baseline)]
    )
    return sorted(step for step in found if step is not None)


def losses(outcomes: Outcomes, lane: int, task: type[Task]) -> list[float]:
    """Return the network's last losses, as the task tells them, the best first; infinite where it diverged."""
    return sorted(_told(_final(seed), task) for seed in _of(outcomes, lane))


def _told(loss: float, task: type[Task]) -> float:
    return float(task.told(loss))


def over_seeds(outcomes: Outcomes, names: Sequence[Text], chosen: float, task: type[Task]) -> Text:
    """Say how often each network was at the goal, what it came to, and who was plainly ahead of whom in each seed; ""
    before there is anything to say. names: of all networks, in order."""
    lanes = [lane for lane in range(len(names)) if _of(outcomes, lane)]
    if not lanes:
        return ""
    counts = [
        N_("{name} in {count} of {all}", name=names[lane], count=count, all=all_)
        for lane in lanes
        for count, all_ in [successes(outcomes, lane, chosen, task)]
    ]
    said = N_(
        "The goal, {goal}, was held after the last step by {each}.", goal=_goal(chosen, task), each=listed(counts)
    )
    told = [
        N_("{name} {loss}", name=names[lane], loss=in_words(losses(outcomes, lane, task), N_("diverged")))
        for lane in lanes
    ]
    last = N_("Validation losses then: {each}.", each=listed(told))
    return sentences(said, last, _ahead(outcomes, names))


def _goal(chosen: float, task: type[Task]) -> Message:
    if chosen:
        return N_("a validation loss of {goal}", goal=Rounded(chosen, 3))
    return N_("{percent} % of the loss there is to beat", percent=round(100 * (1 - task.good)))


def in_words(numbers: Sequence[float], infinite: Text) -> Text:
    """Return the median of one or more numbers, and their spread, if there is any, in words."""
    low, middle, high = (
        infinite if number == math.inf else Rounded(number, 3)
        for number in (min(numbers), median(numbers), max(numbers))
    )
    if min(numbers) == max(numbers):
        return N_("{number}", number=middle)
    return N_("{middle} ({low} to {high})", low=low, middle=middle, high=high)


def _ahead(outcomes: Outcomes, names: Sequence[Text]) -> Text:
    """Say who was plainly ahead of whom in each of the seeds from which all networks were trained."""
    lanes = range(len(names))
    seeds = sorted({seed for _lane, seed in outcomes if all((lane, seed) in outcomes for lane in lanes)})
    if len(names) < 2 or not seeds:
        return ""
    finals = {key: _final(outcome) for key, outcome in outcomes.items()}
    bars = {key: outcome.baseline.loss for key, outcome in outcomes.items()}
    if not any(beats(finals[lane, seed], bars[lane, seed]) for lane in lanes for seed in seeds):
        words = outcomes[0, seeds[0]].baseline.words
        return counted(
            "None has learned anything of use: none plainly beats {baseline} in the one seed.",
            "None has learned anything of use: none plainly beats {baseline} in any of the {n} seeds.",
            len(seeds),
            baseline=words,
        )
    found = []
    for a in lanes:
        behind = [
            names[b]
            for b in lanes
            if all(plainly_less(finals[a, seed], finals[b, seed], bars[a, seed]) for seed in seeds)
        ]
        if behind:
            found.append(N_("{name} was plainly ahead of {others}", name=names[a], others=listed(behind)))
    if not found:
        return counted(
            "In the one seed none was plainly ahead of another. One seed is one seed.",
            "None was plainly ahead of another in each of the {n} seeds.",
            len(seeds),
        )
    joined, *rest = found
    for following in rest:
        joined = N_("{things}; {next}", things=joined, next=following)
    each = counted(
        "In the one seed {found}. One seed is one seed.",
        "In each of the {n} seeds {found}.",
        len(seeds),
        found=joined,
    )
    if len(seeds) == 1:
        return each
    return sentences(each, _chance(len(names), len(seeds)))


def _chance(networks: int, seeds: int) -> Message:
    """Say how easily one of equally good networks is ahead in each of two or more seeds: a pair of them is so with
    probability 2 / 2^seeds, and any of the pairs with at most their sum (Boole's inequality)."""
    pairs, count = math.comb(networks, 2), 2 ** (seeds - 1)
    if pairs >= count:
        return N_("With so few seeds that may well be chance.")
    return counted(
        "Of two equally good networks one would be so by chance in at most one race of {count}.",
        "Of {networks} equally good networks one would be so, ahead of another, by chance in at most {n} races of "
        "{count}.",
        pairs,
        networks=networks,
        count=count,
    )
