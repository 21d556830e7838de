"""A press comes to its end though another run of the script is asked for meanwhile."""

import pytest
from opened import run
from streamlit.testing.v1 import AppTest

pytestmark = pytest.mark.slow


def page_of_two():
    """Two buttons whose callbacks are cut short: what a component sends comes between the press and its callback."""
    import streamlit as st
    from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

    from rnnviz.ui.shell.whole import whole

    def act(name):
        context = get_script_run_ctx()
        if context and context.script_requests and not getattr(st, f"asked_{name}", False):
            setattr(st, f"asked_{name}", True)
            context.script_requests.request_rerun(RerunData(page_script_hash=context.page_script_hash))
        st.session_state[name] = st.session_state.get(name, 0) + 1

    st.button("Plain", key="press_plain", on_click=act, args=("plain",))
    st.button("Whole", key="press_whole", on_click=whole(act), args=("whole",))


def test_a_press_that_is_cut_short_is_done_once(monkeypatch):
    import streamlit as st

    for name in ("plain", "whole"):
        monkeypatch.setattr(st, f"asked_{name}", False, raising=False)
    app = run(AppTest.from_function(page_of_two, default_timeout=30))
    for name in ("plain", "whole"):
        app.button(key=f"press_{name}").click()
        run(app)
    assert "plain" not in app.session_state  # Streamlit's own way, which makes this a test
    assert app.session_state["whole"] == 1
