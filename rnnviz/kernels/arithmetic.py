"""What the kernels compute with: functions in place, and arrays seen in other shapes.

Letters: T steps, B sequences, H units, I inputs, G blocks of rows in W, K = H + I + 1 columns; dL/dx is written dx.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnviz.snapshot import Array


def sigmoid_of_halved(a: Array) -> None:
    """Turn a/2 into 1 / (1 + exp(-a)), in place, as (1 + tanh(a/2)) / 2: a fast call, which can't overflow."""
    np.tanh(a, out=a)
    a *= 0.5
    a += 0.5


def sigmoid(a: Array, out: Array) -> None:
    """1 / (1 + exp(-a))."""
    np.multiply(a, 0.5, out=out)
    sigmoid_of_halved(out)


@dataclass(frozen=True)
class Nonlinearity:
    """A function f(a, out=h), elementwise, and its derivative f'(a) written in terms of the value h = f(a)."""

    function: Callable[..., Any]
    derivative: Callable[[Array], Array]

    def __call__(self, a: Array) -> Array:
        """Return f(a)."""
        values = np.empty_like(a)
        self.function(a, out=values)
        return values


NONLINEARITIES = {
    "tanh": Nonlinearity(np.tanh, lambda h: 1 - h * h),
    "relu": Nonlinearity(lambda a, out: np.maximum(a, 0, out=out), np.sign),  # h is never negative
    "sigmoid": Nonlinearity(sigmoid, lambda h: h * (1 - h)),
    "": Nonlinearity(lambda a, out: np.copyto(out, a), np.ones_like),
}
"""By name; "" is no function at all."""


def backwards(*arrays: Array) -> Iterator[tuple[Array, ...]]:
    """Yield the arrays' steps together, from the last to the first."""
    return zip(*(array[::-1] for array in arrays), strict=True)


def flat(a: Array) -> Array:
    """Return a view of a (T, G, H, B) with the blocks in one: (T, GH, B)."""
    T, G, H, B = a.shape
    return a.reshape(T, G * H, B, copy=False)


def halved(W: Array, sigmoids: int) -> Array:
    """Return W (G, H, K) as (GH, K), the rows of the first `sigmoids` blocks halved, for `sigmoid_of_halved`."""
    W = W.copy()
    W[:sigmoids] *= 0.5
    return W.reshape(-1, W.shape[2])


def transposed(W: Array, h: Array) -> Array:
    """Return the columns of W (G, H, K) that meet h_(t-1), transposed: W_hh^T (H, GH), in one piece."""
    return np.ascontiguousarray(W[:, :, : len(h)].reshape(-1, len(h)).T)
