"""Trainer: trains the network of one Experiment, step by step, and takes snapshots of it."""

import copy
import io
import math
from collections.abc import Iterable, Iterator

import numpy as np
import torch
from torch import Tensor

from rnnviz.language import N_, BadValue, listed
from rnnviz.looks.accuracy import right_of_all
from rnnviz.looks.decoding import decoding_of
from rnnviz.looks.examples import Examples
from rnnviz.looks.look import look
from rnnviz.looks.pieces import outcome
from rnnviz.looks.subject import Subject
from rnnviz.model.criterion import Criterion
from rnnviz.model.half import Start
from rnnviz.model.network import SequenceModel
from rnnviz.model.passes import Passes
from rnnviz.model.writing import Writer
from rnnviz.moment import BUDGET, Moment, Progress
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Asking, Baseline, Lens, Opened, Passages, Snapshot
from rnnviz.tasks import TASKS
from rnnviz.tasks.pairs import Pairs
from rnnviz.tasks.task import DROPOUT, NOTHING, Batch
from rnnviz.training.history import FIRST, Log
from rnnviz.training.moments import Moments, packed, unpacked
from rnnviz.training.optimizer import Optimizer
from rnnviz.training.vector import as_one_vector
from rnnviz.wanted import WHOLE, Wanted

LONGEST_WRITING = 100_000
"""How many tokens may be written at once."""
WIDEST_DECODING = 100
"""How many branches a beam search may keep."""


class Diverged(RuntimeError):
    """The loss or the gradient of a training step is not a finite number; the weights are those before that step.

    step: which one, counted from 1. quantity: "loss" or "gradient".
    """

    def __init__(self, step: int, quantity: str):
        super().__init__(f"the {quantity} of step {step} is not a finite number")
        self.step, self.quantity = step, quantity

    def __reduce__(self):
        return Diverged, (self.step, self.quantity)


class Trainer:
    """Trains one network. Same experiment, same numbers, to the last bit on one machine, whatever is looked at between.

    Where the task's batches follow one another and `experiment.carry_state` is set, each batch starts from the state
    the one before ended in, detached. A bidirectional network carries its forward half's state only: the backward
    half starts at a batch's end, and nothing has come before it there.

    keeps_history: whether the curves of a snapshot are measured while it trains, and moments kept; without them it
    trains faster. budget: bytes of moments; of a network that is larger none is kept.

    Raises ValueError where the experiment does not fit the task's data. Fastest with torch.set_num_threads(1).
    """

    def __init__(
        self,
        experiment: Experiment,
        dtype: torch.dtype = torch.float32,
        *,
        keeps_history: bool = True,
        budget: int = BUDGET,
    ):
        self.experiment = experiment
        self.task = TASKS[experiment.task](experiment)
        generator = torch.Generator().manual_seed(experiment.seed)
        sizes, tokens = (self.task.inputs, self.task.outputs), bool(self.task.vocabulary)
        source = len(self.task.source_vocabulary)
        self.model = SequenceModel(experiment, *sizes, generator, dtype, tokens=tokens, source=source)
        self.criterion, self.examples = Criterion(self.task, dtype), Examples.of(self.task)
        self.steps = 0
        """How many training steps were made."""
        self.loss = math.nan
        """The training loss of the newest step, measured before its update; NaN before the first."""
        self._norm = self._clipped_norm = math.nan
        self._carries = self.task.consecutive and experiment.carry_state
        self._state: list[Start] = []
        self._vector = as_one_vector(self.model)
        self._passes = Passes(self.model, self.criterion, self._vector)
        self._optimizer = Optimizer(experiment.optimizer, self._vector, experiment.learning_rate)
        shape = experiment.num_layers, self.model.directions, len(self.examples.probe.mask)
        self._log = Log(1 if keeps_history else 0, shape)
        self._moments = Moments(self._vector.nbytes, budget if keeps_history else 0)
        self._now: Subject | None = None
        self._then: tuple[Moment, Subject] | None = None
        self._past: Passes | None = None
        """Those of a second model, in which a moment of the past is looked at, until the present is."""
        self._keep()

    def step(self, n: int = 1) -> None:
        """Make n training steps. Raises Diverged, before the weights move, where one can't be made."""
        for _ in range(n):
            for _piece in self.pieces():
                pass

    def pieces(self) -> Iterator[None]:
        """Make one training step piece by piece: for who has to see to others meanwhile. Until it is through, nothing
        else may be asked of this Trainer. Raises Diverged as `step` does."""
        self._update()
        if self._log.due(self.steps):
            yield
            measured = self.steps <= FIRST or (self.steps - 1) % self.examples.apart == 0
            validation_loss = self.validation_loss if measured else math.nan
            yield
            self._log.record((self.steps, self.loss, validation_loss, self._norm), self._present.profile)
        self._keep()

    def _keep(self) -> None:
        if self._moments.due(self.steps):
            self._moments.keep(self.moment())

    def _update(self) -> None:
        batch = self.task.training_batch(self.steps)
        loss, ends = self._passes.gradient(batch, self._state, self._dropped(batch))
        if not math.isfinite(loss):
            raise Diverged(self.steps + 1, "loss")
        norm = self._optimizer.norm
        if not math.isfinite(norm):
            raise Diverged(self.steps + 1, "gradient")
        scale = self._clip(norm)
        self._now = None
        self._optimizer.step(scale)
        self.steps += 1
        self.loss, self._norm, self._clipped_norm = loss, norm, norm * scale
        if self._carries:
            self._state = [end if i % self.model.directions == 0 else None for i, end in enumerate(ends)]

    def _dropped(self, batch: Batch) -> list[Tensor]:
        if not self.experiment.dropout:
            return []
        return self.model.dropped(self.task.generator(DROPOUT, self.steps), batch.inputs.shape[1])

    def _clip(self, norm: float) -> float:
        # as torch.nn.utils.clip_grad_norm_
        limit = self.experiment.clip_norm
        return min(1.0, limit / (norm + 1e-6)) if limit > 0 else 1.0

    @property
    def baselines(self) -> tuple[Baseline, ...]:
        """What there is to beat on the validation batch."""
        return self.examples.baselines

    @property
    def accuracy(self) -> float | None:
        """The share of right answers in all that is held out; None if the task is no classification."""
        return right_of_all(self._present)

    @property
    def validation_loss(self) -> float:
        """The loss on the validation batch."""
        return self._present.measured[0]

    def adjust(self, experiment: Experiment) -> None:
        """Go on with `experiment`'s live settings. Raises ValueError if anything else in it differs."""
        if not self.experiment.same_network(experiment):
            raise ValueError("only live settings of a running network can change; another network needs a new Trainer")
        self.experiment = experiment
        self._optimizer.rate = experiment.learning_rate

    def checkpoint(self, *, with_moments: bool = True) -> bytes:
        """Return everything `restore` needs to go on from here as if nothing had happened.

        with_moments: whether the moments are in it; without them, which are most of it, they have to be given to
        `restore`, or are forgotten.
        """
        buffer = io.BytesIO()
        torch.save(
            {
                "weights": self._vector.detach(),
                "optimizer": self._optimizer.state(),
                "state": [start and tuple(map(torch.from_numpy, start)) for start in self._state],
                "log": self._log.state(),
                "apart": self._moments.apart,
                "moments": packed(self._moments.without(()) if with_moments else ()),
                **{name: getattr(self, name) for name in self._NUMBERS},
            },
            buffer,
        )
        return buffer.getvalue()

    _NUMBERS = ("steps", "loss", "_norm", "_clipped_norm")

    def restore(self, checkpoint: bytes, moments: Iterable[Moment] = ()) -> None:
        """Go on from a checkpoint of a Trainer of the same network; the live settings stay this Trainer's own.

        moments: those that are kept, if the checkpoint is without them.
        """
        saved = torch.load(io.BytesIO(checkpoint), weights_only=True)
        self._vector.detach().copy_(saved["weights"])
        self._optimizer.restore(saved["optimizer"])
        self._state = [start and tuple(part.numpy() for part in start) for start in saved["state"]]
        self._log.restore(saved["log"])
        for name in self._NUMBERS:
            setattr(self, name, saved[name])
        self._moments.restore([*unpacked(saved["moments"]), *moments], saved["apart"])
        self._now = self._then = None
        self.adjust(self.experiment)

    @property
    def moments(self) -> tuple[int, ...]:
        """The training steps that can be looked at, rising: those that are kept, 0 the first, and the newest."""
        return tuple(sorted({*self._moments.steps, self.steps}))

    def nearest(self, at: int) -> int:
        """Return the newest of `moments` that is not after training step `at`, or the first of them."""
        return max((step for step in self.moments if step <= at), default=self.moments[0])

    def kept(self, but: Iterable[int] = ()) -> tuple[Moment, ...]:
        """Return the moments that are kept, but those of some training steps."""
        return self._moments.without(but)

    def moment(self) -> Moment:
        """Return the network as it is, to be looked at however far the training goes on."""
        return Moment(self._progress, self._vector.detach().numpy().copy())

    @property
    def _progress(self) -> Progress:
        return Progress(self.steps, self.loss, self._norm, self._clipped_norm, self._log.stride)

    def subject(self, at: int | None = None) -> Subject:
        """Return the network to be looked at, before the next training step is made or another is asked for.

        at: after which of `moments`; the newest if None. Raises ValueError for a step that is not kept.
        """
        if at is not None and at != self.steps:
            moment = self._moments.at(at)
            if moment is None:
                raise ValueError(f"training step {at} is not kept; these are: {', '.join(map(str, self.moments))}")
            return self.past(moment)
        self._then = self._past = None
        return self._present

    @property
    def _present(self) -> Subject:
        if self._now is None:
            self._now = self._subject(self._passes, self._progress)
        return self._now

    def past(self, moment: Moment) -> Subject:
        """Return what `subject` would have returned at a moment of this training, as long as no other is asked for."""
        if self._then is None or self._then[0] is not moment:
            if self._past is None:
                model = copy.deepcopy(self.model)
                self._past = self._passes.beside(model, as_one_vector(model, self._vector.grad))
            self._past.weights[:] = moment.weights
            self._then = moment, self._subject(self._past, moment.progress)
        return self._then[1]

    def _subject(self, passes: Passes, progress: Progress) -> Subject:
        return Subject(
            passes,
            self.examples,
            progress,
            history=lambda: self._log.history(progress.step, progress.stride),
            profiles=lambda: self._log.profiles(progress.step),
        )

    def snapshot(
        self,
        opened: Opened | None = None,
        beyond: int = 0,
        *,
        lens: Lens | None = None,
        reading: Passages | None = None,
        at: int | None = None,
    ) -> Snapshot:
        """Return all there is to see after a training step; training goes on as if it had not been called.

        opened: which cell to look into, at which step of the probe; what does not exist is not opened. beyond: how many
        steps a forecast goes on after the last value there is. lens: what of the gradients to analyse, if anything.
        reading: which texts to read, if any. at: which of `moments`, the newest if None. Of an older one the snapshot
        is, to the last bit, the one that was to be had then, but for an analysis' profiles, which are thinned as the
        training goes on. Raises ValueError for a step that is not kept.
        """
        return look(self.subject(at), Wanted(WHOLE, opened, lens, beyond, reading=reading))

    def decode(self, source: str, beam: int = 8, *, normalised: bool = False) -> list[tuple[str, float]]:
        """Return what the network writes of a source, best first, each with its log-probability: up to `beam` outputs
        that beam search finds, of which `beam` branches are kept at each step.

        normalised: order them by the mean log-probability of a token instead of the sum. Raises ValueError for a
        network that is none of two parts, a source that is empty or holds what is not in its vocabulary, and a beam
        that is out of bounds.
        """
        task = self.task
        if not isinstance(task, Pairs):
            raise BadValue(N_("Only a network of two parts, an encoder and a decoder, decodes a source."))
        if not 1 <= beam <= WIDEST_DECODING:
            raise BadValue(N_("The beam has to be a number from 1 to {most}.", most=WIDEST_DECODING))
        read = task.source_tokens(source)
        if not read:
            raise BadValue(N_("The source is empty: there is nothing to decode."))
        if missing := [piece for piece, token in read if token == NOTHING]:
            raise _unknown(missing)
        asked = Asking(tuple(token for _piece, token in read), beam, normalised)
        lines = [line for line, _score in outcome(decoding_of(self.subject(), asked)).best]
        return [(task.joined(line.tokens[line.tokens != task.end].tolist()), line.log_probability) for line in lines]

    def generate(self, prompt: str, length: int, *, temperature: float = 1.0, top_k: int = 0, seed: int = 0) -> str:
        """Return what the network writes after it has read `prompt`: so many tokens, without the prompt's own.

        temperature, top_k: see snapshot.writing.chances. Raises ValueError for a task that does not say the next token,
        a bidirectional network, a prompt that is empty or holds what is not in the vocabulary, and what is out of
        bounds.
        """
        if not self.task.says_next:
            raise BadValue(N_("Only a network that says the next token can write; this task asks for something else."))
        if not 1 <= length <= LONGEST_WRITING:
            raise BadValue(N_("The length has to be a number from 1 to {most}.", most=LONGEST_WRITING))
        read = self.task.tokens_of(prompt)
        if not read:
            raise BadValue(N_("The prompt is empty: the network has to read something before it can say what is next."))
        if missing := [word for word, token in read if token in (NOTHING, self.task.unknown)]:
            raise _unknown(missing)
        writer = Writer(self.model, [token for _word, token in read], length)
        random = np.random.default_rng(seed)
        return self.task.joined(list(writer.write(length, temperature, top_k, random)))


def _unknown(missing: list[str]) -> BadValue:
    named = listed([f"“{word}”" for word in dict.fromkeys(missing)][:10])
    return BadValue(N_("The network does not know {words}: it was not trained on any.", words=named))
