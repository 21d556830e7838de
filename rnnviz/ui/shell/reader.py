"""Who reads: a visitor's language, chosen in this one place for pages, fragments and sockets."""

import functools
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

import streamlit as st

from rnnviz.language import LANGUAGES, Language, reader

PARAMETER = "lang"
"""What names the language in an address; what it names is looked up, never loaded."""
USUAL = "en"

P = ParamSpec("P")
R = TypeVar("R")


def named(parameters: Mapping[str, Any]) -> Language | None:
    """Return the language that these parameters of an address name, if there is one."""
    return LANGUAGES.get(str(parameters.get(PARAMETER)))


def listen() -> None:
    """From here on, speak to this thread's visitor in their language: that of the address, or of the page before."""
    chosen = named(st.query_params) or LANGUAGES.get(st.session_state.get(PARAMETER, ""))
    if chosen:
        st.session_state[PARAMETER] = chosen.code
    reader.set(chosen or LANGUAGES[USUAL])


def heard(function: Callable[P, R]) -> Callable[P, R]:
    """Return a function that listens first, as a fragment has to, which is run without the script around it."""

    @functools.wraps(function)
    def listening(*args: P.args, **kwargs: P.kwargs) -> R:
        listen()
        return function(*args, **kwargs)

    return listening


def parameters() -> dict[str, str]:
    """Return what names the reader's language in an address: nothing for the usual one."""
    code = reader.get().code
    return {} if code == USUAL else {PARAMETER: code}


def answer(parameters: Mapping[str, Any]) -> None:
    """From here on, speak to the reader at the other end of a socket of this address."""
    reader.set(named(parameters) or LANGUAGES[USUAL])
