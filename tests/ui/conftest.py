"""What holds for all tests of the page."""

from collections.abc import Iterator

import pytest

from rnnviz.ui.shell.run import WORKERS, pool


@pytest.fixture(scope="session", autouse=True)
def _nothing_trains() -> Iterator[None]:
    """A server without a worker: a page is told by what it shows and orders."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(WORKERS, "-1")
        pool.cache_clear()
        yield
        pool().close()
        pool.cache_clear()
