"""The package, built and installed elsewhere, and what the requirements pin."""

import os
import platform
import re
import subprocess
import sys
import tomllib
from importlib.metadata import metadata, requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]
OF_THE_MACHINE = re.compile(r"pip|setuptools|wheel|triton|nvidia-.*|cuda-.*")
"""What a virtual environment has of itself, and torch's own libraries for a graphics card, which torch pins."""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder the package is installed in; its requirements are those of the tests."""
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--target", folder, ROOT], check=True, cwd=folder)
    return folder


def run(folder: Path, *command: str) -> str:
    """Return what a command prints in an empty folder, with the package installed in `folder` and no checkout near."""
    empty = folder / "empty"
    empty.mkdir(exist_ok=True)
    environment = os.environ | {"PYTHONPATH": str(folder)}
    return subprocess.run(command, check=True, cwd=empty, env=environment, stdout=subprocess.PIPE, text=True).stdout


@pytest.mark.slow
def test_it_carries_the_app_its_pages_and_settings(elsewhere: Path):
    code = "import rnnviz, rnnviz.ui.command as c; print(rnnviz.__file__); print(c.HOME); print(c.MAIN)"
    package, home, script = map(Path, run(elsewhere, sys.executable, "-c", code).split())
    assert package.parent == elsewhere / "rnnviz"
    assert script.read_text() == (ROOT / "rnnviz" / "ui" / "main.py").read_text()
    for name in ["app.py", ".streamlit/config.toml", *(f"pages/{page.name}" for page in (ROOT / "pages").glob("*.py"))]:
        assert (home / name).read_text() == (ROOT / name).read_text()
    for file in (ROOT / "rnnviz").rglob("*.*"):
        if file.suffix in (".js", ".css", ".html", ".svg", ".py"):
            assert (elsewhere / file.relative_to(ROOT)).exists(), file


@pytest.mark.slow
def test_the_command_runs_streamlit_with_its_options(elsewhere: Path):
    assert "--server.port" in run(elsewhere, sys.executable, str(elsewhere / "bin" / "rnnviz"), "--help")


def pins(*files: str) -> dict[str, str]:
    """The versions that the files pin, by name."""
    lines = [line for file in files for line in (ROOT / file).read_text().splitlines()]
    found = [re.fullmatch(r"([\w.-]+)(?:\[\w+\])?==(\S+)", line) for line in lines]
    return {_plain(pin[1]): pin[2] for pin in found if pin}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def required(*files: str) -> set[str]:
    """The names of what the files ask for, and of all that is installed for its sake."""
    lines = [line for file in files for line in (ROOT / file).read_text().splitlines()]
    waiting = [Requirement(line) for line in lines if line[:1].isalpha()]
    asked: set[tuple[str, str]] = set()
    while waiting:
        requirement = waiting.pop()
        for extra in {"", *requirement.extras}:
            wanted = (_plain(requirement.name), extra)
            if wanted in asked or not (requirement.marker is None or requirement.marker.evaluate()):
                continue
            asked.add(wanted)
            more = map(Requirement, requires(requirement.name) or [])
            for other in more:
                if other.marker is None or other.marker.evaluate({"extra": extra}):
                    other.marker = None
                    waiting.append(other)
    return {name for name, _extra in asked}


def test_everything_is_pinned_as_it_is_tested():
    pinned = pins("requirements.txt", "requirements-dask.txt", "requirements-dev.txt", "constraints.txt")
    needed = required("requirements.txt", "requirements-dask.txt", "requirements-dev.txt")
    assert {name for name in needed - set(pinned) if not OF_THE_MACHINE.fullmatch(name)} == set()
    assert {name: pin for name, pin in pinned.items() if name in needed and version(name).split("+")[0] != pin} == {}


def test_every_file_of_requirements_holds_to_the_constraints():
    for file in ("requirements.txt", "requirements-dask.txt"):
        assert (ROOT / file).read_text().startswith("-c constraints.txt\n")
    assert "-r requirements.txt" in (ROOT / "requirements-dev.txt").read_text()


@pytest.mark.parametrize("package", ["numba", "llvmlite", "numpy", "torch"])
def test_python_is_one_that_what_is_compiled_is_built_for(package):
    named = metadata(package).get_all("Classifier") or []
    built = {line.rpartition(" ")[2] for line in named if line.startswith("Programming Language :: Python :: 3.")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    ours = [f"3.{minor}" for minor in range(30) if f"3.{minor}" in SpecifierSet(project["requires-python"])]
    assert set(ours) <= built, f"{package} {version(package)} is built for Python {', '.join(sorted(built))}"
    assert ".".join(platform.python_version_tuple()[:2]) in ours
    assert f"Python {ours[0]} to {ours[-1]}" in (ROOT / "README.md").read_text()


def test_numba_takes_the_numpy_and_the_llvmlite_that_are_pinned():
    pinned = pins("requirements.txt", "constraints.txt")
    for asked in map(Requirement, requires("numba") or []):
        for found in (pinned[asked.name], version(asked.name)):
            assert asked.specifier.contains(found), f"numba {version('numba')} asks for {asked}, and this is {found}"
