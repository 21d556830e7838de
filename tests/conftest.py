"""What holds for all tests."""

import os
import sys
from collections.abc import Iterator

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is loaded, as in the worker processes

import pytest
import torch
from hypothesis import settings

settings.register_profile("shared", deadline=None)  # the machines are shared: no test is judged by the clock
settings.load_profile("shared")
torch.set_num_threads(1)  # at these sizes more are slower, and beside other processes a hundred times so


@pytest.fixture(autouse=True)
def _main_module() -> Iterator[None]:
    """Put back the main module that a run of a Streamlit script replaces: spawned processes would run that script."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main
