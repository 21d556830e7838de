"""Translate: English sentences of a small grammar, to be written in Chinese word by word.

The phrases of a sentence stand in another order in Chinese, time and place before the verb, and between a number and
what is counted stands a measure word, which depends on the noun.
"""

import inspect
import itertools
import re
import textwrap
from collections.abc import Sequence

import numpy as np

from rnnviz.language import N_
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks.pairs import TYPED, Pair, Pairs, tidied
from rnnviz.tasks.task import NOTHING
from rnnviz.tasks.tokens import WIDE

COLOURS = ("white", "black", "red", "blue")
NOUNS = ("pen", "book", "cat", "dog", "car", "hat")
PAST = {"buy": "bought", "see": "saw", "draw": "drew"}
MEANS = {
    **{"a": "一", "two": "两", "three": "三"},
    **{"white": "白色", "black": "黑色", "red": "红色", "blue": "蓝色"},
    **{"pen": "笔", "book": "书", "cat": "猫", "dog": "狗", "car": "车", "hat": "帽子"},
    **{"pens": "笔", "books": "书", "cats": "猫", "dogs": "狗", "cars": "车", "hats": "帽子"},
    **{"buy": "买", "see": "看见", "draw": "画", "bought": "买", "saw": "看见", "drew": "画"},
    **{"he": "他", "she": "她", "teacher": "老师", "student": "学生"},
    **{"shop": "商店", "school": "学校", "park": "公园"},
    **{"yesterday": "昨天", "today": "今天", "tomorrow": "明天"},
}
"""The content words, and what each means by itself."""
MEASURES = {"pen": "支", "book": "本", "cat": "只", "dog": "只", "car": "辆", "hat": "顶"}
SOURCE = (*MEANS, *("the", "and", "in", "there", "is", "are", "will"))
TARGET = tuple(dict.fromkeys([*MEANS.values(), *MEASURES.values(), *("的", "和", "在", "里", "有", "了", "会", "吗")]))
PLACES = {word: place for place, word in enumerate(SOURCE)}
SAID = {word: place for place, word in enumerate(TARGET)}

PEOPLE = ("he", "she", "the teacher", "the student", "the teacher and the student")
TIMES, WHERE = ("yesterday", "today", "tomorrow"), ("shop", "school", "park")
NUMBERS = ("a", "two", "three")
THING = (NUMBERS, ("", *COLOURS), NOUNS)
CHOICES = (("does", "does", "there", "asks"), (False, True), PEOPLE, (*PAST,), ("", *TIMES), ("", *WHERE), (1, 2))
CHOICES += THING + THING
"""What `sentence` is to be called with, and of how many things; any choice as often as any other."""
LONGEST = (("does",), (False, True), PEOPLE[-1:], (*PAST,), TIMES, WHERE, (2,), *2 * (NUMBERS, COLOURS, NOUNS))
"""The choices with which a sentence is as long as any."""

UNSEEN = {(COLOURS[n % len(COLOURS)], noun + plural) for n, noun in enumerate(NOUNS) for plural in ("", "s")}
"""The pairs of a colour and a noun that stand in no sentence that is trained on: one of each noun, as white pens."""
PARTS = 5
"""Of the other sentences those are held out of which the words' places in SOURCE add up to a multiple of this."""


def sentence(kind, front, who, verb, when, where, things):
    """Return a sentence and its translation, word by word; front: whether time or, of what there is, place is first."""
    read = " and ".join(f"{number} {colour} {noun}{'s' * (number != 'a')}" for number, colour, noun in things)
    said = " 和 ".join(
        f"{MEANS[number]} {MEASURES[noun]} {MEANS[colour] + ' 的' if colour else ''} {MEANS[noun]}"
        for number, colour, noun in things
    )
    place, inside = (f"in the {where}", f"{MEANS[where]} 里") if where else ("", "")
    be, later = "is" if things[0][0] == "a" else "are", when == "tomorrow"
    if kind == "asks":
        english, chinese = f"{be} there {read} {place}", f"{inside} 有 {said} 吗"
    elif kind == "there":
        english = f"{place} there {be} {read}" if front else f"there {be} {read} {place}"
        chinese = f"{inside} 有 {said}"
    else:
        english = f"{who} {'will ' + verb if later else PAST[verb]} {read} {place}"
        english = f"{when} {english}" if front else f"{english} {when}"
        people = " 和 ".join(MEANS[person] for person in who.replace("the ", "").split(" and "))
        before = f"{people} {MEANS.get(when, '')} {'会' * later} {'在' * bool(where)} {inside}"
        chinese = f"{before} {MEANS[verb]} {'了' * (not later)} {said}"
    return english.split(), chinese.split()


def chosen(choices, picked):
    """Return the sentence of these choices, by their places."""
    kind, front, who, verb, when, where, count, *things = [of[n] for of, n in zip(choices, picked, strict=True)]
    return sentence(kind, front, who, verb, when, where, [things[:3], things[3:]][:count])


def kept_back(words):
    """Say whether a sentence is held out."""
    unseen = not UNSEEN.isdisjoint(itertools.pairwise(words))
    return unseen or sum([PLACES[word] for word in words]) % PARTS == 0


class Translate(Pairs):
    """A sentence of English words, and its Chinese ones, S = 18, T = 21."""

    sentence = N_(
        "The network reads an English sentence word by word, such as “there are two white pens in the shop”, and "
        "writes it in Chinese: 商店 里 有 两 支 白色 的 笔. Time and place move, and each noun has its measure word. "
        "Of 24 pairs of a colour and a noun 6 are never trained on, and of the other sentences one in five."
    )
    source_vocabulary, target_vocabulary = SOURCE, TARGET
    imports = ("import itertools",)
    asks = N_(
        "Type a sentence such as “there are two white pens in the shop”, “is there a cat in the park” or “yesterday "
        "the teacher and the student bought three blue hats and a dog”."
    )

    @classmethod
    def sizes(cls, experiment: Experiment) -> tuple[int, int]:
        """See Pairs.sizes."""
        read, said = chosen(LONGEST, [-1] * len(LONGEST))
        return len(read), len(said) + 1

    def drawn(self, random: np.random.Generator, B: int, *, held_out: bool) -> list[Pair]:
        """See Pairs.drawn."""
        return _drawn(random, B, held_out, CHOICES)

    def long(self, random: np.random.Generator) -> Pair:
        """See Pairs.long."""
        return _drawn(random, 1, True, LONGEST)[0]

    @staticmethod
    def unseen(source: Sequence[int]) -> bool:
        """Say whether there is a pair of a colour and a noun in it that is never trained on."""
        return not UNSEEN.isdisjoint(itertools.pairwise(SOURCE[token] for token in source))

    def origins(self, source: Sequence[int], target: Sequence[int]) -> list[int]:
        """See Pairs.origins: of words that mean the same, the first is the first."""
        places: dict[str, list[int]] = {}
        for at, token in enumerate(source):
            places.setdefault(MEANS.get(SOURCE[token], ""), []).append(at)
        return [places[said].pop(0) if places.get(said := TARGET[token]) else NOTHING for token in target]

    def right(self, source: Sequence[int]) -> tuple[int, ...] | None:
        """See Pairs.right."""
        if not {*source} <= {*range(len(SOURCE))}:
            return None
        said = _translated([SOURCE[token] for token in source])
        return None if said is None else tuple(SAID[word] for word in said)

    def source_tokens(self, text: str) -> list[tuple[str, int]]:
        """See Pairs.source_tokens: word by word, without marks."""
        pieces = re.findall("[A-Za-z]+|[^ .,?!]", tidied(text))[:TYPED]
        return [(piece, PLACES.get(piece.lower(), NOTHING)) for piece in pieces]

    def source_text(self, source: Sequence[int]) -> str:
        """See Pairs.source_text."""
        return " ".join(SOURCE[token] for token in source)

    def drawing(self) -> list[str]:
        """See Pairs.drawing: the functions as they are."""
        facts = {"PAST": PAST, "MEANS": MEANS, "MEASURES": MEASURES, "CHOICES": CHOICES, "PARTS": PARTS}
        return [
            "\n".join(_literal(f"{name} = {fact}") for name, fact in facts.items()),
            _literal(f"UNSEEN = set({sorted(UNSEEN)})"),
            "PLACES = {word: place for place, word in enumerate(SOURCE)}",
            *map(inspect.getsource, (sentence, chosen, kept_back)),
            '''
            def drawn(random):
                """Return sentences and their translations, none of them held out."""
                pairs = []
                while len(pairs) < BATCH_SIZE:
                    for picked in random.integers(0, [*map(len, CHOICES)], (BATCH_SIZE, len(CHOICES))):
                        read, said = chosen(CHOICES, picked)
                        pairs += [] if kept_back(read) else [(read, said)]
                return pairs[:BATCH_SIZE]
            ''',
        ]


def _drawn(random: np.random.Generator, B: int, held_out: bool, choices: Sequence[Sequence]) -> list[Pair]:
    pairs: list[Pair] = []
    while len(pairs) < B:
        for picked in random.integers(0, [*map(len, choices)], (B, len(choices))).tolist():
            read, said = chosen(choices, picked)
            if kept_back(read) == held_out:
                pairs.append(([PLACES[word] for word in read], [SAID[word] for word in said]))
    return pairs[:B]


def _literal(text: str) -> str:
    """Write values for a script, in rows, with double quotes."""
    rows = text.replace("'", '"').replace(" ", "\xa0").replace(",\xa0", ", ")  # rows end after commas alone
    filled = textwrap.fill(rows, WIDE, subsequent_indent="    ").replace("\xa0", " ")
    return f"{filled}  # fmt: skip" if "\n" in filled else filled


def _translated(words: Sequence[str]) -> list[str] | None:
    """Return the translation of a sentence of the grammar, None for what is none."""
    text = " ".join(words)
    bases = {form: base for base, past in PAST.items() for form in (base, past)}
    verb = next((bases[word] for word in words if word in bases), "")
    when, where = (next((word for word in words if word in of), "") for of in (TIMES, WHERE))
    who = max((people for people in PEOPLE if people in text), key=len, default="")
    kind = "there" if "there" in words else "does"
    kind = "asks" if words[:1] in (["is"], ["are"]) else kind
    front = words[:1] in (["in"], [when])
    things = re.findall(rf"\b({'|'.join(NUMBERS)}) (?:({'|'.join(COLOURS)}) )?({'|'.join(NOUNS)})", text)
    if len(things) not in (1, 2) or (kind == "does" and not (verb and who)):
        return None
    read, said = sentence(kind, front, who, verb, when, where, things)
    return said if read == words else None
