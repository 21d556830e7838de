"""A pool of real worker processes, for all tests of runs."""

import pytest

from rnnviz.runs.pool import WorkerPool


@pytest.fixture(scope="session")
def pool():
    workers = WorkerPool(2)
    yield workers
    workers.close()
