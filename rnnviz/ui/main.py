"""The script every page runs through: the window's title, and the list of pages.

The guard is for the processes of a sweep: they run the main script again as `__mp_main__`, and need none of this.
"""

if __name__ == "__main__":
    from pathlib import Path

    import streamlit as st

    from rnnviz.language import say
    from rnnviz.ui.command import HOME
    from rnnviz.ui.pages import PAGES
    from rnnviz.ui.shell import reader, sharing
    from rnnviz.ui.web import FIRST_PAGE

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
            HOME / "pages" / f"{name}.py",
            title=say(known.title),
            icon=known.icon,
            help=say(known.help),
            default=name == FIRST_PAGE,
        )
        for name, known in PAGES.items()
    ]
    page = st.navigation(pages, position="top")
    # In a narrow window Streamlit puts the pages' names into the sidebar, out of sight; these are shown there alone.
    with st.container(horizontal=True, key="pages", gap=None):
        for named in pages:
            st.page_link(named)
    page.run()
