"""What networks with and without attention have come to: the pictures by their data, and what is said of the claim."""

import itertools
import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from rnnviz.language import say
from rnnviz.plots import claim as plots
from rnnviz.plots.finding import FEWEST, NAMES, Shares, about_lengths, about_positions, by_length, ends, lost, verdict
from rnnviz.snapshot import Exactness


def exactness(right: list[float], counts: list[int] | None = None, first: int = 1) -> Exactness:
    """One whose lengths and positions are the same, and all shares."""
    places, shares = np.arange(first, first + len(right)), np.array(right)
    each = np.array(counts or [100] * len(right))
    return Exactness(places, each, shares, places, each, shares)


def outcome(right: list[float], **settings: Any) -> Any:
    seen = exactness(right, **settings)
    return SimpleNamespace(mixed=seen, long=seen)


def seeds(order: str, attention: str, *found: list[float]) -> dict[tuple[str, str, int], Any]:
    return {(order, attention, seed): outcome(right) for seed, right in enumerate(found)}


FIRST_LOST, LAST_LOST, EVEN = [0.1, 0.3, 0.5], [0.5, 0.3, 0.1], [0.3, 0.9, 0.32]


def test_a_point_is_the_median_over_the_seeds_and_its_bar_reaches_from_the_worst_to_the_best():
    outcomes = seeds("backwards", "none", [0.1, 0.4], [0.2, 0.5], [0.6, 0.3]) | seeds("forwards", "none", [1.0, 1.0])
    none, additive, dot = plots.figure(plots.by_lengths(outcomes, "backwards"), "length", "right").data  # type: ignore
    assert none.name == "no attention"
    np.testing.assert_allclose(none.y, [20, 40])
    np.testing.assert_allclose(none.error_y.arrayminus, [10, 10])
    np.testing.assert_allclose(none.error_y.array, [40, 10])
    assert [list(point) for point in none.customdata] == [[1, "20 % (10 to 60)", 300], [2, "40 % (30 to 50)", 300]]
    assert (len(additive.x), len(dot.x)) == (0, 0)


def test_lines_are_told_apart_without_their_colours():
    outcomes = {key: there for kind in NAMES for key, there in seeds("forwards", kind, FIRST_LOST).items()}
    lines: Any = plots.figure(plots.by_positions(outcomes, "forwards"), "position", "right").data
    for of in (lambda line: line.line.dash, lambda line: line.marker.symbol, lambda line: line.line.color):
        assert len({of(line) for line in lines}) == len(NAMES)
    assert len({line.x[0] for line in lines}) == len(NAMES)  # their bars don't cover one another
    json.dumps(plots.figure(plots.by_positions({}, "forwards"), "position", "right").to_plotly_json())


def test_a_length_that_one_seed_has_not_met_counts_those_that_have():
    outcomes = {
        ("backwards", "dot", 0): outcome([0.1, 0.2], first=4),
        ("backwards", "dot", 1): outcome([0.4, 0.6], first=5),
    }
    lines = plots.by_lengths(outcomes, "backwards")
    assert lines["dot"] == {4: Shares((0.1,), (100,)), 5: Shares((0.2, 0.4), (100, 100)), 6: Shares((0.6,), (100,))}
    assert plots.table(lines, "length") == {
        "length": [4, 5, 6],
        "no attention": ["–"] * 3,
        "additive": ["–"] * 3,
        "dot": ["10 %", "30 % (20 to 40)", "60 %"],
    }


def test_the_ends_are_thirds_and_every_source_counts_as_much_as_any_other():
    seen = exactness([1.0, 0.0, 0.5, 0.5, 0.5, 1.0, 1.0], [30, 10, 5, 5, 5, 1, 1], first=5)
    found = ends([(seen.lengths, seen.exact, seen.counts)])
    assert found
    assert found.places == ((5, 7), (9, 11))
    np.testing.assert_allclose([side.right[0] for side in found.shares], [32.5 / 45, 4.5 / 7])
    assert [side.counts for side in found.shares] == [(45,), (7,)]
    assert ends([]) is None
    assert ends(by_length(seeds("forwards", "none", [0.1, 0.9]), "forwards", "none")) is None


@pytest.mark.parametrize(
    ("found", "end"),
    [
        ([FIRST_LOST] * 3, "first"),
        ([LAST_LOST] * 3, "last"),
        ([EVEN] * 3, None),
        ([FIRST_LOST, FIRST_LOST, LAST_LOST], None),
        ([FIRST_LOST, FIRST_LOST, EVEN], None),
        ([FIRST_LOST] * (FEWEST - 1), None),
        ([], None),
    ],
)
def test_an_end_is_lost_if_every_seed_has_it_plainly_behind(found, end):
    outcomes = seeds("backwards", "none", *found) | seeds("backwards", "dot", *[LAST_LOST] * 3)
    assert lost(outcomes, "backwards") == end
    said = str(about_positions(outcomes, "backwards"))
    assert (f"read {end} is lost more" in said) == bool(end)
    assert ("neither end is plainly lost" in said) == (len(found) >= FEWEST and not end)


def test_what_is_said_are_the_medians_of_the_thirds():
    outcomes = seeds("forwards", "none", [0.9, 0.5, 0.0], [0.8, 0.5, 0.2], [0.1, 0.5, 0.1])
    outcomes |= seeds("forwards", "additive", [1.0, 1.0, 0.95])
    kinds = "no attention 80 % and 10 %, additive 100 % and 95 %."
    assert (
        str(about_lengths(outcomes, "forwards")) == f"Right in full, of sources of length 1 to 1 and of 3 to 3: {kinds}"
    )
    assert f"positions 1 to 1 of long sources and at 3 to 3: {kinds}" in str(about_positions(outcomes, "forwards"))
    assert about_lengths({}, "forwards") == about_positions({}, "forwards") == ""


def test_the_claim_is_judged_by_both_orders():
    ways = {"first": FIRST_LOST, "last": LAST_LOST, None: EVEN}
    said = {
        (one, other): say(
            verdict(
                seeds("backwards", "none", *[ways[one]] * 3) | seeds("forwards", "none", *[ways[other]] * 3),
                ("backwards", "forwards"),
            )
        )
        for one, other in itertools.product(ways, ways)
    }
    assert "written late is lost" in said["first", "last"]
    assert "as the claim has it" in said["first", "first"]
    assert "opposite" in said["last", "last"]
    assert "written early is lost" in said["last", "first"]
    assert {text for pair, text in said.items() if None in pair} == {said[None, None]}
    assert "neither confirmed" in said[None, None]


def test_nothing_is_judged_before_all_seeds_have_come_nor_of_one_order():
    two = seeds("backwards", "none", *[FIRST_LOST] * 3) | seeds("forwards", "none", *[LAST_LOST] * 2)
    assert verdict(two, ("backwards", "forwards")) == ""
    one = say(verdict(two, ("backwards",)))
    assert "does not tell" in one
    assert "lost," not in one
