"""A visitor's own series: the upload, the choice of a column, the plot of it."""

from typing import Any

import streamlit as st

from rnnviz.language import Message, _, listed, say
from rnnviz.series import BYTES_LIMIT, BadSeries, Table, read_table
from rnnviz.settings.experiment import Labels
from rnnviz.tasks.series import Series
from rnnviz.ui.shell.address import escaped


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
