"""Reverse: letters written backwards, or as they came."""

import numpy as np
import pytest
from paired import drawn, pairs


@pytest.mark.parametrize(("answer_order", "written"), [("backwards", "tnerrucer"), ("forwards", "recurrent")])
def test_the_order_of_the_answer_is_chosen(answer_order, written):
    task = pairs("reverse", answer_order=answer_order)
    source = [token for _piece, token in task.source_tokens("ReCurr ent")]
    right = task.right(source)
    assert right is not None
    assert (task.source_text(source), task.joined(right)) == ("recurrent", written)
    origins = task.origins(source, right)
    assert [source[at] for at in origins] == [*right]
    assert sorted(origins) == [*range(9)]
    assert task.source_tokens("a1é")[1:] == [("1", -1), ("é", -1)]


@pytest.mark.parametrize("held_out", [True, False])
def test_every_length_and_every_first_letter_come_equally_often(held_out):
    sources = [source for source, _ in drawn("reverse", 0, 26_000, held_out=held_out)]
    for counts in (
        np.bincount([len(source) - 5 for source in sources]),
        np.bincount([source[0] for source in sources]),
    ):
        expected = len(sources) / len(counts)
        assert ((counts - expected) ** 2 / expected).sum() < 60  # chi-squared: 15 and 25 degrees of freedom
    assert len({len(source) for source in sources}) == 16


def test_what_is_held_out_is_told_by_the_sum_of_the_letters():
    for held_out, sums in ((True, {*range(5)}), (False, {*range(5, 26)})):
        assert {sum(source) % 26 for source, _ in drawn("reverse", 1, 2000, held_out=held_out)} == sums
