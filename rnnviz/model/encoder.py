"""Encoder and attention: what a network of two parts has beside its decoder."""

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from typing_extensions import override

from rnnviz.kernels.decoder import Pass, attend
from rnnviz.kernels.scan import State
from rnnviz.kernels.tape import Tape
from rnnviz.model.stack import Stack
from rnnviz.settings.experiment import Experiment


@dataclass(frozen=True, eq=False)
class Source:
    """A batch of sources, (S, B) tokens, below 0 where one has not begun.

    tapes: where the encoder's passes are to be kept, a list to append them to. passes: the decoder's, with its looks.
    """

    tokens: Tensor
    tapes: list[Tape] | None = None
    passes: list[Pass] = field(default_factory=list)

    @property
    def absent(self) -> Tensor | None:
        """Where a source has not begun, (S, B); None if all are of one length."""
        absent = self.tokens < 0
        return absent if absent.any() else None


@dataclass(frozen=True, eq=False)
class Encoded:
    """What the encoder hands over: its last layer's states of all directions, (S, B, M), and the state that each layer
    of the decoder begins in: the one in which the encoder's forward half ends."""

    states: Tensor
    starts: list[State]
    absent: Tensor | None


class Encoder(nn.Module):
    """An embedding of its own and stacked cells, in one direction or two: reads a source from a zero state.

    vocabulary: how many tokens a source may have. They are one-hot vectors if `experiment.embedding_size` is 0.
    """

    def __init__(self, experiment: Experiment, vocabulary: int):
        super().__init__()
        self.vocabulary = vocabulary
        self.embedding: nn.Embedding | None = None
        if experiment.embedding_size:
            self.embedding = Embedding(vocabulary, experiment.embedding_size)
        self.recurrent = Stack(experiment, experiment.embedding_size or vocabulary, experiment.encoder_directions)

    def draw(self, generator: torch.Generator) -> None:
        """Draw the weights as torch.nn does."""
        if self.embedding:
            nn.init.normal_(self.embedding.weight, generator=generator)
        self.recurrent.draw(generator)

    def forward(self, source: Source) -> Encoded:
        """Read a batch of sources."""
        stack, absent = self.recurrent, source.absent
        x = read(source.tokens, self.embedding, self.vocabulary, stack.weights[0][0].dtype)
        states, ends = stack(x, tapes=source.tapes, padding=absent)
        return Encoded(states, ends[:: stack.directions], absent)


class Attention(nn.Module):
    """What looks back at the source: see kernels/look.py.

    kind: "additive", with `query` (W_q), `key` (W_k and b) and `score` (v), as many keys as units; or "dot", with
    `key` (W_a) where a source state has more numbers than the decoder's.
    """

    def __init__(self, experiment: Experiment, features: int):
        super().__init__()
        H = experiment.hidden_size
        self.kind, self.features = experiment.attention, features
        self.key: nn.Linear | None = None
        self.query: nn.Linear | None = None
        self.score: nn.Linear | None = None
        if self.kind == "additive":
            self.query = Linear(H, H, bias=False)
            self.key = Linear(features, H)
            self.score = Linear(H, 1, bias=False)
        elif features != H:
            self.key = Linear(features, H, bias=False)

    @property
    def read(self) -> int:
        """How many numbers of the context the decoder's first layer reads."""
        return self.features if self.kind == "additive" else 0

    @property
    def linears(self) -> list[nn.Linear]:
        """What is learned, in the order in which it is drawn."""
        return [linear for linear in (self.query, self.key, self.score) if linear]

    def draw(self, generator: torch.Generator) -> None:
        """Draw the weights as torch.nn does."""
        for linear in self.linears:
            draw_linear(linear, generator)

    @property
    def learned(self) -> list[Tensor]:
        """W_q (A, H) and v (A,) of additive attention; none of dot."""
        return [self.query.weight, self.score.weight[0]] if self.query and self.score else []

    def keys(self, states: Tensor) -> Tensor:
        """Return k_s (S, B, A) of source states (S, B, M)."""
        return self.key(states) if self.key else states

    def forward(self, stack: Stack, x: Tensor, encoded: Encoded, passes: list[Pass]) -> Tensor:
        """Run a decoder over x (T, B, E); return [h_t; ctx_t], (T, B, H + M). passes: a list to append its Pass to."""
        absent = None if encoded.absent is None else encoded.absent.numpy()
        hidden, contexts = attend(
            stack.kernel,
            x,
            stack.weights,
            encoded.starts,
            self.keys(encoded.states),
            encoded.states,
            self.learned,
            absent=absent,
            kept=passes,
        )
        return torch.cat([hidden, contexts], dim=2)


def read(tokens: Tensor, embedding: nn.Embedding | None, vocabulary: int, dtype: torch.dtype) -> Tensor:
    """Return what the cells read of tokens (T, B): rows of the embedding, or one-hot vectors; zeros of one below 0."""
    there, known = (tokens >= 0)[..., None], tokens.clamp(0)
    if embedding:
        # rows as nn.Embedding's, but the way back, which adds to rows, takes a third of the time
        x = embedding.weight.index_select(0, known.flatten()).unflatten(0, known.shape)
        return x if there.all() else x * there
    return torch.zeros(*tokens.shape, vocabulary, dtype=dtype).scatter_(-1, known[..., None], there.to(dtype))


class Linear(nn.Linear):
    """torch's, whose numbers are yet to be drawn. (Its meta device would do, but loads SymPy, half a second's work.)"""

    @override
    def reset_parameters(self) -> None:
        pass


class Embedding(nn.Embedding):
    """torch's, whose numbers are yet to be drawn."""

    @override
    def reset_parameters(self) -> None:
        pass


def draw_linear(linear: nn.Linear, generator: torch.Generator) -> None:
    """Draw the weights of a linear map as torch.nn does."""
    with torch.no_grad():
        nn.init.kaiming_uniform_(linear.weight, a=math.sqrt(5), generator=generator)
        if linear.bias is not None:
            bound = 1 / math.sqrt(linear.in_features)
            nn.init.uniform_(linear.bias, -bound, bound, generator=generator)
