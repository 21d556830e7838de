"""Where compiled kernels are kept from one process to the next: a folder of the user's, for this very source."""

import contextlib
import hashlib
import io
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numba
from filelock import FileLock, Timeout
from llvmlite.binding import get_host_cpu_name
from numba import types
from numba.core import config
from numba.core.caching import FunctionCache, IndexDataCacheFile
from numba.core.sigutils import normalize_signature

from rnnviz.folder import folder


def _source() -> str:
    """Return a name for all that decides whether what was compiled can be used: numba, Python, the processor, and the
    kernels as they are written, all of them, where numba itself looks at the file of a function and not of those it
    calls; and where and since when they stand there, by which it tells files apart."""
    written = hashlib.sha256(f"{get_host_cpu_name()} {sys.implementation.cache_tag}".encode())
    for file in sorted(Path(__file__).parent.glob("*.py")):
        written.update(f"{file} {file.stat().st_mtime_ns}".encode() + file.read_bytes())
    return f"kernels-{numba.__version__}-{written.hexdigest()[:12]}"


def _place() -> Path | None:
    with contextlib.suppress(RuntimeError):
        return folder() / _source()
    return None


PLACE = _place()
"""None for who has no home."""
config.CACHE_DIR = str(PLACE or "")  # pyright: ignore[reportAttributeAccessIssue]


MOST, UNUSED = 10, 30.0
"""How many folders of other sources are left, those used last; and the days after which none is."""


def tidy() -> None:
    """Remove what was compiled of other sources, or for others, and is used no more. Where another process does so too,
    or comes back to what is gone, nothing fails: it is compiled again."""
    with contextlib.suppress(OSError):
        if PLACE:
            others = {place: place.stat().st_mtime for place in PLACE.parent.glob("kernels-*") if place != PLACE}
            oldest = time.time() - UNUSED * 24 * 3600
            for number, place in enumerate(sorted(others, key=lambda place: -others[place])):
                if number >= MOST or others[place] < oldest:
                    shutil.rmtree(place, ignore_errors=True)


def _touch() -> None:
    with contextlib.suppress(OSError):
        if PLACE:
            os.utime(PLACE)


BEFORE: list[Callable[[Any], object]] = []
"""What to call with a type of numbers before loops over such numbers are loaded, so that these find what they call."""


class Sealed(IndexDataCacheFile):
    """numba's files of one function, each with its SHA-256 behind it: of machine code, too, a bit may change on a disk.
    Reading what is not as it was written raises ValueError."""

    @contextlib.contextmanager
    def _open_for_write(self, filepath: str) -> Iterator[Any]:
        with super()._open_for_write(filepath) as file:
            written = io.BytesIO()
            yield written
            file.write(written.getvalue() + hashlib.sha256(written.getvalue()).digest())

    def _load_index(self) -> Any:
        _check(self._index_path)
        return super()._load_index()

    def _load_data(self, name: str) -> Any:
        _check(self._data_path(name))
        return super()._load_data(name)  # where a pickle ends, reading does


def _check(path: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        data = Path(path).read_bytes()
        if hashlib.sha256(data[:-32]).digest() != data[-32:]:
            raise ValueError(path)


class Kept(FunctionCache):
    """numba's cache of one function, in which nothing that a file may hold, or a disk may refuse, is a failure."""

    def __init__(self, py_func: Any):
        super().__init__(py_func)
        stamp = self._impl.locator.get_source_stamp()
        self._cache_file = Sealed(self._cache_path, self._impl.filename_base, stamp)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return what was compiled before for arguments of these types; None if there is nothing of use."""
        with contextlib.suppress(Exception):  # what can't be read is compiled again
            _touch()
            arrays = (kind for kind in normalize_signature(sig)[0] if isinstance(kind, types.Array))
            for number in {array.dtype for array in arrays} & {types.float32, types.float64}:
                for prepare in BEFORE:
                    prepare(number)
            return super().load_overload(sig, target_context)
        return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled, if there is a place for it. Processes do so one after the other: two at once could
        give the same name to different files, or forget each other's."""
        with contextlib.suppress(OSError):
            self._impl.locator.ensure_cache_path()
            with FileLock(f"{self._cache_path}/lock", timeout=WAIT):
                try:
                    super().save_overload(sig, data)
                except OSError:
                    raise
                except Exception:  # what stands there is broken
                    self.flush()
                    super().save_overload(sig, data)


def keep(dispatcher: Any) -> Any:
    """Let what numba compiles for a function be kept, where there is a folder that can be written."""
    with contextlib.suppress(RuntimeError):  # there is none
        dispatcher._cache = Kept(dispatcher.py_func)
    return dispatcher


WAIT = 60.0
"""Seconds a process waits for another to compile."""


def kept() -> int:
    """Return how many compiled functions are kept, by whichever process."""
    return sum(1 for _file in PLACE.rglob("*.nbc")) if PLACE else 0


def missing(parts: Iterable[str]) -> list[str]:
    """Return which parts of the kernels are not kept in full; where nothing can be kept, all are."""
    return [part for part in parts if not (PLACE and (PLACE / part).exists())]


@contextlib.contextmanager
def once(part: str, wait: float = 0.0) -> Iterator[bool]:
    """Say whether a part of the kernels is for this process to compile: not where it is kept, nor where another process
    is at it, and still is after so many seconds. Where nothing can be kept, it is for none."""
    if not PLACE:
        yield False
        return
    done = PLACE / part
    with contextlib.ExitStack() as stack:
        try:
            PLACE.mkdir(parents=True, exist_ok=True)
            if not done.exists():
                stack.enter_context(FileLock(f"{done}.lock", timeout=wait))
        except (OSError, Timeout):
            yield False
            return
        if done.exists():
            yield False
            return
        yield True
        with contextlib.suppress(OSError):
            done.touch()
