"""Links that hold the scene: how "Share this view" makes one, and what is said of the one that was opened."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from rnnviz.language import _, say
from rnnviz.runs.run import Run
from rnnviz.settings.link import CONTROLS, LATEST, Link
from rnnviz.settings.setting import Setting
from rnnviz.settings.view import View
from rnnviz.ui.shell import address, reader
from rnnviz.ui.shell.whole import whole

HOME = "bench"
"""The page that has no path of its own."""


def projected() -> bool:
    """Say whether the page is set for a projector, even before its address has been read."""
    asked = View.from_query(st.query_params.to_dict()).projector
    return st.session_state.get("projector", asked)


def terms() -> None:
    """Keep to what the link asks for, say so, and offer to go on without."""
    link = address.chosen(Link)
    if projected():
        st.html(Path(__file__).with_name("projector.css"))
        st.button(
            _("Usual size"),
            key="usual_size",
            icon=":material/format_size:",
            help=_("The page is set for a projector; go back to text and lines of the usual size."),
            on_click=_set,
            kwargs={"projector": False},
        )
    if not (link.hide or link.lock):
        return
    hides = _("The link you opened hides some controls.")
    locks = _("The link you opened locks some controls.")
    both = _("The link you opened hides some controls and locks others.")
    st.info(both if link.hide and link.lock else hides if link.hide else locks)
    st.button(
        _("Show all controls"),
        key="all_controls",
        icon=":material/lock_open:",
        help=_("Go on from here with every control there is; the settings stay."),
        on_click=_set,
        kwargs={"hide": (), "lock": ()},
    )


@whole
def _set(**settings: Any) -> None:
    for name, value in settings.items():
        st.session_state[name] = value


def button(page: str, run: Run) -> None:
    """Show the button that makes a link to what is on the page now, and the dialog until it is shut.

    Any component of the page may have the script run again meanwhile; what such a run does not show is gone.
    """
    st.button(
        _("Share"),
        key="share",
        icon=":material/share:",
        help=_("Make a link that opens this page as it is now, at this training step, paused or playing."),
        on_click=_remember,
        args=(page, run),
    )
    if st.session_state.get("sharing") == page:
        st.dialog(_("Share this view"), width="medium", on_dismiss=_forget)(reader.heard(_choose))(page, run)
    else:
        _forget()  # who went on to another page by the browser's Back has left it


@whole
def _forget() -> None:
    st.session_state["sharing"] = None


@whole
def _remember(page: str, run: Run) -> None:
    """Start from what is on the page at this moment, whatever goes on while the link is being made."""
    st.session_state["sharing"] = page
    st.session_state["share_at"] = min(run.reached if run.at is None else run.at, LATEST)
    st.session_state["share_playing"] = run.orders.playing and run.at is None
    st.session_state["share_projector"] = st.session_state["projector"]
    for name in ("hide", "lock"):
        st.session_state[f"share_{name}"] = list(st.session_state[name])


def _choose(page: str, run: Run) -> None:
    """Show what the link may say, and the link."""
    declared: dict[str, Setting] = Link.SETTINGS | {"projector": View.SETTINGS["projector"]}
    st.number_input(say(declared["at"].label), 0, LATEST, step=1, key="share_at", help=say(declared["at"].help))
    for name in ("playing", "projector"):
        st.toggle(say(declared[name].label), key=f"share_{name}", help=say(declared[name].help))
    for name in ("hide", "lock"):
        st.multiselect(
            say(declared[name].label),
            list(CONTROLS),
            key=f"share_{name}",
            format_func=lambda control: say(CONTROLS[control]),
            help=say(declared[name].help),
            placeholder=_("Choose controls"),
        )
    values = {name: st.session_state[f"share_{name}"] for name in declared if name != "t"}  # which stays where it is
    st.code(_url(page, address.query(**values)), language=None, wrap_lines=True)
    if run.orders.experiment.series:
        st.caption(_("A link can't carry your file: whoever opens it is asked for theirs."))
    if run.orders.experiment.corpus:
        st.caption(_("A link can't carry your text: whoever opens it begins with the sample."))
    if run.adjusted and values["at"]:
        st.caption(
            _(
                "The learning rate or the clipping was changed while this network trained. A link holds their values "
                "of now alone, so at this step its network is another."
            )
        )


def _url(page: str, query: dict[str, str]) -> str:
    """Return the address of this page with these parameters, as it is seen from the visitor's browser."""
    here = (st.context.url or "").removesuffix("/") + ("/" if page == HOME else "")
    return here + (f"?{urlencode(query, safe=',')}" if query else "")
