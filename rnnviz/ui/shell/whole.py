"""Callbacks that come to their end: a press is not lost when a component of the page asks for the script just then."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from streamlit.runtime.scriptrunner import RerunException

P = ParamSpec("P")


def whole(act: Callable[P, None]) -> Callable[P, None]:
    """Return a callback that is run again from its beginning if it was cut short, and then lets the script be run.

    Streamlit raises at whichever use of the session's state finds that another run is asked for, and forgets the
    callback. So up to its last such use `act` may do nothing that must not be done twice.
    """

    @wraps(act)
    def acted(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            act(*args, **kwargs)
        except RerunException:
            act(*args, **kwargs)
            raise

    return acted
