"""SequenceModel: stacked, bidirectional cells and a linear read-out, with torch's parameter names and random draws."""

import math
from collections.abc import Callable, Sequence
from dataclasses import astuple

import numpy as np
import torch
from torch import Tensor, nn

from rnnviz.kernels.cells import CELLS, State, Tape, parts
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Array, Flow, Inside, Opened

_TORCH_MODULES = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


class Recording:
    """What the cells wrote down in one forward pass of one sequence (B = 1), and in the backward pass after it.

    All arrays are (L, D, T, H), in the order of the sequence; see snapshot.py for the letters.
    """

    def __init__(self, tapes: list[Tape], directions: int):
        self.tapes, self.directions = tapes, directions

    @property
    def hidden(self) -> Array:
        """h_t."""
        return self._stack([tape.hidden for tape in self.tapes])

    @property
    def cell(self) -> Array | None:
        """c_t, of an LSTM."""
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
        return Flow(
            output=_norm(d_outputs),
            readout=np.stack([_norm(tape.outside[:, 0]) for tape in top]),
            input=self._input_flow(),
            before=_norm(self._stack([tape.gradient_to_before for tape in self.tapes])),
            cell=_norm(self._stack(to_cell)) if to_cell else None,
            inputs=_norm(np.sum([tape.gradient_to_input[:, 0] for tape in self.tapes[: self.directions]], axis=0)),
        )

    def _input_flow(self) -> Array:
        """Return (L, D, S, T): to the S directions of the layer below; the first layer's input is one."""
        D, H = self.directions, self.tapes[0].h.shape[1]
        flow = np.full((len(self.tapes), D, len(self.tapes[0].x)), np.nan)
        for i, tape in enumerate(self.tapes):
            gradient = tape.gradient_to_input[:, 0]
            sources = [gradient] if i < D else [gradient[:, d * H : (d + 1) * H] for d in range(D)]
            for d, source in enumerate(sources):
                flow[i, d] = _norm(source)
        return flow.reshape(-1, D, *flow.shape[1:])

    @np.errstate(all="ignore")
    def inside(self, opened: Opened) -> Inside | None:
        """Return every value computed at one step of one cell, None where there is no such cell, step or unit."""
        shape = (len(self.tapes) // self.directions, self.directions, len(self.tapes[0].x), self.tapes[0].h.shape[1])
        if not all(0 <= n < size for n, size in zip(astuple(opened), shape, strict=True)):
            return None
        tape = self.tapes[opened.layer * self.directions + opened.direction]
        T, H = len(tape.x), tape.h.shape[1]
        t = T - 1 - opened.step if tape.reverse else opened.step
        weights = dict(zip(tape.cell.blocks, tape.W[:, opened.unit], strict=True))
        return Inside(
            opened=opened,
            x=tape.x[t, :, 0],
            h_before=tape.h[t, :, 0],
            c_before=tape.c[t, :, 0] if tape.cell.has_c else None,
            values=tape.cell.inside(tape, t, parts(tape, t)),
            weights_x={name: row[H:-1] for name, row in weights.items() if name in tape.cell.reads_input},
            weights_h={name: row[:H] for name, row in weights.items() if name in tape.cell.reads_hidden},
        )

    def _stack(self, arrays: Sequence[Array]) -> Array:
        stacked = np.stack([array[:, 0] for array in arrays])  # (L*D, T, H)
        return stacked.reshape(-1, self.directions, *stacked.shape[1:])

    def _stack_named(self, named: Sequence[dict[str, Array]]) -> dict[str, Array]:
        return {name: self._stack([arrays[name] for arrays in named]) for name in named[0]}


def _norm(vectors: Array) -> Array:
    """Euclidean norms over the last axis, in float64."""
    return np.linalg.norm(vectors.astype(np.float64), axis=-1)


class SequenceModel(nn.Module):
    """num_layers layers of cells, in one or two directions, and a linear read-out of the last layer's h_t.

    `recurrent` holds the parameters of torch.nn.RNN, GRU or LSTM under their names, `readout` is a torch.nn.Linear.
    The weights are those a script draws after torch.manual_seed(s) with `nn.RNN(...)` and then `nn.Linear(...)`, if
    `generator` was seeded with s; then `experiment.initialisation` and `forget_bias` have their say. They are drawn
    in float32, whatever `dtype` they are kept in.

    Raises ValueError for truncated BPTT in two directions: the backward pass has no past to carry a state from.
    """

    def __init__(
        self,
        experiment: Experiment,
        inputs: int,
        outputs: int,
        generator: torch.Generator,
        dtype: torch.dtype = torch.float32,
    ):
        super().__init__()
        if experiment.truncation and experiment.bidirectional:
            raise ValueError("truncated BPTT carries a state on in time: it needs a network that reads one way only")
        self.experiment, self.inputs, self.outputs = experiment, inputs, outputs
        self.directions = 2 if experiment.bidirectional else 1
        self.cell = CELLS[experiment.cell](experiment)
        self.recurrent = nn.Module()
        for name, shape in self._shapes().items():
            self.recurrent.register_parameter(name, nn.Parameter(torch.empty(shape)))
        features = self.directions * experiment.hidden_size
        self.readout = nn.Linear(features, outputs, device="meta").to_empty(device="cpu")  # draws no random numbers
        parameters = self.recurrent.parameters()
        self.weights: list[tuple[Tensor, ...]] = list(zip(*[parameters] * 4, strict=True))
        """(weight_ih, weight_hh, bias_ih, bias_hh) of every layer and direction, in torch's order: L*D of them."""
        self._initialise(generator)
        self.to(dtype)

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        H = self.experiment.hidden_size
        rows = len(self.cell.preactivations) * H
        shapes = {}
        for layer in range(self.experiment.num_layers):
            columns = self.directions * H if layer else self.inputs
            for end in [f"_l{layer}", f"_l{layer}_reverse"][: self.directions]:
                shapes |= {f"weight_ih{end}": (rows, columns), f"weight_hh{end}": (rows, H)}
                shapes |= {f"bias_ih{end}": (rows,), f"bias_hh{end}": (rows,)}
        return shapes

    @torch.no_grad()
    def _initialise(self, generator: torch.Generator) -> None:
        H = self.experiment.hidden_size
        for parameter in self.recurrent.parameters():
            nn.init.uniform_(parameter, -1 / math.sqrt(H), 1 / math.sqrt(H), generator=generator)
        nn.init.kaiming_uniform_(self.readout.weight, a=math.sqrt(5), generator=generator)
        bound = 1 / math.sqrt(self.readout.in_features)
        nn.init.uniform_(self.readout.bias, -bound, bound, generator=generator)
        for _, weight_hh, bias_ih, bias_hh in self.weights:
            for block in weight_hh.split(H):
                INITIALISATIONS[self.experiment.initialisation](block, self.experiment, generator)
            if self.experiment.initialisation == "identity":
                bias_ih.zero_()
                bias_hh.zero_()
            if "f" in self.cell.gates:
                bias_ih.split(H)[self.cell.gates.index("f")].add_(self.experiment.forget_bias)

    def forward(
        self,
        inputs: Tensor,
        state: Sequence[State | None] | None = None,
        tapes: list[Tape] | None = None,
    ) -> tuple[Tensor, list[State]]:
        """Run over inputs (T, B, I); return the outputs (T, B, O) and the states the cells end in.

        state: what to start from, L*D of them, layer by layer, forward before backward; None is zero. The cells
        append their tapes, L*D of them in the same order, to `tapes` if it is given.
        """
        hidden, state = self.hidden(inputs, state, tapes)
        return self.readout(hidden), state

    def hidden(
        self,
        inputs: Tensor,
        state: Sequence[State | None] | None = None,
        tapes: list[Tape] | None = None,
    ) -> tuple[Tensor, list[State]]:
        """Do what `forward` does up to the read-out: return the last layer's h_t (T, B, D*H), and the states."""
        starts = iter(state or [None] * len(self.weights))
        x, ends = inputs, []
        for layer in range(self.experiment.num_layers):
            passes = [
                self.cell(x, self.weights[layer * self.directions + d], next(starts), reverse=d == 1, tapes=tapes)
                for d in range(self.directions)
            ]
            x = torch.cat([hidden for hidden, _ in passes], dim=2) if self.directions == 2 else passes[0][0]
            ends += [end for _, end in passes]
        return x, ends

    def record(self, inputs: Tensor) -> tuple[Tensor, Recording]:
        """Run over inputs (T, 1, I) from a zero state; return the outputs (T, 1, O) and all that was computed.

        A backward pass through the outputs adds the gradients to the recording.
        """
        tapes: list[Tape] = []
        outputs, _ = self(inputs, tapes=tapes)
        return outputs, Recording(tapes, self.directions)

    def to_torch(self) -> tuple[nn.RNN | nn.GRU | nn.LSTM, nn.Linear]:
        """Return the same network in torch's own modules, with copies of the weights; time first, as here.

        Raises ValueError for the sigmoid RNN, which torch.nn does not have.
        """
        experiment = self.experiment
        if experiment.cell == "rnn" and experiment.nonlinearity == "sigmoid":
            raise ValueError("torch.nn.RNN knows tanh and relu alone: a sigmoid RNN has no counterpart there")
        options = {"nonlinearity": experiment.nonlinearity} if experiment.cell == "rnn" else {}
        recurrent = _TORCH_MODULES[experiment.cell](
            self.inputs,
            experiment.hidden_size,
            experiment.num_layers,
            bidirectional=experiment.bidirectional,
            device="meta",
            **options,
        )
        readout = nn.Linear(self.readout.in_features, self.outputs, device="meta")
        for copy, original in ((recurrent, self.recurrent), (readout, self.readout)):
            copy.to_empty(device="cpu").to(self.readout.weight.dtype).load_state_dict(original.state_dict())
        return recurrent, readout


class Continuation:
    """Goes on after step `start` of a recording, one step at a time and outside autograd, with the weights of then.

    There is room for `steps` steps. Raises ValueError for a bidirectional model, whose backward half would have to
    begin at the end.
    """

    def __init__(self, model: SequenceModel, recording: Recording, start: int, steps: int):
        if model.directions == 2:
            raise ValueError("a bidirectional network can't go on step by step: it reads from both ends")
        tapes = []
        for before in recording.tapes:
            tape = Tape(model.cell, before.W, steps, 1)
            tape.h[0] = before.h[start]
            if model.cell.has_c:
                tape.c[0] = before.c[start]
            tapes.append(tape)
        self._layers = [(tape.x[:, :, 0], model.cell.forward(tape), tape.h[1:, :, 0]) for tape in tapes]
        self._readout = [parameter.detach().numpy() for parameter in (model.readout.weight, model.readout.bias)]
        self._done = 0

    def step(self, x: Array) -> Array:
        """Take one input (I,) and return the output (O,)."""
        for inputs, scan, hidden in self._layers:
            inputs[self._done] = x
            next(scan)
            x = hidden[self._done]
        self._done += 1
        weight, bias = self._readout
        return weight @ x + bias


def _orthogonal(block: Tensor, experiment: Experiment, generator: torch.Generator) -> None:
    nn.init.orthogonal_(block, gain=experiment.spectral_radius, generator=generator)


def _identity(block: Tensor, *_: object) -> None:
    nn.init.eye_(block)


def _spectral(block: Tensor, experiment: Experiment, _: torch.Generator) -> None:
    block *= experiment.spectral_radius / torch.linalg.eigvals(block).abs().max()


INITIALISATIONS: dict[str, Callable[[Tensor, Experiment, torch.Generator], None]] = {
    "default": lambda *_: None,
    "orthogonal": _orthogonal,
    "identity": _identity,
    "spectral": _spectral,
}
"""What becomes of each H x H block of the drawn weight_hh, in place, before training.

identity is that of Le, Jaitly and Hinton (arXiv:1504.00941), and comes with recurrent biases of zero.
"""
