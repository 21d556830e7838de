"""SequenceModel: an embedding, stacked cells and a read-out, with torch's parameter names and random draws.

A network of two parts has an encoder too, which reads a source first, and may have attention, which looks back at it.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from rnnviz.kernels.decoder import Pass
from rnnviz.kernels.scan import State
from rnnviz.kernels.tape import Tape
from rnnviz.language import N_, BadValue
from rnnviz.model.encoder import Attention, Embedding, Encoded, Encoder, Linear, Source, draw_linear, read
from rnnviz.model.initial import as_keras
from rnnviz.model.recording import Recording
from rnnviz.model.stack import Stack
from rnnviz.settings.experiment import Experiment


class SequenceModel(nn.Module):
    """num_layers layers of cells, in one or two directions, and a linear read-out of the last layer's h_t.

    `recurrent` holds the parameters under the names torch.nn.RNN, GRU and LSTM give theirs, `readout` is a
    torch.nn.Linear, and `embedding` a torch.nn.Embedding, None where the cells read numbers or one-hot vectors.
    The weights are those a script draws after torch.manual_seed(s) with `nn.Embedding(...)`, `nn.RNN(...)` and then
    `nn.Linear(...)`, if `generator` was seeded with s; then `experiment.initialisation` and `forget_bias` have their
    say. They are drawn in float32, whatever `dtype` they are kept in.

    inputs: how many numbers a step reads; of tokens, how many there are in the vocabulary. source: how many tokens the
    source's vocabulary has, for a network of two parts: then what is drawn first is the encoder's embedding and cells,
    and what attention has. All else is the decoder.

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
        source: int = 0,
    ):
        super().__init__()
        if experiment.truncation and experiment.bidirectional:
            raise BadValue(N_("truncated BPTT carries a state on in time: it needs a network that reads one way only"))
        self.experiment, self.outputs = experiment, outputs
        H = experiment.hidden_size
        self.encoder = Encoder(experiment, source) if source else None
        self.attention: Attention | None = None
        if self.encoder and experiment.attention != "none":
            self.attention = Attention(experiment, self.encoder.recurrent.features)
        self.embedding: nn.Embedding | None = None
        self._vocabulary = inputs
        if tokens and experiment.embedding_size:
            self.embedding = Embedding(inputs, experiment.embedding_size)
        self.inputs = experiment.embedding_size if self.embedding else inputs
        self.directions = 2 if experiment.bidirectional else 1
        context = self.attention.features if self.attention else 0
        self.recurrent = Stack(
            experiment, self.inputs + (self.attention.read if self.attention else 0), self.directions
        )
        self.kernel, self.cell = self.recurrent.kernel, self.recurrent.kernel.cell
        self.readout = Linear(self.directions * H + context, outputs)
        self._initialise(generator)
        self.to(dtype)

    @property
    def stacks(self) -> list[Stack]:
        """Its stacks of cells: the encoder's, if it has one, and that of the network itself."""
        return [*([self.encoder.recurrent] if self.encoder else []), self.recurrent]

    @torch.no_grad()
    def _initialise(self, generator: torch.Generator) -> None:
        for part in (self.encoder, self.attention):
            if part:
                part.draw(generator)
        if self.embedding:
            nn.init.normal_(self.embedding.weight, generator=generator)
        self.recurrent.draw(generator)
        draw_linear(self.readout, generator)
        if self.experiment.initialisation == "keras":
            as_keras(self, generator)
        for stack in self.stacks:
            stack.suit(generator)

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
        return read(inputs, self.embedding, self._vocabulary, self.readout.weight.dtype)

    def hidden(
        self,
        x: Tensor,
        state: Sequence[State | None] | None = None,
        tapes: list[Tape] | None = None,
        *,
        padding: Tensor | None = None,
        keep: Sequence[Tensor] = (),
        source: Source | None = None,
    ) -> tuple[Tensor, list[State]]:
        """Do what `forward` does between `read` and the read-out: return what that sees, and the states.

        It sees the last layer's h_t (T, B, D*H), with attention [h_t; ctx_t]. padding: as in Batch, where it is to be
        skipped. keep: what each layer's inputs are multiplied by, (B, I) of each layer, or nothing: see `dropped`.
        source: what a network of two parts reads first; it begins in the state that comes of it, and no states are
        returned.
        """
        if not self.encoder:
            return self.recurrent(x, state, tapes, padding=padding, keep=keep)
        assert source
        return self.decoded(x, self.encoder(source), source.passes, tapes), []

    def decoded(
        self, x: Tensor, encoded: Encoded, passes: list[Pass] | None = None, tapes: list[Tape] | None = None
    ) -> Tensor:
        """Do what `hidden` does once a source is read: return what the read-out sees.

        passes: a list to append the decoder's pass to, if it has attention.
        """
        if not self.attention:
            return self.recurrent(x, encoded.starts, tapes)[0]
        passes = [] if passes is None else passes
        hidden = self.attention(self.recurrent, x, encoded, passes)
        if tapes is not None:
            tapes += passes[-1].tapes
        return hidden

    def dropped(self, random: np.random.Generator, batch: int) -> list[Tensor]:
        """Draw which of each layer's inputs are left out of a training step, the same at every time step of a sequence,
        and by how much the others grow (Gal and Ghahramani, arXiv:1512.05287): (B, I) of each layer."""
        p, H = self.experiment.dropout, self.directions * self.experiment.hidden_size
        sizes = [self.inputs, *[H] * (self.experiment.num_layers - 1)]
        kept = (random.random((batch, size), dtype=np.float32) >= p for size in sizes)
        return [torch.from_numpy(mask).to(self.readout.weight.dtype) / (1 - p) for mask in kept]

    def record(
        self, inputs: Tensor, padding: Tensor | None = None, source: Tensor | None = None
    ) -> tuple[Tensor, Recording]:
        """Run over inputs, (T, 1, I) or tokens (T, 1), from a zero state or from what a source (S, 1) is read into;
        return the outputs (T, 1, O) and all that was computed.

        A backward pass through the outputs adds the gradients to the recording.
        """
        tapes: list[Tape] = []
        kept = None if source is None else Source(source, [])
        hidden, _ = self.hidden(self.read(inputs), tapes=tapes, padding=padding, source=kept)
        recording = Recording(tapes, self.directions)
        if self.encoder and kept and kept.tapes is not None:
            recording.source = Recording(kept.tapes, self.encoder.recurrent.directions)
            recording.passed = kept.passes[-1] if kept.passes else None
            key = self.attention and self.attention.key
            recording.key = key.weight.detach().numpy() if key else None
        return self.readout(hidden), recording

    def to_torch(self) -> tuple[nn.RNN | nn.GRU | nn.LSTM, nn.Linear]:
        """Return the same cells and read-out in torch's own modules, with copies of the weights; time first, as here.

        Raises ValueError where torch.nn has no such cell: the sigmoid RNN is one of them. And for a network of two
        parts, which is none of torch's modules: the exported script defines it.
        """
        experiment = self.experiment
        if self.encoder:
            raise ValueError("torch.nn has no network of two parts: the exported script defines its modules")
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
