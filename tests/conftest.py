"""What holds for all tests."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is loaded, as in the worker processes

import pytest
import torch
from hypothesis import settings

import rnnviz.tasks
from rnnviz.settings.experiment import Experiment

# The machines are shared: no test is judged by the clock.
settings.register_profile("shared", deadline=None, max_examples=50)
settings.load_profile("shared")
torch.set_num_threads(1)  # at these sizes more are slower, and beside other processes a hundred times so

BROWSER = Path(__file__).parent / "browser"
MORE = Path(__file__).parent / "tasks" / "more"


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Run the whole suite in two processes, and what is named of it in this one."""
    return 2 if config.args_source is pytest.Config.ArgsSource.TESTPATHS else 0


def pytest_configure(config: pytest.Config) -> None:
    """Have this process, and those it starts, keep what takes long to make beside pytest's own cache; and compile the
    kernels, if they never were, before there are tests that wait for them."""
    os.environ["XDG_CACHE_HOME"] = str(config.rootpath / ".pytest_cache" / "xdg")
    if not hasattr(config, "workerinput"):  # a process of xdist's, which comes later
        from rnnviz.training.ready import prepare

        prepare()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that takes a browser is slow."""
    for item in items:
        if item.path.is_relative_to(BROWSER):
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def padded(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a made-up task, of sequences of unequal lengths, that is offered as others are."""
    monkeypatch.setattr(rnnviz.tasks, "__path__", [*rnnviz.tasks.__path__, str(MORE)])
    monkeypatch.setitem(Experiment.SETTINGS["task"].options, "padded", "Padded")  # pyright: ignore
    return "padded"


@pytest.fixture(autouse=True)
def _main_module() -> Iterator[None]:
    """Put back the main module that a run of a Streamlit script replaces: spawned processes would run that script."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main
