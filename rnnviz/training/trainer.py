"""Trainer: trains the network of one Experiment, step by step, and takes snapshots of it."""

import io
import math
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from rnnviz.kernels.scan import State
from rnnviz.model.continuation import Continuation
from rnnviz.model.network import SequenceModel
from rnnviz.model.recording import Recording
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Array, Curve, Flow, Forecast, Gradients, History, Opened, Snapshot, Trace
from rnnviz.tasks import TASKS
from rnnviz.tasks.task import Batch

HISTORY_LIMIT = 256
"""How many points of the loss curves are kept."""

VALIDATION_STATES = 2_000_000
"""How many values of h_t one validation may compute."""

OPTIMIZERS: dict[str, Callable[[Iterable[Tensor], float], torch.optim.Optimizer]] = {
    "adam": lambda parameters, rate: torch.optim.Adam(parameters, lr=rate, fused=True),
    "sgd": lambda parameters, rate: torch.optim.SGD(parameters, lr=rate, fused=True),
}


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

    keeps_history: whether the curves of a snapshot are measured while it trains; without them it trains faster.

    Raises ValueError where the experiment does not fit the task's data. Fastest with torch.set_num_threads(1).
    """

    recording: Recording
    """What the newest snapshot was made of."""

    def __init__(self, experiment: Experiment, dtype: torch.dtype = torch.float32, *, keeps_history: bool = True):
        self.experiment = experiment
        self.task = TASKS[experiment.task](experiment)
        generator = torch.Generator().manual_seed(experiment.seed)
        self.model = SequenceModel(experiment, self.task.inputs, self.task.outputs, generator, dtype)
        self._validation, self._probe, self._held_out = self._affordable(), self.task.probe, self.task.held_out
        self.baselines = self.task.measured(self._validation)
        """What there is to beat on the validation batch."""
        self.steps = 0
        """How many training steps were made."""
        self.loss = math.nan
        """The training loss of the newest step, measured before its update; NaN before the first."""
        self._norm = self._clipped_norm = math.nan
        self._dtype = dtype
        self._carries = self.task.consecutive and experiment.carry_state
        self._state: list[State | None] | None = None
        self._vector = as_one_vector(self.model)
        self._optimizer = OPTIMIZERS[experiment.optimizer]([self._vector], experiment.learning_rate)
        self._history: list[tuple[int, float, float, float, Tensor]] = []
        self._stride = 1 if keeps_history else 0
        self._measured: tuple[int, float, float | None] | None = None

    def step(self, n: int = 1) -> None:
        """Make n training steps. Raises Diverged, before the weights move, where one can't be made."""
        for _ in range(n):
            for _piece in self.pieces():
                pass

    def pieces(self) -> Iterator[None]:
        """Make one training step piece by piece: for who has to see to others meanwhile. Until it is through, nothing
        else may be asked of this Trainer. Raises Diverged as `step` does."""
        self._update()
        if self._stride and (self.steps - 1) % self._stride == 0:
            yield
            self._validate()
            yield
            self._record()

    def _update(self) -> None:
        batch = self.task.training_batch(self.steps)
        outputs, targets, state = self._answers(batch, self._state)
        loss = self._loss(outputs, targets)
        value = loss.item()
        if not math.isfinite(value):
            raise Diverged(self.steps + 1, "loss")
        gradient = self._vector.grad
        assert gradient is not None
        gradient.zero_()
        loss.backward()
        norm = torch.linalg.vector_norm(gradient).item()
        if not math.isfinite(norm):
            raise Diverged(self.steps + 1, "gradient")
        scale = self._clip(norm)
        if scale < 1:
            gradient *= scale
        self._optimizer.step()
        self.steps += 1
        self.loss, self._norm, self._clipped_norm = value, norm, norm * scale
        if self._carries:
            self._state = [
                tuple(part.detach().clone() for part in end) if i % self.model.directions == 0 else None
                for i, end in enumerate(state)
            ]

    def _affordable(self) -> Batch:
        """Return the validation batch, or as much of it as a large network gets through in a fraction of a second."""
        batch, experiment = self.task.validation, self.experiment
        states = len(batch.mask) * experiment.hidden_size * experiment.num_layers * self.model.directions
        count = max(VALIDATION_STATES // states, 4)
        return Batch(batch.inputs[:, :count], batch.targets[:, :count], batch.mask)

    def _clip(self, norm: float) -> float:
        # as torch.nn.utils.clip_grad_norm_
        limit = self.experiment.clip_norm
        return min(1.0, limit / (norm + 1e-6)) if limit > 0 else 1.0

    def _record(self) -> None:
        """Add a point to the history; when it is full, keep the first three, from which progress is counted, and every
        second of the others, and record half as often from then on."""
        self._history.append((self.steps, self.loss, self._validate()[0], self._norm, self._profile()))
        if len(self._history) > HISTORY_LIMIT:
            self._stride *= 2
            self._history = [point for point in self._history if point[0] <= 3 or (point[0] - 1) % self._stride == 0]

    def _answers(self, batch: Batch, state: Sequence[State | None] | None = None) -> tuple[Tensor, Tensor, list[State]]:
        """Run over a batch; return outputs and targets of the steps whose answers are marked, and the final states."""
        hidden, ends = self.model.hidden(self._tensor(batch.inputs), state)
        targets = self._targets(batch)
        marked = self._marked(batch)
        if marked is not None:
            hidden, targets = hidden[marked], targets[marked]
        return self.model.readout(hidden), targets, ends

    def _marked(self, batch: Batch) -> slice | Tensor | None:
        """Return which time steps' answers are marked; None for all of them."""
        marked = self.task.marked(batch.mask)
        if batch.mask.all():
            return None if marked.all() else slice(-1, None)  # a view, where no answer is left out but by `loss_at`
        return torch.from_numpy(np.flatnonzero(marked))

    def _loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Mean over all answers: cross-entropy of outputs (N, B, O) and classes (N, B), or mean squared error."""
        if self.task.classes:
            return functional.cross_entropy(outputs.flatten(0, 1), targets.flatten())
        return functional.mse_loss(outputs, targets)

    def _losses(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """loss_t of each of N steps, of outputs (N, O) and their targets; `_loss` is the mean of these."""
        if self.task.classes:
            return functional.cross_entropy(outputs, targets, reduction="none")
        return functional.mse_loss(outputs, targets, reduction="none").mean(-1)

    def _tensor(self, array: Array) -> Tensor:
        return torch.from_numpy(array).to(self._dtype)

    def _targets(self, batch: Batch) -> Tensor:
        return torch.from_numpy(batch.targets) if self.task.classes else self._tensor(batch.targets)

    @torch.no_grad()
    def _validate(self) -> tuple[float, float | None]:
        """Return loss and accuracy (None if no classification) of the validation batch, by the weights as they are."""
        if self._measured is None or self._measured[0] != self.steps:
            outputs, targets, _ = self._answers(self._validation)
            accuracy = (outputs.argmax(-1) == targets).double().mean().item() if self.task.classes else None
            self._measured = self.steps, self._loss(outputs, targets).item(), accuracy
        return self._measured[1:]

    @property
    def accuracy(self) -> float | None:
        """The validation batch's share of right answers; None if the task is no classification."""
        return self._validate()[1]

    @property
    def validation_loss(self) -> float:
        """The loss on the validation batch."""
        return self._validate()[0]

    @property
    def profiles(self) -> tuple[npt.NDArray[np.int64], Array]:
        """The norms of the probe's dL/dh_t, (N, L, D, T), after N training steps: those of the history."""
        if not self._history:
            shape = self.experiment.num_layers, self.model.directions, len(self._probe.mask)
            return np.zeros(0, np.int64), np.zeros((0, *shape))
        steps, _losses, _validations, _norms, profiles = zip(*self._history, strict=True)
        return np.array(steps, np.int64), torch.stack(profiles).numpy()

    def _profile(self) -> Tensor:
        """Return the norm of the probe's dL/dh_t, (L, D, T)."""
        *_, recording = self._probed()
        return torch.from_numpy(np.linalg.norm(recording.hidden_gradient.astype(np.float64), axis=-1)).float()

    def adjust(self, experiment: Experiment) -> None:
        """Go on with `experiment`'s live settings. Raises ValueError if anything else in it differs."""
        if not self.experiment.same_network(experiment):
            raise ValueError("only live settings of a running network can change; another network needs a new Trainer")
        self.experiment = experiment
        for group in self._optimizer.param_groups:
            group["lr"] = experiment.learning_rate

    def checkpoint(self) -> bytes:
        """Return everything `restore` needs to go on from here as if nothing had happened."""
        buffer = io.BytesIO()
        torch.save(
            {
                "model": self.model.state_dict(),
                "optimizer": self._optimizer.state_dict(),
                "state": self._state,
                "history": self._history,
                **{name: getattr(self, name) for name in self._NUMBERS},
            },
            buffer,
        )
        return buffer.getvalue()

    _NUMBERS = ("steps", "loss", "_norm", "_clipped_norm", "_stride")

    def restore(self, checkpoint: bytes) -> None:
        """Go on from a checkpoint of a Trainer of the same network; the live settings stay this Trainer's own."""
        saved = torch.load(io.BytesIO(checkpoint), weights_only=True)
        self.model.load_state_dict(saved["model"])
        self._optimizer.load_state_dict(saved["optimizer"])
        self._state, self._history = saved["state"], saved["history"]
        for name in self._NUMBERS:
            setattr(self, name, saved[name])
        self._measured = None
        self.adjust(self.experiment)

    def snapshot(self, opened: Opened | None = None, beyond: int = 0) -> Snapshot:
        """Return what the pictures show, of the weights as they are; training goes on as if it had not been called.

        opened: which cell to look into, at which step of the probe; what does not exist is not opened. beyond: how many
        steps a forecast goes on after the last value there is.
        """
        trace, gradients, flow = self._look()
        validation_loss, accuracy = self._validate()
        steps, *curves = list(zip(*self._history, strict=True))[:4] if self._history else [()] * 4
        return Snapshot(
            step=self.steps,
            loss=self.loss,
            validation_loss=validation_loss,
            accuracy=accuracy,
            baselines=self.baselines,
            parameters=self._vector.numel(),
            history=History(np.array(steps, np.int64), *(np.array(curve, float) for curve in curves)),
            trace=trace,
            gradients=gradients,
            flow=flow,
            forecast=self._forecast(beyond),
            curve=self._curve(),
            inside=self.recording.inside(opened) if opened else None,
        )

    def _probed(self) -> tuple[Tensor, Tensor, Recording]:
        """Run the probe from a zero state, forwards and backwards: return y_t and dL/dy_t, (T, 1, O), and all of it."""
        outputs, recording = self.model.record(self._tensor(self._probe.inputs))
        targets, marked = self._targets(self._probe), self._marked(self._probe)
        marked = slice(None) if marked is None else marked
        loss = self._loss(outputs[marked], targets[marked])
        # .grad, and so training, is left alone
        d_outputs, *_ = torch.autograd.grad(loss, [outputs, *self.model.parameters()])
        return outputs, d_outputs, recording

    def _look(self) -> tuple[Trace, Gradients, Flow]:
        """Show the probe to the network and keep all that was computed."""
        outputs, d_outputs, recording = self._probed()
        probe, self.recording = self._probe, recording
        targets, marked = self._targets(probe), self._marked(probe)
        marked = slice(None) if marked is None else marked
        losses = torch.full((len(outputs),), math.nan, dtype=self._dtype)
        losses[marked] = self._losses(outputs[marked, 0].detach(), targets[marked, 0])
        outputs, asked = outputs.detach()[:, 0], torch.from_numpy(probe.mask)
        answers = targets[asked, 0]
        if self.task.classes:
            outputs, answers = outputs.softmax(-1), functional.one_hot(answers, len(self.task.classes)).to(self._dtype)
        targets = torch.full_like(outputs, math.nan)
        targets[asked] = answers
        trace = Trace(
            inputs=probe.inputs[:, 0],
            hidden=recording.hidden,
            cell=recording.cell,
            gates=recording.gates,
            outputs=outputs.numpy(),
            targets=targets.numpy(),
            losses=losses.numpy(),
        )
        gradients = Gradients(
            hidden=recording.hidden_gradient,
            preactivations=recording.preactivation_gradients,
            norm=self._norm,
            clipped_norm=self._clipped_norm,
        )
        return trace, gradients, recording.flow(d_outputs[:, 0].numpy())

    @torch.no_grad()
    def _curve(self) -> Curve | None:
        if len(self._probe.mask) > 1:
            return None
        outputs, targets, _ = self._answers(self._validation)
        inputs = self._validation.inputs[0, :, 0]
        order = inputs.argsort()
        return Curve(inputs[order], targets[0, order, 0].numpy(), outputs[0, order, 0].numpy())

    @torch.no_grad()
    def _forecast(self, beyond: int) -> Forecast | None:
        held_out = self._held_out
        if held_out is None or self.experiment.bidirectional:  # which would have read the answer
            return None
        outputs, recording = self.model.record(self._tensor(held_out.inputs)[:, None])
        one_step = outputs[:, 0, 0].numpy()
        start, truth, repeat_last = held_out.start, held_out.values(held_out.targets), held_out.repeat_last
        free = self._free_running(recording, start, held_out.inputs[start:], one_step[start - 1])
        after = self._free_running(recording, len(truth), self.task.ahead(beyond), held_out.targets[-1])
        return Forecast(
            start,
            truth,
            held_out.values(one_step),
            np.concatenate([np.full(start, np.nan), held_out.summed(free, repeat_last[start])]),
            repeat_last,
            held_out.summed(after, truth[-1]),
        )

    def _free_running(self, recording: Recording, start: int, inputs: Array, before: float) -> Array:
        """Return the outputs (N,) of steps that go on after `start` of a recording: the first reads `before`, each
        other what the one before it said, beside what else `inputs` (N, I) hold."""
        assert self._held_out
        feedback = self._held_out.feedback
        continuation = Continuation(self.model, recording, start, len(inputs))
        inputs, outputs = self._tensor(inputs).numpy().copy(), []
        with np.errstate(all="ignore"):
            for x in inputs:
                x[feedback] = before
                before = continuation.step(x)[0]
                outputs.append(before)
        return np.array(outputs)


def as_one_vector(model: nn.Module) -> nn.Parameter:
    """Make all parameters and their gradients views of one vector, so that one kernel updates and one measures them."""
    parameters = list(model.parameters())
    vector = nn.Parameter(torch.cat([parameter.detach().flatten() for parameter in parameters]))
    vector.grad = torch.zeros_like(vector)
    sizes = [parameter.numel() for parameter in parameters]
    for parameter, values, gradient in zip(
        parameters, vector.detach().split(sizes), vector.grad.split(sizes), strict=True
    ):
        parameter.data = values.view(parameter.shape)
        parameter.grad = gradient.view(parameter.shape)
    return vector
