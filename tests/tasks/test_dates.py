"""Dates: four ways of writing a day, and that of ISO 8601."""

from datetime import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paired import drawn, pairs, said

from rnnviz.tasks.task import NOTHING

FORMS = {"%d %B %Y": " ", "%B %d, %Y": ",", "%Y年%m月%d日": "年", "%d/%m/%y": "/"}


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("3 March 2024", "2024-03-03"),
        ("March 3, 2024", "2024-03-03"),
        ("2024年3月3日", "2024-03-03"),
        ("03/03/24", "2024-03-03"),
        ("04/03/69", "1969-03-04"),  # the day first
        ("04/03/68", "2068-03-04"),
        ("  MARCH  3,  2024 ", "2024-03-03"),
        ("２０２４年３月３日", "2024-03-03"),  # as a Chinese keyboard has it
        ("29 February 2024", "2024-02-29"),
        ("29 February 2023", None),
        ("31/04/24", None),
        ("3 March 0000", None),
        ("3 Maerz 2024", None),
        ("3 March 2024 ", "2024-03-03"),
        ("3 March 20245", None),
        ("", None),
    ],
)
def test_a_typed_date_is_written_right(text, date):
    assert said("dates", text) == (date and [*date])


@given(st.integers(0, 2**31 - 1), st.booleans())
def test_python_reads_the_same_day(seed, held_out):
    """strptime knows the forms, POSIX's two digits of a year among them."""
    task = pairs("dates")
    for source, target in task.drawn(np.random.default_rng(seed), 50, held_out=held_out):
        text = task.source_text(source)
        [form] = [form for form, mark in FORMS.items() if readable(text, form)]
        day = datetime.strptime(text, form).date()
        assert day.isoformat() == task.joined(target)
        assert 1969 <= day.year <= 2068
        assert (day.toordinal() % 5 == 0) == held_out


def readable(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)
    except ValueError:
        return False
    return True


def test_the_forms_come_equally_often_and_no_day_is_in_both_parts():
    days = {}
    for held_out in (True, False):
        found = drawn("dates", 0, 8000, held_out=held_out)
        texts = [pairs("dates").source_text(source) for source, _ in found]
        for form in FORMS:
            assert sum(readable(text, form) for text in texts) == pytest.approx(2000, abs=200)
        days[held_out] = {tuple(target) for _, target in found}
    assert days[True].isdisjoint(days[False])


@given(st.integers(0, 2**31 - 1))
def test_a_digit_comes_from_the_same_digit(seed):
    task = pairs("dates")
    for source, target in task.drawn(np.random.default_rng(seed), 20, held_out=True):
        text, date, origins = task.source_text(source), task.joined(target), task.origins(source, target)
        assert all(date[t] == text[at] for t, at in enumerate(origins) if at != NOTHING)
        assert [origins[4], origins[7]] == [NOTHING] * 2
        day, month = (str(int(date[place])) for place in (slice(8, 10), slice(5, 7)))
        copied = (2 if "/" in text else 4) + (0 if text.split()[1:] else max(2 if "/" in text else 0, len(month)))
        assert sum(at != NOTHING for at in origins) == copied + (2 if "/" in text else len(day))
