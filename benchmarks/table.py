"""The table a benchmark prints: what was measured, the bar, and whether it is met."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table; `met` is None where there is no bar."""

    what: str
    bar: str
    measured: str
    met: bool | None = None


def at_least(what: str, bar: float, value: float, unit: str = "") -> Row:
    """Return the row of a figure that must not be below `bar`."""
    return Row(what, f">= {bar:g}{unit}", f"{value:.3g}{unit}", value >= bar)


def at_most(what: str, bar: float, value: float, unit: str = "") -> Row:
    """Return the row of a figure that must not be above `bar`."""
    return Row(what, f"<= {bar:g}{unit}", f"{value:.3g}{unit}", value <= bar)


def report(rows: list[Row], load_before: tuple[float, float, float]):
    """Print the table, and how busy the machine was."""
    answers = {True: "yes", False: "NO", None: "-"}
    lines = [
        ("what", "bar", "measured", "met"),
        *((row.what, row.bar, row.measured, answers[row.met]) for row in rows),
    ]
    widths = [max(len(line[i]) for line in lines) for i in range(4)]
    for line in lines:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())
    loads = [" ".join(f"{load:.1f}" for load in loads) for loads in (load_before, os.getloadavg())]
    print(f"load average (1, 5, 15 min) before: {loads[0]}; after: {loads[1]}; {os.cpu_count()} cores")
