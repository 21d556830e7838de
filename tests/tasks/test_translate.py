"""Translate: a small grammar of English, and its Chinese."""

import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paired import drawn, pairs, said

from rnnviz.tasks.task import NOTHING
from rnnviz.tasks.translate import MEANS, SOURCE, TARGET, UNSEEN, Translate

FUNCTION = {*["的", "和", "在", "里", "有", "了", "会", "吗", "本", "支", "只", "辆", "顶"]}


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("there are two white pens in the shop", "商店 里 有 两 支 白色 的 笔"),
        ("In the shop there are two white pens.", "商店 里 有 两 支 白色 的 笔"),
        ("Are there two white pens in the shop?", "商店 里 有 两 支 白色 的 笔 吗"),
        ("there is a book", "有 一 本 书"),
        ("is there a cat and three red hats in the park", "公园 里 有 一 只 猫 和 三 顶 红色 的 帽子 吗"),
        ("he bought three blue cars", "他 买 了 三 辆 蓝色 的 车"),
        ("yesterday she saw a black dog in the school", "她 昨天 在 学校 里 看见 了 一 只 黑色 的 狗"),
        ("the teacher will draw two dogs tomorrow", "老师 明天 会 画 两 只 狗"),
        (
            "tomorrow the teacher and the student will buy two white pens and three black hats in the park",
            "老师 和 学生 明天 会 在 公园 里 买 两 支 白色 的 笔 和 三 顶 黑色 的 帽子",
        ),
        ("there is two pens", None),
        ("there are two white pen", None),
        ("a white pen", None),
        ("he will buy a pen yesterday", None),
        ("he bought a pen tomorrow", None),
        ("he bought a pen in the", None),
        ("he bought a pen and a cat and a dog", None),
        ("buy a pen", None),
        ("he he bought a pen", None),
        ("the", None),
        ("", None),
    ],
)
def test_sentences_and_what_is_none(english, chinese):
    assert said("translate", english) == (chinese and chinese.split())


def test_there_are_some_forty_words_and_up_to_eighteen_in_a_sentence():
    assert 38 <= len(SOURCE) <= 44
    assert pairs("translate").sizes(pairs("translate").experiment) == (18, 21)


@given(st.integers(0, 2**31 - 1), st.booleans())
def test_each_content_word_comes_from_the_word_that_means_it(seed, held_out):
    task = pairs("translate")
    for source, target in task.drawn(np.random.default_rng(seed), 30, held_out=held_out):
        origins = task.origins(source, target)
        for token, at in zip(target, origins, strict=True):
            assert (at == NOTHING) == (TARGET[token] in FUNCTION)
            assert at == NOTHING or MEANS[SOURCE[source[at]]] == TARGET[token]
        used = [at for at in origins if at != NOTHING]
        assert len({*used}) == len(used)
        assert {SOURCE[source[at]] for at in {*range(len(source))} - {*used}} <= {*SOURCE[len(MEANS) :]}


def test_of_two_words_that_mean_the_same_each_has_its_own():
    task = pairs("translate")
    source = [token for _piece, token in task.source_tokens("he saw a red pen and two red pens")]
    assert task.origins(source, task.right(source) or ()) == [0, 1, -1, 2, -1, 3, -1, 4, -1, 6, -1, 7, -1, 8]


@given(st.integers(0, 2**31 - 1))
def test_six_pairs_of_a_colour_and_a_noun_and_a_fifth_of_the_rest_are_held_out(seed):
    task, random = pairs("translate"), np.random.default_rng(seed)
    assert isinstance(task, Translate)
    for source, _ in task.drawn(random, 200, held_out=False):
        assert not task.unseen(source)
        assert sum(source) % 5
    for source, _ in task.drawn(random, 200, held_out=True):
        assert task.unseen(source) or sum(source) % 5 == 0


def test_every_colour_and_noun_is_trained_on_with_others():
    found = drawn("translate", 0, 5000, held_out=False)
    met = Counter(pair for source, _ in found for pair in itertools.pairwise(SOURCE[token] for token in source))
    colours, nouns = ({pair[place] for pair in UNSEEN} for place in (0, 1))
    assert (len(colours), len(nouns), len(UNSEEN)) == (4, 12, 12)  # a noun and its plural count as one pair
    for colour in colours:
        for noun in nouns:
            assert (met[colour, noun] == 0) == ((colour, noun) in UNSEEN)
