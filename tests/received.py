"""A message of a live socket, read by its description in wire.py alone."""

import json
import struct
from typing import Any

import numpy as np

from rnnviz.ui.live.wire import encoded


def received(message: bytes) -> Any:
    """What a message holds, its arrays as NumPy's."""
    (length,) = struct.unpack_from("<I", message)
    end = 4 + length
    assert end % 8 == 0

    def array(part: dict[str, Any]) -> Any:
        if part.keys() != {"dtype", "shape", "at"}:
            return part
        assert part["at"] % 8 == 0
        count = int(np.prod(part["shape"]))
        return np.frombuffer(message, f"<{part['dtype']}", count, end + part["at"]).reshape(part["shape"])

    return json.loads(message[4:end], object_hook=array, parse_constant=lambda _: 1 / 0)


def sent(message: Any) -> Any:
    """What a browser gets of a message."""
    return received(encoded(message))
