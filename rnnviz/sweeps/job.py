"""A job: what a sweep asks another process to do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Job:
    """Call `function(*args)` in another process. key: hashable, names its result. cost: time it takes, in any unit."""

    key: Any
    function: Callable[..., Any]
    args: tuple[Any, ...] = ()
    cost: float = 1.0
