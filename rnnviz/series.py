"""Reading a visitor's CSV file: its columns of numbers, or a sentence that says what is wrong with it."""

import codecs
import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from rnnviz.experiment import SERIES_LIMIT
from rnnviz.text import _

BYTES_LIMIT = 5_000_000
"""The largest file that is read."""
COLUMNS_LIMIT = 100
"""The most columns a file may have."""

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_GROUPED = re.compile(r"[+-]?[0-9.]*[, '’\u00a0\u202f][0-9., '’\u00a0\u202f]*")  # 1,5 or 1.234,5 or 1 234
_MISSING = frozenset({"", "-", ".", "?", "na", "n/a", "#n/a", "nan", "none", "null"})
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_NOT_PLAIN = re.compile(r"[^\w\-.,%/()°+']+")


Row = tuple[int, tuple[str, ...]]
"""A row of the file: the number of the line it starts in, and its cells."""


class BadSeries(ValueError):
    """The file can't be used; the text tells its owner why, and what is allowed."""


@dataclass(frozen=True)
class Table:
    """A file's columns of numbers by name, all of one length, and by name why the others were skipped.

    Names are short, and neither they nor the reasons hold a tag, an image or a link's brackets, whatever the file says.
    """

    columns: dict[str, tuple[float, ...]]
    skipped: dict[str, str]


def read_table(data: bytes) -> Table:
    """Read a CSV file: commas, semicolons or tabs between columns, and names in the first line or nowhere.

    Raises BadSeries for everything else, and where no column holds finite numbers alone.
    """
    text = _text(data)
    records = _records(text)
    first = next(records, None)
    if first is None:
        raise BadSeries(_("The file is empty: values, one row a line, are needed."))
    has_names = all(_number(cell) is None for cell in first[1])
    names = first[1] if has_names else [""] * len(first[1])
    rows = _rows(first, islice(records, SERIES_LIMIT + 1), [] if has_names else [first])
    if len(rows) > SERIES_LIMIT:
        raise BadSeries(
            _("The file has {lines:,} lines; up to {most:,} rows of values are allowed.").format(
                lines=1 + max(text.count("\n"), text.count("\r")), most=SERIES_LIMIT
            )
        )

    columns, skipped, nearest = {}, {}, (-1, "")
    for name, cells in zip(_unique(names), zip(*(cells for _line, cells in rows), strict=True), strict=True):
        values = [_number(cell) for cell in cells]
        numbers = tuple(value for value in values if value is not None)
        if len(numbers) == len(values):
            columns[name] = numbers
        else:
            at = values.index(None)
            skipped[name] = _reason(rows[at][0], cells[at])
            likeness = len(numbers) + sum(map(bool, map(_GROUPED.fullmatch, cells)))
            nearest = max(nearest, (likeness, f"{name}: {skipped[name]}"), key=lambda found: found[0])
    if not columns:
        raise BadSeries(_("No column of the file holds numbers alone. {reason}").format(reason=nearest[1]))
    return Table(columns, skipped)


def _text(data: bytes) -> str:
    """Decode the file, once it is certain to be small, and text."""
    if len(data) > BYTES_LIMIT:
        raise BadSeries(
            _("The file has {size:,.1f} MB; up to {most:.0f} MB are allowed.").format(
                size=len(data) / 1e6, most=BYTES_LIMIT / 1e6
            )
        )
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if _NOT_TEXT.search(data) and not utf16:
        raise BadSeries(
            _(
                "This is not a text file. Needed is a CSV file: numbers written as text, one row a line; a "
                "spreadsheet program saves its tables so when asked for “CSV UTF-8”."
            )
        )
    try:
        text = data.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        raise BadSeries(
            _("The file's letters are not in the encoding UTF-8: save it as “CSV UTF-8” and choose it again.")
        ) from None
    bare = text.strip()
    if bare[:1] + bare[-1:] in ("{}", "[]", "<>"):
        raise BadSeries(
            _("This is JSON, HTML or XML. Needed is a CSV file: one row a line, its values between commas.")
        )
    return text.rstrip("\r\n")


def _records(text: str) -> Iterator[Row]:
    """Yield the rows from the first that is not blank, with the spaces around cells gone."""
    head = next((line for line in io.StringIO(text, newline="") if line.strip()), "")
    unquoted = re.sub(r'"[^"]*"', "", head)
    separator = next((mark for mark in "\t;" if mark in unquoted), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=True)
    started = False
    while True:
        line = reader.line_num + 1
        try:
            cells = tuple(cell.strip() for cell in next(reader))
        except StopIteration:
            return
        except csv.Error:
            raise BadSeries(
                _("Line {line} can't be read: a quotation mark is missing or misplaced, or it is far too long.").format(
                    line=line
                )
            ) from None
        started = started or any(cells)
        if started:
            yield line, cells
        elif line > SERIES_LIMIT:
            return  # nothing but blank lines, for all one can tell in a moment


def _rows(first: Row, records: Iterator[Row], rows: list[Row]) -> list[Row]:
    """Append the records to `rows`, each as wide as `first`; blank ones at the end are left out."""
    width = len(first[1])
    if width > COLUMNS_LIMIT:
        raise BadSeries(
            _("The file has {columns:,} columns; up to {most} are allowed.").format(columns=width, most=COLUMNS_LIMIT)
        )
    for line, cells in records:
        if any(cells) and len(cells) != width:
            raise BadSeries(
                _(
                    "Line {line} has {cells} values where the first line has {width}. Every line needs as many; a "
                    "number is written with a decimal point, and with nothing between its thousands."
                ).format(line=line, cells=len(cells), width=width)
            )
        rows.append((line, cells if any(cells) else ("",) * width))
    while rows and not any(rows[-1][1]):
        rows.pop()
    if not rows:
        raise BadSeries(_("The file has a line of names and nothing below it: values, one row a line, are needed."))
    return rows


def _number(cell: str) -> float | None:
    """Return the finite number that `cell` is, if it is one."""
    value = float(cell) if _NUMBER.fullmatch(cell) else math.inf
    return value if math.isfinite(value) else None


def _reason(line: int, cell: str) -> str:
    """Say why a column can't be used, given its first cell that is no number."""
    if cell.lower() in _MISSING:
        reason = _("line {line} has no value; fill it in, or leave the line out.")
    elif _NUMBER.fullmatch(cell):
        reason = _("“{cell}” in line {line} is too large.")
    elif _GROUPED.fullmatch(cell):
        reason = _("“{cell}” in line {line} needs a decimal point, and nothing between its thousands.")
    else:
        reason = _("“{cell}” in line {line} is not an ordinary number.")
    return reason.format(line=line, cell=_plain(cell))


def _plain(text: str) -> str:
    """Cut `text` down to something short that means nothing to HTML or Markdown."""
    return _NOT_PLAIN.sub(" ", text[:200])[:40].strip()


def _unique(names: Sequence[str]) -> list[str]:
    """Return a plain name for each column, no two the same."""
    unique: dict[str, None] = {}
    for number, name in enumerate(names, 1):
        base = name = _plain(name) or _("column {number}").format(number=number)
        copy = 1
        while name in unique:
            copy += 1
            name = f"{base} ({copy})"
        unique[name] = None
    return list(unique)
