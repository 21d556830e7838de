"""Numbers: number words, English or Chinese, to be written in digits."""

import inspect
import itertools
import re
from collections.abc import Sequence

import numpy as np

from rnnviz.language import N_
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks.pairs import TYPED, Pair, Pairs, tidied
from rnnviz.tasks.task import NOTHING
from rnnviz.tasks.tokens import written

SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
CHINESE = "零一二三四五六七八九十百千"
WORDS = (*SMALL, *TENS, "hundred", "thousand", "and", *CHINESE)
ALIASES = {"〇": "零", "两": "二", "a": "one"}
"""What a visitor may type besides: other ways to say the same."""
VALUES = {word: value for value, word in enumerate(SMALL)} | {word: 10 * n for n, word in enumerate(TENS, 2)}
VALUES |= {character: value for value, character in enumerate(CHINESE[:10])}
PLACES = {word: place for place, word in enumerate(WORDS)}
POWERS = {"hundred": 100, "thousand": 1000, "十": 10, "百": 100, "千": 1000}

MOST, LEAST, PARTS, REST = 9999, 100, 5, 2
"""A number from LEAST on is held out, in both languages, if its digits' sum divided by PARTS leaves REST."""
TIMES = (30, 15, 3, 1)
"""How many times as often as one of four digits a number of one, two, three digits is drawn: short ones are few."""


def kept_back(n: int) -> bool:
    """Say whether a number is held out."""
    return n >= LEAST and sum(map(int, str(n))) % PARTS == REST


LISTS = {
    held_out: [n for n in range(MOST + 1) if kept_back(n) == held_out for _ in range(TIMES[len(str(n)) - 1])]
    for held_out in (True, False)
}
"""What is held out, and what is not, each number as many times as it counts."""


def english(n: int) -> list[str]:
    """Return a number's words: “and” stands before the last two digits."""
    thousands, hundreds, rest = n // 1000, n // 100 % 10, n % 100
    words = [SMALL[thousands], "thousand"] if thousands else []
    words += [SMALL[hundreds], "hundred"] if hundreds else []
    words += ["and"] if words and rest else []
    if rest >= 20:
        return [*words, TENS[rest // 10 - 2], *([SMALL[rest % 10]] if rest % 10 else [])]
    return [*words, *([SMALL[rest]] if rest or not words else [])]


def chinese(n: int) -> list[str]:
    """Return a number's characters: one 零 for all zeros between digits, and 十 alone for ten at the beginning."""
    said = ""
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = n // power % 10
        if digit:
            said += CHINESE[digit] + unit
        elif said and n % power and not said.endswith("零"):
            said += "零"
    return [*((said.removeprefix("一") if 10 <= n < 20 else said) or "零")]


class Numbers(Pairs):
    """A number from 0 to 9,999, word by word or character by character, and its digits, S = 8, T = 5."""

    sentence = N_(
        "The network reads a number up to 9,999 in words, “three thousand two hundred and five” word by word or "
        "“三千二百零五” character by character, and writes it in digits. Of those from 100 on one in five is held "
        "out, in both languages: those whose digits add up to 2, 7, 12, 17 and so on."
    )
    source_vocabulary = WORDS
    target_vocabulary = tuple("0123456789")
    asks = N_("Type a number up to 9,999 in words, such as “three thousand two hundred and five” or “三千二百零五”.")

    @classmethod
    def sizes(cls, experiment: Experiment) -> tuple[int, int]:
        """See Pairs.sizes."""
        return len(english(7777)), len(str(MOST)) + 1

    def drawn(self, random: np.random.Generator, B: int, *, held_out: bool) -> list[Pair]:
        """See Pairs.drawn: either language as often as the other."""
        numbers = LISTS[held_out]
        which, languages = random.integers(0, len(numbers), B), random.integers(0, 2, B)
        chosen = [(numbers[n], language) for n, language in zip(which, languages, strict=True)]
        return [_pair(n, english(n) if language == 0 else chinese(n)) for n, language in chosen]

    def long(self, random: np.random.Generator) -> Pair:
        """See Pairs.long: in English."""
        n = random.choice([n for n in LISTS[True] if n >= 1000])
        return _pair(n, english(n))

    def origins(self, source: Sequence[int], target: Sequence[int]) -> list[int]:
        """See Pairs.origins: zeros that are not said have none."""
        said: dict[int, int] = {}  # by power of ten, which token says that digit
        for at, token in enumerate(source):
            word = WORDS[token]
            value = VALUES.get(word, 0)
            if word in POWERS:
                said[POWERS[word]] = said.pop(1, at)
            elif value >= 10:
                said |= dict.fromkeys((10, 1) if value < 20 else (10,), at)
            elif value or len(source) == 1:
                said[1] = at
        return [said.get(10**power, NOTHING) for power in reversed(range(len(target)))]

    def right(self, source: Sequence[int]) -> tuple[int, ...] | None:
        """See Pairs.right; with “and” or without it."""
        if not source or not {*source} <= {*range(len(WORDS))}:
            return None
        words = [WORDS[token] for token in source if WORDS[token] != "and"]
        n = rest = 0
        for word in words:
            if word in POWERS:
                n, rest = n + (rest or 1) * POWERS[word], 0
            else:
                rest += VALUES[word]
        n += rest
        if n > MOST or words not in ([word for word in english(n) if word != "and"], chinese(n)):
            return None  # such as “two three”, “five thousand thousand”
        return tuple(map(int, str(n)))

    def source_tokens(self, text: str) -> list[tuple[str, int]]:
        """See Pairs.source_tokens: words, or characters; hyphens and commas say nothing."""
        pieces = re.findall("[A-Za-z]+|[^ ,-]", tidied(text))[:TYPED]
        read = [ALIASES.get(word, word) for word in map(str.lower, pieces)]
        return [(piece, PLACES.get(word, NOTHING)) for piece, word in zip(pieces, read, strict=True)]

    def source_text(self, source: Sequence[int]) -> str:
        """See Pairs.source_text."""
        words = [WORDS[token] for token in source]
        text = "".join(words[:1])
        for before, word in itertools.pairwise(words):
            hyphen = before in TENS and word in SMALL[1:10]
            text += ("" if {before, word} & {*CHINESE} else "-" if hyphen else " ") + word
        return text

    def drawing(self) -> list[str]:
        """See Pairs.drawing."""
        return [
            "\n".join([written("SMALL", SMALL), written("TENS", TENS), f'CHINESE = "{CHINESE}"']),
            *map(inspect.getsource, (english, chinese)),
            f"""
            # Of those from {LEAST} on, one in {PARTS} is held out.
            TIMES = {TIMES}  # how many times as often a number of one, two, three digits is drawn
            kept = [n for n in range({MOST + 1}) if n < {LEAST} or sum(map(int, str(n))) % {PARTS} != {REST}]
            numbers = [n for n in kept for _ in range(TIMES[len(str(n)) - 1])]
            """,
            '''
            def drawn(random):
                """Return numbers in words of either language, and their digits."""
                which, languages = random.integers(0, len(numbers), BATCH_SIZE), random.integers(0, 2, BATCH_SIZE)
                chosen = [(numbers[n], language) for n, language in zip(which, languages)]
                return [(english(n) if language == 0 else chinese(n), str(n)) for n, language in chosen]
            ''',
        ]


def _pair(n: int, words: Sequence[str]) -> Pair:
    return [PLACES[word] for word in words], [*map(int, str(n))]
