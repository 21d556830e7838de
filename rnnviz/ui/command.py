"""The `rnnviz` command, which runs `streamlit run app.py` from anywhere, and where app.py and the pages lie."""

import sys
from pathlib import Path

from streamlit.web import cli

_PACKAGE = Path(__file__).parents[1]
HOME = next(folder for folder in (_PACKAGE / "home", _PACKAGE.parent) if (folder / "app.py").exists())
"""The folder of app.py, pages/ and .streamlit/: inside an installed package, beside it in a checkout."""
MAIN = Path(__file__).with_name("main.py")
"""The script every page runs through."""


def main() -> None:
    """Start the app; arguments are passed on to Streamlit: `rnnviz --server.port=8600`."""
    sys.argv = ["streamlit", "run", str(HOME / "app.py"), *sys.argv[1:]]
    cli.main(prog_name="streamlit")
