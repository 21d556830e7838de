"""What is compiled is kept for the next process; a folder that is broken, or that there is none of, is no failure."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock, Timeout
from numba.core import config

from rnnviz.kernels import cache

ROOT = Path(__file__).parents[2]
READ_OUT = """
import numpy as np
from rnnviz.kernels.losses import read_out
h, W_T, W, b, y = (np.array(one, np.float32) for one in ([[3, 4]], [[5], [6]], [[5, 6]], [-3], [[0]]))
read_out(h, W_T, W, b, y)
print(y[0, 0], sum(read_out.stats.cache_hits.values()))
"""
ELF_HEADER = 64
"""Bytes of it in an object file, behind which its code begins."""


def said(folder: Path) -> str:
    """What another process says: 3 * 5 + 4 * 6 - 3, and how many of its loops it found compiled."""
    environment = os.environ | {"XDG_CACHE_HOME": str(folder), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", READ_OUT], env=environment, check=True, capture_output=True, text=True
    ).stdout.strip()


def kept(folder: Path, of: str = "") -> list[Path]:
    return sorted(file for file in folder.rglob(f"{of}*") if file.suffix in (".nbi", ".nbc"))


@pytest.mark.slow
def test_the_next_process_finds_what_was_compiled_and_mends_what_is_broken(tmp_path):
    assert said(tmp_path) == "36.0 0"
    assert said(tmp_path) == "36.0 1"
    assert kept(tmp_path, "losses.read_out")
    for file in kept(tmp_path):
        file.write_bytes(b"anything" + file.read_bytes()[:100])
    assert said(tmp_path) == "36.0 0"
    assert said(tmp_path) == "36.0 1"


@pytest.mark.slow
def test_machine_code_of_which_a_bit_has_changed_is_not_run(tmp_path):
    said(tmp_path)
    [code] = (file for file in kept(tmp_path, "losses.read_out") if file.suffix == ".nbc")
    data = bytearray(code.read_bytes())
    data[data.index(b"\x7fELF") + ELF_HEADER + 100] ^= 1  # among the first instructions
    code.write_bytes(data)
    assert said(tmp_path) == "36.0 0"
    assert said(tmp_path) == "36.0 1"


@pytest.mark.slow
def test_loops_are_loaded_though_the_product_they_call_is_gone(tmp_path):
    said(tmp_path)
    products = kept(tmp_path, "compiled.add_products")
    assert products
    for file in products:
        file.unlink()
    assert said(tmp_path) == "36.0 1"
    assert kept(tmp_path, "compiled.add_products") == products


@pytest.mark.slow
def test_where_nothing_can_be_written_it_computes_all_the_same(tmp_path):
    taken = tmp_path / "a file"
    taken.touch()
    assert said(taken / "below").startswith("36.0 ")


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


def test_what_was_compiled_is_kept_by_one_process_at_a_time(tmp_path, monkeypatch):
    alone = []

    def save(own: cache.Kept, _sig: object, _data: object):
        with pytest.raises(Timeout):
            FileLock(f"{own.cache_path}/lock", timeout=0).acquire()
        alone.append(own)

    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path / "kernels"))
    monkeypatch.setattr(cache.FunctionCache, "save_overload", save)
    own = cache.Kept(kept)
    own.save_overload(None, None)
    assert alone == [own]


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
    before = cache._source()
    monkeypatch.setattr(sys.implementation, "cache_tag", "another")
    assert cache._source() != before


def test_what_other_sources_left_and_nobody_uses_is_removed(tmp_path, monkeypatch):
    now = time.time()
    places = [tmp_path / f"kernels-{number}" for number in range(cache.MOST + 3)]
    for age, place in enumerate(places):
        (place / "below").mkdir(parents=True)
        (place / "below" / "loops.nbc").touch()
        os.utime(place, (now - 60 * age, now - 60 * age))
    monkeypatch.setattr(cache, "PLACE", places[-1])
    old, file = tmp_path / "kernels-old", tmp_path / "reviews.npz"
    old.mkdir()
    os.utime(old, (1, 1))
    file.touch()
    cache.tidy()
    assert sorted(tmp_path.iterdir()) == sorted([*places[: cache.MOST], places[-1], file])
    aged = now - (cache.UNUSED + 1) * 24 * 3600
    os.utime(places[0], (aged, aged))
    cache.tidy()
    assert sorted(tmp_path.iterdir()) == sorted([*places[1 : cache.MOST], places[-1], file])


def test_who_loses_the_race_to_tidy_up_fails_at_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "PLACE", tmp_path / "none" / "kernels-own")
    cache.tidy()
    gone = tmp_path / "kernels-gone"
    gone.mkdir()
    os.utime(gone, (1, 1))
    monkeypatch.setattr(cache, "PLACE", tmp_path / "kernels-own")
    remove = shutil.rmtree

    def too_late(place: Path, **options: Any):
        remove(place)
        remove(place, **options)

    monkeypatch.setattr(cache.shutil, "rmtree", too_late)
    cache.tidy()
    assert not gone.exists()


@pytest.mark.slow
def test_what_is_used_counts_as_new(tmp_path):
    said(tmp_path)
    [place] = (tmp_path / "rnnviz").glob("kernels-*")
    os.utime(place, (1, 1))
    assert said(tmp_path) == "36.0 1"
    assert time.time() - place.stat().st_mtime < 3600
