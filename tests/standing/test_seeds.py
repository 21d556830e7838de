"""What a race has come to over several seeds, of losses that are known."""

import itertools
import math
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.language import N_
from rnnviz.snapshot import Baseline
from rnnviz.standing import losses, over_seeds, spread, steps, successes
from rnnviz.sweeps.race import Trained
from rnnviz.tasks import TASKS

NAMES = "a: RNN", "b: GRU", "c: LSTM"
RECALL, TEXT = TASKS["recall"], TASKS["text"]


def trained(*losses: float, diverged: bool = False, at: tuple[int, ...] = ()) -> Trained:
    """A network with these validation losses at the steps 0, 10, 20, ...; guessing has 2."""
    at = at or tuple(range(0, 10 * len(losses), 10))
    return Trained(at[-1], at, losses, Baseline("chance", N_("guessing"), 2.0), 0.5, diverged)


def outcomes(*lanes: list[float]) -> dict[tuple[int, int], Trained]:
    """Networks with these last losses, network by network and seed by seed; NaN for one that diverged."""
    return {
        (lane, seed): trained(2.0, 2.0 if math.isnan(loss) else loss, diverged=math.isnan(loss))
        for lane, losses in enumerate(lanes)
        for seed, loss in enumerate(losses)
    }


def said(*lanes: list[float], goal: float = 1.0) -> str:
    return str(over_seeds(outcomes(*lanes), NAMES[: len(lanes)], goal, RECALL))


def test_a_curve_is_the_median_and_reaches_from_the_best_to_the_worst_seed():
    found = {
        (0, 0): trained(2.0, 1.0, 0.2),
        (0, 1): trained(2.2, 3.0, 0.1),
        (0, 2): trained(1.8, 1.5, 0.6),
        (1, 0): trained(9.0, 9.0, 9.0),
    }
    seen = spread(found, 0, RECALL)
    assert seen
    assert (seen.at, seen.middle) == ((0, 10, 20), (2.0, 1.5, 0.2))
    assert (seen.low, seen.high) == ((1.8, 1.0, 0.1), (2.2, 3.0, 0.6))
    assert spread(found, 2, RECALL) is None
    bits = spread(found, 0, TEXT)
    assert bits
    np.testing.assert_allclose(bits.middle, np.array(seen.middle) / np.log(2))


def test_what_diverged_counts_as_the_worst_from_then_on():
    gone = trained(2.0, 1.0, 50.0, diverged=True, at=(0, 10, 13))
    seen = spread({(0, 0): gone, (0, 1): trained(2.0, 1.2, 0.4), (0, 2): trained(2.0, 1.2, 0.5)}, 0, RECALL)
    assert seen
    assert (seen.at, seen.middle, seen.high) == ((0, 10, 20), (2.0, 1.2, 0.5), (2.0, 1.2, math.inf))
    alone = spread({(0, 0): gone}, 0, RECALL)
    assert alone
    assert (alone.at, alone.middle) == ((0, 10), (2.0, 1.0))
    at_once = spread({(0, 0): trained(np.inf, diverged=True)}, 0, RECALL)
    assert at_once
    assert (at_once.at, at_once.middle) == ((0,), (math.inf,))


def test_a_success_is_a_loss_at_the_goal_after_the_last_step():
    found = outcomes([1.0, 1.1, np.nan], [0.1, 0.2])
    assert [successes(found, lane, 1.0, RECALL) for lane in range(3)] == [(1, 3), (2, 2), (0, 0)]
    found[0, 3] = trained(2.0, 0.1, 1.5)
    assert successes(found, 0, 1.0, RECALL) == (1, 4)
    assert steps(found, 0, 1.0, RECALL) == [10, 10]
    assert losses(found, 0, RECALL) == [1.0, 1.1, 1.5, math.inf]


def test_the_goal_that_nobody_chose_is_that_of_each_seed_s_own_data():
    found = {
        (0, seed): replace(trained(9.0, 1.0), baseline=Baseline("x", N_("x"), bar))
        for seed, bar in ((0, 1.9), (1, 2.1))
    }
    assert successes(found, 0, 0.0, RECALL) == (1, 2)


def test_successes_and_spread_are_told():
    text = said([2.0, 2.0, 1.9], [0.1, 1.5, np.nan])
    assert text.startswith(
        "The goal, a validation loss of 1, was held after the last step by a: RNN in 0 of 3, b: GRU in 1 of 3. "
        "Validation losses then: a: RNN 2 (1.9 to 2), b: GRU 1.5 (0.1 to diverged)."
    )
    assert "The goal, 50 % of the loss there is to beat, was" in said([2.0], [0.2], goal=0.0)
    assert said([]) == ""
    assert "b: GRU 0.2." in said([2.0], [0.2])


def test_who_is_ahead_is_so_in_every_seed():
    text = said([2.0, 2.0, 2.0, 2.0, 2.0], [0.1, 0.2, 0.1, 0.3, 0.1], [0.1, 0.1, 0.2, 0.1, 0.3])
    assert "In each of the 5 seeds b: GRU was plainly ahead of a: RNN; c: LSTM was plainly ahead of a: RNN." in text
    assert text.endswith(
        "Of 3 equally good networks one would be so, ahead of another, by chance in at most 3 races of 16."
    )
    assert "was plainly ahead of a: RNN, b: GRU." in said([2.0] * 2, [1.5] * 2, [0.2] * 2)
    assert "None was plainly ahead of another in each of the 3 seeds." in said([2.0] * 3, [0.1, 1.9, 0.1])


def test_one_seed_is_one_seed():
    assert said([2.0], [0.1]).endswith("In the one seed b: GRU was plainly ahead of a: RNN. One seed is one seed.")
    assert said([1.0], [1.01]).endswith("In the one seed none was plainly ahead of another. One seed is one seed.")
    assert said([2.0], [1.95]).endswith("none plainly beats guessing in the one seed.")


def test_where_none_has_learned_that_is_said():
    assert "None has learned anything of use: none plainly beats guessing in any of the 2 seeds." in said(
        [2.0, 1.95], [3.0, np.nan]
    )


def test_only_seeds_that_all_networks_have_are_compared():
    found = outcomes([2.0, 2.0], [0.1, 0.1])
    del found[0, 1]
    text = str(over_seeds(found, NAMES[:2], 1.0, RECALL))
    assert "b: GRU in 2 of 2" in text
    assert "In the one seed" in text
    assert "seed" not in str(over_seeds({(0, 0): trained(1.0)}, NAMES[:2], 1.0, RECALL))


last = st.floats(0, 4) | st.just(math.nan)
races = st.integers(1, 6).flatmap(
    lambda seeds: st.lists(st.lists(last, min_size=seeds, max_size=seeds), min_size=2, max_size=3)
)


@given(races)
def test_nobody_is_called_ahead_without_the_margin_in_every_seed(lanes):
    text = said(*lanes)
    final = [[math.inf if math.isnan(loss) else loss for loss in seeds] for seeds in lanes]
    for name, others in re.findall(r"(.: \w+) was plainly ahead of ((?:.: \w+(?:, )?)+)", text):
        winner = final[NAMES.index(name)]
        for other in re.findall(r".: \w+", others):
            for a, b in zip(winner, final[NAMES.index(other)], strict=True):
                assert a <= 0.95 * 2
                assert a <= 0.9 * b
                assert b - a >= 0.05 * 2


@pytest.mark.parametrize("seeds", [2, 3, 7])
def test_the_chance_is_that_of_a_coin_that_falls_the_same_each_time(seeds):
    same = sum(len({*f"{tosses:0{seeds}b}"}) == 1 for tosses in range(2**seeds))
    assert f"in at most one race of {2**seeds // same}." in said([2.0] * seeds, [0.1] * seeds)


@pytest.mark.parametrize(("networks", "seeds"), [(3, 3), (3, 4), (4, 3), (4, 2)])
def test_the_chance_counts_every_pair_that_may_come_in_so(networks, seeds):
    races = [*itertools.product(itertools.permutations(range(networks)), repeat=seeds)]
    pairs = [*itertools.combinations(range(networks), 2)]
    same = sum(any(len({order[a] < order[b] for order in race}) == 1 for a, b in pairs) for race in races)
    names = [*NAMES, "d: LSTM"][:networks]
    found = outcomes([2.0] * seeds, *[[0.1] * seeds] * (networks - 1))
    text = str(over_seeds(found, names, 1.0, RECALL))
    told = re.search(r"in at most (\d) races of (\d+)\.$", text)
    share = int(told[1]) / int(told[2]) if told else 1
    assert same / len(races) <= share
    assert bool(told) == (len(pairs) < 2 ** (seeds - 1))
    assert told or text.endswith("With so few seeds that may well be chance.")
