"""What a figure says for the cursor over the time steps: which of its axes count them, and what is read out of it."""

from typing import Any, Literal

from rnnviz.language import Text, say

TARGET, SOURCE = "t", "s"
"""The axes of time a cursor can stand on, by the letters of their steps; of a network of one part, t alone."""
How = Literal["value", "span", "most"]
"""How a trace is read out at a time step: its value; of a map's column, the least and the largest one; the name of the
largest one, and that."""


def counts(axis: str, letter: str, steps: int) -> dict[str, tuple[str, int]]:
    """Return what `meta["time"]` holds for an `axis` ("x" or "y") that counts 1..steps on the axis of time `letter`.

    Of several, the first is the one on which pointing at a place puts the cursor.
    """
    return {axis: (letter, steps)}


def read_out(name: Text, how: How = "value", values: str = "") -> dict[str, Any]:
    """Return what a trace is given for its values to be read out, under this name.

    values: the attribute of a map in which they are, if not in what it colours.
    """
    return {"meta": {"read": say(name), "how": how} | ({"values": values} if values else {})}
