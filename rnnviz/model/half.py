"""Half: a stack of cells and what it reads, that is a network of one part, or the encoder or decoder of two."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn

from rnnviz.kernels.compiled import add_rows
from rnnviz.kernels.layer import Layer
from rnnviz.kernels.scan import back
from rnnviz.kernels.tape import Tape
from rnnviz.model.stack import Stack
from rnnviz.snapshot import Array, Indices

Start = tuple[Array, ...] | None
"""The state that a layer begins or ends in, in one direction: (h,) or (h, c), (B, H) each; None is zero."""


class Half:
    """Its ways over a batch, forwards and back, on weights that are parts of one vector.

    embedding: None where tokens are read as one-hot vectors, or numbers as they are. layer: makes one of its weights.
    """

    def __init__(self, stack: Stack, embedding: nn.Embedding | None, layer: Callable[[Sequence[Tensor]], Layer]):
        self.directions = stack.directions
        self.layers = [layer(weights) for weights in stack.weights]
        self._embedding = None if embedding is None else (numbers(embedding.weight), slope(embedding.weight))
        self._dtype = numbers(stack.weights[0][0]).dtype

    def read(self, tokens: Indices, columns: int) -> Array:
        """Return x_t of tokens, (T, B, I): rows of the embedding, or one-hot vectors of so many columns; zeros of one
        below 0."""
        if self._embedding:
            x = self._embedding[0][np.maximum(tokens, 0)]
            x[tokens < 0] = 0
            return x
        x = np.zeros((*tokens.shape, columns), self._dtype)
        x[(*(there := np.nonzero(tokens >= 0)), tokens[there])] = 1
        return x

    def forwards(
        self,
        x: Array,
        starts: Sequence[Start] = (),
        masks: Sequence[Array] = (),
        padding: npt.NDArray[np.bool_] | None = None,
        *,
        anew: bool = False,
    ) -> tuple[list[Tape], Array]:
        """Run over x (T, B, I); return the passes, and the last layer's h_t of all directions, (T, B, D*H).

        starts: layer by layer, forward before backward; () is zero. masks: what each layer's inputs are multiplied by,
        (B, I). anew: see Layer.forwards.
        """
        D, layers, tapes = self.directions, self.layers, []
        for first in range(0, len(layers), D):
            x = x * masks[first // D] if masks else x
            for d, layer in enumerate(layers[first : first + D]):
                start = starts[first + d] if starts else None
                tapes.append(layer.forwards(x, start or (), d == 1, padding, anew=anew))
            x = tapes[-1].hidden if D == 1 else np.concatenate([tape.hidden for tape in tapes[-D:]], axis=2)
        return tapes, x

    def back(
        self,
        tapes: Sequence[Tape],
        outside: Array,
        masks: Sequence[Array] = (),
        ends: Sequence[Sequence[Array]] = (),
        *,
        fills: bool,
    ) -> Array:
        """Go back from what is asked of the last layer's h_t, (T, B, D*H); return what goes down to the embedding, if
        there is one.

        ends: what is asked of the states in which each layer's forward half ends. fills: whether the newest passes'
        gradients are to be filled.
        """
        D = self.directions
        for first in reversed(range(0, len(tapes), D)):
            passes = tapes[first : first + D]
            halves = np.split(outside, D, axis=2) if D == 2 else [outside]
            others: Sequence[Array] = ()
            if ends:
                d_h, *others = ends[first // D]
                halves[0] = halves[0].copy()
                halves[0][-1] += d_h
            for tape, half, d_end in zip(passes, halves, (others, ()), strict=False):
                back(tape, half, *d_end)
            if fills:
                for layer in self.layers[first : first + D]:
                    layer.fill()
            if first or self._embedding:
                outside = passes[0].gradient_to_input
                outside = outside + passes[1].gradient_to_input if D == 2 else outside
                outside = outside * masks[first // D] if masks else outside
        return outside

    def embed_back(self, d_x: Array, tokens: Indices) -> None:
        """Fill the embedding's gradient, if there is one, with what is asked of x_t, (T, B, I)."""
        if self._embedding:
            found = self._embedding[1]
            found[:] = 0
            add_rows(np.ascontiguousarray(d_x).reshape(-1, found.shape[1]), tokens.ravel(), found)


def numbers(parameter: Tensor) -> Array:
    """Return a parameter as NumPy sees it, in its own memory."""
    return parameter.detach().numpy()


def slope(parameter: Tensor) -> Array:
    """Return a parameter's gradient so."""
    assert parameter.grad is not None
    return parameter.grad.numpy()
