"""What a page's head asks for at once: scripts that it would else find out about one after the other, each a way."""

import re
from functools import cache
from pathlib import Path

from streamlit.file_util import get_static_dir

from rnnviz.ui.pages import PAGES
from rnnviz.ui.scripts import PLOTLY, address, needed
from rnnviz.ui.shell.readout import MODULE as READOUT
from rnnviz.ui.shell.scrubber import MODULE as SCRUBBER
from rnnviz.ui.web import FIRST_PAGE

WIDGETS = ("BidiComponent", "Button", "ButtonGroup", "Checkbox", "Html", "MenuButton", "NumberInput", "PageLink")
WIDGETS += ("Selectbox", "Slider")
"""Streamlit's scripts for what stands on every page, by the beginnings of their names."""
_STATIC = Path(get_static_dir()) / "static" / "js"
_IMPORT = re.compile(r'(?:from|import)"\./([\w.-]+\.js)"')


def head(page: str) -> str:
    """Return what the page at that address has in its head.

    plotly.js also runs early, while Streamlit's scripts are on their way: it takes longer than all the rest.
    """
    entries = (*PAGES[page or FIRST_PAGE].modules, SCRUBBER, READOUT)
    modules = dict.fromkeys(name for entry in entries for name in needed(entry))
    paths = [*(f".{address(name)}" for name in modules), *(f"./static/js/{name}" for name in streamlits())]
    lines = [f'<link rel="modulepreload" crossorigin href="{path}">' for path in paths]
    if "live/live.js" in modules:
        lines.insert(0, f'<script async fetchpriority="high" src=".{PLOTLY}"></script>')
    return "".join(lines)


@cache
def streamlits() -> list[str]:
    """Return the files of Streamlit's that WIDGETS need and its first page does not name."""
    named = (Path(get_static_dir()) / "index.html").read_text()
    found = [path.name for widget in WIDGETS for path in _STATIC.glob(f"{widget}.*.js")]
    for name in found:
        others = dict.fromkeys(_IMPORT.findall((_STATIC / name).read_text()))
        found += [other for other in others if other not in found]
    return [name for name in found if name not in named]
