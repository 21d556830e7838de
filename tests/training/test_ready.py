"""How far the compiling is, is told function by function; and what is counted is what there is to compile."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rnnviz.kernels import cache
from rnnviz.settings.experiment import Experiment
from rnnviz.training import ready

ROOT = Path(__file__).parents[2]
COUNT = """
from contextlib import nullcontext
from rnnviz.kernels.cache import Kept
from rnnviz.training import ready

used, load = set(), Kept.load_overload

def noted(self, sig, context):
    used.add((str(self), str(sig)))
    return load(self, sig, context)

Kept.load_overload = noted
ready.missing = list
ready.once = lambda part, wait: nullcontext(not wait)
ready.prepare()
print(len(used))
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which nothing is kept, for two parts of three functions each."""
    monkeypatch.setattr(cache, "PLACE", tmp_path / "kernels")
    monkeypatch.setattr(ready, "PARTS", {"rnn": {"cell": "rnn"}, "gru": {"cell": "gru"}})
    monkeypatch.setattr(ready, "KERNELS", 6)
    monkeypatch.setattr(ready, "TELLING", 0.001)
    return tmp_path / "kernels"


def wait_until(condition: Callable[[], object]):
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.001)


def test_each_function_that_is_compiled_is_told(place, monkeypatch):
    told: list[float] = []

    def use(experiment: Experiment):
        for number in range(3):
            (place / f"{experiment.cell}.{number}.nbc").touch()
            wait_until(lambda: told and round(6 * told[-1]) == cache.kept())

    monkeypatch.setattr(ready, "_use", use)
    ready.prepare(told.append)
    assert {round(6 * share) for share in told} >= {1, 2, 3, 4, 5, 6}
    assert told == sorted(told)
    assert told[-1] == 1
    told.clear()
    ready.prepare(told.append)
    assert not told


def test_what_another_process_compiles_is_told_while_it_is_waited_for(place, monkeypatch):
    told: list[float] = []
    monkeypatch.setattr(ready, "_use", lambda experiment: None)
    with cache.once("gru") as mine:
        assert mine
        waits = threading.Thread(target=ready.prepare, args=(told.append,))
        waits.start()
        for number in (1, 2, 3):
            (place / f"gru.{number}.nbc").touch()
            wait_until(lambda number=number: told and told[-1] == number / 6)
        assert waits.is_alive()
    waits.join(20)
    assert told[-1] == 1


def test_where_nothing_can_be_kept_nothing_is_told(place, monkeypatch):
    place.touch()
    told: list[float] = []
    ready.prepare(told.append)
    monkeypatch.setattr(cache, "PLACE", None)
    ready.prepare(told.append)
    assert not told


@pytest.mark.slow
def test_as_many_functions_are_counted_as_there_are():
    ran = subprocess.run(
        [sys.executable, "-c", COUNT], env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True, capture_output=True
    )
    assert int(ran.stdout) == ready.KERNELS
