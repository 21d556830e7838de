"""How an answer travels to the browser: as one binary message, a header in JSON and behind it the arrays' own bytes.

    4 bytes   the length of the header, a whole number, little-endian
    header    JSON in UTF-8, with spaces at its end so that what follows stands at a multiple of 8 bytes
    arrays    each in C order, little-endian, with zeros at its end up to a multiple of 8 bytes

In the header stands {"dtype": "f4", "shape": [2, 3], "at": 16} for an array of float32, (2, 3), whose bytes begin 16
after the header's end. So nothing is written as text and read again, NaN and infinity need no word in JSON, and the
browser looks at the numbers where they lie: see `unpacked` in numbers.js.
"""

import json
import struct
from typing import Any

import numpy as np

from rnnviz.language import Message, say

ALIGNED = 8
"""Bytes at whose multiples an array begins: a typed array begins at a multiple of its items' size."""
DTYPES = frozenset({"i1", "u1", "i2", "u2", "i4", "u4", "f4", "f8"})
"""Those of which there are typed arrays of numbers; all others become float64."""


def encoded(message: Any) -> bytes:
    """Return a message for the browser: what JSON can hold, arrays, and messages, put in the reader's language.

    Raises ValueError for a number of its own that is not finite, TypeError for what is none of these.
    """
    arrays: list[bytes] = []
    end = 0

    def put(value: Any) -> Any:
        nonlocal end
        if isinstance(value, Message):
            return say(value)
        if isinstance(value, np.generic):
            return value.item()
        if not isinstance(value, np.ndarray):
            raise TypeError(f"{type(value).__name__} can't be sent")
        if value.dtype.kind not in "fiu":
            return value.tolist()
        known = value.dtype.str[1:] in DTYPES
        dtype = value.dtype.newbyteorder("<") if known else np.dtype("<f8")
        place = {"dtype": dtype.str[1:], "shape": value.shape, "at": end}
        arrays.append(_padded(value.astype(dtype, copy=False).tobytes(), b"\0"))
        end += len(arrays[-1])
        return place

    header = _padded(json.dumps(message, allow_nan=False, default=put).encode(), b" ", before=4)
    return b"".join([struct.pack("<I", len(header)), header, *arrays])


def _padded(content: bytes, filling: bytes, before: int = 0) -> bytes:
    """Return bytes that end at a multiple of ALIGNED, where so many stand before them."""
    return content + filling * (-(before + len(content)) % ALIGNED)
