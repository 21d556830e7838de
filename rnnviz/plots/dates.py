"""Dates that go on: those that follow the last of a series' own, where it is plain by how much they go on."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

_WRITTEN = re.compile(r"\d{4}-\d\d(-\d\d([ T]\d\d:\d\d(:\d\d)?)?)?", re.ASCII)
_DAY = np.timedelta64(1, "D")


def following(dates: Sequence[str], count: int) -> list[str]:
    """Return names of so many steps after the last of `dates`: dates, where these are written as 1960-12, 1960-12-31 or
    1960-12-31 23:59 and go on by whole months or by one and the same time; else "+1", "+2" and so on."""
    plain = len(dates) > 2 and len({len(date) for date in dates}) == 1 and all(map(_WRITTEN.fullmatch, dates))
    try:
        times = np.array([date.replace(" ", "T") for date in dates if plain], dtype="datetime64")
    except ValueError:  # the 31st of February
        times = np.zeros(0, "datetime64[D]")
    after = _monthly(times, count) if plain and len(dates[0]) > len("1960-12") else None
    if after is None:
        after = _regular(times, count)
    if after is None:
        return [f"+{n}" for n in range(1, count + 1)]
    return [str(text).replace("T", dates[0][10:11]) for text in np.datetime_as_string(after)]


def _regular(times: Any, count: int) -> Any:
    """Return the datetime64 values that go on by the one step of `times`; None where that is not one."""
    steps = np.unique(np.diff(times))
    return times[-1] + steps * np.arange(1, count + 1) if len(steps) == 1 and steps[0] else None


def _monthly(times: Any, count: int) -> Any:
    """Do so for times that go on by whole months, on one and the same day of each or on its last."""
    for before in (0 * _DAY, _DAY):  # the last of a month is the day before the first
        months = (times + before).astype("datetime64[M]")
        within = np.unique(times + before - months.astype(times.dtype))
        after = _regular(months, count)
        if after is not None and len(within) == 1 and within[0] < (1 if before else 28) * _DAY:
            return after.astype(times.dtype) + within - before
    return None
