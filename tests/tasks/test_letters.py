"""The next letter of a word and the next word of a sentence: rows 14 and 15 of the list of what is taught."""

import itertools
import math
import unicodedata
from collections import Counter

import numpy as np
import pytest
from built import build, learned
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.cells import CELLS
from rnnviz.language import BadValue
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import TASKS
from rnnviz.training.trainer import Trainer

PHRASES = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), max_size=200).filter(str.isprintable)


def named(task, tokens) -> list[str]:
    """What the first sequence's tokens (T, B) say; its classes are its vocabulary."""
    assert task.classes == task.vocabulary
    return [task.vocabulary[token] for token in tokens[:, 0]]


def test_row_14_seven_letters_are_given_and_the_eighth_is_said():
    task = build("letters")
    assert task.vocabulary == ("n", "a", "m", "s", "k", "r")
    batch = task.training_batch(0)
    assert named(task, batch.inputs) == list("namaska")
    assert named(task, batch.targets) == list("amaskar")
    assert (task.steps, task.inputs, task.outputs) == (7, 6, 6)
    eighth = build("letters", loss_at="last")
    assert np.flatnonzero(eighth.marked(eighth.asked)).tolist() == [6]


def test_row_15_one_word_a_step():
    task = build("sentence")
    batch = task.training_batch(0)
    assert named(task, batch.inputs) == ["I", "want", "to", "play"]
    assert named(task, batch.targets) == ["want", "to", "play", "basketball"]


@pytest.mark.parametrize(
    ("phrase", "tokens"),
    [
        ("It's well-known, isn't it?", ["It's", "well-known", ",", "isn't", "it", "?"]),
        ("我想打篮球", list("我想打篮球")),
        ("我 想 打 篮球", ["我", "想", "打", "篮球"]),
        ("  to   be or not  to be ", ["to", "be", "or", "not", "to", "be"]),
    ],
)
def test_a_sentence_goes_by_words_and_chinese_without_blanks_by_characters(phrase, tokens):
    assert TASKS["sentence"].taken_apart(phrase) == tokens  # pyright: ignore[reportAttributeAccessIssue]
    assert build("sentence", phrase=phrase).steps == len(tokens) - 1


def test_a_letter_keeps_its_marks_and_a_blank_is_one():
    assert build("letters", phrase="na\u0303o sei").vocabulary == ("n", "ã", "o", "␣", "s", "e", "i")
    assert build("letters", phrase="नमस्कार").vocabulary == ("न", "म", "स्", "का", "र")
    family = "\N{MAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
    assert build("letters", phrase=f"a{family}b").vocabulary == ("a", family, "b")
    assert build("sentence", phrase="我\N{IDEOGRAPHIC SPACE}想 打").vocabulary == ("我", "想", "打")


FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
KINDS = [
    ("letters", "", ["a", "b", "é", " ", "␣", ",", "好", "न", "स्", "का", FAMILY]),
    ("sentence", " ", ["I ", "v ", "it's ", "well-known ", "?", "好 ", "␣"]),
    ("sentence", "", ["我", "想", "打", "a", "，", "न", "स्", "का", FAMILY]),
    ("text", "", ["a", "b", " ", "\n", "好", "न", "स्", "\N{REPLACEMENT CHARACTER}", FAMILY]),
]


@pytest.mark.parametrize(("name", "between", "parts"), KINDS)
@given(data=st.data())
def test_tokens_joined_are_read_as_these_tokens_again(name, between, parts, data):
    some = "".join(data.draw(st.lists(st.sampled_from(parts), max_size=12)))
    phrase = (parts[0] + parts[1]) * 2 + some
    settings = {"corpus": phrase * 30, "seq_len": 2} if name == "text" else {"phrase": phrase}
    task = build(name, **settings)
    tokens = data.draw(st.lists(st.integers(0, task.inputs - 1), min_size=1, max_size=20))
    assert task.between == between
    assert [token for _name, token in task.tokens_of(task.joined(tokens))] == tokens


@pytest.mark.parametrize(
    ("name", "phrase", "written"),
    [
        ("letters", "नमस्कार", "नमस्कार"),
        ("letters", "ab  cd", "ab cd"),
        ("sentence", "I v x", "I v x"),
        ("sentence", "我想打篮球", "我想打篮球"),
    ],
)
def test_a_phrase_is_written_as_it_was_typed(name, phrase, written):
    task = build(name, phrase=phrase)
    assert task.joined([*task.probe.inputs[:, 0], task.probe.targets[-1, 0]]) == written


@pytest.mark.parametrize(
    ("name", "phrase", "said"),
    [
        *(("letters", phrase, "three letters") for phrase in (" ", "a", "ab", "e\u0301e")),
        *(("letters", phrase, "same letter") for phrase in ("aaaa", "baaa")),
        *(("sentence", phrase, "three words") for phrase in ("   ", "basketball", "play it", "我想")),
        *(("sentence", phrase, "same word") for phrase in ("no no no", "oh no no")),
    ],
)
def test_a_phrase_that_leaves_nothing_to_learn_is_refused_with_a_sentence(name, phrase, said):
    with pytest.raises(BadValue, match=said):
        build(name, phrase=phrase)
    with pytest.raises(BadValue, match=said):
        TASKS[name].known(Experiment(task=name, phrase=phrase))


@pytest.mark.parametrize("name", ["letters", "sentence"])
@given(phrase=PHRASES)
def test_whatever_is_typed_is_learned_or_refused(name, phrase):
    experiment = Experiment(task=name, phrase=phrase)
    try:
        task = TASKS[name](experiment)
    except BadValue:
        return
    batch = task.training_batch(0)
    assert len(batch.inputs) == task.steps == TASKS[name].length(experiment)
    np.testing.assert_array_equal(batch.inputs[1:], batch.targets[:-1])
    said = "".join([*named(task, batch.inputs), *named(task, batch.targets[-1:])])
    typed = unicodedata.normalize("NFC", phrase or task.usual)
    assert said.replace("␣", "") == "".join(typed.replace("␣", "").split())


@pytest.mark.parametrize("name", ["letters", "sentence"])
@pytest.mark.parametrize("phrase", ["", "a banana a bandana", "a b a c a d a b"])
def test_baselines_are_what_counting_letter_by_letter_gives(name, phrase):
    task = build(name, phrase=phrase)
    tokens = [*task.training_batch(0).inputs[:, 0], task.training_batch(0).targets[-1, 0]]
    answers, pairs = Counter(tokens[1:]), Counter(itertools.pairwise(tokens))
    before = Counter(tokens[:-1])
    frequent, bigram = task.measured(task.validation)
    T = len(tokens) - 1
    assert frequent.loss == pytest.approx(-sum(n / T * math.log(n / T) for n in answers.values()))
    assert bigram.loss == pytest.approx(-sum(n / T * math.log(n / before[a]) for (a, _b), n in pairs.items()))
    most = {a: max(n for (one, _b), n in pairs.items() if one == a) for a in before}
    assert frequent.accuracy == pytest.approx(max(answers.values()) / T)
    assert bigram.accuracy == pytest.approx(sum(most.values()) / T)


def test_a_table_that_is_never_wrong_is_named_but_is_not_the_bar():
    snapshot = Trainer(Experiment(task="sentence")).snapshot()
    assert [baseline.loss for baseline in snapshot.baselines] == [pytest.approx(math.log(4)), 0]
    assert snapshot.baseline.name == "frequent"
    assert Trainer(Experiment(task="letters")).snapshot().baseline.name == "bigram"


@pytest.mark.parametrize("name", ["letters", "sentence"])
@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_learns_them_with_the_suggested_settings(name, cell):
    loss, accuracy = learned(name, cell, 150)
    assert accuracy == 1
    assert loss < 0.1
