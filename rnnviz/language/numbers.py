"""Numbers as they are read: the one place that writes them."""

import math
from dataclasses import dataclass
from numbers import Integral, Real


@dataclass(frozen=True)
class Rounded:
    """A number in a message, of which so many digits are said."""

    value: float
    digits: int = 2


def written(number: Rounded | Real | float) -> str:
    """Write a number of a message: a whole one in full, 12,500, any other one short."""
    if isinstance(number, Rounded):
        return short(number.value, number.digits)
    return f"{int(number):,}" if isinstance(number, Integral) else short(float(number))


def short(number: float, digits: int = 2) -> str:
    """Write a number short: 0.012, 34.1, 3e-7; a dash where there is none."""
    if not math.isfinite(number):
        return "–" if math.isnan(number) else "∞" if number > 0 else "−∞"
    text = f"{number:.{digits}g}"
    if 10**digits <= abs(float(text)) < 1e6:
        return f"{number:.0f}"
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if e else mantissa
