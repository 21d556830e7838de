"""The next character of a text: of film reviews, or of one that a visitor brings."""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from rnnviz.language import N_, BadValue, Message, Rounded, counted
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Baseline
from rnnviz.tasks.form import EQUAL
from rnnviz.tasks.imdb import sample
from rnnviz.tasks.task import COLUMNS, NOTHING, TRAINING, VALIDATED, Batch, Task

SHORTEST = 100
"""The fewest characters a text may have."""
ONE_HOT, MOST = 256, 2000
"""How many different characters can be read as one-hot vectors, and how many at all."""
EMBEDDING = 32
"""The size of an embedding to read more."""
OFTEN = 2
"""How many times a character has to come in the training part to be told apart."""
UNKNOWN = "\N{REPLACEMENT CHARACTER}"
"""What stands for all others."""
NAMES = {" ": "␣", "\n": "↵", "\t": "⇥"}
"""How characters are shown that can't be seen."""

WINDOWS = 32
"""Up to how many sequences the curves look at."""
SPREAD = [int(f"{n:05b}"[::-1], 2) for n in range(WINDOWS)]
"""In which order: halfway, then a quarter, and so on; the numbers of five bits, read backwards."""
WARM_UP = 20
"""Characters read before the first answer of a validation sequence."""
MOST_CHANCES = 250_000
"""How many probabilities, those of each character at each step, a sequence may have: they are shown."""
PRIOR = 5
"""What the characters' own frequencies weigh in a bigram's counts."""


@dataclass(frozen=True, eq=False)
class Corpus:
    """A text as tokens (N,), of which the first `train` are for training.

    characters: what is told apart. tokens: numbers among them; all others have the number after these. vocabulary: how
    each token is shown.
    """

    characters: str
    vocabulary: tuple[str, ...]
    tokens: npt.NDArray[np.int16]
    train: int


class Text(Task):
    """A text of N characters, the first 90 % to train on and the rest to test with.

    A batch holds a window of each of B streams, which begin evenly spread over the training part and go round it;
    the next batch's windows begin where these end.

    Characters that come once in the training part, never, or beyond the commonest 1,999, are one token, UNKNOWN; to say
    it counts as right, so that a text of many of them looks easier than it is: `remark` says how many there are.
    """

    sentence = N_(
        "The network reads a text character by character and says, after each, which will be the next. It trains on "
        "the first 90 %; the curves look at pieces of the rest. Until you bring your own, the text is film reviews."
    )
    suggested = MappingProxyType(
        {"hidden_size": 64, "seq_len": 40, "batch_size": 16, "learning_rate": 0.005, "clip_norm": 1.0}
    )
    form = EQUAL
    consecutive = True
    between = ""
    in_bits = N_("bits per character")
    good, gap = 0.15, 1.4  # no network guesses a text: a part of its loss stays
    baselines = MappingProxyType(
        {
            "frequent": N_("counting single characters"),
            "bigram": N_("counting pairs (bigrams)"),
        }
    )

    def __init__(self, experiment: Experiment):
        super().__init__(experiment)
        corpus = _read(experiment.corpus)
        self.characters, self._tokens, self._train = corpus.characters, corpus.tokens, corpus.train
        self.classes, self.outputs = self.vocabulary, self.inputs
        if len(self.characters) < self.inputs:
            self.unknown = len(self.characters)
            share = float((self._tokens[self._train :] == self.unknown).mean())
            self.remark = N_(
                "Of the characters held out, {share}% are rare ones that count as one, {sign}: to say it is right.",
                share=Rounded(100 * share, 2),
                sign=UNKNOWN,
            )
        if problem := self._problem():
            raise BadValue(problem)
        self._starts = self.generator(TRAINING).integers(self._train) + (
            np.arange(experiment.batch_size) * self._train // experiment.batch_size
        )

    def _problem(self) -> Message | None:
        """Say why the text can't be learned with these settings, if that is so."""
        N, V, experiment = len(self._tokens), self.inputs, self.experiment
        if N < SHORTEST:
            return counted(
                "The text has {n} character, and at least {least} are needed: a page or more is better, for a short "
                "text is learned by heart.",
                "The text has {n} characters, and at least {least} are needed: a page or more is better, for a short "
                "text is learned by heart.",
                N,
                least=SHORTEST,
            )
        if V < 2:
            return N_("The text holds no two characters that come more than once: there is nothing to learn from it.")
        if V > ONE_HOT and not experiment.embedding_size:
            return counted(
                "The text has {n} character of its own, and as one-hot vectors up to {most} can be read: choose an "
                '"{setting}" above 0, such as 32.',
                "The text has {n} different characters, and as one-hot vectors up to {most} can be read: choose an "
                '"{setting}" above 0, such as 32.',
                V,
                most=ONE_HOT,
                setting=Experiment.SETTINGS["embedding_size"].label,
            )
        if experiment.seq_len > (longest := self.longest(experiment)):
            return N_(
                "With this text, the sequence length can be up to {longest}: take a longer text or a shorter sequence.",
                longest=longest,
            )
        return None

    @classmethod
    def known(cls, experiment: Experiment) -> tuple[str, ...]:
        """See Task.known."""
        return _read(experiment.corpus).vocabulary

    @classmethod
    def answer_size(cls, experiment: Experiment) -> int:
        """See Task.answer_size."""
        return len(cls.known(experiment))

    @classmethod
    def longest(cls, experiment: Experiment) -> int:
        """See Task.longest; never below 2, though a short text does not allow even that."""
        corpus = _read(experiment.corpus)
        held_out = len(corpus.tokens) - corpus.train
        return max(min(held_out, MOST_CHANCES // len(corpus.vocabulary), 500), 2)

    def training_batch(self, step: int) -> Batch:
        """See Text."""
        T = self.experiment.seq_len
        return self._cut((self._starts + step * T + np.arange(T + 1)[:, None]) % self._train)

    @property
    def validation(self) -> Batch:
        """Windows spread evenly over the held-out part, each after some characters to warm up.

        They are in an order in which the first of them, if others are left out, are spread evenly too.
        """
        T, first = self.experiment.seq_len, self._train - 1  # the first step that says a held-out character
        starts = np.unique(np.linspace(first, len(self._tokens) - 1 - T, WINDOWS).astype(int))
        return self._after_warm_up(starts[[n for n in SPREAD if n < len(starts)]], T)

    @property
    def test(self) -> Iterator[Batch]:
        """Every held-out character once."""
        T, end = self.experiment.seq_len, len(self._tokens) - 1
        starts = np.arange(self._train - 1, end, T)
        whole = starts[starts + T <= end]
        for at in range(0, len(whole), VALIDATED):
            yield self._after_warm_up(whole[at : at + VALIDATED], T)
        if len(whole) < len(starts):
            yield self._after_warm_up(starts[-1:], end - int(starts[-1]))

    @property
    def probe(self) -> Batch:
        """The beginning of the held-out part."""
        return self._cut(self._train - 1 + np.arange(self.experiment.seq_len + 1)[:, None])

    def _after_warm_up(self, starts: npt.NDArray[np.integer], T: int) -> Batch:
        return self._cut(starts + np.arange(-WARM_UP, T + 1)[:, None], WARM_UP)

    def _cut(self, places: npt.NDArray[np.integer], warm_up: int = 0) -> Batch:
        """Return the characters at these places, (T + 1, B), each to be said after the one before it."""
        tokens = self._tokens[places].astype(np.int64)
        return Batch(tokens[:-1], tokens[1:], np.arange(len(tokens) - 1) >= warm_up)

    def measured(self, batch: Batch) -> tuple[Baseline, ...]:
        """See Task.measured: what the counts of the training part say of the next character."""
        steps, V = self.marked(batch.mask), self.inputs
        read, right = batch.inputs[steps], batch.targets[steps]
        train = self._tokens[: self._train].astype(np.int64)
        frequency = (np.bincount(train, minlength=V) + 1) / (len(train) + V)
        pairs = np.bincount(train[:-1] * V + train[1:], minlength=V * V).reshape(V, V)
        after = (pairs[read] + PRIOR * frequency) / (pairs[read].sum(-1, keepdims=True) + PRIOR)
        chances = {"frequent": np.broadcast_to(frequency, after.shape), "bigram": after}
        return tuple(
            Baseline(
                name,
                words,
                float(-np.log(np.take_along_axis(chances[name], right[..., None], -1)).mean()),
                float((chances[name].argmax(-1) == right).mean()),
            )
            for name, words in self.baselines.items()
        )

    def tokens_of(self, text: str) -> list[tuple[str, int]]:
        """See Task.tokens_of: character by character, the blanks too."""
        others = NOTHING if self.unknown is None else self.unknown
        places = {character: token for token, character in enumerate(self.characters)}
        return [(_name(character), places.get(character, others)) for character in text]

    def joined(self, tokens: Sequence[int]) -> str:
        """See Task.joined."""
        return self.between.join((self.characters + UNKNOWN)[token] for token in tokens)

    def code(self) -> list[str]:
        """See Task.code."""
        number = "numbers[character]" if self.unknown is None else "numbers.get(character, len(CHARACTERS))"
        told = "" if self.unknown is None else "; all others count as one"
        text = (self.experiment.corpus or sample())[: self._train]
        return [
            "# The first 90 % of the text, those to train on.\n" + literal("TEXT", text),
            f"# The characters that are told apart{told}.\n" + literal("CHARACTERS", self.characters),
            f"""
            numbers = {{character: number for number, character in enumerate(CHARACTERS)}}
            tokens = np.array([{number} for character in TEXT])
            first = np.random.default_rng([SEED, {TRAINING}, 0]).integers(len(tokens))
            starts = first + np.arange(BATCH_SIZE) * len(tokens) // BATCH_SIZE  # of streams that go round the text
            """,
            f'''
            def batch(step):
                """Return the streams' next characters, (T, B), and the one that follows {self.each} of them."""
                window = tokens[(starts + step * SEQ_LEN + np.arange(SEQ_LEN + 1)[:, None]) % len(tokens)]
                window = torch.from_numpy(window)
                return window[:-1], window[{"-1" if self.leaves_some else "1:"}]
            ''',
        ]


@functools.lru_cache(maxsize=16)
def _read(text: str) -> Corpus:
    """Tell the characters of a text apart; of the sample, if it is empty."""
    codes = np.frombuffer((text or sample()).encode("utf-32-le", "surrogatepass"), np.uint32)
    train = len(codes) * 9 // 10
    found, counts = np.unique(codes[:train], return_counts=True)
    commonest = np.argsort(-counts, kind="stable")[: MOST - 1]
    often = found[commonest[counts[commonest] >= OFTEN]]
    known = np.sort(often[often != ord(UNKNOWN)])
    tokens = np.searchsorted(known, codes)
    tokens[~np.isin(codes, known)] = len(known)
    characters = "".join(map(chr, known))
    others = [UNKNOWN] if len(known) in tokens else []
    return Corpus(characters, (*map(_name, characters), *others), tokens.astype(np.int16), train)


def size_for(corpus: str) -> int:
    """Return the size of an embedding that this text needs, 0 if one-hot vectors will do."""
    return EMBEDDING if len(_read(corpus).vocabulary) > ONE_HOT else 0


def _name(character: str) -> str:
    """Return how a character is shown."""
    if character.isprintable() and character != " ":
        return character
    return NAMES.get(character, f"U+{ord(character):04X}")


def literal(name: str, text: str) -> str:
    """Write a text for a script, in lines that fit; nothing but the text gets in."""
    lines, line, width = [], "", 0
    for character in text:
        wide = 1 if " " <= character <= "~" else max(2, len(repr(character)) - 2)
        if character in "'\\":
            wide = 2
        if width + wide > COLUMNS - 7 or line.endswith("\n"):
            lines.append(line)
            line, width = "", 0
        line, width = line + character, width + wide
    written = "\n".join(f"    {line!r}" for line in [*lines, line])
    return f"{name} = (\n{written}\n)  # fmt: skip"
