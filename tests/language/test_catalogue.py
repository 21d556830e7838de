"""What is there to translate: every message is found by gettext's tools, and its places and values belong together."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file

from rnnviz.cells import CELLS
from rnnviz.language.message import PLACE

ROOT = Path(__file__).parents[2]
FILES = [
    ROOT / "app.py",
    *(ROOT / "pages").glob("*.py"),
    *(ROOT / "rnnviz").rglob("*.py"),
]
KEYWORDS = {"_": None, "N_": None, "template": None, "counted": (1, 2)}
"""The functions that take a message, as Babel's extraction wants them."""
SPEAKERS = ("app.py", "pages", "rnnviz/ui", "rnnviz/plots")
"""Who stands at the door: the others don't know who listens."""


def calls(file: Path) -> Iterator[tuple[ast.Call, str, bool]]:
    """Every call that makes or says a message: the call, its name, and whether it runs while the module is loaded.

    But for those by which `_`, `N_` and the others do so themselves.
    """
    tree = ast.parse(file.read_text())
    own = {
        node
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef) and outer.name in KEYWORDS
        for node in ast.walk(outer)
    }
    later = {
        node
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(outer)
    }
    for node in {*ast.walk(tree)} - own:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in (*KEYWORDS, "say"):
            yield node, node.func.id, node not in later


def msgids(call: ast.Call, name: str) -> list[str]:
    found = call.args[: 2 if name == "counted" else 1]
    assert all(isinstance(arg, ast.Constant) and isinstance(arg.value, str) for arg in found), ast.unparse(call)
    return [str(arg.value) for arg in found if isinstance(arg, ast.Constant)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_message_is_a_literal_whose_places_have_values(file):
    for call, name, _at_once in calls(file):
        if name == "say":
            continue
        said = msgids(call, name)
        places = {place for msgid in said for place in PLACE.findall(msgid)}
        given = {keyword.arg for keyword in call.keywords} | ({"n"} if name == "counted" else set())
        if name == "template":
            assert places, said
            assert not given
        else:
            assert places | {"n"} == given | {"n"}, said
            assert name == "counted" or "n" not in places ^ given, said
        if name == "counted":
            assert "n" in PLACE.findall(said[1]), said


COUNT = re.compile(
    r"\{\w+\} (?:\w+ )?"
    r"(?:steps|values|units|parameters|networks|rows|columns|lines|dates|letters|runs|terms|sequences|seeds|windows"
    r"|words|tokens|characters|examples|points|reviews|texts|sentences)\b"
)
CELL_NAME = re.compile(rf"\b({'|'.join(str(cell.label) for cell in CELLS.values())})\b")


def test_counts_have_plurals_and_cells_are_named_by_their_descriptions():
    for file in FILES:
        for call, name, _at_once in calls(file):
            for msgid in msgids(call, name) if name != "say" else ():
                assert name == "counted" or not COUNT.search(msgid), f"{file}: {msgid}"
                assert file.parent.name == "cells" or not CELL_NAME.search(msgid), f"{file}: {msgid}"


def test_gettexts_tools_find_the_same_messages():
    ours = {tuple(msgids(call, name)) for file in FILES for call, name, _at_once in calls(file) if name != "say"}
    theirs = set()
    for file in FILES:
        for _line, found, _comments, _context in extract_from_file("python", file, keywords=KEYWORDS):
            theirs.add(found if isinstance(found, tuple) else (found,))
    assert ours == theirs
    assert len(ours) > 400


def test_only_those_at_the_door_speak_and_none_while_it_is_loaded():
    for file in FILES:
        name = str(file.relative_to(ROOT))
        for call, function, at_once in calls(file):
            if function in ("_", "say"):
                assert name.startswith(SPEAKERS), f"{name}: {ast.unparse(call)}"
                assert not at_once or name.startswith(("pages", "rnnviz/ui/main.py")), f"{name}: {ast.unparse(call)}"
