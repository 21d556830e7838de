"""Reading a visitor's CSV file: its columns of numbers, or a sentence that says what is wrong with it."""

import codecs
import contextlib
import csv
import io
import math
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

import numpy as np

from rnnviz.language import N_, BadValue, Message, Rounded, Text, counted, template
from rnnviz.settings.labels import SERIES_LIMIT

BYTES_LIMIT = 5_000_000
"""The largest file that is read."""
COLUMNS_LIMIT = 100
"""The most columns a file may have."""

CELL_LIMIT = 400
"""The most characters of a cell that are kept; the largest number has 309 digits before its point."""
LINE_LIMIT = 10_000
"""The most separators a line may hold and still be taken apart."""
BLOCK = 200
"""Rows that are read at a time; by the first of them it is told how much like numbers a column is."""

# What float() reads of these is an ordinary number: no nan, no infinity, no other scripts' digits, no underscores.
_OF_NUMBERS = re.compile(r"[0-9.eE+\-\s]*+")
_GROUPED = re.compile(r"[+-]?+[0-9.]*+[, '’\u00a0\u202f][0-9., '’\u00a0\u202f]*+")  # 1,5 or 1.234,5 or 1 234
_MISSING = frozenset({"", "-", ".", "?", "na", "n/a", "#n/a", "nan", "none", "null"})
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_QUOTED = re.compile(r'"[^"]*+"')


Row = tuple[int, list[str]]
"""A row of the file: the number of the line it starts in, and its cells."""


class BadSeries(BadValue):
    """The file can't be used; the text tells its owner why, and what is allowed."""


@dataclass(frozen=True)
class Table:
    """A file's columns of numbers by name, all of one length, and by name why the others were skipped.

    Names and reasons are short lines of printable text, but hold whatever the file says: escape them where they are
    shown. spoilt: those of the skipped columns that are numbers for the most part. index, dates: the first skipped
    column that names every row, and what it says, a short line each; empty if there is none.
    """

    columns: dict[Text, "array[float]"]
    skipped: dict[Text, Message]
    spoilt: tuple[Text, ...] = ()
    index: Text = ""
    dates: tuple[str, ...] = ()

    @property
    def suggested(self) -> Text | None:
        """The column to learn unless another is chosen: the last, but for mere counters of the rows.

        None where nothing but counters is left because the column that looks like the data can't be used.
        """
        names = list(self.columns)
        more = [name for name in names if not _counts(self.columns[name])]
        return (more or names)[-1] if more or not self.spoilt else None


def read_table(data: bytes) -> Table:
    """Read a CSV file: commas, semicolons or tabs between columns, and names in the first line or nowhere.

    Raises BadSeries for everything else, and where no column holds finite numbers alone.
    """
    text = _text(data)
    records = _records(text)
    first = next(records, None)
    if first is None:
        raise BadSeries(N_("The file is empty: values, one row a line, are needed."))
    has_names = all(_number(cell) is None for cell in first[1])
    names = first[1] if has_names else [""] * len(first[1])
    columns = [_Column() for _name in names]
    count = 0
    for rows in _blocks(first, islice(records, SERIES_LIMIT + 1), [] if has_names else [first]):
        count += len(rows)
        for column, cells in zip(columns, zip(*(cells for _line, cells in rows), strict=True), strict=True):
            column.take(rows, cells)
    if not count:
        raise BadSeries(N_("The file has a line of names and nothing below it: values, one row a line, are needed."))
    if count > SERIES_LIMIT:
        raise BadSeries(
            counted(
                "The file has one line; up to {most} rows of values are allowed.",
                "The file has {n} lines; up to {most} rows of values are allowed.",
                1 + max(text.count("\n"), text.count("\r")),
                most=SERIES_LIMIT,
            )
        )
    named = dict(zip(_unique(names), columns, strict=True))
    skipped = {name: column for name, column in named.items() if column.problem}
    if len(skipped) == len(named):
        name = max(skipped, key=lambda name: skipped[name].alike)
        raise BadSeries(
            N_("No column of the file holds numbers alone. {name}: {reason}", name=name, reason=skipped[name].problem)
        )
    index = next((name for name, column in skipped.items() if column.names_rows), "")
    return Table(
        columns={name: column.numbers for name, column in named.items() if not column.problem},
        skipped={name: column.problem for name, column in skipped.items() if column.problem},
        spoilt=tuple(name for name, column in skipped.items() if 2 * column.alike > min(count, BLOCK)),
        index=index,
        dates=tuple(map(_plain, named[index].texts)) if index else (),
    )


class _Column:
    """A column while it is read.

    numbers: those before its first cell that is none. problem: why it can't be used, None while it can. alike: how many
    of its first BLOCK cells are like numbers. texts: its cells, if none of those are.
    """

    def __init__(self):
        self.numbers = array("d")
        self.problem: Message | None = None
        self.alike = -1
        self.texts: list[str] = []

    def take(self, rows: list[Row], cells: Sequence[str]) -> None:
        """Take the column's next cells, of these rows."""
        if not self.problem:
            numbers = _numbers(cells)
            self.numbers += numbers
            if (good := len(numbers)) < len(cells):
                self.problem = _reason(rows[good][0], cells[good].strip())
        if self.alike < 0:
            like = (_number(cell) is not None or bool(_GROUPED.fullmatch(cell.strip())) for cell in cells)
            self.alike = sum(like) if self.problem else len(cells)
        if not self.alike:
            self.texts += cells

    @property
    def names_rows(self) -> bool:
        """Whether it says something that can be printed in every row, and no numbers."""
        return not self.alike and all(map(_plain, self.texts))


def _counts(numbers: "array[float]") -> bool:
    """Say whether the numbers go on by one and the same step, as the numbers of rows or years do."""
    step = numbers[-1] - numbers[-2] if len(numbers) > 2 else 0
    return step != 0 and all(after - before == step for before, after in pairwise(numbers))


def _text(data: bytes) -> str:
    """Decode the file, once it is certain to be small, and text."""
    if len(data) > BYTES_LIMIT:
        raise BadSeries(
            N_(
                "The file has {size} MB; up to {most} MB are allowed.",
                size=Rounded(len(data) / 1e6, 3),
                most=BYTES_LIMIT / 1e6,
            )
        )
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if _NOT_TEXT.search(data) and not utf16:
        raise BadSeries(
            N_(
                "This is not a text file. Needed is a CSV file: numbers written as text, one row a line; a "
                "spreadsheet program saves its tables so when asked for “CSV UTF-8”."
            )
        )
    try:
        text = data.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        raise BadSeries(
            N_("The file's letters are not in the encoding UTF-8: save it as “CSV UTF-8” and choose it again.")
        ) from None
    bare = text.strip()
    if bare[:1] + bare[-1:] in ("{}", "[]", "<>"):
        raise BadSeries(
            N_("This is JSON, HTML or XML. Needed is a CSV file: one row a line, its values between commas.")
        )
    return text.rstrip("\r\n")


def _records(text: str) -> Iterator[Row]:
    """Yield the rows from the first that is not blank, with the spaces around cells gone."""
    lines = io.StringIO(text, newline="")
    head = next((line for line in islice(lines, SERIES_LIMIT + 1) if line.strip()), "")
    unquoted = _QUOTED.sub("", head)
    separator = next((mark for mark in "\t;" if mark in unquoted), ",")
    lines.seek(0)
    reader = csv.reader(_narrow(lines, separator), delimiter=separator, skipinitialspace=True, strict=True)
    started = False
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise BadSeries(
                N_(
                    "Line {line} can't be read: a quotation mark is missing or misplaced, or it is far too long.",
                    line=line,
                )
            ) from None
        row = "".join(cells)
        if len(row) > CELL_LIMIT and max(map(len, cells)) > CELL_LIMIT:
            cells = [_cut(cell.strip()) for cell in cells]
        blank = not row.strip()
        started = started or not blank
        if started:
            yield line, [""] * len(cells) if blank else cells
        elif line > SERIES_LIMIT:
            return  # nothing but blank lines, for all one can tell in a moment


def _narrow(lines: Iterator[str], separator: str) -> Iterator[str]:
    """Yield the lines, none with so many cells that to take it apart would take long."""
    for line in lines:
        if (separators := line.count(separator)) > LINE_LIMIT:
            raise BadSeries(_too_wide(separators + 1))
        yield line


def _too_wide(columns: int) -> Message:
    return counted(
        "The file has one column; up to {most} are allowed.",
        "The file has {n} columns; up to {most} are allowed.",
        columns,
        most=COLUMNS_LIMIT,
    )


def _blocks(first: Row, records: Iterator[Row], begun: list[Row]) -> Iterator[list[Row]]:
    """Yield `begun` and the records, each as wide as `first`, BLOCK rows at a time; blank ones at the end are left out.

    So that no cell has to be fetched from afar: to have them all first took half as long again.
    """
    width = len(first[1])
    if width > COLUMNS_LIMIT:
        raise BadSeries(_too_wide(width))
    block, blank = begun, []
    for line, cells in records:
        if not any(cells):
            blank.append((line, [""] * width))
            continue
        if len(cells) != width:
            raise BadSeries(
                counted(
                    "Line {line} has one value where the first line has {width}. Every line needs as many; a number is "
                    "written with a decimal point, and with nothing between its thousands.",
                    "Line {line} has {n} values where the first line has {width}. Every line needs as many; a number "
                    "is written with a decimal point, and with nothing between its thousands.",
                    len(cells),
                    line=line,
                    width=width,
                )
            )
        block += [*blank, (line, cells)]
        blank.clear()
        while len(block) >= BLOCK:
            yield block[:BLOCK]
            block = block[BLOCK:]
    if block:
        yield block


def _cut(cell: str) -> str:
    return cell if len(cell) <= CELL_LIMIT else cell[:CELL_LIMIT] + "…"  # which makes it no number


def _numbers(cells: Sequence[str]) -> "array[float]":
    """Return the finite numbers that stand before the first cell that is none."""
    if _OF_NUMBERS.fullmatch("".join(cells)):
        with contextlib.suppress(ValueError):
            numbers = array("d", map(float, cells))
            if np.isfinite(numbers).all():
                return numbers
    numbers = array("d")
    for cell in cells:
        value = _number(cell)
        if value is None:
            break
        numbers.append(value)
    return numbers


def _number(cell: str) -> float | None:
    """Return the finite number that `cell` is, if it is one."""
    value = _value(cell)
    return value if value is not None and math.isfinite(value) else None


def _value(cell: str) -> float | None:
    """Return the number that `cell` is, infinity if it is too large to be kept; None if it is none."""
    if not _OF_NUMBERS.fullmatch(cell):
        return None
    try:
        return float(cell)
    except ValueError:
        return None


def _reason(line: int, cell: str) -> Message:
    """Say why a column can't be used, given its first cell that is no number."""
    if cell.lower() in _MISSING:
        reason = template("line {line} has no value; fill it in, or leave the line out.")
    elif _value(cell) is not None:
        reason = template("“{cell}” in line {line} is too large.")
    elif _GROUPED.fullmatch(cell):
        reason = template("“{cell}” in line {line} needs a decimal point, and nothing between its thousands.")
    else:
        reason = template("“{cell}” in line {line} is not an ordinary number.")
    return reason.given(line=line, cell=_plain(cell))


def _plain(text: str) -> str:
    """Cut `text` down to a short line that can be printed."""
    printed = "".join(letter if letter.isprintable() else " " for letter in text[:200])
    return " ".join(printed.split())[:40].strip()


def _unique(names: Sequence[str]) -> list[Text]:
    """Return a plain name for each column, no two the same."""
    unique: dict[str, Text] = {}
    for number, name in enumerate(names, 1):
        base = name = _plain(name) or N_("column {number}", number=number)
        copy = 1
        while str(name) in unique:
            copy += 1
            name = f"{base!s} ({copy})"
        unique[str(name)] = name
    return list(unique.values())
