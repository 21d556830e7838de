"""What the kernels' loops are made of, compiled by numba: the products, and the functions around them.

Letters: T steps, B sequences, G blocks of H sums, K = H + I + 1 columns. Arrays are (T, B, H): a sequence's units side
by side, over which the innermost loops run, so that the processor takes several at once, be there one sequence or many.
Loops over two types of numbers are two programs: of float32, in which networks are trained, and of float64.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
from numba import types
from numba.extending import overload

from rnnviz.kernels.cache import keep
from rnnviz.kernels.shared import shared

F = TypeVar("F", bound=Callable[..., Any])

OPTIONS: dict[str, Any] = {"error_model": "numpy", "fastmath": {"contract", "reassoc"}, "no_cfunc_wrapper": True}
"""Sums may be added in any order, so that several are added at once; infinities and NaN are what they always are.
Nothing is wrapped for being called from C."""


AT_ONCE = 64
"""Rows of a matrix that are used for all of a product before the next: of 512 columns they are 128 KB."""


def compiled(function: F) -> F:
    """Compile a function at its first call with arrays of a type, or take it from the cache."""
    return keep(numba.njit(**OPTIONS)(function))


def inner(function: Callable[..., Any], **options: Any) -> Any:
    """Compile a function that only compiled ones call."""
    options |= OPTIONS | {"no_cpython_wrapper": True}
    return numba.njit(**options)(function)


def row(function: F) -> F:
    """Compile what is done with rows of numbers, as a part of each loop that calls it. None of the rows may overlap
    another: so the processor takes several numbers of each at once, without looking first."""
    dispatcher = inner(function, forceinline=True)
    dispatcher._compiler._customize_flags = _apart  # numba has the flag, and no option for it
    return dispatcher


def _apart(flags: Any) -> Any:
    flags.noalias = True
    return flags


NUMERATOR = (-2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-08)
NUMERATOR += (1.48572235717979e-05, 6.37261928875436e-04, 4.89352455891786e-03)
DENOMINATOR = (1.19825839466702e-06, 1.18534705686654e-04, 2.26843463243900e-03, 4.89352518554385e-03)
SATURATED = 7.90531110763549805
"""tanh(a) is a P(a^2) / Q(a^2) up to |a| of 7.9, beyond which float32 has no number between it and 1. The coefficients
are those of Eigen's ptanh_float; the error is below TANH_ERROR everywhere."""
TANH_ERROR = 4e-7


def tanh(a: Any) -> Any:
    """tanh(a): of float32 with an error of up to TANH_ERROR, of float64 exactly."""
    raise NotImplementedError


def sigmoid(a: Any) -> Any:
    """1 / (1 + exp(-a)), as (1 + tanh(a/2)) / 2."""
    raise NotImplementedError


def relu(a: Any) -> Any:
    """a where it is positive, else 0."""
    raise NotImplementedError


def rest(y: Any) -> Any:
    """1 - y: what a gate does not let through."""
    raise NotImplementedError


@overload(tanh, jit_options={"fastmath": OPTIONS["fastmath"]}, strict=False)
def _tanh(a: Any) -> Any:
    if a is types.float64:
        return lambda a: np.tanh(a)
    p0, p1, p2, p3, p4, p5, p6 = map(np.float32, NUMERATOR)
    q0, q1, q2, q3 = map(np.float32, DENOMINATOR)
    most = np.float32(SATURATED)

    def rational(a):
        x = most if a > most else -most if a < -most else a  # NaN stays NaN
        y = x * x
        p = ((((((p0 * y + p1) * y + p2) * y + p3) * y + p4) * y + p5) * y + p6) * x
        return p / (((q0 * y + q1) * y + q2) * y + q3)

    return rational


@overload(sigmoid, strict=False)
def _sigmoid(a: Any) -> Any:
    half = (np.float32 if a is types.float32 else np.float64)(0.5)
    return lambda a: half + half * tanh(half * a)


@overload(relu, strict=False)
def _relu(a: Any) -> Any:
    zero = (np.float32 if a is types.float32 else np.float64)(0)
    return lambda a: zero if a < zero else a  # NaN stays NaN


@overload(rest, strict=False)
def _rest(y: Any) -> Any:
    one = (np.float32 if y is types.float32 else np.float64)(1)
    return lambda y: one - y


@row
def _four_by_four(x, w0, w1, w2, w3, y0, y1, y2, y3):
    x00, x01, x02, x03 = x[0, 0], x[0, 1], x[0, 2], x[0, 3]
    x10, x11, x12, x13 = x[1, 0], x[1, 1], x[1, 2], x[1, 3]
    x20, x21, x22, x23 = x[2, 0], x[2, 1], x[2, 2], x[2, 3]
    x30, x31, x32, x33 = x[3, 0], x[3, 1], x[3, 2], x[3, 3]
    for m in range(len(y0)):
        y0[m] += x00 * w0[m] + x01 * w1[m] + x02 * w2[m] + x03 * w3[m]
        y1[m] += x10 * w0[m] + x11 * w1[m] + x12 * w2[m] + x13 * w3[m]
        y2[m] += x20 * w0[m] + x21 * w1[m] + x22 * w2[m] + x23 * w3[m]
        y3[m] += x30 * w0[m] + x31 * w1[m] + x32 * w2[m] + x33 * w3[m]


@row
def _four_by_one(x, w, y0, y1, y2, y3):
    x0, x1, x2, x3 = x[0], x[1], x[2], x[3]
    for m in range(len(w)):
        y0[m] += x0 * w[m]
        y1[m] += x1 * w[m]
        y2[m] += x2 * w[m]
        y3[m] += x3 * w[m]


@row
def _one_by_four(x, w0, w1, w2, w3, y):
    x0, x1, x2, x3 = x[0], x[1], x[2], x[3]
    for m in range(len(y)):
        y[m] += x0 * w0[m] + x1 * w1[m] + x2 * w2[m] + x3 * w3[m]


@row
def _one_by_one(x, w, y):
    for m in range(len(y)):
        y[m] += x * w[m]


@shared(compiled, "A", "C", "C")
def add_products(x, W, out):
    """Add x W to out: (N, K), (K, M), (N, M). Four of N and four of K at a time, so that a number once read serves more
    than once; and AT_ONCE of K before the next, which stay near the processor meanwhile."""
    N, K = x.shape
    fours = N - N % 4
    for begin in range(0, K, AT_ONCE):
        end = min(begin + AT_ONCE, K)
        whole = end - (end - begin) % 4
        for n in range(0, fours, 4):
            y0, y1, y2, y3 = out[n], out[n + 1], out[n + 2], out[n + 3]
            for k in range(begin, whole, 4):
                _four_by_four(x[n : n + 4, k : k + 4], W[k], W[k + 1], W[k + 2], W[k + 3], y0, y1, y2, y3)
            for k in range(whole, end):
                _four_by_one(x[n : n + 4, k], W[k], y0, y1, y2, y3)
        for n in range(fours, N):
            for k in range(begin, whole, 4):
                _one_by_four(x[n, k : k + 4], W[k], W[k + 1], W[k + 2], W[k + 3], out[n])
            for k in range(whole, end):
                _one_by_one(x[n, k], W[k], out[n])


@inner
def sums(v, W, a):
    """Make a (B, G, H) the sums W v of what each sequence sees: v (B, K), W (K, GH)."""
    a[:] = 0
    add_products(v, W, a.reshape(len(a), -1))


@compiled
def add_rows(rows, at, out):
    """Add rows (N, M) to those of out that `at` (N,) names; one below 0 is none."""
    for n in range(len(rows)):
        if at[n] >= 0:
            for m in range(rows.shape[1]):
                out[at[n], m] += rows[n, m]


@compiled
def gather(values, first, second, out):
    """Make out the sums of two of the values each, (N,), whose places are counted from 1; 0 is none."""
    for n in range(len(out)):
        out[n] = 0
        if first[n]:
            out[n] += values[first[n] - 1]
        if second[n]:
            out[n] += values[second[n] - 1]


@compiled
def pick(values, at, out):
    """Make out the values that stand at these places, (N,)."""
    for n in range(len(out)):
        out[n] = values[at[n]]


@inner
def only(state, begun):
    """Make a state (B, H) 0 where a sequence has not begun, begun being (B,); empty if all have."""
    for b in range(len(begun)):
        if not begun[b]:
            state[b] = 0
