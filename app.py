"""The entry: `streamlit run app.py` serves the pages, and beside them the routes of the live pictures."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from rnnviz.runs.ending import end_in_time
from rnnviz.ui import command, early, scripts, web
from rnnviz.ui.pages import PAGES
from rnnviz.ui.shell.run import pool
from rnnviz.ui.shell.sweeping import engine


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Start the workers with the server, and end them with it."""
    workers, sweeps = pool(), engine()
    end_in_time(workers.pids)
    try:
        yield
    finally:
        workers.close()
        sweeps.close()


app = st.App(
    command.MAIN,
    routes=[
        *web.page_routes(early.head),
        *scripts.ROUTES,
        *(route for page in PAGES.values() for route in page.routes),
    ],
    lifespan=lifespan,
    middleware=[Middleware(web.Door)],
    on_script_error=web.apologise,
)
