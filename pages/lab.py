"""The gradient lab: how sequence length kills a gradient, and what saves it."""

import streamlit as st

from rnnviz.text import _
from rnnviz.ui import lab

st.title(_("Follow the gradient back in time"))
st.markdown(
    _("What the errors of late steps tell the early ones: three quantities of the network that is training now.")
)
lab.show()
