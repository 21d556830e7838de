"""A visitor's own series: the upload, the choice of a column, the plot of it."""

import streamlit as st

from rnnviz.series import BYTES_LIMIT, BadSeries, read_table
from rnnviz.text import _
from rnnviz.ui.address import plain


def series() -> tuple[float, ...] | None:
    """Show the upload and return the chosen column's values; None, after saying why, while there are none."""
    file = st.file_uploader(
        _("A CSV file"),
        type=["csv", "txt", "tsv"],
        max_upload_size=BYTES_LIMIT // 10**6,
        help=_("A table with a header line and at least one column of numbers, one row per time step, oldest first."),
    )
    if not file:
        st.info(_("Upload a file to train on it; until then the network before goes on. A link can't carry the file."))
        return None
    try:
        table = read_table(file.getvalue())
    except BadSeries as problem:
        st.error(plain(str(problem)))
        return None
    column = st.selectbox(
        _("Column"),
        list(table.columns),
        index=len(table.columns) - 1,  # the first is often a mere index
        help=_("The column of numbers to learn; the next value is predicted."),
    )
    for name, reason in table.skipped.items():
        st.caption(plain(_("Left out: {name}, {reason}").format(name=name, reason=reason)))
    st.line_chart(table.columns[column], height=140, alt=_("The chosen column's values, in the order of the file"))
    return table.columns[column]
