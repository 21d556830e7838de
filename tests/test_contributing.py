"""CONTRIBUTING.md tells the truth: its commands exist, and its lists are the files that everything of a kind has."""

import re
from pathlib import Path

import pytest

from rnnviz.cells import CELLS
from rnnviz.plots import LAB, PICTURES
from rnnviz.tasks import TASKS

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text()
LISTS = {
    section.partition("\n")[0]: re.findall(r"^\d\. (?:A line in )?`([\w/.]+)`", section, re.MULTILINE)
    for section in TEXT.split("\n## A new ")[1:]
}
"""By what is new: every file that has to be made, NAME being its name, or that gets a line."""


def drawn() -> list[str]:
    """The modules that define the pictures of a page."""
    files = (ROOT / "rnnviz" / "plots").glob("*.py")
    names = {value for page in (PICTURES, LAB) for value in page}
    return [file.stem for file in files if names & {*re.findall(r'^    name="(\w+)"', file.read_text(), re.MULTILINE)}]


MEMBERS = {"task": [*TASKS], "cell": [*CELLS], "picture": drawn(), "page": [f.stem for f in (ROOT / "pages").glob("*")]}


@pytest.mark.parametrize("kind", MEMBERS)
def test_everything_of_a_kind_has_the_files_of_its_list(kind):
    made = [file for file in LISTS[kind] if "NAME" in file]
    changed = [file for file in LISTS[kind] if "NAME" not in file]
    assert made
    assert changed
    assert len(MEMBERS[kind]) >= 3
    for name in MEMBERS[kind]:
        assert [file for file in made if not (ROOT / file.replace("NAME", name)).exists()] == []
        for file in changed:
            assert re.search(rf"\b{name}\b", (ROOT / file).read_text()), (name, file)


@pytest.mark.parametrize("kind", ["task", "cell", "page"])
def test_what_the_tests_make_up_is_made_of_the_files_of_its_list(kind):
    [new] = (ROOT / "tests" / f"{kind}s").glob(f"test_new_{kind}.py")
    added = new.parent / "added"
    [name] = {file.stem for file in added.rglob("*.py")} - {"page"}
    made = {file.relative_to(added).as_posix().replace(name, "NAME") for file in added.rglob("*.py")}
    assert made == {file.removeprefix("rnnviz/") for file in LISTS[kind] if "NAME" in file}


@pytest.mark.parametrize("document", ["CONTRIBUTING.md", "docs/design.md"])
def test_what_a_document_names_exists(document):
    text = (ROOT / document).read_text()
    named = set(re.findall(r"`([\w/]+/[\w/.]*)`", text)) | set(re.findall(r"\]\(([\w/.]+)\)", text))
    assert [name for name in named if "NAME" not in name and not (ROOT / name).exists()] == []
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(re.findall(r"`make (\w+)", text)) <= set(targets)
