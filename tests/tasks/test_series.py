"""Reading a visitor's file: what is understood, and a clear sentence for all that is not."""

import re
import sys
from re import _parser as parser  # pyright: ignore[reportAttributeAccessIssue]
from types import FrameType
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rnnviz import series as reader
from rnnviz.series import BYTES_LIMIT, COLUMNS_LIMIT, BadSeries, Table, read_table
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.labels import SERIES_LIMIT

BAD = {
    "empty": (b"", "The file is empty"),
    "blank": (b" \n\t\r\n ", "The file is empty"),
    "separators only": (b",,\n,,\n", "The file is empty"),
    "blank, in other ways": ("\f\x0b\u00a0\u2028".encode(), "The file is empty"),
    "blank, quoted": (b'"",""\n', "The file is empty"),
    "byte order mark only": (b"\xef\xbb\xbf", "The file is empty"),
    "header only": (b"month,passengers\n", "a line of names and nothing below it"),
    "header and blank rows": (b"a;b\n;\n\n", "a line of names and nothing below it"),
    "words": (b"name\nBob\nEve\n", "No column .* numbers alone. name: “Bob” in line 2 is not an ordinary number"),
    "missing": (b"a\n1\n\n3\n", "a: line 3 has no value; fill it in, or leave the line out"),
    "missing, in words": (b"a\n1\n2\nNA\n", "a: line 4 has no value"),
    "missing, quoted": (b'a\n1\n""\n3\n', "a: line 3 has no value"),
    "the column nearest to numbers is named": (b"who,a\nBob,1\nEve,\n", "a: line 3 has no value"),
    "not a number": (b"a\n1\nnan\n", "a: line 3 has no value"),
    "infinity": (b"a\n1\n-inf\n", "“-inf” in line 3 is not an ordinary number"),
    "overflow": (b"a\n1\n1e999\n", "“1e999” in line 3 is too large"),
    "a cell that is cut": (b"a\n1\n0." + b"0" * 500 + b"1\n", "“0.0000.*” in line 3 is not an ordinary number"),
    "Python's own numbers": (b"a\n1\n1_0\n", "“1_0” in line 3 is not an ordinary number"),
    "other scripts' digits": ("a\n1\n١\n".encode(), "“١” in line 3 is not an ordinary number"),
    "decimal comma": (b"a;b\nx;1,5\n", "b: “1,5” in line 2 needs a decimal point, and nothing between its thousands"),
    "thousands": (b'a\n"1,234.5"\n', "“1,234.5” in line 2 needs a decimal point"),
    "thousands, German": (b"a\tb\nx\t1.234,5\n", "“1.234,5” in line 2 needs a decimal point"),
    "thousands, Swiss": (b"a\n1'234\n", "“1'234” in line 2 needs a decimal point"),
    "thousands, French": ("a\n1\u202f234\n".encode(), "“1 234” in line 2 needs a decimal point"),
    "decimal comma, one column": (b"a\n1,5\n2,5\n", "Line 2 has 2 values where the first line has 1. .* decimal point"),
    "ragged": (b"a,b\n1,2\n\n1,2,3\n", "Line 4 has 3 values where the first line has 2"),
    "ragged, too few": (b"a,b\n1,2\n1\n", "Line 3 has one value where the first line has 2"),
    "open quote": (b'a\n1\n"2\n3\n', "Line 3 can't be read: a quotation mark"),
    "text behind a quote": (b'a\n1\n"2"3\n', "Line 3 can't be read: a quotation mark"),
    "an image": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not a text file. Needed is a CSV file"),
    "xlsx": (b"PK\x03\x04\x14\x00\x06\x00", "not a text file. Needed is a CSV file.*CSV UTF-8"),
    "a pickle": (b"\x80\x04\x95\x00cposix\nsystem\n", "not a text file"),
    "UTF-16 without its mark": ("a\n1\n".encode("utf-16-le"), "not a text file"),
    "half a UTF-16": (b"\xff\xfea", "not in the encoding UTF-8"),
    "Latin-1": ("Gäste\n1\n2\n".encode("latin-1"), "not in the encoding UTF-8: save it as “CSV UTF-8”"),
    "GBK": ("乘客\n1\n2\n".encode("gbk"), "not in the encoding UTF-8"),
    "JSON": (b' {"a": [1, 2]}\n', "This is JSON, HTML or XML"),
    "a JSON list": (b"[1, 2]", "This is JSON, HTML or XML"),
    "HTML": (b"<!DOCTYPE html>\n<html></html>", "This is JSON, HTML or XML"),
    "one byte too many": (b"1" * (BYTES_LIMIT + 1), r"up to 5 MB are allowed"),
    "a million rows": (b"1\n" * 10**6, "The file has 1,000,000 lines; up to 10,000 rows of values are allowed"),
    "a row too many": (b"a\n" + b"1\n" * (SERIES_LIMIT + 1), "The file has 10,002 lines; up to 10,000 rows"),
    "very many columns": (b"1," * 10**6 + b"1", "The file has 1,000,001 columns; up to 100 are allowed"),
    "a huge cell": (b"1" * 4_000_000, "Line 1 can't be read: .* far too long"),
    "a huge quoted cell": (b'"' + b"x\n" * 2_000_000, "Line 1 can't be read: .* far too long"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_gets_its_sentence(case):
    data, sentence = BAD[case]
    with pytest.raises(BadSeries, match=sentence) as bad:
        read_table(data)
    assert len(str(bad.value)) < 300


def test_100_mb_are_refused_unread():
    with pytest.raises(BadSeries, match=r"The file has 100 MB; up to 5 MB are allowed"):
        read_table(bytes(100_000_000))


GOOD = {
    "plain": (b"a\n1\n2.5\n-3e2\n", {"a": (1, 2.5, -300)}),
    "no final newline": (b"a\n1\n.5", {"a": (1, 0.5)}),
    "Windows": (b"a,b\r\n1,2\r\n3,4\r\n", {"a": (1, 3), "b": (2, 4)}),
    "old Macintosh": (b"a,b\r1,2\r3,4\r", {"a": (1, 3), "b": (2, 4)}),
    "byte order mark": ("\ufeffa\n1\n2\n".encode(), {"a": (1, 2)}),
    "UTF-16": ("Gäste\tb\n1\t2\n".encode("utf-16"), {"Gäste": (1,), "b": (2,)}),
    "Chinese": ("月,乘客\n1,112\n".encode(), {"月": (1,), "乘客": (112,)}),
    "semicolons": (b"a;b\n1;2\n", {"a": (1,), "b": (2,)}),
    "tabs": (b"a\tb\n1\t2\n", {"a": (1,), "b": (2,)}),
    "a separator inside a quoted name": (b'"a;b",c\n1,2\n', {"a;b": (1,), "c": (2,)}),
    "spaces": (b" a , b\n 1 , 2 \n", {"a": (1,), "b": (2,)}),
    "quotes": (b'"a","b ""x"""\n"1", "2"\n', {"a": (1,), 'b "x"': (2,)}),
    "a quoted line break": (b'"a\nb"\n1\n', {"a b": (1,)}),
    "no names": (b"1,2\n3,4\n", {"column 1": (1, 3), "column 2": (2, 4)}),
    "no names, dates": (b"1949-01,112\n1949-02,118\n", {"column 2": (112, 118)}),
    "blank lines around": (b"\n\na,b\n1,2\n\n,\n", {"a": (1,), "b": (2,)}),
    "the same name twice": (b"a,a,a (2),a\n1,2,3,4\n", {"a": (1,), "a (2)": (2,), "a (2) (2)": (3,), "a (3)": (4,)}),
    "names left out": (b",b,\n1,2,3\n", {"column 1": (1,), "b": (2,), "column 3": (3,)}),
    "a tag": (b"<script>alert(1)</script>,b\n1,2\n", {"<script>alert(1)</script>": (1,), "b": (2,)}),
    "Markdown": (b"![x](http://e.org) :red[*b*] `c` $d$\n1\n", {"![x](http://e.org) :red[*b*] `c` $d$": (1,)}),
    "brackets and colons": (b"load [MW]: total {a}\n1\n", {"load [MW]: total {a}": (1,)}),
    "direction marks": ("a\u202eb\n1\n".encode(), {"a b": (1,)}),
    "very many spaces": (b"a\n1" + b" " * 5_000 + b"\n2\n", {"a": (1, 2)}),
    "a long name": (b"x" * 100_000 + b"\n1\n", {"x" * 40: (1,)}),
}


def columns_of(data: bytes) -> dict[str, tuple[float, ...]]:
    return {str(name): tuple(values) for name, values in read_table(data).columns.items()}


@pytest.mark.parametrize("case", GOOD)
def test_a_good_file_gives_its_columns(case):
    data, columns = GOOD[case]
    assert columns_of(data) == columns


def test_columns_that_are_no_numbers_are_named_with_the_reason():
    file = b"month,passengers,guests\n1949-01,112,1\n1949-02,118,\n"
    table = read_table(file)
    assert columns_of(file) == {"passengers": (112, 118)}
    assert {name: str(why) for name, why in table.skipped.items()} == {
        "month": "“1949-01” in line 2 is not an ordinary number.",
        "guests": "line 3 has no value; fill it in, or leave the line out.",
    }


def test_cells_are_quoted_as_they_stand_and_short():
    table = read_table(b"a,b\n<img src=x onerror=alert(1)>![](x) and more than forty letters,1\n")
    assert {name: str(why) for name, why in table.skipped.items()} == {
        "a": "“<img src=x onerror=alert(1)>![](x) and m” in line 2 is not an ordinary number."
    }


COUNTED = {
    "a counter beside spoilt data": (b"n,x\n1,3\n2,1\n3,\n4,1\n", None),
    "the same, with a decimal comma": (b"n;x\n1;3,5\n2;1,5\n3;4,5\n", None),
    "years beside spoilt data": (b"year,x\n1990,3\n1991,1\n1992,NA\n", None),
    "steps of 0.5 beside spoilt data": (b"t,x\n0,3\n0.5,1\n1,?\n1.5,2\n", None),
    "data beside spoilt data": (b"n,x,y\n1,3,4\n2,1,4\n3,,3\n", "y"),
    "a counter behind the data": (b"x,n\n3,1\n1,2\n2,3\n", "x"),
    "a straight line is all there is": (b"x\n1\n2\n3\n", "x"),
    "a straight line beside dates": (b"day,x\nmon,1\ntue,2\nwed,3\n", "x"),
}


@pytest.mark.parametrize("case", COUNTED)
def test_a_mere_counter_is_not_taken_for_the_data(case):
    data, column = COUNTED[case]
    assert read_table(data).suggested == column


def test_the_column_that_names_the_rows_gives_the_dates():
    assert read_table(b"day,x\n <b>mon</b>,1\n1949-02,2\n").dates == ("<b>mon</b>", "1949-02")
    table = read_table(b"who,day,x\n,1 May,1\nBob,2 May,2\n")
    assert (table.index, table.dates) == ("day", ("1 May", "2 May"))
    assert read_table(b"a,x\n1,1\n,2\n").dates == ()


@pytest.mark.parametrize("names", [b"", b"a\n"])
def test_as_many_rows_as_an_experiment_takes(names):
    (values,) = read_table(names + b"1.5\n" * SERIES_LIMIT).columns.values()
    assert Experiment(task="series", series=tuple(values)).series == (1.5,) * SERIES_LIMIT
    with pytest.raises(BadSeries, match=r"10,00\d lines"):
        read_table(names + b"1.5\n" * (SERIES_LIMIT + 1))


def test_as_many_columns_as_are_allowed():
    assert len(read_table(b",".join([b"1"] * COLUMNS_LIMIT)).columns) == COLUMNS_LIMIT


def work(data: bytes) -> int:
    """Read anything, and return how many lines of the reader's own Python that took."""
    lines = 0

    def count(frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal lines
        if frame.f_code.co_filename != reader.__file__:
            return None
        lines += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        check(data)
    finally:
        sys.settrace(before)
    return lines


PIECES = [
    "1",
    "12345x",
    "x",
    '"',
    '""',
    '"a"',
    ",",
    ";",
    "\t",
    "\n",
    "\r",
    " ",
    "1,5",
    "1'",
    "e9",
    ".",
    "+-",
    "\u202f",
    "é",
]


@given(st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from([1, 1, 2, 60, 2_000])), max_size=12))
@settings(deadline=None, max_examples=60)
def test_reading_takes_work_in_proportion_to_the_file(pieces):
    data = "".join(piece * times for piece, times in pieces).encode()
    assert work(data) <= 60 * len(data) + 6_000  # at the most 16 were seen


def test_no_pattern_goes_back_over_what_it_has_read():
    # Of the work inside `re` no line is counted: there it is possessive repeats alone that are certain to be linear.
    patterns = [value for value in vars(reader).values() if isinstance(value, re.Pattern)]
    assert len(patterns) >= 4
    for pattern in patterns:
        assert_linear(parser.parse(pattern.pattern))


def assert_linear(parsed: Any):
    for operator, argument in parsed:
        assert str(operator) in ("LITERAL", "NOT_LITERAL", "IN", "SUBPATTERN", "POSSESSIVE_REPEAT"), operator
        if str(operator) in ("SUBPATTERN", "POSSESSIVE_REPEAT"):
            assert_linear(argument[-1])


def check(data: bytes):
    """Read anything: a Table within its limits, or BadSeries, and nothing else."""
    try:
        table = read_table(data)
    except BadSeries:
        return
    assert isinstance(table, Table)
    assert 0 < len(table.columns) <= COLUMNS_LIMIT
    assert table.columns.keys().isdisjoint(table.skipped)
    assert len({len(values) for values in table.columns.values()}) == 1
    for name, values in table.columns.items():
        Experiment(task="series", series=tuple(values))  # finite, and not too many
        assert 0 < len(str(name)) < 60
    for text in (*table.columns, *table.skipped, *table.skipped.values(), *table.dates):
        assert str(text).isprintable()
    assert len(table.dates) in (0, len(next(iter(table.columns.values()))))
    assert all(0 < len(date) <= 40 for date in table.dates)
    assert table.suggested is None or table.suggested in table.columns


@given(st.binary(max_size=400))
def test_any_bytes(data):
    check(data)


@example("0,\ufeff", "utf-8")  # a cell of nothing that can be printed names no row
@given(
    st.text(alphabet="0123456789abé.,;\t\n\r\"'-+eE <>[]{}\ufeff", max_size=200), st.sampled_from(["utf-8", "utf-16"])
)
def test_any_text_much_like_a_table(text, encoding):
    check(text.encode(encoding))


@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=50),
    st.sampled_from([",", ";", "\t"]),
    st.booleans(),
)
def test_numbers_come_back_as_they_were(values, separator, names):
    lines = [separator.join(["i", "value"])] if names else []
    lines += [f"{i}{separator}{value!r}" for i, value in enumerate(values)]
    assert list(columns_of("\n".join(lines).encode()).values())[1] == tuple(values)
