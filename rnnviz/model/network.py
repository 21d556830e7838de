"""SequenceModel: an embedding, stacked cells and a read-out, with torch's parameter names and random draws."""

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from rnnviz.kernels import kernel_of
from rnnviz.kernels.scan import State, run
from rnnviz.kernels.tape import Tape
from rnnviz.language import N_, BadValue
from rnnviz.model.initial import INITIALISATIONS, as_keras
from rnnviz.model.recording import Recording
from rnnviz.settings.experiment import Experiment


class SequenceModel(nn.Module):
    """num_layers layers of cells, in one or two directions, and a linear read-out of the last layer's h_t.

    `recurrent` holds the parameters under the names torch.nn.RNN, GRU and LSTM give theirs, `readout` is a
    torch.nn.Linear, and `embedding` a torch.nn.Embedding, None where the cells read numbers or one-hot vectors.
    The weights are those a script draws after torch.manual_seed(s) with `nn.Embedding(...)`, `nn.RNN(...)` and then
    `nn.Linear(...)`, if `generator` was seeded with s; then `experiment.initialisation` and `forget_bias` have their
    say. They are drawn in float32, whatever `dtype` they are kept in.

    inputs: how many numbers a step reads; of tokens, how many there are in the vocabulary.

    Raises ValueError for truncated BPTT in two directions: the backward pass has no past to carry a state from.
    """

    def __init__(
        self,
        experiment: Experiment,
        inputs: int,
        outputs: int,
        generator: torch.Generator,
        dtype: torch.dtype = torch.float32,
        *,
        tokens: bool = False,
    ):
        super().__init__()
        if experiment.truncation and experiment.bidirectional:
            raise BadValue(N_("truncated BPTT carries a state on in time: it needs a network that reads one way only"))
        self.experiment, self.inputs, self.outputs = experiment, inputs, outputs
        self.embedding: nn.Embedding | None = None
        if tokens and experiment.embedding_size:
            self.embedding = nn.Embedding(inputs, experiment.embedding_size, device="meta").to_empty(device="cpu")
            self.inputs = experiment.embedding_size
        self.directions = 2 if experiment.bidirectional else 1
        self.kernel = kernel_of(experiment)
        self.cell = self.kernel.cell
        self.recurrent = nn.Module()
        for name, shape in self._shapes().items():
            self.recurrent.register_parameter(name, nn.Parameter(torch.empty(shape)))
        features = self.directions * experiment.hidden_size
        self.readout = nn.Linear(features, outputs, device="meta").to_empty(device="cpu")  # draws no random numbers
        parameters = self.recurrent.parameters()
        self.weights: list[tuple[Tensor, ...]] = list(zip(*[parameters] * len(self.kernel.names), strict=True))
        """Those of every layer and direction, L*D of them in torch's order: weight_ih, weight_hh, bias_ih, bias_hh, or
        what else the cell has (kernel.names)."""
        self._initialise(generator)
        self.to(dtype)

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        H = self.experiment.hidden_size
        shapes = {}
        for layer in range(self.experiment.num_layers):
            columns = self.directions * H if layer else self.inputs
            for end in [f"_l{layer}", f"_l{layer}_reverse"][: self.directions]:
                shapes |= {f"{name}{end}": shape for name, shape in self.cell.parameters(columns, H).items()}
        return shapes

    @torch.no_grad()
    def _initialise(self, generator: torch.Generator) -> None:
        H = self.experiment.hidden_size
        if self.embedding:
            nn.init.normal_(self.embedding.weight, generator=generator)
        for parameter in self.recurrent.parameters():
            nn.init.uniform_(parameter, -1 / math.sqrt(H), 1 / math.sqrt(H), generator=generator)
        nn.init.kaiming_uniform_(self.readout.weight, a=math.sqrt(5), generator=generator)
        bound = 1 / math.sqrt(self.readout.in_features)
        nn.init.uniform_(self.readout.bias, -bound, bound, generator=generator)
        if self.experiment.initialisation == "keras":
            as_keras(self, generator)
        for weights in self.weights:
            named = dict(zip(self.kernel.names, weights, strict=True))
            if self.cell.from_hidden:
                for block in named["weight_hh"].split(H):
                    INITIALISATIONS[self.experiment.initialisation](block, self.experiment, generator)
                if self.experiment.initialisation == "identity":
                    named["bias_ih"].zero_()
                    named["bias_hh"].zero_()
            if self.cell.forgets:
                named["bias_ih"].split(H)[self.cell.from_input.index("f")].add_(self.experiment.forget_bias)

    def forward(
        self,
        inputs: Tensor,
        state: Sequence[State | None] | None = None,
        tapes: list[Tape] | None = None,
    ) -> tuple[Tensor, list[State]]:
        """Run over inputs, (T, B, I) or tokens (T, B); return outputs (T, B, O) and the states the cells end in.

        state: what to start from, L*D of them, layer by layer, forward before backward; None is zero. The cells
        append their tapes, L*D of them in the same order, to `tapes` if it is given.
        """
        hidden, state = self.hidden(self.read(inputs), state, tapes)
        return self.readout(hidden), state

    def read(self, inputs: Tensor) -> Tensor:
        """Return what the cells read, x_t (T, B, I): of tokens (T, B), their rows of the embedding or one-hot vectors,
        and zeros of one that is below 0; numbers are read as they are."""
        if inputs.is_floating_point():
            return inputs
        there, known = (inputs >= 0)[..., None], inputs.clamp(0)
        if self.embedding:
            # rows as nn.Embedding's, but the way back, which adds to rows, takes a third of the time
            x = self.embedding.weight.index_select(0, known.flatten()).unflatten(0, known.shape)
            return x if there.all() else x * there
        weight = self.readout.weight
        return weight.new_zeros(*inputs.shape, self.inputs).scatter_(-1, known[..., None], there.to(weight.dtype))

    def hidden(
        self,
        x: Tensor,
        state: Sequence[State | None] | None = None,
        tapes: list[Tape] | None = None,
        *,
        padding: Tensor | None = None,
        keep: Sequence[Tensor] = (),
    ) -> tuple[Tensor, list[State]]:
        """Do what `forward` does between `read` and the read-out: return the last layer's h_t (T, B, D*H), and the
        states.

        padding: as in Batch, where it is to be skipped. keep: what each layer's inputs are multiplied by, (B, I) of
        each layer, or nothing: see `dropped`.
        """
        starts = iter(state or [None] * len(self.weights))
        ends = []
        for layer in range(self.experiment.num_layers):
            if keep:
                x = x * keep[layer]
            passes = [
                run(
                    self.kernel,
                    x,
                    self.weights[layer * self.directions + d],
                    next(starts),
                    reverse=d == 1,
                    padding=padding,
                    tapes=tapes,
                )
                for d in range(self.directions)
            ]
            x = torch.cat([hidden for hidden, _ in passes], dim=2) if self.directions == 2 else passes[0][0]
            ends += [end for _, end in passes]
        return x, ends

    def dropped(self, random: np.random.Generator, batch: int) -> list[Tensor]:
        """Draw which of each layer's inputs are left out of a training step, the same at every time step of a sequence,
        and by how much the others grow (Gal and Ghahramani, arXiv:1512.05287): (B, I) of each layer."""
        p, H = self.experiment.dropout, self.directions * self.experiment.hidden_size
        sizes = [self.inputs, *[H] * (self.experiment.num_layers - 1)]
        kept = (random.random((batch, size), dtype=np.float32) >= p for size in sizes)
        return [torch.from_numpy(mask).to(self.readout.weight.dtype) / (1 - p) for mask in kept]

    def record(self, inputs: Tensor, padding: Tensor | None = None) -> tuple[Tensor, Recording]:
        """Run over inputs, (T, 1, I) or tokens (T, 1), from a zero state; return the outputs (T, 1, O) and all that was
        computed.

        A backward pass through the outputs adds the gradients to the recording.
        """
        tapes: list[Tape] = []
        hidden, _ = self.hidden(self.read(inputs), tapes=tapes, padding=padding)
        return self.readout(hidden), Recording(tapes, self.directions)

    def to_torch(self) -> tuple[nn.RNN | nn.GRU | nn.LSTM, nn.Linear]:
        """Return the same cells and read-out in torch's own modules, with copies of the weights; time first, as here.

        Raises ValueError where torch.nn has no such cell: the sigmoid RNN is one of them.
        """
        experiment = self.experiment
        options = {"nonlinearity": experiment.nonlinearity} if self.cell.chooses else {}
        if not self.cell.in_torch(experiment.nonlinearity):
            what = str(self.cell.label) + (f" with {experiment.nonlinearity}" if options else "")
            raise ValueError(f"torch.nn has no such cell: {what}")
        recurrent = getattr(nn, self.cell.torch)(
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
