"""A visitor's own data: a series from a file, its column chosen and plotted; and a text, from a file or typed."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from rnnviz.corpus import BYTES_LIMIT as MOST_READ
from rnnviz.corpus import read_corpus, tidied
from rnnviz.language import N_, BadValue, Message, _, counted, listed, say, sentences
from rnnviz.series import BYTES_LIMIT, BadSeries, Table, read_table
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.labels import Labels
from rnnviz.settings.link import Link
from rnnviz.settings.own import CORPUS_LIMIT
from rnnviz.tasks import task_of
from rnnviz.tasks.series import Series
from rnnviz.tasks.text import size_for
from rnnviz.ui.shell.address import chosen, escaped

MOST_SENT = 5
"""MB of a text file that are taken from a browser: one too large to be read gets a sentence of its own."""
EXCERPT = 200
"""Characters of a visitor's text that are shown."""


def series() -> dict[str, Any] | None:
    """Show the upload and return what an Experiment takes of it; None, after saying why, while there is nothing."""
    file = st.file_uploader(
        _("A CSV file"),
        type=["csv", "txt", "tsv"],
        max_upload_size=BYTES_LIMIT // 10**6,
        help=_("A table with a header line and at least one column of numbers, one row per time step, oldest first."),
    )
    if not file:
        st.session_state.pop("table", None)
        st.info(_("Upload a file to train on it; until then the network before goes on. A link can't carry the file."))
        return None
    table = _table(file)
    if isinstance(table, Message):
        st.error(escaped(say(table)))
        return None
    names = list(table.columns)
    column = st.selectbox(
        _("Column"),
        names,
        format_func=say,
        index=names.index(table.suggested) if table.suggested else None,
        placeholder=_("Choose a column"),
        help=_("The column of numbers to learn; the next value is predicted."),
    )
    for name, reason in table.skipped.items():
        st.caption(escaped(_("Left out: {name}, {reason}", name=name, reason=reason)))
    if column is None:
        sentence = _(
            "{spoilt} looks like the data, but can't be used as it stands; what is left, {counters}, merely counts the "
            "rows. Mend the file, or choose a column to train on it all the same.",
            spoilt=listed(table.spoilt),
            counters=listed(names),
        )
        st.warning(escaped(sentence))
        return None
    values = tuple(table.columns[column])
    alt = _("The chosen column's values, in the order of the file")
    st.line_chart(values, x_label=_("row"), y_label=_("value"), height=160, alt=alt)
    return {"series": values, "labels": Labels(column, table.index, table.dates[Series.shown(len(values))])}


def text() -> dict[str, Any]:
    """Show where a text can be brought, and what was; return what an Experiment takes of it, nothing for the sample."""
    state = st.session_state
    with st.expander(_("Your own text"), icon=":material/upload_file:"):
        st.file_uploader(
            _("A text file of up to {most} MB", most=MOST_READ // 10**6),
            type=["txt"],
            max_upload_size=MOST_SENT,
            key="corpus_file",
            on_change=_take_file,
            help=_("Plain text in UTF-8, UTF-16 or GB18030, in any language; of a long one the beginning is used."),
        )
        st.text_area(
            _("Or typed, or pasted"),
            key="corpus_typed",
            max_chars=CORPUS_LIMIT,
            on_change=_take_typed,
            help=_("Click beside the field when it is complete. Too short a text is learned by heart."),
        )
        if problem := state.get("corpus_problem"):
            st.error(escaped(say(sentences(problem, N_("The network before goes on.")))))
        if remark := state.get("corpus_remark"):
            st.caption(escaped(say(remark)))
    if corpus := state.get("corpus", ""):
        count = counted("Your text, of one character, begins:", "Your text, of {n} characters, begins:", len(corpus))
        st.caption(say(count))
        st.text(corpus[:EXCERPT])
        st.button(
            _("Back to the sample"), key="corpus_gone", on_click=_take_text, args=("",), help=_("Leave your text.")
        )
    return {"corpus": corpus}


def _take_file() -> None:
    if file := st.session_state["corpus_file"]:
        _take(read_corpus, file.getvalue())


def _take_typed() -> None:
    _take(tidied, st.session_state["corpus_typed"])


def _take(read: Callable[[Any], tuple[str, Message | None]], given: Any) -> None:
    """Take what a visitor gives if it can be learned; else keep why not, and what there was before."""
    st.session_state.pop("corpus_problem", None)
    try:
        corpus, remark = read(given)
        size = size_for(corpus)
        task_of(Experiment(task="text", corpus=corpus, embedding_size=size, seq_len=2))
    except BadValue as problem:
        st.session_state["corpus_problem"] = problem.message
        return
    _take_text(corpus, remark)
    name, link = "embedding_size", chosen(Link)
    if size and not st.session_state[name] and not (link.hides(name) or link.locks(name)):
        st.session_state[name] = size


def _take_text(corpus: str, remark: Message | None = None) -> None:
    st.session_state["corpus"], st.session_state["corpus_remark"] = corpus, remark
    st.session_state.pop("corpus_problem", None)


def _table(file: Any) -> Table | Message:
    """Return what an uploaded file holds, or why it can't be used: read once, and kept while it is the session's."""
    kept: tuple[str, Table | Message] | None = st.session_state.get("table")
    if not kept or kept[0] != file.file_id:
        try:
            table = read_table(file.getvalue())
        except BadSeries as problem:
            table = problem.message
        kept = st.session_state["table"] = (file.file_id, table)
    return kept[1]
