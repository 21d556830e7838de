"""The live bench: open the page and a recurrent network is learning."""

import streamlit as st

from rnnviz.text import _
from rnnviz.ui import bench

st.title(_("Watch a recurrent network learn"))
st.markdown(_("A small network is training right now, and every number on this page is read from it."))
bench.show()
