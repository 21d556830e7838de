"""Attending: a decoder's ways over a batch, forwards and back, where it looks at a source."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rnnviz.kernels.compiled import add_products
from rnnviz.kernels.decoder import Pass, looking
from rnnviz.kernels.layer import Layer
from rnnviz.kernels.losses import read_out
from rnnviz.model.encoder import Attention
from rnnviz.model.half import Start, numbers, slope
from rnnviz.snapshot import Array


class Attending:
    """On weights that are parts of one vector. layers: the decoder's."""

    def __init__(self, attention: Attention, layers: Sequence[Layer]):
        self._layers = layers
        self._learned = [numbers(part) for part in attention.learned]
        self._slopes = [slope(linear.weight) for linear in (attention.query, attention.score) if linear]
        self.key = attention.key and numbers(attention.key.weight)
        """What makes the keys of source states, W_k (A, M); None where these are their own."""
        if attention.key:
            W, bias = attention.key.weight, attention.key.bias
            # where there is no b it is 0, and nobody reads its gradient
            self._b, self._db = (
                np.zeros((2, len(W)), numbers(W).dtype) if bias is None else (numbers(bias), slope(bias))
            )
            self._dW = slope(W)

    def forwards(
        self,
        x: Array,
        states: Array,
        starts: Sequence[Start],
        absent: npt.NDArray[np.bool_] | None,
        *,
        anew: bool = False,
        keeps: bool = True,
    ) -> Pass:
        """Run over x (T, B, E), looking at states (S, B, M), which have not begun where `absent`, (S, B).

        starts, anew: as in Half.forwards. keeps: whether there is to be a way back.
        """
        T, B, E = x.shape
        tapes = [layer.begin(T, B, start or (), anew=anew) for layer, start in zip(self._layers, starts, strict=True)]
        tapes[0].x[:, :, :E] = x
        found = Pass(tapes, looking(T, B, self._keys(states), states, absent, self._learned, keeps=keeps))
        for _ in range(T):
            found.step()
        return found

    def _keys(self, states: Array) -> Array:
        if self.key is None:
            return states
        S, B, M = states.shape
        keys = np.empty((S, B, len(self.key)), states.dtype)
        W_T = np.ascontiguousarray(self.key.T)
        read_out(states.reshape(-1, M), W_T, self.key, self._b, keys.reshape(-1, len(self.key)))
        return keys

    def back(self, passed: Pass, outside: Array, *, fills: bool) -> tuple[Array, Array]:
        """Go back from what is asked of [h_t; ctx_t], (T, B, H + M); return what is asked of x_t, (T, B, E), and of the
        source states, (S, B, M). fills: whether the gradients are to be filled."""
        look, H = passed.look, passed.tapes[-1].h.shape[2]
        assert look
        passed.expect(outside[..., :H], outside[..., H:])
        passed.back()
        d_states = look.state_gradient()
        if self.key is None:
            d_states += look.d_keys
        else:
            A, M = self.key.shape
            d_keys = look.d_keys.reshape(-1, A)
            add_products(d_keys, self.key, d_states.reshape(-1, M))
            if fills:
                self._dW[:], self._db[:] = 0, d_keys.sum(axis=0)
                add_products(d_keys.T, look.states.reshape(-1, M), self._dW)
        if fills:
            for layer in self._layers:
                layer.fill()
            for found, gradient in zip(self._slopes, look.weight_gradients(passed.queries), strict=True):
                found[:] = gradient
        return passed.gradient_to_input, d_states
