"""What is compiled is kept for the next process; a folder that is broken, or that there is none of, is no failure."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rnnviz.kernels import cache

ROOT = Path(__file__).parents[2]
LENGTH = """
import numpy as np
from rnnviz.kernels.optimizers import norm
print(norm(np.array([3, 4], np.float32)), sum(norm.stats.cache_hits.values()))
"""


def length(folder: Path) -> str:
    """What another process says: the length of (3, 4), and how many of its loops it found compiled."""
    environment = os.environ | {"XDG_CACHE_HOME": str(folder), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", LENGTH], env=environment, check=True, capture_output=True, text=True
    ).stdout.strip()


def test_the_next_process_finds_what_was_compiled_and_mends_what_is_broken(tmp_path):
    assert length(tmp_path) == "5.0 0"
    assert length(tmp_path) == "5.0 1"
    kept = [file for file in tmp_path.rglob("*") if file.suffix in (".nbi", ".nbc")]
    assert kept
    for file in kept:
        file.write_bytes(b"anything" + file.read_bytes()[:100])
    assert length(tmp_path) == "5.0 0"
    assert length(tmp_path) == "5.0 1"


def test_where_nothing_can_be_written_it_computes_all_the_same(tmp_path):
    taken = tmp_path / "a file"
    taken.touch()
    assert length(taken / "below").startswith("5.0 ")


def test_a_part_is_compiled_by_one_process_once(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "PLACE", tmp_path / "kernels")
    with cache.once("rnn") as mine, cache.once("rnn") as another:
        assert (mine, another) == (True, False)
    with cache.once("rnn") as again, cache.once("gru") as more:
        assert (again, more) == (False, True)
    with pytest.raises(ZeroDivisionError), cache.once("lstm"):
        raise ZeroDivisionError
    with cache.once("lstm") as still:
        assert still
    monkeypatch.setattr(cache, "PLACE", None)
    with cache.once("rnn") as nowhere:
        assert not nowhere


def test_what_was_compiled_of_the_same_source_elsewhere_does_not_count(tmp_path, monkeypatch):
    here, elsewhere = cache._source(), tmp_path / "cache.py"
    elsewhere.touch()
    for file in Path(cache.__file__).parent.glob("*.py"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.setattr(cache, "__file__", str(elsewhere))
    assert cache._source() != here
    before = cache._source()
    os.utime(tmp_path / "rnn.py", (1, 1))
    assert cache._source() != before
