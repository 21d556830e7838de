"""Figures for the back row: the same figure with larger text, thicker lines and the room they need."""

from typing import Any

SMALLEST = 20
"""Pixels: no text is smaller."""
TEXT, LINE, ROOM = 1.43, 1.5, 1.6
"""How many times as large text, lines and marks, and margins become."""


def enlarged(figure: dict[str, Any]) -> dict[str, Any]:
    """Return a figure, as `to_plotly_json` gives it, with text of at least SMALLEST pixels and thicker lines."""
    layout = dict(figure["layout"])
    layout["font"] = {"size": SMALLEST / TEXT} | layout.get("font", {})
    layout["hoverlabel"] = {"font": {"size": SMALLEST / TEXT}} | layout.get("hoverlabel", {})
    return figure | {
        "data": [_larger(_drawn(trace)) for trace in figure["data"]],
        "layout": _larger(layout),
    }


def _drawn(trace: dict[str, Any]) -> dict[str, Any]:
    """Write out plotly.js's own size of lines and marks where a trace leaves it open."""
    if trace.get("type") != "scatter":
        return trace
    return trace | {"line": {"width": 2} | trace.get("line", {}), "marker": {"size": 6} | trace.get("marker", {})}


def _larger(part: Any, within: str = "") -> Any:
    """Enlarge all sizes in `part`, which stands under the name `within`."""
    if isinstance(part, dict):
        return {name: _size(name, value, within) for name, value in part.items()}
    return [_larger(item, within) for item in part] if isinstance(part, list | tuple) else part


def _size(name: str, value: Any, within: str) -> Any:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return _larger(value, name)
    if name == "size" and within.endswith("font"):
        return max(SMALLEST, round(value * TEXT))
    if (name == "size" and within == "marker") or (name == "width" and within == "line"):
        return value * LINE
    if within == "margin" or name in ("title_standoff", "standoff", "thickness"):
        return value * ROOM
    return value
