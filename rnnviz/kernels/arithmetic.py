"""What is computed of whole arrays, beside the compiled loops: functions and their derivatives; shapes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnviz.snapshot import Array


def sigmoid(a: Array, out: Array) -> None:
    """1 / (1 + exp(-a)), as (1 + tanh(a/2)) / 2, which can't overflow."""
    np.multiply(a, 0.5, out=out)
    np.tanh(out, out=out)
    out *= 0.5
    out += 0.5


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


def flat(a: Array) -> Array:
    """Return a view of a (T, B, G, H) with the blocks in one: (T, B, GH)."""
    return a.reshape(*a.shape[:2], -1)
