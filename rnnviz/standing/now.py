"""Who is ahead at what in a race, now, and a sentence about it.

Losses swing from step to step, so that who is ahead in loss has to be so by the margin in the newest measurement and in
the median of the last ones.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rnnviz.diagnosis import FEWEST
from rnnviz.language import N_, Message, Rounded, Text, listed, sentences, template
from rnnviz.scene import Scene
from rnnviz.settings.race import names
from rnnviz.snapshot import Snapshot
from rnnviz.standing.margin import CLOCK, MARGIN, SAME_SIZE, beats, plainly_less, to_reach
from rnnviz.tasks import TASKS

POINTS = 0.05
"""The same of accuracies, in shares of all answers: three of the 64 sequences most tasks are validated on."""
LATELY = 10
"""Measurements of the validation loss of which the median is taken."""


@dataclass(frozen=True)
class Reached:
    """When the validation loss came to the goal: first seen there at training step `step`, and last seen above it at
    step `since`, 0 if never. seconds: of the processor, about: the step's share of all so far."""

    step: int
    since: int
    seconds: float


@dataclass(frozen=True)
class Result:
    """What one network of a race has come to after `step` training steps.

    loss: on the validation batch, in the unit in which the task tells it; lately: the median of its last measurements;
    baseline: the loss there is to beat. accuracy: None where the task is no classification. seconds: of the processor,
    for all steps. reached: when it came to the goal, None if it has not. horizon: see Memory, None where it was not
    looked at; longest: the longest distance there is. diverged: the training step that could not be made, 0 if all
    could.
    """

    name: Text
    step: int
    loss: float
    lately: float
    baseline: float
    accuracy: float | None
    seconds: float
    reached: Reached | None
    horizon: float | None
    longest: int
    parameters: int
    diverged: int

    @property
    def going(self) -> bool:
        """Whether it can be compared: it trains, and its loss is a number."""
        return not self.diverged and math.isfinite(self.loss) and math.isfinite(self.lately)

    @property
    def learned(self) -> bool:
        """Whether it does better than the baseline, by more than chance would."""
        return self.going and beats(max(self.loss, self.lately), self.baseline)

    @property
    def per_step(self) -> float | None:
        """Seconds of the processor for one training step, on the average; None before there are a few."""
        return self.seconds / self.step if self.step >= FEWEST and self.seconds else None

    def ahead(self, other: "Result") -> bool:
        """Whether its loss is better than another's by the margin."""
        if not (self.learned and other.going):
            return self.learned
        pairs = (self.loss, other.loss), (self.lately, other.lately)
        return all(plainly_less(a, b, self.baseline) for a, b in pairs)


def goal(scene: Scene) -> float:
    """Return the validation loss to reach, as the task tells it: see `to_reach`."""
    return to_reach(scene.view.goal, TASKS[scene.experiment.task], scene.snapshot.baseline)


def standings(scenes: Sequence[Scene]) -> tuple[Result, ...]:
    """Return what the networks of a race have come to, in their order; their scenes are those of `Scene.lanes`."""
    called = names([scene.experiment for scene in scenes])
    return tuple(_result(scene, name) for scene, name in zip(scenes, called, strict=True))


def _result(scene: Scene, name: Text) -> Result:
    snapshot, told = scene.snapshot, TASKS[scene.experiment.task].told
    measured = snapshot.history.validation[~np.isnan(snapshot.history.validation)]
    lately = np.median(measured[-LATELY:]) if len(measured) else np.nan
    memory = snapshot.parts.get("memory")
    return Result(
        name=name,
        step=snapshot.step,
        loss=float(told(snapshot.validation_loss)),
        lately=float(told(lately)),
        baseline=float(told(snapshot.baseline.loss)),
        accuracy=snapshot.accuracy,
        seconds=scene.seconds,
        reached=_reached(snapshot, told(snapshot.history.lows.loss), goal(scene), scene.seconds),
        horizon=memory.horizon if memory else None,
        longest=len(memory.norm) - 1 if memory else 0,
        parameters=snapshot.parameters,
        diverged=scene.diverged,
    )


def _reached(snapshot: Snapshot, lowest: np.ndarray, goal: float, seconds: float) -> Reached | None:
    """Return when the lows of the validation loss (M,) first came to the goal, as finely as they were measured."""
    there = np.flatnonzero(lowest <= goal)
    if not there.size:
        return None
    step, since = (int(steps[there[0]]) for steps in (snapshot.history.lows.step, snapshot.history.lows.since))
    return Reached(step, since, seconds * step / max(snapshot.step, 1))


def _steps(a: Result, b: Result) -> bool:
    """Say whether `a` plainly took fewer training steps to the goal: that of `b` lies after its last measurement
    above it."""
    if not a.reached:
        return False
    return a.reached.step <= (1 - MARGIN) * (b.reached.since + 1 if b.reached else b.step)


def _seconds(a: Result, b: Result) -> bool:
    return bool(a.reached) and a.reached.seconds <= (1 - CLOCK) * (b.reached.seconds if b.reached else b.seconds)


def _right(a: Result, b: Result) -> bool:
    if not a.going or a.accuracy is None or b.accuracy is None:
        return False
    return a.accuracy - b.accuracy >= POINTS


def _remembers(a: Result, b: Result) -> bool:
    if a.horizon is None or b.horizon is None or math.isnan(a.horizon + b.horizon):
        return False
    near, far = min(b.horizon, b.longest), min(a.horizon, a.longest)  # beyond the last step nothing was measured
    return near <= (1 - MARGIN) * far


def _smaller(a: Result, b: Result) -> bool:
    return a.parameters < (1 - SAME_SIZE) * b.parameters


def _quicker(a: Result, b: Result) -> bool:
    if a.per_step is None or b.per_step is None:
        return False
    return a.per_step <= (1 - CLOCK) * b.per_step


BETTER: dict[str, Callable[[Result, Result], bool]] = {
    "loss": Result.ahead,
    "accuracy": _right,
    "steps": _steps,
    "seconds": _seconds,
    "horizon": _remembers,
    "parameters": _smaller,
    "per_step": _quicker,
}
"""By what the networks are compared: whether one is better than another, by the margin."""


def best(results: Sequence[Result], at: str) -> tuple[bool, ...]:
    """Return which are best at something (see BETTER): better than one at the least, and none is better."""
    better = BETTER[at]
    return tuple(any(better(a, b) for b in results) and not any(better(b, a) for b in results) for a in results)


def verdict(scenes: Sequence[Scene]) -> Text:
    """Say who is ahead, of the networks of one race: the scenes of `Scene.lanes`; "" where nothing can be said yet."""
    results = standings(scenes)
    diverged, going = [r for r in results if r.diverged], [r for r in results if r.going]
    if len(results) < 2 or (not diverged and max(result.step for result in results) < FEWEST):
        return ""
    gone = N_("Diverged: {each}.", each=each(diverged, lambda result: _at(result.diverged))) if diverged else ""
    if len(going) < 2:
        return sentences(gone, *map(_alone, going))
    loss, beaten = _about_loss(going, scenes[0].snapshot.baseline.words), _about_goal(going, goal(scenes[0]))
    said = loss, beaten, *_unequal(going)
    return sentences(gone, *said, N_("This is one seed: another may rank them otherwise."))


def each(results: Sequence[Result], value: Callable[[Result], Text | Rounded | int]) -> Text:
    """Return the networks in a row, each with a value of its own."""
    return listed([N_("{name} ({value})", name=result.name, value=value(result)) for result in results])


def _at(step: int) -> Message:
    return N_("at training step {step}", step=step)


def _loss(result: Result) -> Rounded:
    return Rounded(result.loss, 3)


def _alone(result: Result) -> Message:
    """Say how the only one that still trains does."""
    if result.learned:
        return N_("{name} alone goes on, with a validation loss of {loss}.", name=result.name, loss=_loss(result))
    return N_("{name} alone goes on, and has learned nothing of use yet.", name=result.name)


def _about_loss(going: Sequence[Result], beaten: Text) -> Text:
    """Say who is ahead in loss, and who has learned nothing of use; beaten: the baseline, in words."""
    learned, others = [r for r in going if r.learned], [r for r in going if not r.learned]
    if not learned:
        return (NEITHER if len(going) == 2 else NONE).given(baseline=beaten, bar=Rounded(going[0].baseline, 3))
    first = min(going, key=lambda result: result.loss)
    behind = [result for result in going if first.ahead(result)]
    alike = [result for result in going if result is not first and result not in behind]
    if behind:
        said = N_(
            "In validation loss {name} ({loss}) is ahead of {behind}.",
            name=first.name,
            loss=_loss(first),
            behind=each(behind, _loss),
        )
        close = N_("Not plainly behind it: {each}.", each=each(alike, _loss)) if alike else ""
    else:
        said, close = N_("In validation loss nobody is plainly ahead: {each}.", each=each(going, _loss)), ""
    how = (SOME if others else ALL).given(
        baseline=beaten, bar=Rounded(going[0].baseline, 3), names=listed([result.name for result in others])
    )
    return sentences(said, close, how)


NEITHER = template("Neither has learned anything of use yet: neither plainly beats {baseline} ({bar}).")
NONE = template("None has learned anything of use yet: none plainly beats {baseline} ({bar}).")
SOME = template("Not plainly better than {baseline} ({bar}) yet: {names}.")
ALL = template("All plainly beat {baseline} ({bar}).")


def _about_goal(going: Sequence[Result], goal: float) -> Text:
    """Say who came to the goal when, and who plainly first, in steps, and in seconds where that is another one."""
    if not any(result.reached for result in going):
        return ""
    when = each(going, lambda result: result.reached.step if result.reached else N_("not yet"))
    first, quickest = (
        next((a for a in going if all(better(a, b) for b in going if b is not a)), None)
        for better in (_steps, _seconds)
    )
    fewest = N_("Plainly the fewest: {name}.", name=first.name) if first else ""
    least = ""
    if quickest and quickest is not first and quickest.reached:
        seconds = Rounded(quickest.reached.seconds)
        least = N_("Plainly the least computing time: {name}, about {seconds} s.", name=quickest.name, seconds=seconds)
    said = N_("Training steps to a validation loss of {goal}: {each}.", goal=Rounded(goal, 3), each=when)
    return sentences(said, fewest, least)


def _unequal(going: Sequence[Result]) -> list[Text]:
    """Say in what they are not equal, where that is so."""
    found: list[Text] = []
    if min(r.step for r in going) < (1 - SAME_SIZE) * max(r.step for r in going):
        found.append(N_("Their training steps are not equal: {each}.", each=each(going, lambda r: r.step)))
    if min(r.parameters for r in going) < (1 - SAME_SIZE) * max(r.parameters for r in going):
        found.append(N_("Their parameters are not equal: {each}.", each=each(going, lambda r: r.parameters)))
    return found
