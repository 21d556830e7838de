"""What is seen of the probe sequence: the way forwards, the gradient on its way back, and the inside of one cell."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rnnviz.snapshot.arrays import Array, Indices
from rnnviz.snapshot.pairs import Source


@dataclass(frozen=True, eq=False)
class Trace:
    """One forward pass over the probe sequence, started from a zero state, or from the one its source was read into.

    inputs: x_t, (T, I). hidden: h_t, (L, D, T, H). cell: c_t, the same axes, None where a cell has no c_t.
    gates: by name, each (L, D, T, H); the names are those of the cell's equations.
    outputs: (T, O), the network's y_t; for a classification, the softmax probabilities.
    targets: (T, O), NaN where no answer is asked; for a classification, one-hot.
    losses: loss_t, (T,), NaN where no answer is marked; the loss L is the mean of the others.
    tokens: (T,), which token of the task's vocabulary each step reads, -1 where none; None where it reads numbers.
    source, attention: of two sequences, the other one, and the weights a_ts with which each step looks at it, (T, S),
    the latter None without attention.
    """

    inputs: Array
    hidden: Array
    cell: Array | None
    gates: dict[str, Array]
    outputs: Array
    targets: Array
    losses: Array
    tokens: Indices | None = None
    source: Source | None = None
    attention: Array | None = None

    @property
    def contexts(self) -> Array | None:
        """The contexts ctx_t = sum_s a_ts h̄_s, (T, M); None without attention."""
        return None if self.attention is None or self.source is None else self.attention @ self.source.states

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
class Attended:
    """The gradient of the probe's loss on its way back through attention: Euclidean norms in float64.

    states: the part of dL/dh̄_s that step t sends, by its context and by its weights, (D, T, S): to each of the D
    directions of the encoder. query: the part of dL/dh of the state that asks at step t, (T,). context: the total
    dL/dctx_t, (T,); input, readout: what of it comes from the first layer's cell, 0 where that does not read it, and
    from y_t.
    """

    states: Array
    query: Array
    context: Array
    input: Array
    readout: Array


@dataclass(frozen=True, eq=False)
class Flow:
    """The gradient of the probe's loss on its way back through the unrolled graph: Euclidean norms in float64.

    output: dL/dy_t, (T,). readout: the part of dL/dh_t of the last layer that comes from y_t, (D, T).
    before: the part of dL/dh_(t-1) that step t sends back through the recurrence, (L, D, T); where direction 1 reads,
    t-1 is the step after t. cell: the same on the way past all matrices, of dL/dc_(t-1), or of dL/dh_(t-1) where the
    cell has no W_hh; None where there is no such way.
    input: the part of dL/dx_t, or of dL/dh_t of the layer below, that a cell sends down, (L, D, S, T): to each of the
    S directions of the layer below; NaN where there is none, x_t being one. inputs: dL/dx_t, (T,), of all directions
    together. Neither has to do with a context that is read beside x_t.
    source: the same of an encoder, whose output is 0, and whose readout is what comes from all looks at it; where a
    decoder begins in its states, before and cell at the first step are what is sent back to it. attention: how the
    gradient comes back through the looks; None without.
    """

    output: Array
    readout: Array
    input: Array
    before: Array
    cell: Array | None
    inputs: Array
    source: "Flow | None" = None
    attention: Attended | None = None


@dataclass(frozen=True)
class Padding:
    """What padding does to the probe's h_T, that of the last layer, which the read-out sees.

    steps: at how many time steps it stands, more than none. moved: the distance between h_T with the padding read like
    words and h_T with it skipped, in lengths of the latter.
    """

    steps: int
    moved: float


@dataclass(frozen=True)
class Opened:
    """Which cell is looked into, and of which unit the sums are spelt out: all counted from 0.

    encoder: whether it is the encoder's, of a network of two parts.
    """

    layer: int
    direction: int
    step: int
    unit: int
    encoder: bool = False


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
