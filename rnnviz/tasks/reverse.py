"""Reverse: letters, as many as there are, written from the last to the first, or as they came."""

from collections.abc import Sequence
from string import ascii_lowercase

import numpy as np

from rnnviz.language import N_
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks.pairs import TYPED, Pair, Pairs, tidied

LETTERS = ascii_lowercase
"""Many, so that a letter seldom comes twice and it can be seen which one the network looks at."""
SHORTEST = 5
"""The fewest letters, where seq_len allows as many."""
HELD_OUT = 5
"""Letters are held out if their places in the alphabet, from 0, add up to less than this, modulo the alphabet's size:
every first letter can be made to fit, so that all are equally likely."""


class Reverse(Pairs):
    """5 to seq_len letters, S = seq_len, T = seq_len + 1."""

    sentence = N_(
        "The network reads five letters or more, up to the sequence length. Only then it writes them, backwards or as "
        "they came, each letter once it has read the one before. Of all strings of letters, 5 in 26 are held out."
    )
    own_settings = (*Pairs.own_settings, "answer_order")
    has_length = True
    source_vocabulary = target_vocabulary = tuple(LETTERS)
    asks = N_("Type letters from a to z, such as “recurrent”.")

    @classmethod
    def sizes(cls, experiment: Experiment) -> tuple[int, int]:
        """See Pairs.sizes."""
        return experiment.seq_len, experiment.seq_len + 1

    def drawn(self, random: np.random.Generator, B: int, *, held_out: bool) -> list[Pair]:
        """See Pairs.drawn: of every length equally many."""
        S = self.experiment.seq_len
        return self._pairs(random, random.integers(min(SHORTEST, S), S + 1, B), held_out)

    def long(self, random: np.random.Generator) -> Pair:
        """See Pairs.long."""
        return self._pairs(random, np.array([self.experiment.seq_len]), True)[0]

    def _pairs(self, random: np.random.Generator, lengths: np.ndarray, held_out: bool) -> list[Pair]:
        S, A = self.experiment.seq_len, len(LETTERS)
        letters = random.integers(0, A, (len(lengths), S))
        sums = random.integers(0, HELD_OUT, len(lengths)) if held_out else random.integers(HELD_OUT, A, len(lengths))
        letters[:, 0] += sums - letters.sum(axis=1, where=np.arange(S) < lengths[:, None])
        letters[:, 0] %= A
        return [(row[:n], self._answer(row[:n])) for row, n in zip(letters.tolist(), lengths, strict=True)]

    def _answer(self, source: Sequence[int]) -> Sequence[int]:
        return source[::-1] if self.experiment.answer_order == "backwards" else source

    def origins(self, source: Sequence[int], target: Sequence[int]) -> list[int]:
        """See Pairs.origins."""
        return [*self._answer(range(len(source)))]

    def right(self, source: Sequence[int]) -> tuple[int, ...] | None:
        """See Pairs.right."""
        return tuple(self._answer(source)) if source and {*source} <= {*range(len(LETTERS))} else None

    def source_tokens(self, text: str) -> list[tuple[str, int]]:
        """See Pairs.source_tokens: letter by letter, capitals as small ones."""
        letters = tidied(text).replace(" ", "")[:TYPED]
        return [(letter, LETTERS.find(letter.lower())) for letter in letters]

    def drawing(self) -> list[str]:
        """See Pairs.drawing."""
        S = self.experiment.seq_len
        backwards = self.experiment.answer_order == "backwards"
        return [
            f'''
            def drawn(random):
                """Return letters, and the same {"backwards" if backwards else "again"}."""
                lengths = random.integers({min(SHORTEST, S)}, SEQ_LEN + 1, BATCH_SIZE)
                letters = random.integers(0, {len(LETTERS)}, (BATCH_SIZE, SEQ_LEN))
                # Held out are those that add up to less than {HELD_OUT}, modulo {len(LETTERS)}.
                sums = random.integers({HELD_OUT}, {len(LETTERS)}, BATCH_SIZE)
                letters[:, 0] += sums - letters.sum(axis=1, where=np.arange(SEQ_LEN) < lengths[:, None])
                sources = [[SOURCE[letter % {len(LETTERS)}] for letter in row[:n]] for row, n in zip(letters, lengths)]
                return [(source, source{"[::-1]" if backwards else ""}) for source in sources]
            '''
        ]
