"""What of two sequences is asked for, as the network's own tokens; and what is said of what is not read."""

from dataclasses import replace

import pytest
from copying import Copy

from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Asking, Touch
from rnnviz.ui.live.frames import Decode
from rnnviz.ui.pairs import asking as module
from rnnviz.ui.pairs.asking import MOST_TOKENS, asking, unread

LOOKS = Experiment(attention="dot")


@pytest.fixture(autouse=True)
def copy(monkeypatch):
    asking.cache_clear()
    monkeypatch.setattr(module, "task_of", Copy)
    yield
    asking.cache_clear()


def test_nothing_typed_is_the_probe():
    assert asking(Decode(), LOOKS) == asking(Decode(text=" §"), LOOKS) == Asking(beam=1)
    assert unread(Decode(), LOOKS) == ""


def test_what_is_typed_becomes_tokens_and_what_is_not_read_is_told():
    decode = Decode(text="cA§b§")
    assert asking(decode, LOOKS, 3, True) == Asking((2, 0, 1), 3, True)
    assert str(unread(decode, LOOKS)) == "One is not in the vocabulary, and left out: “§”."
    assert unread(Decode(text="abc"), LOOKS) == ""
    assert "this is the probe" in str(unread(Decode(text="!"), LOOKS))


def test_a_source_is_bounded():
    decode = Decode(text="a" * (MOST_TOKENS + 1))
    assert asking(decode, LOOKS) == Asking((0,) * MOST_TOKENS, 1)
    assert str(unread(decode, LOOKS)) == f"Only the first {MOST_TOKENS} tokens are read."
    assert unread(Decode(text="a" * MOST_TOKENS), LOOKS) == ""


def test_tokens_and_weights_that_do_not_exist_are_left_out():
    touches = (Touch(0, 1, 0), Touch(2), Touch(0, 2))
    decode = Decode(forced=(0, 3, 4), touches=touches, sums=(5, 2))
    assert asking(decode, LOOKS) == Asking(beam=1, forced=(0, 3), touches=touches[:1])
    longer = asking(replace(decode, text="abc"), LOOKS)
    assert longer == Asking((0, 1, 2), 1, forced=(0, 3), touches=touches, sums=(5, 2))


def test_without_attention_there_are_no_weights():
    decode = Decode(touches=(Touch(0, 1),), sums=(0, 0), forced=(1,))
    assert asking(decode, Experiment(attention="none")) == Asking(beam=1, forced=(1,))


def test_a_task_of_one_sequence_decodes_nothing(monkeypatch):
    monkeypatch.undo()
    assert asking(Decode(), Experiment()) is None
    assert unread(Decode(text="a"), Experiment()) == ""
