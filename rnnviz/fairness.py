"""What the networks of a race have the same of: hidden sizes chosen to that end, and what is said of it."""

import dataclasses
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

from rnnviz.cost import weights
from rnnviz.language import N_, Rounded, Text, counted, listed, sentences, template
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.race import LANES, Terms

NEAR = 0.03
"""Up to this part of the first one's, another network's number of parameters is called equal to it."""
ABOUT = 0.05
"""Below this part, "1 times" would be said of it, in two figures."""
SIZES = range(
    Experiment.SETTINGS["hidden_size"].least,  # pyright: ignore[reportAttributeAccessIssue]
    Experiment.SETTINGS["hidden_size"].most + 1,  # pyright: ignore[reportAttributeAccessIssue]
)
"""The hidden sizes there are."""
TRIED = 16
"""Units up and down from the first network's hidden size among which one is looked for that all come near to."""


_MORE = template("the nearest of network {lane} has {count}, {percent} % more, with hidden size {size}")
_FEWER = template("the nearest of network {lane} has {count}, {percent} % fewer, with hidden size {size}")


def fair(first: Experiment, others: Sequence[Experiment], terms: Terms) -> tuple[Experiment, ...]:
    """Return the others with the hidden sizes that these terms give them."""
    if terms.fair == "width":
        return tuple(dataclasses.replace(other, hidden_size=first.hidden_size) for other in others)
    if terms.fair == "parameters":
        return tuple(sized(other, weights(first)) for other in others)
    return tuple(others)


def sized(experiment: Experiment, count: int) -> Experiment:
    """Return the experiment with the hidden size at which it learns as nearly `count` numbers as it can."""
    tried = [dataclasses.replace(experiment, hidden_size=size) for size in SIZES]
    enough = bisect_left(tried, count, key=weights)  # a larger network learns more numbers
    return min(tried[max(enough - 1, 0) : enough + 1], key=lambda near: abs(weights(near) - count))


def off(experiment: Experiment, first: Experiment) -> float:
    """Return by which part of the first one's a network has more parameters; below 0, fewer."""
    return weights(experiment) / weights(first) - 1


@lru_cache(maxsize=256)
def meeting(first: Experiment, others: tuple[Experiment, ...]) -> int | None:
    """Return the hidden size of the first, the nearest to its own, at which all others come near its parameters."""
    own = first.hidden_size
    for size in sorted(SIZES, key=lambda size: abs(size - own))[: 2 * TRIED + 1]:
        tried = dataclasses.replace(first, hidden_size=size)
        count = weights(tried)
        if all(abs(off(sized(other, count), tried)) <= NEAR for other in others):
            return size
    return None


def about(terms: Terms, experiments: Sequence[Experiment]) -> Text:
    """Say what the networks of a race have the same of, what they have not, and why that matters."""
    first = experiments[0]
    sizes, alike = {e.hidden_size for e in experiments}, len({*map(weights, experiments)}) == 1
    if terms.fair == "parameters":
        return _about_parameters(experiments)
    if terms.fair == "time":
        equal = N_("Equal is the computing time: a network whose step is quick makes more of them.")
    elif terms.fair == "width":
        equal = N_("Equal is the hidden size, {size}.", size=first.hidden_size)
    else:
        equal = N_("Equal are the data alone.")
    if len(sizes) > 1:
        each = [
            N_("network {lane} has {size}", lane=lane, size=experiment.hidden_size)
            for lane, experiment in zip(LANES, experiments, strict=False)
        ]
        equal = sentences(equal, N_("Hidden sizes are not: {each}.", each=listed(each)))
    if alike:
        return sentences(equal, counted("All have one parameter.", "All have {n} parameters.", weights(first)))
    if all(abs(off(other, first)) <= NEAR for other in experiments):
        return sentences(equal, N_("Parameters are nearly equal, within {near} %.", near=round(100 * NEAR)))
    each = [_beside(lane, off(other, first)) for lane, other in zip(LANES[1:], experiments[1:], strict=False)]
    unequal = N_("Parameters are not: {each}. More of them can be an advantage of their own.", each=listed(each))
    return sentences(equal, unequal)


def _beside(lane: str, more: float) -> Text:
    if abs(more) < ABOUT:
        return N_("network {lane} has about as many as network a", lane=lane)
    return N_("network {lane} has {ratio} times those of network a", lane=lane, ratio=Rounded(1 + more, 2))


def _about_parameters(experiments: Sequence[Experiment]) -> Text:
    first, *others = experiments
    far = [
        (_MORE if weights(other) > weights(first) else _FEWER).given(
            lane=lane,
            percent=Rounded(100 * abs(off(other, first)), 2),
            count=weights(other),
            size=other.hidden_size,
        )
        for lane, other in zip(LANES[1:], others, strict=False)
        if abs(off(other, first)) > NEAR
    ]
    if far:
        return N_(
            "Meant to be equal is the number of parameters, network a's {count}, within {near} %. No hidden size gives "
            "that: {each}.",
            count=weights(first),
            near=round(100 * NEAR),
            each=listed(far),
        )
    equal = N_(
        "Equal is the number of parameters, network a's {count}, within {near} %: so no network does better by being "
        "larger.",
        count=weights(first),
        near=round(100 * NEAR),
    )
    return sentences(equal, N_("Hidden sizes are not equal.") if len({e.hidden_size for e in experiments}) > 1 else "")
