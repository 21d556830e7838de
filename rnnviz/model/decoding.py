"""Decoding: what a network of two parts writes, token by token: the likeliest at each step, or by beam search."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rnnviz.snapshot import Array, Indices, Line, Tree


class Stepper(Protocol):
    """A decoder that writes K outputs side by side, each with a state of its own: at first one, of which nothing is
    written."""

    @property
    def weights(self) -> Array | None:
        """What each of them looked at in the newest step, (K, S); None without attention."""
        ...

    def step(self, tokens: Indices) -> Array:
        """Let each read a token, (K,), and return the log-probabilities of its next, (K, V)."""
        ...

    def reorder(self, parents: Indices) -> None:
        """Go on with copies of these, (K,), counted from 0: K may be another number, and one may be there often."""
        ...


@dataclass(frozen=True)
class Rules:
    """What an output is: BEGIN is read before it, END is its last token, or else it is cut off after `longest`.

    forced: with which tokens it has to begin.
    """

    begin: int
    end: int
    longest: int
    forced: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class _Branch:
    """A token with all before it; BEGIN alone has no parent. place: in the tree. own: the token's log-probability,
    total: that of all. weights: (S,)."""

    token: int
    parent: "_Branch | None" = None
    place: int = -1
    step: int = -1
    own: float = 0.0
    total: float = 0.0
    weights: Array | None = None
    kept: bool = True
    ended: bool = False

    def line(self) -> Line:
        branches, branch = [], self
        while branch.parent:
            branches.append(branch)
            branch = branch.parent
        branches.reverse()
        weights = [branch.weights for branch in branches if branch.weights is not None]
        return Line(
            tokens=np.array([branch.token for branch in branches]),
            log_probabilities=np.array([branch.own for branch in branches]),
            attention=np.stack(weights) if weights else None,
        )


def greedy(stepper: Stepper, rules: Rules) -> Line:
    """Return the output whose every token is the likeliest after those before it: a beam search of width 1."""
    return beam_search(stepper, rules, 1)[0][0][0]


Found = tuple[tuple[tuple[Line, float], ...], Tree]
"""Outputs, best first, each with its score, and all that was looked at on the way."""


def beam_search(stepper: Stepper, rules: Rules, width: int, *, normalised: bool = False) -> Found:
    """Do what `searching` does at one go."""
    search = searching(stepper, rules, width, normalised=normalised)
    while True:
        try:
            next(search)
        except StopIteration as end:
            return end.value


def searching(stepper: Stepper, rules: Rules, width: int, *, normalised: bool = False) -> Generator[None, None, Found]:
    """Return the likeliest outputs that are found, up to `width` of them, best first, each with its score; and all that
    was looked at on the way. Log-probabilities are added up in float64.

    At each step every branch goes on with every token, and of all these the `width` likeliest are kept (Graves, 2012,
    arXiv:1211.3711; Sutskever, Vinyals and Le, 2014, arXiv:1409.3215). Those that end are put aside and leave their
    places free; the others go on. The tree has the kept ones and the next best, as many again, which are pruned; at a
    forced step the one that is forced is kept and no other.

    normalised: whether the score is the mean log-probability of a token, END included, instead of the sum. Within a
    step all are equally long, so what is kept is the same; only the choice among finished ones, and when it ends, is
    not.

    It ends when all have ended or reach the longest output, or as soon as `width` are finished and none that goes on
    can still get among them. That changes nothing: each further token adds a log-probability, which is at most 0, so a
    branch's sum only falls; and its mean can rise no higher than its sum over as many tokens as an output may have,
    as if all the others were certain.

    Yields after every step, for who has to see to others meanwhile.
    """
    branches: list[_Branch] = []
    going = [_Branch(rules.begin)]
    finished: list[tuple[_Branch, float]] = []
    for step in range(rules.longest):
        own = stepper.step(np.array([branch.token for branch in going]))  # (K, V)
        own = np.where(np.isnan(own), -np.inf, own.astype(np.float64))  # of a network that diverged
        totals = np.array([[branch.total] for branch in going]) + own
        likeliest = (-totals).argsort(axis=None, kind="stable")[: 2 * width]
        kept = np.array(rules.forced[step : step + 1] or likeliest[:width])  # while it is forced there is one branch
        others = likeliest[~np.isin(likeliest, kept)][:width]
        weights, grown = stepper.weights, []
        for n, (k, token) in enumerate(zip(*np.divmod([*kept, *others], own.shape[1]), strict=True)):
            grown.append(
                _Branch(
                    token=int(token),
                    parent=going[k],
                    place=len(branches) + n,
                    step=step,
                    own=float(own[k, token]),
                    total=float(totals[k, token]),
                    weights=None if weights is None else weights[k],
                    kept=n < len(kept),
                    ended=bool(token == rules.end),
                )
            )
        branches += grown
        over = [branch.ended or step == rules.longest - 1 for branch in grown[: len(kept)]]
        done = [branch for branch, is_over in zip(grown, over, strict=False) if is_over]
        finished += [(branch, branch.total / (step + 1) if normalised else branch.total) for branch in done]
        finished = sorted(finished, key=lambda pair: -pair[1])[:width]
        parents = kept[~np.array(over)] // own.shape[1]
        going = [branch for branch, is_over in zip(grown, over, strict=False) if not is_over]
        if not going:
            break
        bound = max(branch.total for branch in going) / (rules.longest if normalised else 1)
        if len(finished) == width and bound <= finished[-1][1]:
            break
        stepper.reorder(parents)
        yield
    return tuple((branch.line(), float(score)) for branch, score in finished), _tree(branches)


def _tree(branches: Sequence[_Branch]) -> Tree:
    return Tree(
        parent=np.array([branch.parent.place if branch.parent else -1 for branch in branches]),
        token=np.array([branch.token for branch in branches]),
        step=np.array([branch.step for branch in branches]),
        log_probability=np.array([branch.total for branch in branches]),
        kept=np.array([branch.kept for branch in branches]),
        ended=np.array([branch.ended for branch in branches]),
    )
