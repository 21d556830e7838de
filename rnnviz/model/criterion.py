"""Criterion: how the answers of a network to its task are marked."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from rnnviz.kernels.scan import State
from rnnviz.model.encoder import Source
from rnnviz.model.network import SequenceModel
from rnnviz.snapshot import Array
from rnnviz.tasks.task import NOTHING, Batch, Task


class Criterion:
    """Cross-entropy of a classification, else the mean squared error: the mean over all answers that are marked."""

    def __init__(self, task: Task, dtype: torch.dtype = torch.float32):
        self.task, self.dtype = task, dtype

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
        targets = self.targets(batch)
        marked = self.marked(batch)
        if marked is not None:
            hidden, targets = hidden[marked], targets[marked]
        return model.readout(hidden), targets, ends

    def marked(self, batch: Batch) -> slice | Tensor | None:
        """Return which time steps' answers are marked; None for all of them."""
        marked = self.task.marked(batch.mask)
        if batch.mask.all():
            return None if marked.all() else slice(-1, None)  # a view, where no answer is left out but by `loss_at`
        return torch.from_numpy(np.flatnonzero(marked))

    def loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Mean over all answers: cross-entropy of outputs (N, B, O) and classes (N, B), NOTHING where none is asked, or
        mean squared error."""
        if self.task.classes:
            return functional.cross_entropy(outputs.flatten(0, 1), targets.flatten(), ignore_index=NOTHING)
        return functional.mse_loss(outputs, targets)

    def right(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Return which answers to a classification are right, (N, B); of two sequences, which are right in full, (B,).

        The latter are those that are written so greedily: as long as all before is right, the same is read.
        """
        right = outputs.argmax(-1) == targets
        return (right | (targets == NOTHING)).all(0) if self.task.source_vocabulary else right

    def losses(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """loss_t of each of N steps, of outputs (N, O) and their targets; `loss` is the mean of these."""
        if self.task.classes:
            return functional.cross_entropy(outputs, targets, reduction="none")
        return functional.mse_loss(outputs, targets, reduction="none").mean(-1)

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
