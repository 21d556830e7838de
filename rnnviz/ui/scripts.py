"""The app's JavaScript: ES modules below a path that names their version, what imports them, and plotly.js."""

import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

import plotly
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from streamlit.components.v2 import component as streamlits

from rnnviz.ui.served import Served
from rnnviz.ui.web import below

HERE = Path(__file__).parent
_MODULES = {path.relative_to(HERE).as_posix(): path.read_bytes() for path in sorted(HERE.rglob("*.js"))}
"""Each module by its path below this folder; read once, so that what is served is what the version names."""
_VERSION = sha256(repr(_MODULES).encode()).hexdigest()[:12]
PATH = f"/live/scripts-{_VERSION}"
"""Where the modules stand: no browser that kept some of another version meets them."""
PLOTLY = f"/live/plotly-{plotly.__version__}.min.js"
"""plotly.js comes from the installed package: a classroom may have no internet."""
_IMPORT = re.compile(r'^(?:import|export) [^"()]*? from "(\.[^"]+)"', re.MULTILINE)


def address(module: str) -> str:
    """Return where a module is, from the app's own path on. Raises KeyError for one there is not."""
    _MODULES[module]
    return f"{PATH}/{module}"


def needed(module: str) -> list[str]:
    """Return a module and all it imports, those of its imports included, by their paths below this folder."""
    found = [module]
    for name in found:
        found += [other for other in dict.fromkeys(imports(name)) if other not in found]
    return found


def imports(module: str) -> Iterator[str]:
    """Yield the path of every module that one imports itself."""
    folder = PurePosixPath(module).parent
    for name in _IMPORT.findall(_MODULES[module].decode()):
        parts: list[str] = []
        for part in (folder / name).parts:
            parts = parts[:-1] if part == ".." else [*parts, part]
        yield "/".join(parts)


def component(name: str, module: str, styles: tuple[str, ...], html: str = "") -> Callable[..., Any]:
    """Return what puts a component on the page: `module`, some HTML, by default that beside it of the same name, and
    these styles.

    It is called as Streamlit's own, with a key, data and callbacks.
    """
    show = streamlits(
        f"rnnviz_{name}",
        html=(HERE / (html or module)).with_suffix(".html").read_text(),
        css="\n".join((HERE / style).read_text() for style in styles),
        js=_MODULES["live/entry.js"].decode(),
        isolate_styles=False,  # plotly.js styles its buttons and labels from the document's head
    )
    script = f".{address(module)}"  # below the page's folder, wherever a proxy puts that

    def mount(key: str, data: dict[str, Any], **callbacks: Any) -> Any:
        return show(key=key, data={"script": script, **data}, **callbacks)

    return mount


async def _module(request: Request) -> Response:
    module = _SERVED.get(request.path_params["module"])
    return await module.answer(request) if module else Response(status_code=404)


def _plotly() -> Served:
    """plotly.js, its one large function in brackets: browsers take that as a sign to compile it while it comes in."""
    script = (Path(str(plotly.__file__)).parent / "package_data" / "plotly.min.js").read_text()
    opening, closing = " : this, () => {\n", "return Plotly;\n}));"
    if script.count(opening) == script.count(closing) == 1:
        script = script.replace(opening, " : this, (() => {\n").replace(closing, "return Plotly;\n})));")
    return Served(script.encode())


_SERVED = {name: Served(script) for name, script in _MODULES.items()}
ROUTES = [Route(below(PATH) + "/{module:path}", _module), Route(below(PLOTLY), _plotly().answer)]
"""Where browsers get the modules, and plotly.js."""
