"""The picture of the gradient that reaches every time step."""

import numpy as np
import pytest
from drawn import draw, lines
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import a_snapshot

from rnnviz.plots.decades import FLOOR, UPPER_DECADES
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment


def norms_line(*values: float) -> np.ndarray:
    return np.array(values)[None, None]


def test_gradients_show_the_norm_of_each_layer_and_direction_on_a_log_axis():
    experiment = Experiment(num_layers=2, bidirectional=True, seq_len=5)
    norms = np.random.default_rng(0).uniform(1e-4, 1e-1, (2, 2, 5))
    figure = draw("gradients", Scene(experiment, a_snapshot(experiment, norms=norms)))
    assert figure.layout.yaxis.type == "log"
    for trace, line in zip(figure.data, norms.reshape(4, 5), strict=False):
        np.testing.assert_allclose(trace.y, line)
    assert [trace.name for trace in figure.data[:4]] == ["1 →", "1 ←", "2 →", "2 ←"]


@pytest.mark.parametrize(
    ("smallest", "largest", "held", "floor_in_range"),
    [
        (1e-5, 0.1, (-6, 0), False),
        (1e-9, 0.1, (-12, 0), False),
        (1e-18, 0.1, (-24, 0), False),
        (1e-40, 50.0, (-48, 3), True),
        (1e-2, 1e20, (-6, 24), False),
    ],
)
def test_the_gradient_axis_snaps_and_the_floor_is_a_line_or_a_note(smallest, largest, held, floor_in_range):
    experiment = Experiment(seq_len=2)
    arrays = lines("gradients", Scene(experiment, a_snapshot(experiment, norms=norms_line(smallest, largest))))
    _line, _zeros, _broken, floor, note, holder = arrays
    assert np.log10(holder["y"]) == pytest.approx(held)
    assert (floor["y"] == FLOOR).all() == floor_in_range
    assert np.isnan(note["y"]).all() == floor_in_range
    assert pytest.approx(1.17549e-38, rel=1e-4) == FLOOR


def test_zeros_and_infinities_are_marked_at_the_ends_of_the_axis_not_left_out():
    experiment = Experiment(seq_len=5)
    norms = norms_line(np.nan, np.inf, 0.0, 1e-3, 1e-2)
    line, zeros, broken, *_, holder = lines("gradients", Scene(experiment, a_snapshot(experiment, norms=norms)))
    assert np.isnan(line["y"][:3]).all()
    assert (zeros["x"].tolist(), zeros["y"].tolist()) == ([3], [holder["y"][0]])
    assert (broken["x"].tolist(), broken["y"].tolist()) == ([1, 2], [holder["y"][1]] * 2)


@settings(max_examples=40, derandomize=True)
@given(st.lists(st.floats(0, width=32) | st.just(np.nan), min_size=2, max_size=30))
def test_every_step_of_a_gradient_is_seen(values):
    experiment = Experiment(seq_len=len(values), hidden_size=1)
    snapshot = a_snapshot(experiment, norms=norms_line(*values))
    line, zeros, broken, *_, holder = lines("gradients", Scene(experiment, snapshot))
    seen = set(np.flatnonzero(~np.isnan(line["y"])) + 1) | set(zeros["x"]) | set(broken["x"])
    assert seen == set(range(1, len(values) + 1))
    drawn = line["y"][~np.isnan(line["y"])]
    assert ((drawn >= holder["y"][0]) & (drawn <= holder["y"][1])).all()
    assert holder["y"][1] <= 10.0 ** UPPER_DECADES[-1]
