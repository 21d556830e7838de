"""Criterion: how the answers of a network to its task are marked."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from rnnviz.kernels.losses import cross_entropies, squared_errors
from rnnviz.kernels.scan import State
from rnnviz.model.encoder import Source
from rnnviz.model.network import SequenceModel
from rnnviz.snapshot import Array, Indices
from rnnviz.tasks.task import NOTHING, Batch, Mask, Task

MOST_MASKS = 4
"""Of how many masks it is known which answers are marked: those of training, the validation batch and the probe."""


class Criterion:
    """Cross-entropy of a classification, else the mean squared error: the mean over all answers that are marked."""

    def __init__(self, task: Task, dtype: torch.dtype = torch.float32):
        self.task, self.dtype = task, dtype
        self._marked: dict[int, tuple[Mask, slice | Indices]] = {}

    def answers(
        self,
        model: SequenceModel,
        batch: Batch,
        state: Sequence[State | None] | None = None,
        keep: Sequence[Tensor] = (),
    ) -> tuple[Tensor, Tensor, list[State]]:
        """Run over a batch; return outputs and targets of the steps whose answers are marked, and the final states.

        keep: as in SequenceModel.hidden.
        """
        x, source = model.read(self.inputs(batch)), self.source(batch)
        kept = None if source is None else Source(source)
        hidden, ends = model.hidden(x, state, padding=self.padding(batch), keep=keep, source=kept)
        marked = self.marked(batch)
        return model.readout(hidden[marked]), self.targets(batch)[marked], ends

    def marked(self, batch: Batch) -> slice | Indices:
        """Return which time steps' answers are marked: a slice where none is left out but by `loss_at`."""
        known = self._marked.get(id(batch.mask))
        if known is None or known[0] is not batch.mask:
            marked = self.task.marked(batch.mask)
            whole = slice(None if marked.all() else -1, None)
            known = batch.mask, whole if batch.mask.all() else np.flatnonzero(marked)
            self._marked = dict([*self._marked.items(), (id(batch.mask), known)][-MOST_MASKS:])
        return known[1]

    def loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Mean over all answers: cross-entropy of outputs (N, B, O) and classes (N, B), NOTHING where none is asked, or
        mean squared error."""
        if self.task.classes:
            return functional.cross_entropy(outputs.flatten(0, 1), targets.flatten(), ignore_index=NOTHING)
        return functional.mse_loss(outputs, targets)

    @np.errstate(all="ignore")  # a network may diverge; whoever reads the loss says so
    def mark(self, outputs: Array, targets: Array) -> tuple[float, Array, Array]:
        """Return what `loss` does, the loss of each answer that it is the mean of, (N, B), NaN where none is asked, and
        its gradient, (N, B, O)."""
        gradient = outputs.copy()
        y, losses = gradient.reshape(-1, outputs.shape[2]), np.empty(outputs.shape[:2], outputs.dtype)
        if self.task.classes:
            loss = cross_entropies(y, targets.ravel(), losses.reshape(-1))
        else:
            loss = squared_errors(y, np.ascontiguousarray(targets, y.dtype).reshape(y.shape), losses.reshape(-1))
        return loss, losses, gradient

    def right(self, outputs: Array, targets: Array) -> npt.NDArray[np.bool_]:
        """Return which answers to a classification are right, (N, B); of two sequences, which are right in full, (B,).

        The latter are those that are written so greedily: as long as all before is right, the same is read.
        """
        right = outputs.argmax(-1) == targets
        return (right | (targets == NOTHING)).all(0) if self.task.source_vocabulary else right

    def inputs(self, batch: Batch) -> Tensor:
        """Return a batch's inputs: tokens, or numbers as the network computes with them."""
        return torch.from_numpy(batch.inputs) if self.task.vocabulary else self.tensor(batch.inputs)

    def padding(self, batch: Batch) -> Tensor | None:
        """Return where a batch's sequences have not begun, if that is to be skipped."""
        skipped = self.task.experiment.mask_padding and batch.padding is not None
        return torch.from_numpy(batch.padding) if skipped else None

    def source(self, batch: Batch) -> Tensor | None:
        """Return a batch's sources, tokens (S, B), if it has any."""
        return None if batch.source is None else torch.from_numpy(batch.source)

    def tensor(self, array: Array) -> Tensor:
        """Return an array as the network computes with it."""
        return torch.from_numpy(array).to(self.dtype)

    def targets(self, batch: Batch) -> Tensor:
        """Return a batch's targets: class numbers, or values as the network computes with them."""
        return torch.from_numpy(batch.targets) if self.task.classes else self.tensor(batch.targets)
