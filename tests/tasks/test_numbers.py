"""Numbers: words of two languages, and digits."""

import numpy as np
import pytest
from paired import drawn, pairs, said

from rnnviz.tasks.numbers import chinese, english
from rnnviz.tasks.task import NOTHING


@pytest.mark.parametrize(
    ("n", "words", "characters"),
    [
        (0, "zero", "零"),
        (10, "ten", "十"),
        (14, "fourteen", "十四"),
        (20, "twenty", "二十"),
        (21, "twenty one", "二十一"),
        (100, "one hundred", "一百"),
        (101, "one hundred and one", "一百零一"),
        (110, "one hundred and ten", "一百一十"),
        (219, "two hundred and nineteen", "二百一十九"),
        (1000, "one thousand", "一千"),
        (1005, "one thousand and five", "一千零五"),
        (1050, "one thousand and fifty", "一千零五十"),
        (1500, "one thousand five hundred", "一千五百"),
        (3205, "three thousand two hundred and five", "三千二百零五"),
        (9999, "nine thousand nine hundred and ninety nine", "九千九百九十九"),
    ],
)
def test_numbers_are_said_as_people_say_them(n, words, characters):
    assert " ".join(english(n)) == words
    assert "".join(chinese(n)) == characters
    assert said("numbers", words) == said("numbers", characters) == [*str(n)]


def test_every_number_is_said_in_one_way_each_and_understood():
    task = pairs("numbers")
    for say in (english, chinese):
        ways = [tuple(say(n)) for n in range(10_000)]
        assert len({*ways}) == 10_000
        for n, words in enumerate(ways):
            assert task.right([task.source_vocabulary.index(word) for word in words]) == tuple(map(int, str(n)))


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("Twenty-one", "21"),
        ("two hundred five", "205"),
        ("a hundred", "100"),
        ("两千", "2000"),
        ("一千〇五", "1005"),
        ("one thousand, two hundred", "1200"),
        ("two three", None),
        ("hundred", None),
        ("two thousand thousand", None),
        ("ten thousand", None),
        ("and", None),
        ("二百五千", None),
        ("twenty ten", None),
        ("three 百", None),
        ("3205", None),
    ],
)
def test_what_is_typed_is_understood_or_has_no_right_target(text, digits):
    assert said("numbers", text) == (digits and [*digits])


def test_a_digit_s_word_says_it():
    task = pairs("numbers")
    value = {word: n for n, word in enumerate([w for n in range(20) for w in english(n)][:20])}
    value |= {character: n for n, character in enumerate("零一二三四五六七八九")} | {"十": 1}
    value |= {english(10 * n)[0]: n for n in range(2, 10)}
    for say in (english, chinese):
        for n in range(10_000):
            words, digits = say(n), str(n)
            source = [task.source_vocabulary.index(word) for word in words]
            origins = task.origins(source, [*map(int, digits)])
            silent = [digit == "0" for digit in digits] if n else [False]
            if say is english and n % 100 == 10:
                silent[-1] = False  # ten says both its digits
            assert [at == NOTHING for at in origins] == silent
            for place, (digit, at) in enumerate(zip(digits, origins, strict=True)):
                if at != NOTHING and not 10 <= value[words[at]] < 20:
                    assert value[words[at]] == int(digit)
                elif at != NOTHING:
                    assert str(value[words[at]])[place - len(digits)] == digit


def test_a_number_from_100_on_is_held_out_by_its_digits_in_both_languages():
    task = pairs("numbers")
    numbers = range(10_000)
    rule = {n: n >= 100 and sum(map(int, str(n))) % 5 == 2 for n in numbers}
    assert sum(rule.values()) == pytest.approx(2000, abs=30)
    for held_out in (True, False):
        found = drawn("numbers", 0, 40_000, held_out=held_out)
        assert all(rule[int(task.joined(target))] == held_out for _, target in found)
        lengths = np.bincount([len(target) for _, target in found], minlength=5)[1:] / len(found)
        times = {1: 30, 2: 15, 3: 3, 4: 1}
        expected = [sum(times[L] for n in numbers if len(str(n)) == L and rule[n] == held_out) for L in times]
        assert lengths == pytest.approx(np.array(expected) / sum(expected), abs=0.02)
        languages = [str(task.source_vocabulary[source[0]]).isascii() for source, _ in found]
        assert np.mean(languages) == pytest.approx(0.5, abs=0.02)
