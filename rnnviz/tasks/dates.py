"""Dates: a day in any of four ways of writing it, to be written in the one of ISO 8601."""

import re
from collections.abc import Sequence
from datetime import date

import numpy as np

from rnnviz.language import N_
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks.pairs import TYPED, Pair, Pairs, tidied
from rnnviz.tasks.task import NOTHING
from rnnviz.tasks.tokens import numbered, written

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
FORMS = ("{d} {name} {y}", "{name} {d}, {y}", "{y}年{m}月{d}日", "{d:02}/{m:02}/{yy:02}")
"""Of a day d, a month m and its name, a year y and its last two digits yy."""
FIRST, LAST = date(1969, 1, 1), date(2068, 12, 31)
"""The hundred years that two digits tell apart, as POSIX has them: 69 is 1969, and 68 is 2068."""
PARTS = 5
"""A day is held out, in every form, if its number (1 is 1 January of year 1) is a multiple of this."""
DAYS = np.arange(FIRST.toordinal(), LAST.toordinal() + 1)
HELD_OUT, TRAINED = DAYS[DAYS % PARTS == 0], DAYS[DAYS % PARTS != 0]

DIGITS, MARKS = "0123456789", " ,/年月日"
CHARACTERS = DIGITS + MARKS + "".join(sorted({*"".join(MONTHS)}))
PLACES = {character: place for place, character in enumerate(CHARACTERS)}
LONGEST = len(FORMS[1].format(name="September", d=30, y=2024))

NAME = "|".join(MONTHS)
READ = re.compile(
    rf"(?P<d1>\d\d?) (?P<n1>{NAME}) (?P<y1>\d{{4}})|(?P<n2>{NAME}) (?P<d2>\d\d?), (?P<y2>\d{{4}})"
    r"|(?P<y3>\d{4})年(?P<m3>\d\d?)月(?P<d3>\d\d?)日|(?P<d4>\d\d)/(?P<m4>\d\d)/(?P<y4>\d\d)",
    re.ASCII,
)
"""The four forms; each part has its letter and the number of its form."""


class Dates(Pairs):
    """A date character by character, and as year-month-day, S = 18, T = 11."""

    sentence = N_(
        "The network reads a date, character by character, as “3 March 2024”, “March 3, 2024”, “2024年3月3日” or "
        "“03/03/24” (day, month, year), and writes it as “2024-03-03”. The dates are those of a hundred years from "
        "1969 on, so that two digits are enough for a year. One day in five is held out, in all four forms."
    )
    source_vocabulary = tuple(CHARACTERS)
    target_vocabulary = (*DIGITS, "-")
    imports = ("from datetime import date",)
    asks = N_("Type a date, such as “3 March 2024”, “March 3, 2024”, “2024年3月3日” or “03/03/24” (day, month, year).")

    @classmethod
    def sizes(cls, experiment: Experiment) -> tuple[int, int]:
        """See Pairs.sizes."""
        return LONGEST, len("2024-03-03") + 1

    def drawn(self, random: np.random.Generator, B: int, *, held_out: bool) -> list[Pair]:
        """See Pairs.drawn: any day as often as any other, in any form."""
        days = HELD_OUT if held_out else TRAINED
        which, forms = random.integers(0, len(days), B), random.integers(0, len(FORMS), B)
        return [_pair(day, form) for day, form in zip(days[which].tolist(), forms.tolist(), strict=True)]

    def long(self, random: np.random.Generator) -> Pair:
        """See Pairs.long: in a form that has to be put into another order."""
        return _pair(int(random.choice(HELD_OUT)), 1)

    def origins(self, source: Sequence[int], target: Sequence[int]) -> list[int]:
        """See Pairs.origins: the digits that are copied have one."""
        found = READ.fullmatch(self.source_text(source))
        parts = {name[0]: found.span(name) for name, part in found.groupdict().items() if part} if found else {}
        return [
            place
            for name, width in zip("y-m-d", (4, 1, 2, 1, 2), strict=True)
            for place in _last(width, *parts.get(name, (0, 0)))
        ]

    def right(self, source: Sequence[int]) -> tuple[int, ...] | None:
        """See Pairs.right; of any year from 1 to 9999."""
        known = {*source} <= {*range(len(CHARACTERS))}
        found = READ.fullmatch(self.source_text(source)) if known else None
        if not found:
            return None
        parts = {name[0]: part for name, part in found.groupdict().items() if part}
        month = int(parts["m"]) if "m" in parts else MONTHS.index(parts["n"]) + 1
        year = int(parts["y"])
        if len(parts["y"]) == 2:
            year += 1900 if year >= FIRST.year % 100 else 2000
        try:
            day = date(year, month, int(parts["d"]))
        except ValueError:  # such as 30 February
            return None
        return tuple(numbered(day.isoformat(), self.target_vocabulary))

    def source_tokens(self, text: str) -> list[tuple[str, int]]:
        """See Pairs.source_tokens: character by character; “MARCH” is read as “March”."""
        pieces = tidied(text)[:TYPED]
        read = re.sub(NAME, lambda name: name[0].capitalize(), pieces, flags=re.ASCII | re.IGNORECASE)
        return [(piece, PLACES.get(character, NOTHING)) for piece, character in zip(pieces, read, strict=True)]

    def drawing(self) -> list[str]:
        """See Pairs.drawing."""
        first, last = (f"date({day.year}, {day.month}, {day.day})" for day in (FIRST, LAST))
        return [
            "\n".join([written("MONTHS", MONTHS), written("FORMS", FORMS)]),
            f"""
            days = range({first}.toordinal(), {last}.toordinal() + 1)
            days = [day for day in days if day % {PARTS} != 0]  # one day in {PARTS} is held out
            """,
            f'''
            def drawn(random):
                """Return dates in any form, and as year-month-day."""
                which, forms = random.integers(0, len(days), BATCH_SIZE), random.integers(0, {len(FORMS)}, BATCH_SIZE)
                pairs = []
                for n, form in zip(which, forms):
                    day = date.fromordinal(days[n])
                    parts = {{"d": day.day, "m": day.month, "y": day.year, "yy": day.year % 100}}
                    pairs.append((FORMS[form].format(**parts, name=MONTHS[day.month - 1]), str(day)))
                return pairs
            ''',
        ]


def _pair(number: int, form: int) -> Pair:
    """Return the day of a number in one of the forms, and as ISO 8601 has it."""
    day = date.fromordinal(number)
    name = MONTHS[day.month - 1]
    text = FORMS[form].format(d=day.day, m=day.month, y=day.year, yy=day.year % 100, name=name)
    iso = day.isoformat()
    return [PLACES[character] for character in text], [10 if digit == "-" else int(digit) for digit in iso]


def _last(width: int, start: int, end: int) -> list[int]:
    """Return so many places, the last of them those from start to end, NOTHING before."""
    return [NOTHING] * (width - (end - start)) + [*range(start, end)]
