"""Where what takes long to make is kept from one process to the next."""

import os
from pathlib import Path


def folder() -> Path:
    """Return the user's own, by XDG's Base Directory Specification. Raises RuntimeError for who has no home."""
    chosen = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(chosen) if os.path.isabs(chosen) else Path.home() / ".cache") / "rnnviz"
