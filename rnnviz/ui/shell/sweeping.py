"""What sweeps have in common on a page: what they run on, what one may cost, how far it is, and how it is stopped."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from rnnviz.language import N_, Message, Text, _, counted, say, sentences
from rnnviz.sweeps.engine import Engine, Sweep
from rnnviz.sweeps.job import Job
from rnnviz.ui.shell import reader

MOST_SECONDS = 300
"""Of computing one sweep may ask for, on one core: the server is shared."""


@functools.cache
def engine() -> Engine:
    """Return what the server's sweeps run on; it starts at the first sweep."""
    return Engine()


def fits(jobs: Sequence[Job]) -> bool:
    """Say whether there are jobs, and whether a shared server gives them the time they take."""
    return 0 < _seconds(jobs) <= MOST_SECONDS


def _seconds(jobs: Sequence[Job]) -> float:
    return sum(job.cost for job in jobs)


def cost(jobs: Sequence[Job], less: Text) -> None:
    """Say what jobs that train a network each cost. less: how they would cost less, in a sentence."""
    if not fits(jobs):
        text = counted(
            "This takes about a minute of one processor, and a shared server gives a sweep at most {most}.",
            "This takes about {n} minutes of one processor, and a shared server gives a sweep at most {most}.",
            round(_seconds(jobs) / 60),
            most=round(MOST_SECONDS / 60),
        )
        st.warning(say(sentences(text, less)))
        return
    text = counted(
        "One network, about {duration} on one processor.",
        "{n} networks, about {duration} on one processor.",
        len(jobs),
        duration=_duration(_seconds(jobs)),
    )
    st.caption(say(text))


def buttons(
    name: str,
    jobs: Sequence[Job],
    sweep: Sweep | None,
    running: bool,
    words: str,
    start: Callable[[], None],
    less: Text,
    **more: Any,
) -> None:
    """Show the button that starts a sweep, and what it costs; or, while one runs, the one that stops it.

    name: what their keys begin with. words, more: of the first. less: see `cost`.
    """
    if running and sweep:
        stop_button(sweep, f"{name}_stop")
        return
    st.button(words, key=f"{name}_start", type="primary", on_click=start, disabled=not fits(jobs), **more)
    if jobs:
        cost(jobs, less)


def stop_button(sweep: Sweep, key: str) -> None:
    """Show the button that stops a running sweep."""
    st.button(
        _("Stop"),
        key=key,
        icon=":material/stop:",
        type="primary",
        help=_("Train no further networks; the results so far stay."),
        on_click=sweep.stop,
    )


def progress(sweep: Sweep, running: bool, draw: Callable[[dict[Any, Any]], None]) -> None:
    """Show how far a sweep is, and `draw` its results so far; every second anew while it runs, and so keep it alive.

    running: whether it was when the buttons above were drawn, which have to be drawn anew when it ends.
    """
    st.fragment(reader.heard(_progress), run_every=1.0 if running else None)(sweep, running, draw)


def _progress(sweep: Sweep, was_running: bool, draw: Callable[[dict[Any, Any]], None]) -> None:
    sweep.touch()
    running, results = sweep.running, sweep.results
    if was_running and not running:
        st.rerun()
    if running:
        st.progress(sweep.done / sweep.total, text=_progress_words(sweep))
    elif sweep.done < sweep.total:
        text = counted(
            "Stopped: {done} of one network was trained.",
            "Stopped: {done} of {n} networks were trained.",
            sweep.total,
            done=sweep.done,
        )
        st.info(say(sentences(text, sweep.problem)))
    if sweep.failed:
        text = counted(
            "One network could not be trained: {reason}",
            "{n} networks could not be trained: {reason}",
            len(sweep.failed),
            reason=next(iter(sweep.failed.values())),
        )
        st.warning(say(text))
    draw(results)


def _progress_words(sweep: Sweep) -> str:
    left = sweep.seconds_left
    if left is None:
        return _("{done} of {total}, starting ...", done=sweep.done, total=sweep.total)
    return _("{done} of {total}, about {duration} left", done=sweep.done, total=sweep.total, duration=_duration(left))


def _duration(seconds: float) -> Message:
    if seconds < 90:
        return N_("{seconds} s", seconds=round(seconds))
    return N_("{minutes} min", minutes=round(seconds / 60))
