"""Snapshot: the numbers of a network at one training step, and of all that can be seen of it what was wanted."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from rnnviz.snapshot.analysis import Analysis, Memory
from rnnviz.snapshot.embedding import Embedding
from rnnviz.snapshot.learning import Baseline, Curve, Distances, Forecast, History, to_beat
from rnnviz.snapshot.pairs import Decoding, Exactness, Found, Paths
from rnnviz.snapshot.probe import Flow, Gradients, Inside, Padding, Trace
from rnnviz.snapshot.reading import Reading
from rnnviz.snapshot.writing import Writing

Part = Literal[
    "trace",
    "gradients",
    "flow",
    "forecast",
    "curve",
    "distances",
    "inside",
    "analysis",
    "memory",
    "reading",
    "writing",
    "embedding",
    "padding",
    "paths",
    "decoding",
    "exactness",
    "found",
]
"""What may be asked for of a snapshot, by the names under which it holds them."""


class Unseen(LookupError):
    """A part of a snapshot was asked for that it was taken without."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What was seen of a network at one training step: its numbers, and the parts that were wanted.

    loss and validation_loss are those of the newest training step and of the fixed validation batch (NaN when not
    measured yet); accuracy is the validation share of right answers, None where the task is no classification, and
    validated how many sequences that batch has.
    baselines: what there is to beat on that batch, at least one. parts: by name. The properties below give them their
    types, and raise Unseen for one that is not among them: nothing is drawn of what was not looked at.
    """

    step: int
    loss: float
    validation_loss: float
    accuracy: float | None
    validated: int
    baselines: tuple[Baseline, ...]
    parameters: int
    history: History
    parts: dict[Part, Any]

    @property
    def trace(self) -> Trace:
        """The probe on the way forwards."""
        return self._part("trace")

    @property
    def gradients(self) -> Gradients:
        """The gradient of the probe's loss."""
        return self._part("gradients")

    @property
    def flow(self) -> Flow:
        """That gradient on every edge of the unrolled graph."""
        return self._part("flow")

    @property
    def forecast(self) -> Forecast | None:
        """What is said of a held-out series; None where there is none."""
        return self._part("forecast")

    @property
    def curve(self) -> Curve | None:
        """What is said of all inputs; None where there are several time steps."""
        return self._part("curve")

    @property
    def distances(self) -> Distances | None:
        """How often it is right at which distance; None where the task has none."""
        return self._part("distances")

    @property
    def inside(self) -> Inside | None:
        """The opened cell; None where there is no such cell, step or unit."""
        return self._part("inside")

    @property
    def analysis(self) -> Analysis:
        """What the gradient lab shows."""
        return self._part("analysis")

    @property
    def memory(self) -> Memory:
        """What h_T of the last layer keeps of the states before it, read forwards; without singular values."""
        return self._part("memory")

    @property
    def reading(self) -> Reading:
        """What the network makes of a text."""
        return self._part("reading")

    @property
    def writing(self) -> Writing | None:
        """What the network writes; None where it can't."""
        return self._part("writing")

    @property
    def embedding(self) -> Embedding | None:
        """Where words stand; None where there is no embedding."""
        return self._part("embedding")

    @property
    def padding(self) -> Padding | None:
        """What padding does to h_T; None where there is none."""
        return self._part("padding")

    @property
    def paths(self) -> Paths | None:
        """What each loss_t asks of each source state; None without a source."""
        return self._part("paths")

    @property
    def decoding(self) -> Decoding:
        """What the network writes of a source."""
        return self._part("decoding")

    @property
    def exactness(self) -> Exactness | None:
        """How much it writes right, by the source's length and position; None without a source."""
        return self._part("exactness")

    @property
    def found(self) -> Found:
        """Sources that beam search gets right and greedy decoding wrong."""
        return self._part("found")

    def _part(self, name: Part) -> Any:
        if name not in self.parts:
            raise Unseen(f"the snapshot was taken without its {name}")
        return self.parts[name]

    def showing(self, **parts: Any) -> "Snapshot":
        """Return the same snapshot with more parts."""
        return replace(self, parts={**self.parts, **parts})

    @property
    def baseline(self) -> Baseline:
        """What there is to beat."""
        return to_beat(self.baselines)
