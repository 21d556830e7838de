"""Subject: the network of one training step and what it is shown: what every look is a function of."""

import math
from collections.abc import Callable
from functools import cached_property

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from rnnviz.looks.examples import Examples
from rnnviz.model.criterion import Criterion
from rnnviz.model.network import SequenceModel
from rnnviz.model.recording import Recording
from rnnviz.moment import Progress
from rnnviz.snapshot import Array, History, Indices
from rnnviz.tasks.task import Task


class Subject:
    """What several looks have in common is computed once, when the first of them asks for it.

    While it is looked at, the model's weights must rest. progress: how far the training has come. history: the run so
    far. profiles: returns the norms of the probe's dL/dh_t, (N, L, D, T), after N training steps so far.
    """

    def __init__(
        self,
        model: SequenceModel,
        criterion: Criterion,
        examples: Examples,
        progress: Progress,
        history: Callable[[], History],
        profiles: Callable[[], tuple[Indices, Array]],
    ):
        self.model, self.criterion, self.examples, self.progress = model, criterion, examples, progress
        self.history, self.profiles = history, profiles

    @property
    def task(self) -> Task:
        """What the network is to learn."""
        return self.criterion.task

    @cached_property
    def measured(self) -> tuple[float, float | None]:
        """Loss and accuracy (None if no classification) of the validation batch."""
        with torch.no_grad():
            outputs, targets = self.validated
            accuracy = self.criterion.right(outputs, targets).double().mean().item() if self.task.classes else None
            return self.criterion.loss(outputs, targets).item(), accuracy

    @cached_property
    def validated(self) -> tuple[Tensor, Tensor]:
        """What is said in the validation batch where answers are marked, (N, B, O), and what is right."""
        with torch.no_grad():
            return self.criterion.answers(self.model, self.examples.validation)[:2]

    @property
    def outputs(self) -> Tensor:
        """y_t of the probe, (T, O)."""
        return self._probed[0].detach()[:, 0]

    @property
    def output_gradient(self) -> Array:
        """dL/dy_t of the probe, (T, O)."""
        return self._probed[1][:, 0].numpy()

    @property
    def recording(self) -> Recording:
        """What the cells computed of the probe, from a zero state forwards, and backwards from its loss."""
        return self._probed[2]

    @cached_property
    def losses(self) -> Tensor:
        """loss_t of the probe, (T,), NaN where no answer is marked."""
        probe, outputs = self.examples.probe, self.outputs
        targets, marked = self.criterion.targets(probe), self.criterion.marked(probe)
        marked = slice(None) if marked is None else marked
        losses = torch.full((len(outputs),), math.nan, dtype=outputs.dtype)
        losses[marked] = self.criterion.losses(outputs[marked], targets[marked, 0])
        return losses

    def probe_loss(self, outputs: Tensor) -> Tensor:
        """Return the probe's loss L, given what is said of it, (T, 1, O): differentiable."""
        probe, criterion = self.examples.probe, self.criterion
        marked = criterion.marked(probe)
        marked = slice(None) if marked is None else marked
        return criterion.loss(outputs[marked], criterion.targets(probe)[marked])

    @property
    def marked(self) -> npt.NDArray[np.bool_]:
        """At which time steps of the probe an answer is marked, (T,)."""
        return ~np.isnan(self.losses.numpy())

    @cached_property
    def profile(self) -> Array:
        """The norm of the probe's dL/dh_t, (L, D, T), in float64."""
        return np.linalg.norm(self.recording.hidden_gradient.astype(np.float64), axis=-1)

    @cached_property
    def _probed(self) -> tuple[Tensor, Tensor, Recording]:
        probe, criterion = self.examples.probe, self.criterion
        outputs, recording = self.model.record(
            criterion.inputs(probe), criterion.padding(probe), criterion.source(probe)
        )
        loss = self.probe_loss(outputs)
        # .grad, and so training, is left alone
        d_outputs, *_ = torch.autograd.grad(loss, [outputs, *self.model.parameters()])
        return outputs.detach(), d_outputs, recording
