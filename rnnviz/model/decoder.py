"""Decoder: what a network of two parts makes of one source, writing several outputs of it side by side."""

from collections.abc import Sequence

import numpy as np
import torch
from typing_extensions import override

from rnnviz.kernels.decoder import Pass, looking
from rnnviz.kernels.look import Look
from rnnviz.kernels.tape import Tape
from rnnviz.model.decoding import Stepper
from rnnviz.model.encoder import Encoded, Source
from rnnviz.model.network import SequenceModel
from rnnviz.snapshot import Array, Indices, Sums, Touch


class Decoder(Stepper):
    """A network's decoder after one source, outside autograd and with the weights of now.

    There is room for `longest` steps of up to `width` outputs. touches: done one after the other to the weights of
    every step; if nothing is left to look at, they and the context are 0.
    """

    @torch.no_grad()
    def __init__(
        self,
        model: SequenceModel,
        source: Sequence[int],
        longest: int,
        width: int = 1,
        touches: Sequence[Touch] = (),
    ):
        assert model.encoder
        stack, encoded = model.recurrent, model.encoder(Source(torch.tensor(source)[:, None]))
        self._width, self._touches, self._done = width, touches, 0
        tapes = []
        for weights, start in zip(stack.weights, encoded.starts, strict=True):
            named = zip(stack.kernel.names, (weight.numpy() for weight in weights), strict=True)
            tape = Tape(stack.kernel, *stack.kernel.pack(dict(named)), longest, width)
            tapes.append(tape.begin(*(part.numpy() for part in start)))
        self._look = self._looking(model, encoded, longest)
        self._pass = Pass(tapes, self._look)
        self._read = (model.embedding.weight if model.embedding else torch.eye(model.inputs)).numpy()
        self._readout = [parameter.numpy() for parameter in (model.readout.weight, model.readout.bias)]

    def _looking(self, model: SequenceModel, encoded: Encoded, longest: int) -> Look | None:
        attention = model.attention
        if not attention:
            return None
        states, keys = encoded.states.numpy(), attention.keys(encoded.states).numpy()
        learned = [part.numpy() for part in attention.learned]
        look = looking(longest, self._width, keys, states, None, learned, keeps=self._width == 1)
        look.hand = self._touch
        return look

    def _touch(self, t: int, weights: Array) -> None:
        S = weights.shape[1]
        for touch in self._touches:
            if touch.step not in (None, t) or touch.at >= S or (touch.to is not None and touch.to >= S):
                continue
            moved = weights[:, touch.at].copy()
            weights[:, touch.at] = 0
            if touch.to is not None:
                weights[:, touch.to] += moved
            else:
                left = weights.sum(axis=1, keepdims=True)
                np.divide(weights, left, out=weights, where=left > 0)

    @property
    @override
    def weights(self) -> Array | None:
        return None if self._look is None else self._look.weights[self._done - 1, : self._count]

    @override
    def step(self, tokens: Indices) -> Array:
        self._count = len(tokens)
        tapes, t = self._pass.tapes, self._done
        x = self._read[np.resize(tokens, self._width)]  # (K, E); the places that are free repeat what is there
        tapes[0].x[t, :, : x.shape[1]] = x
        with np.errstate(all="ignore"):  # a network may diverge
            self._pass.step()
            self._done += 1
            seen = tapes[-1].h[t + 1] if self._look is None else self._seen(t, self._look)
            weight, bias = self._readout
            y = (seen @ weight.T)[: self._count].astype(np.float64) + bias  # (K, V)
            y -= y.max(axis=1, keepdims=True)
            return y - np.log(np.exp(y).sum(axis=1, keepdims=True))

    def _seen(self, t: int, look: Look) -> Array:
        return np.concatenate([self._pass.tapes[-1].h[t + 1], look.contexts[t]], axis=1)

    @override
    def reorder(self, parents: Indices) -> None:
        for tape in self._pass.tapes:
            for state in tape.states:
                state[self._done] = state[self._done][np.resize(parents, self._width)]

    def sums(self, step: int, at: int) -> Sums | None:
        """Return what the weight of source step `at` is made of at a step, both counted from 0; None where there is no
        such weight. For decoders of one output alone: of several not all is kept."""
        assert self._width == 1
        look = self._look
        if look is None or step >= self._done or at >= len(look.states):
            return None
        asked = self._pass.queries[step]
        return Sums(
            step=step,
            at=at,
            products=look.products(step)[at],
            query=asked[0],
            key=look.states[at, 0],
            scores=look.scores[step, 0],
            weights=look.weights[step, 0],
            context=look.contexts[step, 0],
        )
