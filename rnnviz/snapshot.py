"""What a trained network looks like at one moment: NumPy arrays with stated axes, and nothing that runs.

Axes are named once, here: L layers, D directions (1, or 2 when bidirectional), T time steps, H hidden units,
I input features, O outputs. Time index 0 is time step 1 of the formulas. For the backward direction, index t
is the state the reverse pass holds at position t of the sequence, as in torch.nn.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from rnnviz.language import Message

Array = npt.NDArray[np.floating]
Indices = npt.NDArray[np.integer]

Part = Literal["trace", "gradients", "flow", "forecast", "curve", "inside", "analysis"]
"""What may be asked for of a snapshot: the names of its fields."""


@dataclass(frozen=True, eq=False)
class Trace:
    """One forward pass over the probe sequence, started from a zero state.

    inputs: (T, I). hidden: h_t, (L, D, T, H). cell: c_t, the same axes, None where a cell has no c_t.
    gates: by name, each (L, D, T, H); the names are those of the cell's equations.
    outputs: (T, O), the network's y_t; for a classification, the softmax probabilities.
    targets: (T, O), NaN where no answer is asked; for a classification, one-hot.
    losses: loss_t, (T,), NaN where no answer is marked; the loss L is the mean of the others.
    """

    inputs: Array
    hidden: Array
    cell: Array | None
    gates: dict[str, Array]
    outputs: Array
    targets: Array
    losses: Array

    @property
    def marked(self) -> npt.NDArray[np.bool_]:
        """At which time steps an answer is marked, (T,)."""
        return ~np.isnan(self.losses)


@dataclass(frozen=True, eq=False)
class Gradients:
    """Gradients of the probe's loss, which is the mean over the asked time steps, or that of the last one.

    hidden: the total dL/dh_t, through every later step and layer, (L, D, T, H).
    preactivations: dL/da_t by gate, a_t being what the gate's nonlinearity is applied to, (L, D, T, H) each.
    norm, clipped_norm: Euclidean norm of all parameter gradients of the last *training* step, before and
    after clipping; NaN before the first step.
    """

    hidden: Array
    preactivations: dict[str, Array]
    norm: float
    clipped_norm: float

    @cached_property
    def hidden_norms(self) -> Array:
        """Euclidean norm of dL/dh_t over the units, in float64: (L, D, T)."""
        return np.linalg.norm(self.hidden.astype(np.float64), axis=-1)


@dataclass(frozen=True, eq=False)
class Flow:
    """The gradient of the probe's loss on its way back through the unrolled graph: Euclidean norms in float64.

    output: dL/dy_t, (T,). readout: the part of dL/dh_t of the last layer that comes from y_t, (D, T).
    before: the part of dL/dh_(t-1) that step t sends back through the recurrence, (L, D, T); where direction 1 reads,
    t-1 is the step after t. cell: the same on the way past all matrices, of dL/dc_(t-1), or of dL/dh_(t-1) where the
    cell has no W_hh; None where there is no such way.
    input: the part of dL/dx_t, or of dL/dh_t of the layer below, that a cell sends down, (L, D, S, T): to each of the
    S directions of the layer below; NaN where there is none, x_t being one. inputs: dL/dx_t, (T,), of all directions
    together.
    """

    output: Array
    readout: Array
    input: Array
    before: Array
    cell: Array | None
    inputs: Array


@dataclass(frozen=True)
class Opened:
    """Which cell is looked into, and of which unit the sums are spelt out: all counted from 0."""

    layer: int
    direction: int
    step: int
    unit: int


@dataclass(frozen=True)
class Lens:
    """Which layer and direction the gradient lab looks at, and which step's Jacobian: all counted from 0."""

    layer: int = 0
    direction: int = 0
    step: int = 1


@dataclass(frozen=True, eq=False)
class Memory:
    """How much the last state a cell reads, h_T, still changes with each earlier one, in float64 (gradients.py).

    norm: the Frobenius norm of dh_T/dh_t, (T,). largest, smallest: its extreme singular values, (N,), at the time
    indices `at`. cell_norm: the norm of dh_T/dc_t, (T,), None where a cell has no c_t. What float32 could not hold is
    infinite; after a state that overflowed all is NaN, and so is a singular value lost in the rounding of the largest.
    horizon, floor: the distances at which the norm (of an LSTM, cell_norm) has fallen to 1/e of its start, and to
    float32's smallest normal number; infinity where it has not, NaN where it overflowed before.
    """

    norm: Array
    cell_norm: Array | None
    at: Indices
    largest: Array
    smallest: Array
    horizon: float
    floor: float

    @property
    def path(self) -> Array:
        """The norm on the way by which the state is kept, (T,): cell_norm where there is one, else norm."""
        return self.norm if self.cell_norm is None else self.cell_norm


@dataclass(frozen=True, eq=False)
class Shares:
    """dL/dW_hh taken apart by pairs of a loss term t and a step k: Frobenius norms in float64.

    marked: the indices t of the loss terms that were taken, (M,). norms: (T, T), row t, column k; NaN where there is no
    such pair, or its term was not taken. by_distance: (N,), of the sum of all shares at
    each of the distances |t-k|. norm: of dL/dW_hh, their sum.
    """

    marked: Indices
    norms: Array
    distances: Indices
    by_distance: Array
    norm: float


@dataclass(frozen=True, eq=False)
class Factors:
    """What makes the gradient shrink or grow at each step.

    local: of a plain RNN f', the derivative of its activation, of a gated cell the gate that keeps the state: its mean
    over the units, (T,). growth: by what going back over step t multiplies the norm of dh_T/dh_t (of an LSTM,
    dh_T/dc_t): (T,), NaN at the first step. radius, largest: spectral radius and largest singular value of a plain
    RNN's W_hh, else NaN. curve, visited: points (2, N) of the derivative of the activation (the new value's, in a gated
    cell), over its argument: the function, and where the units are. jacobian: dh_t/dh_(t-1) at the lens' step, (H, H);
    of a plain RNN it is diag(slope) W_hh, slope being f'(a_t), (H,): these two are None elsewhere.
    """

    local: Array
    growth: Array
    radius: float
    largest: float
    curve: Array
    visited: Array
    jacobian: Array
    slope: Array | None
    W_hh: Array | None


@dataclass(frozen=True, eq=False)
class Analysis:
    """What the gradient lab shows of one layer and direction at training step `step`.

    asked, lens: what was to be looked at, and what there is of it.
    terms: how many terms the loss has, of which `shares` may have taken some. profiles: the norm of dL/dh_t, (N, T), at
    the N training steps profile_steps, thinned evenly, the newest last.
    """

    step: int
    asked: Lens
    lens: Lens
    memory: Memory
    shares: Shares
    terms: int
    factors: Factors
    profile_steps: Indices
    profiles: Array


@dataclass(frozen=True, eq=False)
class Inside:
    """Every value one cell computes at one step, by the names its equations use (equations.py).

    x: (I,) what it reads. h_before, c_before: (H,) the state it starts from. values: (H,) each.
    weights_x, weights_h: by block, the opened unit's rows of W_ih (I,) and W_hh (H,). at_once: where all steps can also
    be computed at once, the largest difference of any h_t of this layer and direction; None where they can't.
    """

    opened: Opened
    x: Array
    h_before: Array
    c_before: Array | None
    values: dict[str, Array]
    weights_x: dict[str, Array]
    weights_h: dict[str, Array]
    at_once: float | None = None


@dataclass(frozen=True, eq=False)
class History:
    """The run so far, thinned evenly: arrays of one length N. validation is NaN where it was not measured.

    norm: as in Gradients, before clipping.
    """

    step: Indices
    loss: Array
    validation: Array
    norm: Array


@dataclass(frozen=True, eq=False)
class Forecast:
    """One-step and free-running forecasts of a held-out series, in the series' own units; arrays of length N.

    The network first reads `start` true values to warm up; from index `start` on, free_running is fed with its
    own output, while one_step is given the true previous value at every step, and repeat_last is that value.
    free_running is NaN before `start`. All errors are root mean squares over index `start` and after.
    beyond: (M,), the values that follow the last of them: the network has read all N and goes on with its own output.
    There is no truth to compare them with.
    """

    start: int
    truth: Array
    one_step: Array
    free_running: Array
    repeat_last: Array
    beyond: Array

    def rmse(self, forecast: Array) -> float:
        """Root mean square error of `forecast` (N,) against the truth, in the series' units."""
        error = forecast[self.start :] - self.truth[self.start :]
        return float(np.sqrt(np.mean(np.square(error, dtype=np.float64))))


@dataclass(frozen=True)
class Baseline:
    """What one way to answer without a network comes to, on the batch the network is validated on.

    name: "mean", "repeat" or "chance". words: what it does ("always saying the mean").
    loss: as the network's, a mean squared error or a cross-entropy. accuracy: the share of right answers it can count
    on, None where the task is no classification.
    """

    name: str
    words: Message
    loss: float
    accuracy: float | None = None


@dataclass(frozen=True, eq=False)
class Curve:
    """What a network of one input and one output says where there is a single time step, over all inputs.

    inputs, targets, outputs: of the validation batch, (N,), by rising input.
    """

    inputs: Array
    targets: Array
    outputs: Array


class Unseen(LookupError):
    """A part of a snapshot was asked for that it was taken without."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What was seen of a network at one training step: its numbers, and the parts that were wanted.

    loss and validation_loss are those of the newest training step and of the fixed validation batch (NaN when not
    measured yet); accuracy is the validation share of right answers, None where the task is no classification.
    baselines: what there is to beat on that batch, at least one. parts: by name. The properties below give them their
    types, and raise Unseen for one that is not among them: nothing is drawn of what was not looked at.
    """

    step: int
    loss: float
    validation_loss: float
    accuracy: float | None
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
    def inside(self) -> Inside | None:
        """The opened cell; None where there is no such cell, step or unit."""
        return self._part("inside")

    @property
    def analysis(self) -> Analysis:
        """What the gradient lab shows."""
        return self._part("analysis")

    def _part(self, name: Part) -> Any:
        if name not in self.parts:
            raise Unseen(f"the snapshot was taken without its {name}")
        return self.parts[name]

    def showing(self, **parts: Any) -> "Snapshot":
        """Return the same snapshot with more parts."""
        return replace(self, parts={**self.parts, **parts})

    @property
    def baseline(self) -> Baseline:
        """The best of the baselines: what is not better than this has learned nothing of use."""
        return min(self.baselines, key=lambda baseline: baseline.loss)
