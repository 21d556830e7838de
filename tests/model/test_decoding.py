"""Greedy decoding and beam search against every output there is, and against plain loops, on tables of chances."""

import itertools

import numpy as np
import pytest

from rnnviz.model.decoding import Rules, beam_search, greedy

V, END, BEGIN = 4, 3, 4


class Table:
    """A network whose log-probabilities are drawn for each beginning of an output; it looks at what was read last."""

    def __init__(self, seed: int, sharpness: float = 2.0):
        self.seed, self.sharpness = seed, sharpness
        self.written: list[tuple[int, ...]] = [()]
        self.weights: np.ndarray | None = None

    def after(self, written: tuple[int, ...]) -> np.ndarray:
        z = self.sharpness * np.random.default_rng([self.seed, *(token + 1 for token in written)]).normal(size=V)
        return z - np.log(np.exp(z).sum())

    def step(self, tokens):
        self.written = [
            () if token == BEGIN else (*written, int(token))
            for written, token in zip(self.written, tokens, strict=True)
        ]
        self.weights = np.array(
            [[token, len(written)] for written, token in zip(self.written, tokens, strict=True)], float
        )
        return np.stack([self.after(written) for written in self.written]).astype(np.float32)

    def reorder(self, parents):
        self.written = [self.written[parent] for parent in parents]

    def each(self, tokens) -> list[float]:
        return [float(np.float32(self.after(tuple(tokens[:t]))[token])) for t, token in enumerate(tokens)]


def outputs(longest: int):
    """All of them: those that end, and those that are cut off."""
    for length in range(longest):
        for before in itertools.product(range(END), repeat=length):
            yield (*before, END)
    yield from itertools.product(range(END), repeat=longest)


def told(best) -> list[tuple[tuple[int, ...], float]]:
    return [(tuple(line.tokens.tolist()), score) for line, score in best]


@pytest.mark.parametrize("normalised", [False, True])
def test_full_width_finds_what_a_search_through_all_outputs_does_on_100_networks(normalised):
    for seed in range(100):
        table, rules = Table(seed), Rules(BEGIN, END, longest=4)
        every = {tokens: sum(table.each(tokens)) / (len(tokens) if normalised else 1) for tokens in outputs(4)}
        assert len(every) == 1 + 3 + 9 + 27 + 81
        best, _tree = beam_search(table, rules, len(every), normalised=normalised)
        expected = sorted(every.items(), key=lambda item: -item[1])
        assert [tokens for tokens, _ in told(best)] == [tokens for tokens, _ in expected]
        np.testing.assert_allclose([score for _, score in best], [score for _, score in expected], rtol=0, atol=1e-12)


def test_greedy_takes_the_likeliest_token_at_each_step():
    for seed in range(50):
        table, written = Table(seed), []
        while len(written) < 6 and written[-1:] != [END]:
            written.append(int(table.after(tuple(written)).argmax()))
        line = greedy(table, Rules(BEGIN, END, 6))
        assert line.tokens.tolist() == written
        np.testing.assert_array_equal(line.log_probabilities, table.each(written))
        assert line.attention is not None
        assert line.attention.tolist() == [[token, t] for t, token in enumerate([BEGIN, *written[:-1]])]


def in_full(table: Table, longest: int, width: int, normalised: bool):
    """A beam search that goes on to the end, and the kept and pruned of each step."""
    going, finished, kept, pruned = [()], [], set(), set()
    for length in range(1, longest + 1):
        grown = sorted(((*b, token) for b in going for token in range(V)), key=lambda b: -sum(table.each(b)))
        kept |= set(grown[:width])
        pruned |= set(grown[width : 2 * width])
        finished += [b for b in grown[:width] if b[-1] == END or length == longest]
        going = [b for b in grown[:width] if b[-1] != END]
    scores = {b: sum(table.each(b)) / (len(b) if normalised else 1) for b in finished}
    return sorted(scores.items(), key=lambda item: -item[1])[:width], kept, pruned


@pytest.mark.parametrize("normalised", [False, True])
@pytest.mark.parametrize("width", [1, 2, 3, 5, 12])
def test_it_ends_early_without_a_change_to_what_is_found(width, normalised):
    early = 0
    for seed in range(20):
        table, longest = Table(seed, sharpness=3), 7
        expected, kept, pruned = in_full(table, longest, width, normalised)
        best, tree = beam_search(table, Rules(BEGIN, END, longest), width, normalised=normalised)
        assert [tokens for tokens, _ in told(best)] == [tokens for tokens, _ in expected]
        np.testing.assert_allclose([score for _, score in best], [score for _, score in expected], rtol=0, atol=1e-12)
        paths = path_of(tree)
        steps = tree.step.max() + 1
        early += steps < max(map(len, kept))
        assert {path for path, is_kept in zip(paths, tree.kept, strict=True) if is_kept} == {
            path for path in kept if len(path) <= steps
        }
        assert {path for path, is_kept in zip(paths, tree.kept, strict=True) if not is_kept} == {
            path for path in pruned if len(path) <= steps
        }
        np.testing.assert_allclose(tree.log_probability, [sum(table.each(path)) for path in paths], rtol=0, atol=1e-12)
        assert tree.ended.tolist() == [path[-1] == END for path in paths]
    assert early or width != 2  # else there may be too few that are finished


def path_of(tree) -> list[tuple[int, ...]]:
    paths: list[tuple[int, ...]] = []
    for parent, token, step in zip(tree.parent, tree.token, tree.step, strict=True):
        assert parent < len(paths)
        before = paths[parent] if parent >= 0 else ()
        assert len(before) == step
        paths.append((*before, int(token)))
    return paths


def test_what_is_forced_comes_first_and_counts():
    for seed in range(30):
        table, forced = Table(seed), (2, 0)
        best, tree = beam_search(table, Rules(BEGIN, END, 4, forced), 200)
        every = {tokens: sum(table.each(tokens)) for tokens in outputs(4) if tokens[:2] == forced}
        expected = sorted(every.items(), key=lambda item: -item[1])
        assert [tokens for tokens, _ in told(best)] == [tokens for tokens, _ in expected]
        np.testing.assert_allclose([score for _, score in best], [score for _, score in expected], rtol=0, atol=1e-12)
        first = {path[0]: kept for path, kept in zip(path_of(tree), tree.kept, strict=True) if len(path) == 1}
        assert first == {0: False, 1: False, 2: True, 3: False}
    assert told(beam_search(Table(0), Rules(BEGIN, END, 4, (1, END, 2)), 5)[0])[0][0] == (1, END)


def test_the_mean_log_probability_never_falls_with_the_width():
    """Of many together: one search may find less than a narrower one."""
    rules = Rules(BEGIN, END, 8)
    found = np.array([[beam_search(Table(s, 1.5), rules, k)[0][0][1] for k in (1, 2, 4, 8, 12)] for s in range(100)])
    assert (np.diff(found.mean(axis=0)) >= 0).all()


def test_nothing_is_drawn_from_a_network_that_diverged():
    table = Table(0)
    table.after = lambda written: np.full(V, np.nan)
    best, tree = beam_search(table, Rules(BEGIN, END, 3), 2)
    assert told(best)[0][0] == (0, 0, 0)
    assert not np.isnan(tree.log_probability).any()
