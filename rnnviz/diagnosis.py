"""One sentence about a running network, computed from its numbers, and what to try.

How far a gradient travels can be read off dL/dh_t only where the loss is at the last step alone: then the gradient
at step 1 has come all the way back. With a loss at every step, dL/dh_1 holds step 1's own error as well, and looks
healthy whatever became of the rest; the sentence then speaks of the loss, and the advice says so. Read is the last
layer, the one below the read-out: what reaches the layers under it has first come through this one.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from rnnviz.experiment import Experiment
from rnnviz.snapshot import Forecast, History, Snapshot
from rnnviz.text import _

VANISHING = 1e-4
"""First to last step: below this, what happened at the first step moves the weights ten thousand times less than
what happened at the last, less than one batch differs from the next."""
EXPLODING = 1e3
"""First to last step: above this, the first steps drown all others."""
LARGE_NORM = 100.0
"""Of all parameter gradients together: at a learning rate of 0.01 plain descent would move the weights by more than
their own size, about 1."""
FALLEN = 0.5
"""A loss below this part of where it began is falling nicely."""
STUCK = 0.9
"""A loss above this part of where it began has not moved by more than it wavers."""
PATIENCE = 100
"""Training steps before a loss is called stuck."""


@dataclass(frozen=True)
class Diagnosis:
    """kind: "broken", "none", "exploding", "vanishing", "stuck", "slow", "healthy" or "starting"."""

    kind: str
    sentence: str
    advice: str = ""


@dataclass(frozen=True)
class Reach:
    """The gradient of one direction of the last layer at the step it reaches last (`far`) and first (`near`).

    Steps count from 1. `carried` says that step `far` has no error of its own, so all its gradient has travelled.
    """

    where: str
    far: int
    near: int
    ratio: float
    carried: bool


def diagnose(snapshot: Snapshot, experiment: Experiment) -> Diagnosis:
    """Say how training goes, the most serious thing first."""
    norms = snapshot.gradients.hidden_norms  # (L, D, T)
    if not np.isfinite(norms).all():
        step = int(np.flatnonzero(~np.isfinite(norms).all(axis=(0, 1)))[-1]) + 1
        sentence = _("The gradient at step {step} is infinite or not a number: it has exploded.")
        return Diagnosis("broken", sentence.format(step=step), _against_explosion(experiment))
    if not norms.any():
        sentence = _("The gradient is exactly 0 at every step: nothing reaches the weights, so nothing is learned.")
        return Diagnosis("none", sentence, _against_silence(experiment))
    if snapshot.gradients.norm > LARGE_NORM:
        sentence = _("The gradient of all weights together has norm {norm} before clipping: exploding.")
        return Diagnosis(
            "exploding", sentence.format(norm=short(snapshot.gradients.norm)), _against_explosion(experiment)
        )

    reaches = _reaches(snapshot, experiment)
    progress = _progress(snapshot.history)
    if (longest := max(reaches, key=lambda reach: reach.ratio, default=None)) and longest.ratio > EXPLODING:
        sentence = _("The gradient at step {far} is {ratio} times that at step {near}{where}: exploding.")
        return Diagnosis("exploding", _say(sentence, longest), _against_explosion(experiment))
    carried = min((reach for reach in reaches if reach.carried), key=lambda reach: reach.ratio, default=None)
    if carried and carried.ratio < VANISHING:
        sentence = _("The gradient at step {far} is {ratio} of that at step {near}{where}: vanishing.")
        harmless = progress is not None and progress < FALLEN
        advice = _("The loss falls all the same: this task may not need the first steps.") if harmless else ""
        return Diagnosis("vanishing", _say(sentence, carried), advice or _against_vanishing(experiment))
    return _learning(progress, carried, snapshot, experiment)


def _learning(progress: float | None, carried: Reach | None, snapshot: Snapshot, experiment: Experiment) -> Diagnosis:
    """Say how the loss goes, the gradients being in order."""
    own = (
        "" if carried else _("Each dL/dh_t holds its own step's error here, so it can't tell how far back one reaches.")
    )
    if progress is None or (progress > FALLEN and snapshot.step < PATIENCE):
        if not carried:
            return Diagnosis("starting", _("Training has just begun: the gradient is there at every step."), own)
        sentence = _("The gradient at step {far} is {ratio} of that at step {near}{where}: it arrives.")
        return Diagnosis("starting", _say(sentence, carried))
    part = short(progress)
    if progress > STUCK:
        sentence = _("After {step} training steps the loss is {part} of where it began: not learning yet.")
        return Diagnosis("stuck", sentence.format(step=snapshot.step, part=part), _against_standstill(experiment))
    if progress > FALLEN:
        sentence = _("After {step} training steps the loss is {part} of where it began: learning slowly.")
        return Diagnosis("slow", sentence.format(step=snapshot.step, part=part), _against_standstill(experiment))
    sentence = _("The loss has come down to {part} of where it began: healthy.")
    return Diagnosis("healthy", sentence.format(part=part), own)


def _reaches(snapshot: Snapshot, experiment: Experiment) -> list[Reach]:
    """Return the reach of each direction of the last layer, where there is a distance to travel."""
    norms = snapshot.gradients.hidden_norms[-1]  # (D, T)
    asked = np.isfinite(snapshot.trace.targets).all(axis=-1)  # (T,)
    if experiment.loss_at == "last":
        asked[:-1] = False
    steps = np.flatnonzero(asked)
    reaches = []
    for direction, norm in enumerate(norms):
        # Through time, a forward pass's gradients run from the last answer to step 1, a backward pass's the other way.
        far, near = (len(norm) - 1, steps[0]) if direction else (0, steps[-1])
        if far != near and norm[near] > 0:
            ratio = float(norm[far] / norm[near])
            reaches.append(Reach(_where(direction, experiment), far + 1, int(near) + 1, ratio, not asked[far]))
    return reaches


def _where(direction: int, experiment: Experiment) -> str:
    """Return which layer and direction is meant, in brackets, where there are several."""
    words = [_("layer {layer}").format(layer=experiment.num_layers)] if experiment.num_layers > 1 else []
    if experiment.bidirectional:
        words.append(_("backward pass") if direction else _("forward pass"))
    return f" ({', '.join(words)})" if words else ""


def _say(sentence: str, reach: Reach) -> str:
    return sentence.format(where=reach.where, far=reach.far, near=reach.near, ratio=short(reach.ratio))


def _progress(history: History) -> float | None:
    """Return the newest losses as a part of the first ones (medians), None while there are too few to say."""
    losses = history.loss[np.isfinite(history.loss)]
    if len(losses) < 10:
        return None
    began, now = np.median(losses[:3]), np.median(losses[-max(3, len(losses) // 10) :])
    return float(now / began) if began > 0 else None


def _try(things: Iterable[str | None]) -> str:
    """Return advice made of those of `things` that are said."""
    *first, last = [thing for thing in things if thing] or [_("another seed")]
    tried = _("{some} or {last}").format(some=", ".join(first), last=last) if first else last
    return _("Try {things}.").format(things=tried)


def _against_vanishing(experiment: Experiment) -> str:
    plain = experiment.cell == "rnn"
    return _try(
        [
            _("a GRU or LSTM") if plain else None,
            _("tanh") if plain and experiment.nonlinearity == "sigmoid" else None,
            _("orthogonal initial weights") if plain and experiment.initialisation == "default" else None,
            _("a spectral radius of 1") if plain and _radius(experiment) < 1 else None,
            _("a forget-gate bias of 1 or 2") if experiment.cell == "lstm" and experiment.forget_bias < 1 else None,
            _("a shorter sequence") if experiment.seq_len > 10 else None,
        ]
    )


def _against_explosion(experiment: Experiment) -> str:
    clipped = 0 < experiment.clip_norm <= 1
    return _try(
        [
            _("a smaller learning rate") if experiment.learning_rate > 1e-4 else None,
            None if clipped else _("clipping the gradient norm at 1"),
            _("tanh instead of relu") if experiment.cell == "rnn" and experiment.nonlinearity == "relu" else None,
            _("a spectral radius of 1") if _radius(experiment) > 1 else None,
            _("a shorter sequence") if experiment.seq_len > 100 else None,
        ]
    )


def _against_silence(experiment: Experiment) -> str:
    dead = experiment.cell == "rnn" and experiment.nonlinearity == "relu"
    return _try([_("tanh instead of relu, whose units can all be off") if dead else None, _("another seed")])


def _against_standstill(experiment: Experiment) -> str:
    rate = experiment.learning_rate
    return _try(
        [
            _("more training steps"),
            _("Adam") if experiment.optimizer == "sgd" else None,
            _("a larger learning rate") if rate < 0.01 else _("a smaller learning rate") if rate > 0.01 else None,
            _("more hidden units") if experiment.hidden_size < 16 else None,
            _("a GRU or LSTM") if experiment.cell == "rnn" else None,
        ]
    )


def _radius(experiment: Experiment) -> float:
    """Return the spectral radius that was chosen, 1 where none was."""
    return experiment.spectral_radius if experiment.initialisation == "spectral" else 1.0


def forecast_sentence(forecast: Forecast, unit: str = "") -> str:
    """Set the three forecasts' errors side by side, and say whether the network beats repeating the last value."""
    one_step, free, repeat = (
        forecast.rmse(values) for values in (forecast.one_step, forecast.free_running, forecast.repeat_last)
    )
    if one_step < repeat:
        sentence = _(
            "On the held-out part the error (RMS{unit}) is {one_step} one step ahead, {free} free-running and "
            "{repeat} when the last value is repeated: one step ahead, the network beats repeating."
        )
    else:
        sentence = _(
            "On the held-out part the error (RMS{unit}) is {one_step} one step ahead, {free} free-running and "
            "{repeat} when the last value is repeated: the network does not beat repeating yet."
        )
    return sentence.format(
        unit=f", {unit}" if unit else "", one_step=short(one_step, 3), free=short(free, 3), repeat=short(repeat, 3)
    )


def describe_divergence(step: int, quantity: str, experiment: Experiment) -> str:
    """Say that training stopped at `step` because `quantity` ("loss", "gradient") overflowed, and what to try."""
    sentence = _("Training stopped at step {step}: the {quantity} is no longer a finite number. {advice}")
    return sentence.format(step=step, quantity=_(quantity), advice=_against_explosion(experiment))


def short(number: float, digits: int = 2) -> str:
    """Write a number short: 0.012, 34.1, 3e-7; a dash where there is none."""
    if not np.isfinite(number):
        return "–" if np.isnan(number) else "∞" if number > 0 else "−∞"
    if 10**digits <= abs(number) < 1e6:
        return f"{number:.0f}"
    mantissa, e, exponent = f"{number:.{digits}g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if e else mantissa
