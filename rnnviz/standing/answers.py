"""Answers to what is asked of the networks of a race, by what was measured: each is made of the scenes of
`Scene.lanes`."""

import math
from collections.abc import Sequence

import numpy as np

from rnnviz.language import N_, Rounded, Text, counted, listed, sentences
from rnnviz.scene import Scene
from rnnviz.standing.margin import beats
from rnnviz.standing.now import Result, each, standings
from rnnviz.tasks import TASKS

SELDOM = 0.01
"""How often guessing gets so many right answers that more are called plainly more."""
LEAP = 2.0
"""How many times as high a leap has to be as any other to be called the highest."""


def circumstances(scenes: Sequence[Scene]) -> Text:
    """Say of which training the answers are: of one seed, after so many training steps."""
    results, seed = standings(scenes), scenes[0].experiment.seed
    steps = [result.step for result in results if not result.diverged] or [result.diverged for result in results]
    if min(steps) < max(steps):
        made = each(results, lambda result: _diverged(result) if result.diverged else result.step)
        return N_("This is one seed, {seed}, after these training steps: {each}.", seed=seed, each=made)
    return counted(
        "This is one seed, {seed}, after one training step.",
        "This is one seed, {seed}, after {n} training steps.",
        max(steps),
        seed=seed,
    )


def _diverged(result: Result) -> Text:
    return N_("diverged at training step {step}", step=result.diverged)


def right(scenes: Sequence[Scene]) -> Text:
    """Say how many answers each has right, and who plainly more than guessing: of a task that has one answer a
    sequence, and classes that are equally frequent."""
    results, answers = standings(scenes), scenes[0].snapshot.validated
    share = scenes[0].snapshot.baseline.accuracy or 0.0
    least = seldom(answers, share)
    counts = {result.name: round(answers * (result.accuracy or 0.0)) for result in results}
    more = [result.name for result in results if result.going and counts[result.name] >= least]
    said = N_(
        "Right answers of {answers}: {each}.",
        answers=answers,
        each=each(results, lambda result: _diverged(result) if result.diverged else counts[result.name]),
    )
    guessing = N_(
        "Guessing gets {mean} on average, and {least} or more in less than one try of {tries}.",
        mean=round(answers * share),
        least=least,
        tries=round(1 / SELDOM),
    )
    plainly = N_("Plainly better than that: {names}.", names=listed(more)) if more else N_("None is plainly better.")
    return sentences(said, guessing, plainly)


def seldom(answers: int, share: float) -> int:
    """Return the least number of right answers that guesses, each right with probability `share`, come to with a
    probability of no more than SELDOM, by the binomial distribution; one more than there are if all are likelier."""
    chances = [math.comb(answers, k) * share**k * (1 - share) ** (answers - k) for k in range(answers + 1)]
    reached = np.cumsum(chances[::-1])[::-1]  # (answers + 1,): so many or more
    return int(np.count_nonzero(reached > SELDOM))


def begun(scenes: Sequence[Scene]) -> Text:
    """Say at which training step each was first seen to beat the baseline plainly."""
    results = standings(scenes)
    first = {result.name: _first_better(scene) for result, scene in zip(results, scenes, strict=True)}
    beaten, bar = scenes[0].snapshot.baseline.words, Rounded(results[0].baseline, 3)
    if not any(first.values()):
        return N_(
            "On the validation batch none was ever plainly better than {baseline} ({bar}).", baseline=beaten, bar=bar
        )
    when = each(results, lambda result: first[result.name] or N_("never"))
    return N_(
        "On the validation batch first seen plainly better than {baseline} ({bar}) at training step: {each}.",
        baseline=beaten,
        bar=bar,
        each=when,
    )


def _first_better(scene: Scene) -> int:
    """Return the training step at which a network was first seen to beat the baseline; 0 if it never was."""
    lows, told = scene.snapshot.history.lows, TASKS[scene.experiment.task].told
    bar = float(told(scene.snapshot.baseline.loss))
    steps = (step for step, loss in zip(lows.step, told(lows.loss), strict=True) if beats(loss, bar))
    return int(next(steps, 0))


def leaps(scenes: Sequence[Scene]) -> Text:
    """Say where each one's training loss rose most from one point of its curve to the next."""
    results = standings(scenes)
    leap = {result.name: _leap(scene) for result, scene in zip(results, scenes, strict=True)}
    said = N_(
        "The highest leap of the training loss, from one point of its curve to the next: {each}.",
        each=each(results, lambda result: _told(*leap[result.name])),
    )
    heights = {name: high - low for name, (low, high, _step) in leap.items()}
    *_rest, second, highest = sorted(leap, key=lambda name: heights[name])
    if not heights[highest] or heights[second] == math.inf or heights[highest] < LEAP * heights[second]:
        return sentences(said, N_("No leap is twice as high as all others."))
    return sentences(said, N_("At least twice as high as all others: {name}.", name=highest))


def _leap(scene: Scene) -> tuple[float, float, int]:
    """Return between which training losses a network's curve rose most, and at which training step it was up: 0 if it
    never rose."""
    history = scene.snapshot.history
    losses = np.asarray(TASKS[scene.experiment.task].told(history.loss), float)  # (N,)
    rises = np.nan_to_num(np.diff(losses), nan=0.0)  # (N - 1,)
    if not (rises > 0).any():
        return 0.0, 0.0, 0
    n = int(np.argmax(rises))
    return float(losses[n]), float(losses[n + 1]), int(history.step[n + 1])


def _told(low: float, high: float, step: int) -> Text:
    if not step:
        return N_("none")
    return N_("from {low} to {high} at training step {step}", low=Rounded(low, 3), high=Rounded(high, 3), step=step)


def gates(scenes: Sequence[Scene]) -> Text:
    """Say which networks have a validation loss that is plainly lower or higher than that of the first, which alone
    has no gates."""
    first, *gated = standings(scenes)
    lower, higher = _beside(first, gated)
    some = N_("With gates, plainly lower in validation loss than {first}: {names}.", first=_loss(first), names=lower)
    none = N_(
        "With gates nobody is plainly lower in validation loss than {first}: {names}.",
        first=_loss(first),
        names=listed([_loss(result) for result in gated]),
    )
    return sentences(some if lower else none, N_("Plainly higher: {names}.", names=higher) if higher else "")


def sizes(scenes: Sequence[Scene]) -> Text:
    """Say which networks have a validation loss that is plainly lower or higher than that of the first, which has the
    fewest parameters."""
    first, *larger = standings(scenes)
    lower, higher = _beside(first, larger)
    few = _loss(first)
    some = N_("With more parameters, plainly lower in validation loss than {first}: {names}.", first=few, names=lower)
    none = N_(
        "With more parameters nobody is plainly lower in validation loss than {first}: {names}.",
        first=few,
        names=listed([_loss(result) for result in larger]),
    )
    return sentences(some if lower else none, N_("Plainly higher: {names}.", names=higher) if higher else "")


def _beside(first: Result, others: Sequence[Result]) -> tuple[Text, Text]:
    """Return who is plainly lower in loss than the first, and who plainly higher; "" for nobody."""
    lower = [_loss(result) for result in others if result.ahead(first)]
    return listed(lower), listed([_loss(result) for result in others if first.ahead(result)])


def _loss(result: Result) -> Text:
    loss = N_("diverged") if result.diverged else Rounded(result.loss, 3)
    return N_("{name} ({value})", name=result.name, value=loss)
