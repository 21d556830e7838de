"""The next character of a text: its windows, what is told apart, and what counting alone comes to."""

import ast
import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
import torch
from built import learned
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from rnnviz.cost import MOST_VALUES, too_big, values
from rnnviz.export.script import script
from rnnviz.looks.examples import Examples
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.own import CORPUS_LIMIT
from rnnviz.tasks.imdb import sample
from rnnviz.tasks.text import MOST, ONE_HOT, PRIOR, UNKNOWN, WARM_UP, WINDOWS, Text
from rnnviz.training.trainer import Trainer

SOME = "the quick brown fox jumps over the lazy dog.\n" * 30
CHINESE = "".join(chr(0x4E00 + n % 3000) for n in range(0, 60_000, 7))


def a_text(corpus="", **settings) -> Text:
    return Text(Experiment(task="text", **{"corpus": corpus, "seq_len": 20, **settings}))


def written(task: Text, tokens) -> str:
    """Tokens as characters, UNKNOWN for those that are not told apart."""
    return "".join((task.characters + UNKNOWN)[token] for token in tokens)


def test_the_sample_is_reviews_too_long_to_be_learned_by_heart():
    text = sample()
    assert text.startswith("I rented I AM CURIOUS-YELLOW from my video store")
    assert "<br" not in text
    assert 150_000 < len(text) < CORPUS_LIMIT
    task = a_text()
    assert set(task.characters) == told_apart(text)
    assert task.vocabulary == task.classes
    assert {"␣", "↵", UNKNOWN} <= {*(task.vocabulary or ())}


def told_apart(text: str) -> set[str]:
    """The characters that come more than once in what is trained on."""
    return {c for c, count in Counter(text[: len(text) * 9 // 10]).items() if count > 1}


@given(st.integers(1, 50), st.integers(2, 100), st.integers(0, 9), st.integers(0, 500))
def test_streams_read_on_where_they_stopped_and_go_round_the_training_part(B, T, seed, step):
    task, text = a_text(SOME, seq_len=T, batch_size=B, seed=seed), SOME[: len(SOME) * 9 // 10]
    now, then = task.training_batch(step), task.training_batch(step + 1)
    np.testing.assert_array_equal(now.inputs[1:], now.targets[:-1])
    np.testing.assert_array_equal(now.targets[-1], then.inputs[0])
    for b in range(B):
        assert written(task, now.inputs[:, b]) in (text * 2) * (1 + T // len(text))


def test_streams_begin_evenly_spread():
    letters = "".join(map(chr, range(0x4E00, 0x4E00 + 1000)))  # the number of each is its place, modulo 1000
    task = a_text(letters * 2, batch_size=4, embedding_size=2)
    first = task.training_batch(0).inputs[0].tolist()
    assert first in [[(place + 450 * b) % 1800 % 1000 for b in range(4)] for place in range(1800)]


@pytest.mark.parametrize("T", [2, 20, 50, 100])
def test_all_that_is_held_out_is_said_once_and_nothing_else(T):
    task, train = a_text(SOME, seq_len=T), len(SOME) * 9 // 10
    said = ""
    for batch in task.test:
        assert np.flatnonzero(batch.mask).tolist() == list(range(WARM_UP, len(batch.mask)))
        np.testing.assert_array_equal(batch.inputs[1:], batch.targets[:-1])
        said += "".join(written(task, sequence) for sequence in batch.targets[batch.mask].T)
    assert said == SOME[train:]
    answers = {written(task, sequence) for sequence in task.validation.targets[WARM_UP:].T}
    assert all(answer in SOME[train:] for answer in answers)
    assert written(task, task.probe.targets[:, 0]) == SOME[train : train + T]


def test_rare_characters_count_as_one():
    task = a_text(SOME + "é" + "ß" * 2 + SOME)
    assert "é" not in task.characters
    assert "ß" in task.characters
    assert task.vocabulary is not None
    assert task.vocabulary[-1] == UNKNOWN
    assert len(task.vocabulary) == len(task.characters) + 1
    assert a_text(SOME).vocabulary == tuple(
        sorted("␣↵" + "".join({*SOME} - {*" \n"}), key="↵␣.abcdefghijklmnopqrstuvwxyz".index)
    )


def test_it_is_told_how_many_of_those_held_out_count_as_one():
    corpus = SOME + "é" + SOME + "好" * 30
    train = len(corpus) * 9 // 10
    share = sum(c not in told_apart(corpus) for c in corpus[train:]) / (len(corpus) - train)
    assert str(a_text(corpus).remark).startswith(f"Of the characters held out, {100 * share:.2g}% are rare ones")
    assert a_text(SOME).remark == ""


def test_of_a_large_network_s_few_windows_the_first_are_spread():
    settings = {"hidden_size": 128, "num_layers": 4, "bidirectional": True, "seq_len": 300}
    task = a_text(**settings)
    few, text = Examples.of(task), written(task, task._tokens)
    places = [text.index(written(task, sequence)) for sequence in few.validation.targets[WARM_UP:].T]
    assert 4 <= few.count == len(places) < WINDOWS
    whole = len(task._tokens) - 300 - task._train
    assert max(np.diff([task._train, *sorted(places), task._train + whole])) < 2 * whole / few.count


def test_of_many_characters_the_commonest_are_told_apart():
    often = "".join(chr(0x4E00 + n) for n in range(MOST - 1)) * 3
    task = a_text("".join(chr(0x7000 + n) for n in range(500)) * 2 + often * 4, embedding_size=8)
    assert len(task.characters) == MOST - 1
    assert set(task.characters) <= set(often)


def test_what_cannot_be_seen_has_a_name():
    vocabulary = a_text(SOME + "\t\t\x07\x07" + SOME).vocabulary or ()
    assert {"⇥", "U+0007", "␣", "↵"} <= {*vocabulary}


def test_many_different_characters_ask_for_an_embedding():
    with pytest.raises(ValueError, match=r"different characters.*Embedding size"):
        a_text(CHINESE)
    assert a_text(CHINESE, embedding_size=16).inputs > ONE_HOT


@pytest.mark.parametrize(
    ("corpus", "said"),
    [("abc", "3 characters"), ("a" * 500, "nothing to learn"), (SOME[:100], "up to 10:")],
)
def test_what_can_not_be_learned_is_told(corpus, said):
    with pytest.raises(ValueError, match=said):
        a_text(corpus, seq_len=40)


def test_its_probabilities_are_bounded():
    assert a_text(CHINESE, embedding_size=8, seq_len=2).longest(Experiment(task="text", corpus=CHINESE)) < 150
    large = Experiment(task="text", corpus=CHINESE, embedding_size=8, seq_len=100, batch_size=128)
    assert values(large) > MOST_VALUES
    assert too_big(large)
    assert not too_big(Experiment(task="text", corpus=CHINESE, embedding_size=32, seq_len=40, batch_size=4))


def test_baselines_are_those_of_counting_by_hand():
    text = sample()
    task = a_text(seq_len=30)
    known = told_apart(text)
    train = [c if c in known else UNKNOWN for c in text[: len(text) * 9 // 10]]
    single, pairs, before, V = (
        Counter(train),
        Counter(pairwise(train)),
        Counter(train[:-1]),
        task.inputs,
    )
    often = {c: (single[c] + 1) / (len(train) + V) for c in task.characters + UNKNOWN}
    batch = task.validation
    one, two, right = [], [], 0
    for t in range(WARM_UP, len(batch.mask)):
        for a, b in zip(written(task, batch.inputs[t]), written(task, batch.targets[t]), strict=True):
            after = {c: (pairs[a, c] + PRIOR * often[c]) / (before[a] + PRIOR) for c in often}
            assert sum(after.values()) == pytest.approx(1)
            one.append(-math.log(often[b]))
            two.append(-math.log(after[b]))
            right += max(after, key=after.__getitem__) == b
    frequent, bigram = task.measured(batch)
    assert frequent.loss == pytest.approx(np.mean(one))
    assert bigram.loss == pytest.approx(np.mean(two))
    assert bigram.accuracy == pytest.approx(right / len(two))
    assert frequent.accuracy == pytest.approx((batch.targets[batch.mask] == task.characters.index(" ")).mean())


def test_a_loss_is_told_in_bits():
    trainer = Trainer(Experiment(task="text", corpus=SOME, seq_len=20, hidden_size=4))
    batch, model = trainer.task.validation, trainer.model
    outputs, _ = model(torch.from_numpy(batch.inputs))
    chances = outputs[batch.mask].softmax(-1).gather(-1, torch.from_numpy(batch.targets[batch.mask])[..., None])
    assert trainer.task.told(trainer.validation_loss) == pytest.approx(-chances.log2().mean().item(), rel=1e-5)


def test_all_that_is_held_out_is_counted():
    trainer = Trainer(Experiment(task="text", corpus=SOME, seq_len=20, hidden_size=16))
    trainer.step(30)
    train = len(SOME) * 9 // 10
    tokens = torch.tensor([trainer.task.characters.index(c) for c in SOME])  # pyright: ignore
    right = 0
    for start in range(train, len(SOME), 20):
        read = tokens[start - 1 - WARM_UP : min(start + 19, len(SOME) - 1)]
        outputs, _ = trainer.model(functional.one_hot(read, trainer.task.inputs).float()[:, None])
        right += int((outputs[WARM_UP:, 0].argmax(-1) == tokens[start : start + 20]).sum())
    assert trainer.accuracy == pytest.approx(right / (len(SOME) - train))


@pytest.mark.slow
def test_a_network_learns_more_than_bigrams_tell():
    loss, accuracy = learned("text", "gru", 400)
    _frequent, bigram = a_text(seq_len=40).measured(a_text(seq_len=40).validation)
    assert loss < 0.9 * bigram.loss
    assert accuracy is not None
    assert accuracy > (bigram.accuracy or 0)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=300))
def test_any_text_is_written_out_exactly(text):
    text = (text + "'\"\\\n'") * 8
    code = script(Experiment(task="text", corpus=(text + SOME), embedding_size=4, seq_len=5))
    assert max(map(len, code.splitlines())) <= 120
    [found] = [
        ast.literal_eval(node.value)
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "TEXT"
    ]
    whole = text + SOME
    assert found == whole[: len(whole) * 9 // 10]
