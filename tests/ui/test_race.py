"""The page of a race, run without a browser: who races, and what is asked."""

import pytest
from opened import race

pytestmark = pytest.mark.slow


def cells(app) -> list[str]:
    return [experiment.cell for experiment in app.session_state["run"].orders.experiments]


@pytest.mark.parametrize(
    ("query", "racing"),
    [
        ({}, ["rnn", "gru", "lstm"]),
        ({"cell": "lstm"}, ["lstm", "rnn", "gru"]),
        ({"cell": "peephole"}, ["peephole", "rnn", "gru", "lstm"]),
        ({"b.cell": "mingru"}, ["rnn", "mingru"]),
    ],
)
def test_who_comes_without_others_gets_the_usual_race(query, racing):
    app = race(**query)
    assert cells(app) == racing
    assert [app.query_params.get(f"{lane}.cell") for lane in "bcd"] == [*racing[1:], *[None] * 3][:3]
