"""All Streamlit code: the controls, the live run and the live pictures."""
