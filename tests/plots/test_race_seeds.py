"""The picture of a race over several seeds, of curves that are known."""

import math
from typing import Any

import numpy as np
import pytest

from rnnviz.plots.race.lane import LANES
from rnnviz.plots.race.seeds import Line, figure
from rnnviz.standing import Spread

INF = math.inf
FIRST = Spread((0, 10, 20), (2.0, 1.0, 0.5), (2.0, 0.9, 0.4), (2.0, 1.1, INF))
SECOND = Spread((0, 10, 20), (2.0, 2.0, 2.0), (1.0, 1.0, 0.0), (3.0, 3.0, 3.0))
LINES = [Line("a: RNN", LANES[0], FIRST), Line("b: LSTM", LANES[1], SECOND)]


def drawn(linear: bool = False, goal: float = 0.7, baseline: float = 1.4) -> Any:
    return figure(LINES, baseline, "guessing", goal, "cross-entropy", linear)


def named(picture) -> dict[str, Any]:
    return {trace.name: trace for trace in picture.data if trace.name}


def test_lines_are_the_medians_each_with_its_look():
    traces = named(drawn())
    assert list(traces) == ["a: RNN", "b: LSTM", "guessing", "loss to reach"]
    for line in LINES:
        trace = traces[str(line.name)]
        np.testing.assert_array_equal(trace.y, line.spread.middle)
        assert (trace.line.color, trace.line.dash, trace.marker.symbol) == (
            line.lane.colour,
            line.lane.dash,
            line.lane.symbol,
        )
    assert list(traces["guessing"].y) == [1.4, 1.4]
    assert list(traces["loss to reach"].x) == [0, 20]


def test_bands_hold_all_seeds_as_far_as_they_can_be_drawn():
    first, second = (trace for trace in drawn().data if trace.fill == "toself")
    assert list(first.x) == [0, 10, 10, 0]  # the worst has diverged at 20
    assert list(first.y) == [2.0, 0.9, 1.1, 2.0]
    assert list(second.x) == [0, 10, 10, 0]  # a loss of 0 is not on a log axis
    assert list(next(trace for trace in drawn(linear=True).data[1:] if trace.fill).x) == [0, 10, 20, 20, 10, 0]
    assert first.line.dash != second.line.dash


@pytest.mark.parametrize("linear", [True, False])
def test_the_axis_holds_what_the_loss_is_called(linear):
    picture = drawn(linear)
    assert picture.layout.yaxis.title.text == "cross-entropy"
    assert (picture.layout.yaxis.type == "log") == (not linear)


def test_a_baseline_of_nothing_is_not_drawn():
    assert "guessing" not in named(drawn(baseline=0.0))
