"""Recording: what the cells wrote down of one sequence, layer by layer, and its gradients after a backward pass."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rnnviz.kernels.decoder import Pass
from rnnviz.kernels.look import Look
from rnnviz.kernels.tape import Tape
from rnnviz.snapshot import Array, Attended, Flow, Inside, Opened


class Recording:
    """What the cells wrote down in one forward pass of one sequence (B = 1), and in the backward pass after it.

    All arrays are (L, D, T, H), in the order of the sequence; see snapshot/arrays.py for the letters.
    """

    source: "Recording | None" = None
    """What the encoder wrote down, of a network of two parts."""
    passed: Pass | None = None
    """The pass of such a network's decoder; None without attention."""
    key: Array | None = None
    """What makes the keys of source states, W_k (A, M); None where these are their own."""

    def __init__(self, tapes: list[Tape], directions: int):
        self.tapes, self.directions = tapes, directions

    @property
    def look(self) -> Look | None:
        """How the source was looked at; None without attention."""
        return self.passed.look if self.passed else None

    @property
    def loop(self) -> Pass | None:
        """The decoder's pass, where its states come back to it as contexts: then gradients go back through all its
        layers together."""
        return self.passed if self.look and self.look.asks_before else None

    @property
    def inputs(self) -> Array:
        """What the first layer reads, x_t: (T, I)."""
        tape = self.tapes[0]
        return tape.outward(tape.x)[:, 0]

    @property
    def hidden(self) -> Array:
        """h_t."""
        return self._stack([tape.hidden for tape in self.tapes])

    @property
    def cell(self) -> Array | None:
        """c_t, where the cell has one."""
        states = [tape.cell_state for tape in self.tapes]
        return self._stack([state for state in states if state is not None]) if states[0] is not None else None

    @property
    def gates(self) -> dict[str, Array]:
        """The gates' values, by name."""
        return self._stack_named([tape.gates for tape in self.tapes])

    @property
    def hidden_gradient(self) -> Array:
        """The total dL/dh_t; AttributeError before a backward pass."""
        return self._stack([tape.hidden_gradient for tape in self.tapes])

    @property
    def preactivation_gradients(self) -> dict[str, Array]:
        """dL/da_t by gate; AttributeError before a backward pass."""
        return self._stack_named([tape.preactivation_gradients for tape in self.tapes])

    @np.errstate(all="ignore")  # a network may diverge; whoever reads the norms says so
    def flow(self, d_outputs: Array) -> Flow:
        """Return how large the gradient is on its way back, after a backward pass; d_outputs: dL/dy_t, (T, O)."""
        top = self.tapes[-self.directions :]
        to_cell = [g for tape in self.tapes if (g := tape.gradient_to_cell_before) is not None]
        before = _norm(self._stack([tape.gradient_to_before for tape in self.tapes]))
        inputs = np.sum([tape.gradient_to_input[:, 0] for tape in self.tapes[: self.directions]], axis=0)
        looked, sent = self._attended(inputs) or (None, None)
        return Flow(
            output=_norm(d_outputs),
            readout=np.stack([_norm(tape.outside[:, 0]) for tape in top]),
            input=self._input_flow(),
            before=before,
            cell=_norm(self._stack(to_cell)) if to_cell else before if not top[0].cell.from_hidden else None,
            inputs=_norm(inputs[:, : self._read]),
            source=self._source_flow(sent),
            attention=looked,
        )

    @property
    def _read(self) -> int:
        """How many numbers of x_t are no context."""
        look, columns = self.look, self.tapes[0].x.shape[2]
        return columns - (look.read if look else 0)

    def _source_flow(self, sent: Array | None) -> Flow | None:
        """Return the encoder's; sent: what all looks send to its last states, (D, S), if any do."""
        if not self.source:
            return None
        found = self.source.flow(np.zeros((len(self.source.tapes[0].x), 1)))
        return replace(found, readout=np.zeros_like(found.readout) if sent is None else sent)

    def _attended(self, inputs: Array) -> tuple[Attended, Array] | None:
        """Return what comes back through attention, and to each of the last states from all looks, (D, S); None
        without. inputs: dL/dx_t, (T, I)."""
        look, source = self.look, self.source
        if look is None or source is None:
            return None
        weights, d_contexts, to_keys = look.weights[:, 0], look.d_contexts[:, 0], look.sent()
        to_states = d_contexts[:, None] * weights[..., None] + (to_keys if self.key is None else to_keys @ self.key)
        by_direction = to_states.reshape(*weights.shape, source.directions, -1)  # (T, S, D, H)
        found = Attended(
            states=_norm(by_direction.transpose(2, 0, 1, 3)),
            query=_norm(look.query_gradients()[:, 0]),
            context=_norm(d_contexts),
            input=_norm(inputs[:, self._read :]),
            readout=_norm(look.outside[:, 0]),
        )
        return found, _norm(by_direction.sum(axis=0).swapaxes(0, 1))

    def _input_flow(self) -> Array:
        """Return (L, D, S, T): to the S directions of the layer below; the first layer's input is one."""
        D, H = self.directions, self.tapes[0].W.shape[1]
        flow = np.full((len(self.tapes), D, len(self.tapes[0].x)), np.nan)
        for i, tape in enumerate(self.tapes):
            gradient = tape.gradient_to_input[:, 0]
            sources = [gradient[:, : self._read]] if i < D else [gradient[:, d * H : (d + 1) * H] for d in range(D)]
            for d, source in enumerate(sources):
                flow[i, d] = _norm(source)
        return flow.reshape(-1, D, *flow.shape[1:])

    @np.errstate(all="ignore")
    def inside(self, opened: Opened) -> Inside | None:
        """Return every value computed at one step of one cell, None where there is no such cell, step or unit."""
        recording = self.source if opened.encoder else self
        return recording and recording._inside(opened)

    def _inside(self, opened: Opened) -> Inside | None:
        shape = (len(self.tapes) // self.directions, self.directions, len(self.tapes[0].x), self.tapes[0].W.shape[1])
        asked = (opened.layer, opened.direction, opened.step, opened.unit)
        if not all(0 <= n < size for n, size in zip(asked, shape, strict=True)):
            return None
        tape = self.tapes[opened.layer * self.directions + opened.direction]
        T, H = len(tape.x), tape.W.shape[1]
        t = T - 1 - opened.step if tape.reverse else opened.step
        read = tape.part(*tape.read)
        waits = self.look is not None and self.look.asks_before  # for the step before, to look
        at_once = None if waits else tape.kernel.parallel(read)
        weights = dict(zip(tape.kernel.blocks, tape.W[:, opened.unit], strict=True))
        return Inside(
            opened=opened,
            x=tape.x[t, 0],
            h_before=tape.h[t, 0],
            c_before=tape.c[t, 0] if tape.cell.has_c else None,
            values=tape.inside(t),
            weights_x={name: weights[name][H:-1] for name in tape.cell.from_input},
            weights_h={name: weights[name][:H] for name in tape.cell.from_hidden},
            at_once=None if at_once is None else float(np.abs(at_once - read.h[1:]).max()),
        )

    def _stack(self, arrays: Sequence[Array]) -> Array:
        stacked = np.stack([array[:, 0] for array in arrays])  # (L*D, T, H)
        return stacked.reshape(-1, self.directions, *stacked.shape[1:])

    def _stack_named(self, named: Sequence[dict[str, Array]]) -> dict[str, Array]:
        return {name: self._stack([arrays[name] for arrays in named]) for name in named[0]}


def _norm(vectors: Array) -> Array:
    """Euclidean norms over the last axis, in float64."""
    return np.linalg.norm(vectors.astype(np.float64), axis=-1)
