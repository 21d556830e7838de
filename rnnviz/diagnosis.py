"""One sentence about a running network, computed from its numbers, and what to try.

How far a gradient travels can be read off dL/dh_t only where no answer is marked at step 1, as with the loss at the
last step alone: then all of dL/dh_1 has come from later steps. With a loss at every step, dL/dh_1 holds step 1's own
error as well and looks healthy whatever became of the rest; the sentence then speaks of the loss, and the advice says
so. A sequence of a single step has no distance, and nothing is said of one.

Read is the last layer, the one below the read-out: what reaches the layers under it has first come through this one.
Of two directions it is the forward pass: the backward pass begins at the last step, so nothing has far to travel.

Of two sequences it is the source: without attention all of its gradient comes in at the state in which the encoder
ends. With attention each of its states gets one of its own, and nothing is said of how far it travels.
"""

from dataclasses import dataclass, replace

import numpy as np

from rnnviz import advice
from rnnviz.language import N_, Message, Rounded, Text, counted, sentences, template
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Array, Baseline, Part, Snapshot
from rnnviz.tasks import TASKS
from rnnviz.tasks.task import Task

NEEDS: tuple[Part, ...] = ("trace", "gradients", "forecast")
"""What a snapshot has to hold to be judged."""

VANISHING = 1e-4
"""First to last step: below this, what happened at the first step moves the weights ten thousand times less than
what happened at the last, less than one batch differs from the next."""
EXPLODING = 1e3
"""First to last step: above this, the first steps drown all others."""
LARGE_NORM = 100.0
"""Of all parameter gradients together: at a learning rate of 0.01 plain descent would move the weights by more than
their own size, about 1."""
HARDLY = 0.05
"""The part of the baseline's loss by which a network that says what the baseline says differs from it by chance."""
FIRST = 3
"""Points of the history that tell how training began; they are kept."""
PATIENCE = 100
"""Training steps before a network that is no better than the baseline is told so."""
FEWEST = 10
"""Training losses before anything is said of them."""
KINDS = (
    "broken",
    "none",
    "exploding",
    "vanishing",
    "starting",
    "overfitting",
    "worse",
    "baseline",
    "beginning",
    "healthy",
)
"""The verdicts: of the gradient, then of what was learned, from the worst to the best."""


@dataclass(frozen=True)
class Diagnosis:
    """kind: one of KINDS."""

    kind: str
    sentence: Message
    advice: Text = ""


@dataclass(frozen=True)
class Reach:
    """How much of the gradient at step `near`, the last with an answer, arrives at step `first`: ratio of the norms.

    where: which layer and direction is meant, None where there is one. source: whether they are steps of a source, the
    last of which is then the near one.
    """

    ratio: float
    first: int
    near: int
    where: Message | None
    source: bool = False

    def given(self, sentence: Message) -> Message:
        """Fill in `sentence`."""
        return sentence.given(ratio=self.ratio, first=self._name(self.first), near=self.step(self.near))

    def step(self, step: int) -> Message:
        """Name a time step, and whose it is."""
        if self.where:
            return N_("{step} ({where})", step=self._name(step), where=self.where)
        return self._name(step)

    def _name(self, step: int) -> Message:
        return N_("source step {step}", step=step) if self.source else N_("step {step}", step=step)


@dataclass(frozen=True)
class Standing:
    """Where a network stands after `step` training steps: its validation loss, and the loss there is to beat.

    gap: how many times the training loss the validation loss is. began: how many times it was when training began,
    which is more than once where the validation's answers are larger ones, as after a trend. task: which one it is.
    """

    step: int
    loss: float
    gap: float
    began: float
    baseline: Baseline
    task: type[Task]

    @property
    def skill(self) -> float:
        """1 - loss / the baseline's loss: 1 is perfect, 0 as good as the baseline, minus infinity where that is 0."""
        return 1 - self.loss / self.baseline.loss if self.baseline.loss > 0 else -np.inf

    @property
    def good(self) -> bool:
        """Whether it may be called healthy."""
        return self.skill >= self.task.good

    def given(self, sentence: Message, lately: "Standing | None" = None) -> Message:
        """Fill in `sentence`; lately: where it stood before, for the sentences that speak of both."""
        told = self.task.told
        return sentence.given(
            lately=Rounded(told((lately or self).loss), 3),
            step=self.step,
            loss=Rounded(told(self.loss), 3),
            bar=Rounded(told(self.baseline.loss), 3),
            baseline=self.baseline.words,
            gap=self.gap,
            better=100 * self.skill,
            part=100 * (1 - self.skill),
        )


def diagnose(snapshot: Snapshot, experiment: Experiment) -> Diagnosis:
    """Say how training goes, the most serious thing first."""
    norms = snapshot.gradients.hidden_norms  # (L, D, T)
    for of, name in ((norms, template("step {step}")), (_source_norms(snapshot), template("source step {step}"))):
        if np.isfinite(of).all():
            continue
        step = name.given(step=int(np.nonzero(~np.isfinite(of))[2].max()) + 1)
        sentence = N_("The gradient at {step} is infinite or not a number: it has exploded.", step=step)
        return Diagnosis("broken", sentence, advice.against_explosion(experiment))
    if not norms.any():
        sentence = N_("The gradient is exactly 0 at every step: nothing reaches the weights, so nothing is learned.")
        return Diagnosis("none", sentence, advice.against_silence(experiment))
    norm = max([*_newest(snapshot.history.norm), snapshot.gradients.norm], default=0)  # one step in ten is enough
    if norm > LARGE_NORM:
        if experiment.clip_norm:
            sentence = template(
                "The gradient of all weights together has lately had norm {norm} before clipping: exploding."
            )
        else:
            sentence = template("The gradient of all weights together has lately had norm {norm}: exploding.")
        return Diagnosis("exploding", sentence.given(norm=norm), advice.against_explosion(experiment))
    reach = _reach(norms[-1, 0], snapshot, experiment)
    if reach and reach.ratio > EXPLODING:
        sentence = template("The gradient at {first} is {ratio} times that at {near}: exploding.")
        return Diagnosis("exploding", reach.given(sentence), advice.against_explosion(experiment))
    if reach and reach.ratio == 0 and 0 < experiment.truncation < reach.near:
        sentence = counted(
            "No gradient reaches {first}: BPTT is cut into windows of one step.",
            "No gradient reaches {first}: BPTT is cut into windows of {n} steps.",
            experiment.truncation,
            first=reach.step(reach.first),
        )
        return Diagnosis("vanishing", sentence, N_("Set the truncation to 0 to let it through."))
    if reach and reach.ratio < VANISHING:
        sentence = template("The gradient at {first} is {ratio} of that at {near}: vanishing.")
        said = advice.against_vanishing(experiment)
        standing = _standing(snapshot, experiment)
        if standing and standing.skill > HARDLY:
            said = sentences(standing.given(template("It does better than {baseline} all the same.")), said)
        return Diagnosis("vanishing", reach.given(sentence), said)
    return _learning(reach, snapshot, experiment)


def _learning(reach: Reach | None, snapshot: Snapshot, experiment: Experiment) -> Diagnosis:
    """Say how far it has come, the gradients being in order."""
    standing = _standing(snapshot, experiment)
    if standing is None or (standing.skill < HARDLY and snapshot.step < PATIENCE):
        if reach:
            sentence = template("The gradient at {first} is {ratio} of that at {near}: it arrives.")
            return Diagnosis("starting", reach.given(sentence))
        return Diagnosis(
            "starting", N_("Training has just begun: a gradient is there."), _about_distance(snapshot, experiment)
        )
    now = replace(standing, loss=snapshot.validation_loss if np.isfinite(snapshot.validation_loss) else np.inf)
    lately, good = standing, standing.good
    if not good and now.good:  # it has only just become so
        standing = now
    if standing.gap > standing.task.gap * max(standing.began, 1) and not standing.good:
        sentence = template(
            "The validation loss is {gap} times the training loss ({loss}, where {baseline} gives {bar}): overfitting."
        )
        return Diagnosis("overfitting", standing.given(sentence), advice.against_overfitting(snapshot, experiment))
    if standing.skill < -HARDLY:
        sentence = template(
            "At training step {step} it does worse than {baseline} would (lately a loss of {loss} against {bar}): not "
            "learned yet."
        )
        return Diagnosis("worse", standing.given(sentence), advice.against_standstill(snapshot, experiment))
    if standing.skill < HARDLY:
        sentence = template(
            "At training step {step} it does about as well as {baseline} would (lately a loss of {loss} against "
            "{bar}): at the baseline."
        )
        return Diagnosis("baseline", standing.given(sentence), advice.against_standstill(snapshot, experiment))
    if now.skill <= 0:  # weights worse than the baseline are never praised, whatever they were before
        sentence = template("The validation loss jumps: at {loss} it is no better now than {baseline} ({bar}).")
        return Diagnosis("worse", now.given(sentence), advice.against_jumps(experiment))
    if forecast := snapshot.forecast:
        one_step, repeat = forecast.rmse(forecast.one_step), forecast.rmse(forecast.repeat_last)
        if not one_step < repeat:
            sentence = N_(
                "One step ahead on the held-out part it errs more than repeating the last value would (RMS {one_step} "
                "against {repeat}): not learned yet.",
                one_step=Rounded(one_step, 3),
                repeat=Rounded(repeat, 3),
            )
            return Diagnosis("worse", sentence, advice.against_standstill(snapshot, experiment))
    if not good:
        if standing is lately:
            sentence = template("Lately the validation loss was {better} % below that of {baseline}: a beginning.")
        else:
            sentence = template(
                "The validation loss is {better} % below that of {baseline}, but lately its median was {lately} "
                "against {bar}: a beginning."
            )
        return Diagnosis("beginning", standing.given(sentence, lately), advice.against_standstill(snapshot, experiment))
    sentence = template("Lately the validation loss was {part} % of that of {baseline}: healthy.")
    said = (
        _about_answers(snapshot, experiment)
        or _about_start(standing, snapshot, experiment)
        or _about_distance(snapshot, experiment)
    )
    return Diagnosis("healthy", standing.given(sentence), said)


def _standing(snapshot: Snapshot, experiment: Experiment) -> Standing | None:
    """Return where the network stands, by medians, so that no single step decides; None while there are too few."""
    history, baseline = snapshot.history, snapshot.baseline
    losses, measured = (values[np.isfinite(values)] for values in (history.loss, history.validation))
    if len(losses) < FEWEST or not len(measured):
        return None
    loss = float(np.median(_newest(measured)))
    gap, began = _ratio(_newest(measured), _newest(losses)), _ratio(measured[:FIRST], losses[:FIRST])
    return Standing(snapshot.step, loss, gap, began, baseline, TASKS[experiment.task])


def _ratio(validation: Array, training: Array) -> float:
    """Return how many times the one's median the other's is."""
    return float(np.median(validation)) / max(float(np.median(training)), np.finfo(float).tiny)


def _newest(losses: Array) -> Array:
    """Return the newest tenth of `losses`, ten at least."""
    return losses[-max(10, len(losses) // 10) :]


def _about_answers(snapshot: Snapshot, experiment: Experiment) -> Text:
    """Say so where a network reads its answers, as one that says what comes next and reads backwards too does."""
    told = any(baseline.name in ("repeat", "bigram") for baseline in snapshot.baselines)
    if not (told and experiment.bidirectional and np.count_nonzero(snapshot.trace.marked) > 1):
        return ""
    return N_("But it reads backwards too, and so is told every answer but the last.")


def _about_start(standing: Standing, snapshot: Snapshot, experiment: Experiment) -> Text:
    """Say so where a network whose state is carried on errs from a zero state, in which the pictures begin."""
    loss = float(np.nanmean(snapshot.trace.losses))
    if not (standing.task.consecutive and experiment.carry_state) or loss <= standing.baseline.loss:
        return ""
    return N_(
        "But the pictures begin in a zero state, and from there the loss is {loss} against {bar}: it goes by the state "
        "that is carried on, more than by what it reads.",
        loss=Rounded(standing.task.told(loss), 3),
        bar=Rounded(standing.task.told(standing.baseline.loss), 3),
    )


def _about_distance(snapshot: Snapshot, experiment: Experiment) -> Text:
    """Say why nothing is said of how far a gradient reaches, where that is so."""
    marked, source = snapshot.trace.marked, snapshot.trace.source
    if (source and experiment.attention == "none") or len(marked) == 1 or not marked[0]:
        return ""
    if source:
        return N_("Attention hands a gradient to every step of the source, so nothing is said of how far one reaches.")
    return N_(
        "Each dL/dh_t holds its own step's error here; to see how far back a gradient reaches, set the loss to the "
        "last step only."
    )


def _reach(norms: Array, snapshot: Snapshot, experiment: Experiment) -> Reach | None:
    """Return how far the gradient reaches, norms being (T,); None where that can't be said."""
    if snapshot.trace.source:
        norms = _source_norms(snapshot)[-1, 0]
        if experiment.attention != "none" or len(norms) == 1 or norms[-1] == 0:
            return None
        return Reach(float(norms[0] / norms[-1]), 1, len(norms), _where(experiment), source=True)
    marked = snapshot.trace.marked
    near = int(np.flatnonzero(marked)[-1])
    if marked[0] or norms[near] == 0:
        return None
    first = 0
    if experiment.mask_padding and snapshot.trace.tokens is not None:  # before it begins there is no state to reach
        first = int((snapshot.trace.tokens != TASKS[experiment.task].padding).argmax())
    return Reach(float(norms[first] / norms[near]), first + 1, near + 1, _where(experiment))


def _source_norms(snapshot: Snapshot) -> Array:
    """Return the norms of the gradient that reaches the states of the encoder, (L, D, S); none without a source."""
    source = snapshot.trace.source
    return source.gradient_norms if source else np.zeros((1, 1, 0))


def _where(experiment: Experiment) -> Message | None:
    """Return which layer and direction is meant, where there are several."""
    layer = experiment.num_layers
    if experiment.bidirectional:
        return N_("layer {layer}, forward pass", layer=layer) if layer > 1 else N_("forward pass")
    return N_("layer {layer}", layer=layer) if layer > 1 else None


def describe_divergence(step: int, quantity: str, experiment: Experiment) -> Text:
    """Say that training stopped at `step` because `quantity` ("loss", "gradient") overflowed, and what to try."""
    return sentences(DIVERGED[quantity].given(step=step), advice.against_explosion(experiment))


DIVERGED = {
    "loss": template("Training stopped at step {step}: the loss is no longer a finite number."),
    "gradient": template("Training stopped at step {step}: the gradient is no longer a finite number."),
}
