"""The unrolled graph: the same cell at every step, with its numbers."""

import streamlit as st

from rnnviz.text import _
from rnnviz.ui import unrolled

st.title(_("See the same cell at every step"))
st.markdown(
    _("The network that is training right now, unrolled in time: every node and edge carries its own real number.")
)
unrolled.show()
