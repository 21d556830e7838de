"""What a page says of a network of another kind than it shows: which tasks it is for, to be taken at once."""

from collections.abc import Callable

import streamlit as st

from rnnviz.language import say
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.link import Link
from rnnviz.tasks import TASKS
from rnnviz.tasks.task import Task
from rnnviz.ui.shell import controls
from rnnviz.ui.shell.address import chosen


def tasks(fits: Callable[[type[Task]], bool], why: str, until: str) -> None:
    """Say why there is nothing to show, and offer the tasks that fit; or, where one is chosen and refused, say `until`
    when."""
    if fits(TASKS[chosen(Experiment).task]):
        st.info(until)
        return
    st.info(why)
    names = Experiment.SETTINGS["task"].options  # pyright: ignore[reportAttributeAccessIssue]
    link = chosen(Link)
    if link.hides("task"):
        return
    with st.container(horizontal=True, key="offered"):
        for name in filter(lambda name: fits(TASKS[name]), TASKS):
            st.button(
                say(names[name]),
                key=f"take_{name}",
                on_click=controls.take_task,
                args=(name,),
                disabled=link.locks("task"),
            )
