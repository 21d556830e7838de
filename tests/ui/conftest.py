"""What holds for all tests of the page."""

from collections.abc import Iterator

import pytest

from rnnviz.ui.shell.run import pool


@pytest.fixture(scope="session", autouse=True)
def _workers_end_with_the_tests() -> Iterator[None]:
    yield
    if pool.cache_info().currsize:
        pool().close()
