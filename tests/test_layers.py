"""The layers: who may import whom, read from the files' own import statements, and where torch is loaded."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

RANKS = (
    ("app",),
    ("pages",),
    ("ui",),
    ("sweeps",),
    ("standing",),
    ("runs", "plots", "diagnosis", "reach", "graph", "export"),
    ("training", "advice", "fairness"),
    ("looks",),
    ("model",),
    ("cost",),
    ("kernels", "tasks", "series", "corpus"),
    ("settings", "cells", "snapshot", "scene", "wanted", "moment", "language", "folder"),
)
"""From the top to the ground: each may import from the rows below its own; those on the ground from one another."""

ALLOWED = {
    "streamlit": ("app", "pages", "ui"),
    "plotly": ("plots", "ui"),
    "torch": ("kernels", "model", "training", "looks", "runs.process", "sweeps.processes", "sweeps.costs"),
    "rnnviz.training": (
        *("training", "runs.process", "runs.running", "runs.keeping"),
        *("sweeps.learning", "sweeps.costs", "sweeps.studies", "sweeps.claim", "sweeps.race"),
    ),
    "numba": ("kernels",),
    "distributed": ("sweeps.engine",),
}
"""Who alone may import these, whatever the ranks say. Of `runs`, the server loads all but `process`; `sweeps` import
these inside their functions, when they are needed."""


def modules() -> dict[str, Path]:
    """Every module's file by its name: those of the package as seen from inside it, such as "ui.live"."""
    files = [ROOT / "app.py", *(ROOT / "pages").glob("*.py"), *(ROOT / "rnnviz").rglob("*.py")]
    names = {file: ".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files}
    return {name.removeprefix("rnnviz.").removesuffix(".__init__"): file for file, name in names.items()}


# rnnviz/__init__.py only says where the notebook's names live, and imports none of them before it is asked.
MODULES = {name: file for name, file in modules().items() if name != "__init__"}


@cache
def imports(file: Path) -> tuple[str, ...]:
    """Return every name a file imports, anywhere in it: "rnnviz.ui.live.board", "rnnviz.language._", "numpy"."""
    return tuple(_imports(file))


def _imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are written out in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def rank(module: str) -> int:
    return next(i for i, row in enumerate(RANKS) if any(within(module, name) for name in row))


def may_import(module: str, other: str) -> bool:
    same = module.split(".")[0] == other.split(".")[0]
    return same or rank(module) < rank(other) or rank(module) == rank(other) == len(RANKS) - 1


def test_each_module_has_a_rank():
    known = {name for row in RANKS for name in row}
    assert {module.split(".")[0] for module in MODULES} <= known


@pytest.mark.parametrize("module", MODULES)
def test_modules_import_downwards(module):
    ours = [name.removeprefix("rnnviz.") for name in imports(MODULES[module]) if within(name, "rnnviz")]
    assert [name for name in ours if not may_import(module, name)] == []


@pytest.mark.parametrize("library", ALLOWED)
def test_only_those_allowed_import(library):
    importers = {module for module, file in MODULES.items() if any(within(name, library) for name in imports(file))}
    assert {module for module in importers if not any(within(module, name) for name in ALLOWED[library])} == set()


@pytest.mark.slow
@pytest.mark.parametrize(
    "statement",
    [
        "import rnnviz",
        "from rnnviz import Experiment",
        "import rnnviz.runs.pool",
        "import rnnviz.sweeps.engine, rnnviz.sweeps.learning as j; j.Plan('recall', ('gru',), (5,), 1, 1).jobs",
        "import rnnviz, rnnviz.sweeps.claim as j; j.Comparison(rnnviz.Experiment(task='reverse'), 1, 1).jobs",
    ],
)
def test_torch_is_not_loaded_by(statement):
    code = f"{statement}; import sys; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@pytest.mark.slow
@pytest.mark.parametrize("settings", ["", "task='dates', cell='gru', attention='dot', embedding_size=8"])
def test_sympy_which_takes_half_a_second_is_not_loaded_by_training(settings):
    code = f"from rnnviz import Experiment, Trainer; t = Trainer(Experiment({settings})); t.step(), t.snapshot()"
    code += "; import sys; sys.exit('sympy' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
