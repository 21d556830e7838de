"""Subject: the network of one training step and what it is shown: what every look is a function of."""

from collections.abc import Callable
from functools import cached_property

import numpy as np
import numpy.typing as npt
from torch import Tensor

from rnnviz.looks.examples import Examples
from rnnviz.model.criterion import Criterion
from rnnviz.model.network import SequenceModel
from rnnviz.model.passes import Passes
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
        passes: Passes,
        examples: Examples,
        progress: Progress,
        history: Callable[[], History],
        profiles: Callable[[], tuple[Indices, Array]],
    ):
        self.passes, self.examples, self.progress = passes, examples, progress
        self.history, self.profiles = history, profiles

    @property
    def model(self) -> SequenceModel:
        """The network."""
        return self.passes.model

    @property
    def criterion(self) -> Criterion:
        """How its answers are marked."""
        return self.passes.criterion

    @property
    def task(self) -> Task:
        """What the network is to learn."""
        return self.criterion.task

    @cached_property
    def measured(self) -> tuple[float, float | None]:
        """Loss and accuracy (None if no classification) of the validation batch."""
        outputs, targets = self.validated
        accuracy = float(self.criterion.right(outputs, targets).mean()) if self.task.classes else None
        return self.criterion.mark(outputs, targets)[0], accuracy

    @cached_property
    def validated(self) -> tuple[Array, Array]:
        """What is said in the validation batch where answers are marked, (N, B, O), and what is right."""
        return self.passes.answers(self.examples.validation)

    @property
    def outputs(self) -> Array:
        """y_t of the probe, (T, O)."""
        return self._probed[0][:, 0]

    @property
    def output_gradient(self) -> Array:
        """dL/dy_t of the probe, (T, O)."""
        return self._probed[1][:, 0]

    @property
    def recording(self) -> Recording:
        """What the cells computed of the probe, from a zero state forwards, and backwards from its loss."""
        return self._probed[2]

    @property
    def losses(self) -> Array:
        """loss_t of the probe, (T,), NaN where no answer is marked."""
        return self._probed[3]

    def probe_loss(self, outputs: Tensor) -> Tensor:
        """Return the probe's loss L, given what is said of it, (T, 1, O): differentiable."""
        probe, criterion = self.examples.probe, self.criterion
        marked = criterion.marked(probe)
        return criterion.loss(outputs[marked], criterion.targets(probe)[marked])

    @property
    def marked(self) -> npt.NDArray[np.bool_]:
        """At which time steps of the probe an answer is marked, (T,)."""
        return ~np.isnan(self.losses)

    @cached_property
    def profile(self) -> Array:
        """The norm of the probe's dL/dh_t, (L, D, T), in float64."""
        return np.linalg.norm(self.recording.hidden_gradient.astype(np.float64), axis=-1)

    @cached_property
    def _probed(self) -> tuple[Array, Array, Recording, Array]:
        probe, criterion = self.examples.probe, self.criterion
        outputs, recording, back = self.passes.record(probe)
        marked = criterion.marked(probe)
        losses, d_outputs = np.full(len(outputs), np.nan, outputs.dtype), np.zeros_like(outputs)
        _loss, each, d_outputs[marked] = criterion.mark(outputs[marked], probe.targets[marked])
        losses[marked] = each[:, 0]
        back(d_outputs)
        return outputs, d_outputs, recording, losses
