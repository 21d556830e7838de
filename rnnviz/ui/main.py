"""The script every page runs through: the window's title, and the list of pages.

The guard is for the processes of a sweep: they run the main script again as `__mp_main__`, and need none of this.
"""

if __name__ == "__main__":
    from pathlib import Path

    import streamlit as st

    from rnnviz.language import _
    from rnnviz.ui.command import HOME
    from rnnviz.ui.shell import reader, sharing

    PAGES = HOME / "pages"

    reader.listen()
    st.set_page_config(
        page_title="rnnviz",
        page_icon=str(Path(__file__).with_name("icon.svg")),
        layout="wide",
        initial_sidebar_state="collapsed" if sharing.projected() else None,
    )
    st.html(Path(__file__).parent / "shell" / "shell.css")
    pages = [
        st.Page(
            PAGES / "bench.py",
            title=_("Live bench"),
            icon=":material/play_circle:",
            help=_("A recurrent network trains in front of you: its predictions, loss, states and gradients."),
            default=True,
        ),
        st.Page(
            PAGES / "graph.py",
            title=_("Unrolled graph"),
            icon=":material/account_tree:",
            help=_("The same network, unrolled in time, with its values and what happens inside a cell."),
        ),
        st.Page(
            PAGES / "lab.py",
            title=_("Gradient lab"),
            icon=":material/trending_down:",
            help=_("How far back in time the gradient reaches, what kills it and what saves it."),
        ),
    ]
    page = st.navigation(pages, position="top")
    # In a narrow window Streamlit puts the pages' names into the sidebar, out of sight; these are shown there alone.
    with st.container(horizontal=True, key="pages", gap=None):
        for named in pages:
            st.page_link(named)
    page.run()
