"""Arrays that take seconds to make, kept in the user's cache directory. Where that can't be used, nothing fails."""

import contextlib
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rnnviz.folder import folder

Arrays = Mapping[str, npt.NDArray[Any]]


def load(name: str, parts: Iterable[str]) -> Arrays | None:
    """Return the arrays of these names that `keep` was given; None where there are none that can be read."""
    try:
        path = folder() / f"{name}.npz"
        if not path.is_file():
            return None
        with np.load(path, allow_pickle=False) as file:
            return {part: file[part] for part in parts}
    except Exception:  # of a file that anybody may have cut short or written: NumPy and zipfile raise all kinds
        return None


def keep(name: str, arrays: Arrays) -> None:
    """Keep arrays, all at once: who reads meanwhile finds those before. It is no failure if there is no room."""
    with contextlib.suppress(OSError, RuntimeError):
        folder().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder()) as beside:
            np.savez(Path(beside) / name, **dict[str, Any](arrays))
            (Path(beside) / f"{name}.npz").replace(folder() / f"{name}.npz")
